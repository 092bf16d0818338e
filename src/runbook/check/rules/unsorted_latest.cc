// The first or last of a list is taken for the latest, but AWS does not give the list in that
// order. docs/rules/unsorted-latest.md
//
// Orders are those of the API references (the table). Reported when the text or the variable says
// that the latest is meant, or when the list is one of versions of one thing (snapshots, images),
// of which taking any makes no sense. Taking any task or any subnet is fine.
#include <algorithm>
#include <array>

#include "runbook/check/reading/effects.h"
#include "runbook/check/reading/story.h"
#include "runbook/check/reading/times.h"
#include "runbook/check/reading/words.h"
#include "runbook/check/rules/rules.h"
#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

enum class Order {
  kNone,         // the API reference promises none
  kByName,       // of the items, not by time
  kOldestFirst,  // newest last
};

struct List {
  std::string_view service;
  std::string_view operation;
  std::string_view member;  // of the output
  Order order;
  std::string_view time;    // the item's member that tells when
  std::string_view nouns;   // what prose calls the items
  std::string_view single;  // an option that leaves one item, or blank
  std::string_view maker;   // the operation that makes one, whose reply says which
  bool versions;            // of one thing: any of them is no answer
};

constexpr std::array kLists = {
    List{"backup", "list-backup-jobs", "BackupJobs", Order::kNone, "CreationDate", "backup job", "",
         "start-backup-job", false},
    List{"backup", "list-recovery-points-by-backup-vault", "RecoveryPoints", Order::kNone,
         "CreationDate", "recovery point backup", "", "", true},
    List{"backup", "list-recovery-points-by-resource", "RecoveryPoints", Order::kNone,
         "CreationDate", "recovery point backup", "", "", true},
    List{"cloudformation", "list-change-sets", "Summaries", Order::kNone, "CreationTime",
         "change set", "", "create-change-set", false},
    List{"codedeploy", "list-deployments", "deployments", Order::kNone, "", "deployment", "",
         "create-deployment", false},
    List{"docdb", "describe-db-cluster-snapshots", "DBClusterSnapshots", Order::kNone,
         "SnapshotCreateTime", "snapshot backup", "--db-cluster-snapshot-identifier", "", true},
    List{"dynamodb", "list-backups", "BackupSummaries", Order::kNone, "BackupCreationDateTime",
         "backup", "", "", true},
    List{"ec2", "describe-images", "Images", Order::kNone, "CreationDate", "image ami",
         "--image-ids", "", true},
    List{"ec2", "describe-instances", "Reservations", Order::kNone, "LaunchTime", "instance",
         "--instance-ids", "", false},
    List{"ec2", "describe-launch-template-versions", "LaunchTemplateVersions", Order::kNone,
         "VersionNumber", "version", "--versions", "", true},
    List{"ec2", "describe-snapshots", "Snapshots", Order::kNone, "StartTime", "snapshot backup",
         "--snapshot-ids", "", true},
    List{"ecr", "describe-images", "imageDetails", Order::kNone, "imagePushedAt", "image tag",
         "--image-ids", "", true},
    List{"ecr", "list-images", "imageIds", Order::kNone, "", "image tag", "", "", true},
    List{"ecs", "list-task-definitions", "taskDefinitionArns", Order::kOldestFirst, "",
         "task definition revision version", "", "", false},
    List{"ecs", "list-tasks", "taskArns", Order::kNone, "", "task deployment", "", "run-task",
         false},
    List{"elasticache", "describe-snapshots", "Snapshots", Order::kNone,
         "NodeSnapshots[0].SnapshotCreateTime", "snapshot backup", "--snapshot-name", "", true},
    List{"logs", "describe-log-streams", "logStreams", Order::kByName, "lastEventTimestamp",
         "stream log", "--log-stream-name-prefix", "", false},
    List{"logs", "filter-log-events", "events", Order::kOldestFirst, "timestamp",
         "event error log message", "", "", false},
    List{"neptune", "describe-db-cluster-snapshots", "DBClusterSnapshots", Order::kNone,
         "SnapshotCreateTime", "snapshot backup", "--db-cluster-snapshot-identifier", "", true},
    List{"rds", "describe-db-cluster-snapshots", "DBClusterSnapshots", Order::kNone,
         "SnapshotCreateTime", "snapshot backup", "--db-cluster-snapshot-identifier", "", true},
    List{"rds", "describe-db-snapshots", "DBSnapshots", Order::kNone, "SnapshotCreateTime",
         "snapshot backup", "--db-snapshot-identifier", "", true},
    List{"redshift", "describe-cluster-snapshots", "Snapshots", Order::kNone, "SnapshotCreateTime",
         "snapshot backup", "--snapshot-identifier", "", true},
    List{"s3api", "list-objects", "Contents", Order::kByName, "LastModified",
         "object file backup dump", "", "", false},
    List{"s3api", "list-objects-v2", "Contents", Order::kByName, "LastModified",
         "object file backup dump", "", "", false},
    List{"secretsmanager", "list-secret-version-ids", "Versions", Order::kNone, "CreatedDate",
         "version", "", "", true},
    List{"ssm", "list-commands", "Commands", Order::kNone, "RequestedDateTime", "command",
         "--command-id", "send-command", false},
};

const List* list_of(const Command& command) {
  const auto name = aws_name(command);
  const auto* list = std::ranges::find_if(kLists, [&](const List& one) {
    return one.service == name.service && one.operation == name.operation;
  });
  return list == kLists.end() ? nullptr : list;
}

// Where a query takes one item of the whole list.
struct Pick {
  std::size_t word = 0;
  std::size_t begin = 0;  // bytes of the word's text
  std::size_t end = 0;
  bool first = true;      // or the last
  bool sorted = false;    // the query sorts, so that the last is the latest
  bool narrowed = false;  // a filter asks for equality
};

std::size_t closing(std::string_view text, std::size_t open) {
  const char close = text[open] == '[' ? ']' : ')';
  int depth = 0;
  char quote = 0;
  for (auto i = open; i < text.size(); ++i) {
    if (quote != 0) {
      if (text[i] == quote) quote = 0;
    } else if (text[i] == '\'' || text[i] == '`' || text[i] == '"') {
      quote = text[i];
    } else if (text[i] == text[open]) {
      ++depth;
    } else if (text[i] == close && --depth == 0) {
      return i;
    }
  }
  return std::string_view::npos;
}

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\n' || text[at] == '\t')) ++at;
  return at;
}

// Reads what follows the list in a --query or a jq filter up to the index that picks.
std::optional<Pick> read_steps(std::string_view text, std::size_t at, Pick pick) {
  bool projected = false;
  while ((at = skip_blanks(text, at)) < text.size()) {
    if (text[at] == '|') {
      projected = false;
      at = skip_blanks(text, at + 1);
      if (at < text.size() && text[at] == '.') ++at;
      if (at < text.size() && is_name(text[at])) return std::nullopt;
    } else if (text[at] == '.') {
      for (++at; at < text.size() && is_name(text[at]);) ++at;
    } else if (text[at] == '[') {
      const auto close = closing(text, at);
      if (close == std::string_view::npos) return std::nullopt;
      const auto inside = trim(text.substr(at + 1, close - at - 1));
      const bool first = inside == "0" || inside == ":1" || inside == "0:1";
      if (!projected && (first || inside == "-1" || inside == "-1:")) {
        pick.begin = at, pick.end = close + 1, pick.first = first;
        return pick;
      }
      // Another item is taken: what follows is inside it.
      if (!projected && !inside.contains(':') && !inside.empty() && inside != "*" &&
          !inside.starts_with('?'))
        return std::nullopt;
      if (inside.starts_with('?')) pick.narrowed = pick.narrowed || inside.contains("==");
      projected = projected || inside.empty() || inside == "*" || inside.starts_with('?');
      at = close + 1;
    } else {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

// `sort_by(List, &Time)`, or with reverse around it, then an index.
std::optional<Pick> sorted_pick(std::string_view text, const List& list, Pick pick) {
  const bool reversed = text.starts_with("reverse(");
  if (!reversed && !text.starts_with("sort_by(")) return std::nullopt;
  const auto close = closing(text, text.find('('));
  if (close == std::string_view::npos) return std::nullopt;
  const auto inside = text.substr(0, close);
  if (!inside.contains("sort_by(") || !inside.contains(list.member)) return std::nullopt;
  if (!says_any(inside, {"time", "date", "at", "timestamp", "modified", "datetime"}))
    return std::nullopt;
  pick.sorted = true;
  auto found = read_steps(text, close + 1, pick);
  if (found && reversed) found->first = !found->first;
  return found;
}

std::optional<Pick> pick_in(std::string_view text, const List& list, std::size_t word) {
  Pick pick{.word = word};
  auto at = skip_blanks(text, 0);
  if (auto sorted = sorted_pick(text.substr(at), list, pick)) {
    sorted->begin += at, sorted->end += at;
    return sorted;
  }
  if (at < text.size() && text[at] == '.') ++at;  // jq
  if (!text.substr(at).starts_with(list.member)) return std::nullopt;
  at += list.member.size();
  if (at < text.size() && is_name(text[at])) return std::nullopt;
  return read_steps(text, at, pick);
}

// The --query's pick, or that of a jq right behind the call.
struct Picked {
  const Command* command = nullptr;
  Pick pick;
};
std::optional<Picked> pick_of(const Command& call, const List& list) {
  if (const auto query = single_value(call, "query")) {
    auto pick = pick_in(query->text, list, query->word);
    if (!pick) return std::nullopt;
    pick->begin += query->offset, pick->end += query->offset;
    return Picked{&call, *pick};
  }
  if (!call.shell.in_pipeline) return std::nullopt;
  for (const auto& next : call.fence->commands) {
    if (!next.shell.in_pipeline || next.shell.pipeline_begin != call.shell.pipeline_begin ||
        next.shell.begin < call.shell.end)
      continue;
    if (next.name != "jq") return std::nullopt;
    for (std::size_t i = 1; i < next.shell.words.size(); ++i)
      if (const auto pick = pick_in(next.known(i), list, i)) return Picked{&next, *pick};
    return std::nullopt;
  }
  return std::nullopt;
}

constexpr std::array<std::string_view, 5> kLatest = {"latest", "newest", "recent", "previous",
                                                     "last"};

// "the latest automated snapshot": the noun not far behind the word.
bool says_latest(std::string_view text, const List& list) {
  constexpr std::size_t kNear = 48;
  const auto lowered = lower(text);
  for (auto word : kLatest)
    for (auto at = lowered.find(word); at != std::string::npos; at = lowered.find(word, at + 1)) {
      const auto behind = std::string_view(lowered).substr(at + word.size(), kNear);
      const auto sentence = behind.substr(0, behind.find_first_of(".;:\n"));
      for (auto noun : split_blanks(list.nouns))
        if (says(sentence, std::string(noun) + "*") &&
            (word != "last" || trim(sentence).starts_with(noun)))
          return true;
    }
  return false;
}

bool wants_latest(std::span<const Event> section, std::size_t index, const List& list) {
  const Command& command = *section[index].command;
  if (const auto* variable = assignment_around(*command.fence, command.shell.begin))
    if (says_any(variable->name, kLatest) || says(variable->name, "prev")) return true;
  const auto caption = caption_of(*command.fence, command.shell.begin);
  if (std::ranges::any_of(caption, [&](auto text) { return says_latest(text, list); })) return true;
  if (!caption.empty()) return false;
  for (auto i = index; i-- > 0;)
    if (section[i].kind == Event::Kind::kText || section[i].kind == Event::Kind::kHeading)
      return says_latest(section[i].text, list);
  return false;
}

bool is_made_before(std::span<const Event> section, std::size_t index, const List& list) {
  return !list.maker.empty() && std::ranges::any_of(section.first(index), [&](const Event& event) {
    return event.kind == Event::Kind::kCommand &&
           aws_name(*event.command).service == list.service &&
           aws_name(*event.command).operation == list.maker;
  });
}

// The options of the call that settle the order.
Order order_of(const Command& command, const List& list, bool& newest_first) {
  const auto sort = single_value(command, "sort");
  if (list.operation == "list-task-definitions" && sort) newest_first = sort->text == "DESC";
  if (list.operation != "describe-log-streams") return list.order;
  const auto by = single_value(command, "order-by");
  if (!by || by->text != "LastEventTime") return list.order;
  newest_first = has_option(command, "--descending");
  return Order::kOldestFirst;
}

std::string sorting(const List& list) {
  if (list.operation == "list-task-definitions") return "--sort DESC";
  if (list.operation == "describe-log-streams") return "--order-by LastEventTime --descending";
  if (list.time.empty()) return {};
  return fmt::format("sort_by({}, &{})[-1]", list.member, list.time);
}

// What is wrong with the pick, or empty.
Note problem(const Command& call, const List& list, const Pick& pick, bool latest, bool made) {
  bool newest_first = false;
  const auto order = pick.sorted ? Order::kOldestFirst : order_of(call, list, newest_first);
  const std::string which = pick.first ? "first" : "last";
  if (made && order == Order::kNone)
    return {fmt::format("the {} of all that are listed, in no promised order, is taken for the one "
                        "made above",
                        which),
            fmt::format("keep what the reply of {} says", list.maker)};
  if (order == Order::kNone && !pick.narrowed && (latest || list.versions))
    return {fmt::format("{} {} promises no order: the {} is any of them", list.service,
                        list.operation, which),
            sorting(list)};
  if (!latest) return {};
  if (order == Order::kByName && pick.first)
    return {fmt::format("{} {} is in the order of names: the first is not the latest", list.service,
                        list.operation),
            sorting(list)};
  if (order == Order::kOldestFirst && pick.first != newest_first)
    return {
        fmt::format("this is the oldest: the {} are in the order of time{}",
                    pick.sorted ? "sorted items" : "items", newest_first ? ", newest first" : ""),
        pick.sorted ? "[-1]" : sorting(list), Severity::kError};
  return {};
}

void look_at_listing(std::span<const Event> section, std::size_t index, Reports& reports) {
  const Command& command = *section[index].command;
  const auto* list = list_of(command);
  if (list == nullptr || command.shell.damaged) return;
  if (!list->single.empty() && has_option(command, list->single)) return;
  const auto picked = pick_of(command, *list);
  if (!picked) return;
  const bool latest = wants_latest(section, index, *list);
  auto note = problem(command, *list, picked->pick, latest, is_made_before(section, index, *list));
  if (!note.message.empty())
    reports.at_word(*picked->command, picked->pick.word, picked->pick.begin, picked->pick.end,
                    std::move(note));
}

// More than one datapoint may come, in no order (API reference of GetMetricStatistics).
bool may_be_many(const Analysis& analysis, const Command& command) {
  const auto* from = command.aws->find("start-time");
  const auto* to = command.aws->find("end-time");
  const auto period = single_value(command, "period");
  if (from == nullptr || to == nullptr || !period || from->values.size() != 1 ||
      to->values.size() != 1)
    return false;
  const auto start = moment_of(analysis, command, from->values[0]);
  const auto end = moment_of(analysis, command, to->values[0]);
  if (!start || !end || start->relative != end->relative) return false;
  const auto apart = end->seconds - start->seconds;
  return apart > 2 * std::atoll(std::string(period->text.substr(0, 9)).c_str());
}

void look_at_latest(const Analysis& analysis, const Command& command, Reports& reports) {
  constexpr List kDatapoints{
      "cloudwatch", "get-metric-statistics", "Datapoints", Order::kNone, "Timestamp", "", "", "",
      true};
  const auto name = aws_name(command);
  if (name.service != "cloudwatch" || name.operation != "get-metric-statistics") return;
  const auto picked = pick_of(command, kDatapoints);
  if (!picked || picked->pick.sorted || !may_be_many(analysis, command)) return;
  reports.at_word(*picked->command, picked->pick.word, picked->pick.begin, picked->pick.end,
                  {"CloudWatch returns datapoints in no order of time", sorting(kDatapoints)});
}

void check_unsorted_latest(const Analysis& analysis, Reports& reports) {
  const Story story(analysis);
  for (int h = -1; h < static_cast<int>(analysis.document().headings.size()); ++h) {
    const auto section = story.section(h);
    for (std::size_t i = 0; i < section.size(); ++i) {
      if (section[i].kind != Event::Kind::kCommand || !section[i].command->aws) continue;
      look_at_listing(section, i, reports);
      look_at_latest(analysis, *section[i].command, reports);
    }
  }
}

}  // namespace

const Rule kUnsortedLatest{"unsorted-latest", Severity::kWarning,
                           "the first of a list that is in no such order, taken for the latest",
                           check_unsorted_latest};

}  // namespace seatrial::runbook::check
