// A metric that AWS does not publish: namespace, name, dimensions, or the value of one.
// docs/rules/metric-identity.md
//
// CloudWatch answers such a question with no datapoints and without an error; an alarm on it never
// leaves INSUFFICIENT_DATA. What is published: reading/metrics.h. Read are calls of CloudWatch, and
// fences of JSON that are dashboards or alarms.
#include <algorithm>
#include <array>
#include <optional>

#include "awscli/json_text.h"
#include "runbook/check/reading/effects.h"
#include "runbook/check/reading/metrics.h"
#include "runbook/check/rules/rules.h"
#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

using Part = MetricProblem::Part;

std::string known_text(const Value& value, std::string_view key) {
  const auto text = text_member(value, key);
  return text.contains(awscli::kUnknownMark) ? std::string() : std::string(text);
}

// Whether a member is there but its value is not known.
bool is_hidden(const Value& value, std::string_view key) {
  const auto* member = find_member(value, key);
  return member != nullptr && !member->is_array();
}

AskedMetric asked_in(const Value& input, bool may_have_more) {
  AskedMetric asked;
  asked.name_space = known_text(input, "Namespace");
  asked.metric = known_text(input, "MetricName");
  asked.all_dimensions = !may_have_more && !is_hidden(input, "Dimensions");
  const auto* dimensions = find_member(input, "Dimensions");
  if (dimensions == nullptr || !dimensions->is_array()) return asked;
  for (const auto& one : dimensions->get_array()) {
    if (one.is_object())
      asked.dimensions.push_back({known_text(one, "Name"), known_text(one, "Value")});
    else
      asked.all_dimensions = false;
  }
  return asked;
}

// Where a problem stands in the input.
std::string path_of(const MetricProblem& problem, const AskedMetric& asked) {
  switch (problem.part) {
    case Part::kNamespace:
      return "Namespace";
    case Part::kMetric:
      return "MetricName";
    case Part::kDimensions:
      return asked.dimensions.empty() ? "Namespace" : "Dimensions[0].Name";
    case Part::kDimensionName:
      return fmt::format("Dimensions[{}].Name", problem.dimension);
    case Part::kDimensionValue:
      return fmt::format("Dimensions[{}].Value", problem.dimension);
  }
  return "MetricName";
}

void report_metric(const Command& command, const awscli::Place& place, Note note,
                   Reports& reports) {
  const auto size = command.shell.words[place.word].text.size();
  const auto end = place.length == std::string::npos ? size : place.offset + place.length;
  if (place.offset == 0 && end >= size)
    reports.at_word(command, place.word, std::move(note));
  else
    reports.at_word(command, place.word, place.offset, end, std::move(note));
}

void judge_input(const Command& command, const Value& input, const std::string& prefix,
                 bool may_have_more, Reports& reports) {
  const auto asked = asked_in(input, may_have_more);
  for (auto& problem : judge_metric(asked)) {
    const auto place = command.aws->place_of(prefix + path_of(problem, asked));
    if (place)
      report_metric(command, *place, {problem.message, problem.suggestion, problem.severity},
                    reports);
  }
}

// Statistics that say nothing of a metric: its documentation calls another the only meaningful one.
struct Senseless {
  std::string_view statistic;
  std::string_view metrics;
  std::string_view instead;
};
constexpr std::array kSenseless = {
    Senseless{"Average",
              "RequestCount HTTPCode_Target_5XX_Count HTTPCode_Target_4XX_Count "
              "HTTPCode_ELB_5XX_Count HTTPCode_ELB_4XX_Count RejectedConnectionCount "
              "Invocations NumberOfMessagesSent NumberOfMessagesReceived "
              "NumberOfMessagesDeleted",
              "Sum"},
    Senseless{"Sum",
              "CPUUtilization MemoryUtilization EngineCPUUtilization FreeableMemory "
              "FreeStorageSpace DatabaseConnections CurrConnections BucketSizeBytes "
              "NumberOfObjects HealthyHostCount UnHealthyHostCount Latency "
              "TargetResponseTime CacheHitRate DatabaseMemoryUsagePercentage",
              "Average or Maximum"},
};

void judge_statistic(const Command& command, Reports& reports) {
  const auto metric = single_value(command, "metric-name");
  const auto space = single_value(command, "namespace");
  if (!metric || !space || !space->text.starts_with("AWS/")) return;
  for (auto option : {"statistics", "statistic"}) {
    const auto given = single_value(command, option);
    if (!given) continue;
    for (const auto& one : kSenseless)
      if (one.statistic == given->text &&
          (" " + std::string(one.metrics) + " ").contains(" " + std::string(metric->text) + " "))
        reports.at_word(command, given->word, given->offset, given->offset + given->text.size(),
                        {fmt::format("the {} of {} says nothing", one.statistic, metric->text),
                         std::string(one.instead), Severity::kInfo});
  }
}

// "must be a multiple of 60", or a few shorter ones of custom metrics (API reference of
// GetMetricStatistics).
void judge_period(const Command& command, Reports& reports) {
  const auto period = single_value(command, "period");
  if (!period || period->text.empty() || period->text.size() > 7) return;
  int seconds = 0;
  for (char c : period->text) {
    if (c < '0' || c > '9') return;
    seconds = seconds * 10 + (c - '0');
  }
  const bool fine = seconds == 1 || seconds == 5 || seconds == 10 || seconds == 20 || seconds == 30;
  const auto space = single_value(command, "namespace");
  if (seconds > 0 && seconds % 60 == 0) return;
  if (fine && (!space || !space->text.starts_with("AWS/"))) return;
  reports.at_word(command, period->word, period->offset, period->offset + period->text.size(),
                  {fine ? "services publish once a minute at most; shorter periods are for custom "
                          "metrics"
                        : "a period is a multiple of 60 seconds",
                   std::to_string(std::max(1, (seconds + 59) / 60) * 60),
                   fine ? Severity::kWarning : Severity::kError});
}

// The metrics of CloudFront and of bills are kept in one region only (their pages).
void judge_region(const Command& command, Reports& reports) {
  const auto space = single_value(command, "namespace");
  const auto region = single_value(command, "region");
  if (!space || !region || region->text == "us-east-1" || region->text.contains('<')) return;
  if (space->text != "AWS/CloudFront" && space->text != "AWS/Billing") return;
  reports.at_word(
      command, region->word, region->offset, region->offset + region->text.size(),
      {fmt::format("the metrics of {} are in us-east-1 only", space->text), "us-east-1"});
}

// Words of --dimensions that the shell or a file makes up are no elements of the input.
bool hides_dimensions(const awscli::ParsedCall& call) {
  const auto* given = call.find("dimensions");
  if (given == nullptr) return false;
  const auto* read = find_member(call.input, "Dimensions");
  return read == nullptr || !read->is_array() ||
         read->get_array().size() < std::max<std::size_t>(given->values.size(), 1);
}

void look_at_call(const Command& command, const awscli::ParsedCall& call, Reports& reports) {
  const auto name = aws_name(command);
  if (name.service != "cloudwatch" || command.shell.damaged) return;
  judge_region(command, reports);
  if (name.operation == "get-metric-statistics" || name.operation == "put-metric-alarm" ||
      name.operation == "describe-alarms-for-metric") {
    const bool open = call.input_open || call.incomplete || hides_dimensions(call);
    judge_input(command, call.input, "", open, reports);
    judge_statistic(command, reports);
    judge_period(command, reports);
  }
  // Dimensions given to it only narrow the list.
  if (name.operation == "list-metrics") judge_input(command, call.input, "", true, reports);
  const auto* list = name.operation == "get-metric-data" ? "MetricDataQueries" : "Metrics";
  const auto* queries = find_member(call.input, list);
  if (queries == nullptr || !queries->is_array()) return;
  for (std::size_t i = 0; i < queries->get_array().size(); ++i) {
    const auto* stat = find_member(queries->get_array()[i], "MetricStat");
    const auto* metric = stat == nullptr ? nullptr : find_member(*stat, "Metric");
    if (metric != nullptr)
      judge_input(command, *metric, fmt::format("{}[{}].MetricStat.Metric.", list, i), false,
                  reports);
  }
}

// A text of a JSON fence and where it stands in the fence's content.
class Json {
 public:
  Json(const Analysis& analysis, const Block& block, Reports& reports)
      : analysis_(analysis), block_(block), reports_(reports) {}

  void check() {
    const auto read = awscli::read_json(block_.content);
    if (read) walk(*read, 0);
  }

 private:
  using Node = awscli::Node;
  using Kind = awscli::NodeKind;

  void walk(const Node& node, int depth) {
    if (depth > awscli::kMaxNodeDepth) return;
    if (node.is(Kind::kMap)) {
      look_at_alarm(node);
      if (const auto* metrics = node.find("metrics"); metrics != nullptr && node.find("region"))
        look_at_widget(*metrics);
    }
    for (const auto& item : node.items) walk(item, depth + 1);
  }

  static const Node* text(const Node& map, std::string_view key) {
    const auto* node = map.find(key);
    return node != nullptr && node->is(Kind::kText) ? node : nullptr;
  }

  // An object with "Namespace", "MetricName" and maybe "Dimensions".
  void look_at_alarm(const Node& map) {
    const auto *space = text(map, "Namespace"), *metric = text(map, "MetricName");
    if (space == nullptr || metric == nullptr) return;
    AskedMetric asked{space->text, metric->text, {}, true};
    std::vector<std::pair<const Node*, const Node*>> places;
    const auto* dimensions = map.find("Dimensions");
    if (dimensions != nullptr && !dimensions->is(Kind::kList)) asked.all_dimensions = false;
    if (dimensions != nullptr)
      for (const auto& one : dimensions->items)
        add(asked, places, text(one, "Name"), text(one, "Value"));
    judge(asked, space, metric, places);
  }

  static void add(AskedMetric& asked, std::vector<std::pair<const Node*, const Node*>>& places,
                  const Node* name, const Node* value) {
    asked.dimensions.push_back(
        {name == nullptr ? "" : name->text, value == nullptr ? "" : value->text});
    places.emplace_back(name, value);
  }

  // ["AWS/EC2", "CPUUtilization", "InstanceId", "i-...", {...}], "." repeats the row above.
  void look_at_widget(const Node& metrics) {
    std::vector<const Node*> above;
    for (const auto& row : metrics.items) {
      std::vector<const Node*> texts;
      for (const auto& item : row.items) {
        if (!item.is(Kind::kText) || item.text == "...") break;
        const bool again = item.text == "." && texts.size() < above.size();
        texts.push_back(again ? above[texts.size()] : &item);
      }
      const bool whole = texts.size() == row.items.size() ||
                         (texts.size() + 1 == row.items.size() && row.items.back().is(Kind::kMap));
      above = texts;
      if (whole && texts.size() >= 2 && texts.size() % 2 == 0) judge_row(texts);
    }
  }

  void judge_row(const std::vector<const Node*>& texts) {
    AskedMetric asked{texts[0]->text, texts[1]->text, {}, true};
    std::vector<std::pair<const Node*, const Node*>> places;
    for (std::size_t i = 2; i + 1 < texts.size(); i += 2)
      add(asked, places, texts[i], texts[i + 1]);
    judge(asked, texts[0], texts[1], places);
  }

  void judge(const AskedMetric& asked, const Node* space, const Node* metric,
             const std::vector<std::pair<const Node*, const Node*>>& places) {
    for (auto& problem : judge_metric(asked)) {
      const Node* at = metric;
      if (problem.part == Part::kNamespace) at = space;
      if (problem.part == Part::kDimensions) at = places.empty() ? space : places[0].first;
      if (problem.part == Part::kDimensionName) at = places[problem.dimension].first;
      if (problem.part == Part::kDimensionValue) at = places[problem.dimension].second;
      if (at != nullptr) report_at(*at, {problem.message, problem.suggestion, problem.severity});
    }
  }

  // The text without its quotes.
  void report_at(const Node& node, Note note) {
    const std::string_view content = block_.content;
    auto begin = node.begin, end = std::min(node.end, content.size());
    if (begin < end && content[begin] == '"') ++begin;
    if (begin < end && content[end - 1] == '"') --end;
    const auto before = content.substr(0, begin);
    const auto line = static_cast<std::size_t>(std::ranges::count(before, '\n'));
    const auto from = begin - (before.rfind('\n') + 1);
    const auto indent = line < block_.columns.size() ? block_.columns[line] : 0;
    const auto column = from + static_cast<std::size_t>(indent);
    const auto number = block_.line + static_cast<int>(line);
    if (static_cast<std::size_t>(number) > analysis_.document().lines.size()) return;
    reports_.at_line(number, column, column + (end - begin), std::move(note));
  }

  const Analysis& analysis_;
  const Block& block_;
  Reports& reports_;
};

bool may_be_metrics(const Block& block) {
  return block.kind == Block::Kind::kFence &&
         (block.language == "json" || block.language.empty()) &&
         (block.content.contains("AWS/") || block.content.contains("ContainerInsights"));
}

void check_metric_identity(const Analysis& analysis, Reports& reports) {
  analysis.each_aws([&](const Command& command, const awscli::ParsedCall& call) {
    look_at_call(command, call, reports);
  });
  for (const auto& block : analysis.document().blocks)
    if (may_be_metrics(block)) Json(analysis, block, reports).check();
}

}  // namespace

const Rule kMetricIdentity{"metric-identity", Severity::kError,
                           "a metric or dimensions that AWS does not publish",
                           check_metric_identity};

}  // namespace seatrial::runbook::check
