// See service_facts.h. Sources: the descriptions in the service models (ce, pi), the user guides on
// point-in-time recovery of DynamoDB and RDS (35 days at most), CloudWatch's retention (455 days).
#include "runbook/check/reading/service_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "awscli/parse.h"
#include "runbook/check/reading/effects.h"
#include "runbook/check/reading/times.h"

namespace seatrial::runbook::check {
namespace {

struct Values {
  std::string_view service, operation;
  std::string_view path;  // of the member in the input
  std::string_view what;  // "--service"
  std::vector<std::string> taken;
};

const std::array<Values, 2>& value_facts() {
  static const std::array<Values, 2> facts = {{
      {"ce", "get-rightsizing-recommendation", "Service", "--service", {"AmazonEC2"}},
      {"pi",
       "get-resource-metrics",
       "MetricQueries[0].GroupBy.Group",
       "a group",
       {"db", "db.application", "db.host", "db.query", "db.query_tokenized", "db.session_type",
        "db.sql", "db.sql_tokenized", "db.user", "db.wait_event", "db.wait_event_type"}},
  }};
  return facts;
}

struct Age {
  std::string_view service, operation, option;
  int days;      // back from now
  bool refused;  // older ones are; else the answer is empty
  std::string_view why;
};

constexpr std::array kAges = {
    Age{"dynamodb", "restore-table-to-point-in-time", "restore-date-time", 35, true,
        "point-in-time recovery of DynamoDB reaches back 35 days at most"},
    Age{"rds", "restore-db-instance-to-point-in-time", "restore-time", 35, true,
        "automated backups of RDS are kept 35 days at most"},
    Age{"rds", "restore-db-cluster-to-point-in-time", "restore-to-time", 35, true,
        "automated backups of RDS are kept 35 days at most"},
    Age{"cloudwatch", "get-metric-statistics", "end-time", 455, false,
        "CloudWatch keeps metrics for 455 days: the answer is empty"},
    Age{"ce", "get-usage-forecast", "time-period", 1, true, "a forecast begins today or later"},
    Age{"ce", "get-cost-forecast", "time-period", 1, true, "a forecast begins today or later"},
};

// Where a time stands in an option's value: all of it, or behind "Start=".
struct TimeWord {
  std::size_t word = 0;
  std::size_t begin = 0;
  std::size_t end = std::string::npos;
};

std::optional<TimeWord> time_word(const Command& command, std::string_view option) {
  const auto word = option_value_word(command, option);
  if (word == 0) return std::nullopt;
  const auto& text = command.shell.words[word].text;
  TimeWord out{word, text.starts_with(option) ? option.size() + 1 : 0};
  if (const auto start = text.find("Start="); start != std::string::npos) {
    out.begin = start + 6;
    out.end = std::min(text.find(',', start), text.size());
  }
  return out;
}

void judge_age(const Analysis& analysis, const Command& command, const Age& age,
               std::vector<ServiceRefusal>& out) {
  const auto now = analysis.surroundings().now_s;
  const auto place = time_word(command, fmt::format("--{}", age.option));
  if (!now || !place) return;
  const auto moment = moment_of(analysis, command, place->word, place->begin, place->end);
  if (!moment || moment->relative || moment->seconds + age.days * kDaySeconds >= *now) return;
  // The option that begins the range is what people change.
  auto shown = time_word(
      command, age.option == "end-time" ? "--start-time" : fmt::format("--{}", age.option));
  out.push_back({(shown ? shown : place)->word, 0, std::string::npos,
                 fmt::format("a fixed day in the past: {}", age.why), "", age.refused});
}

// The text at a path of the input, "MetricQueries[0].GroupBy.Group"; empty where it is not known.
std::string_view text_at(const Value& input, std::string_view path) {
  const Value* at = &input;
  while (!path.empty()) {
    if (path.front() == '[') {
      const auto* list = at->if_array();
      if (list == nullptr || list->empty()) return {};
      at = &list->front();  // the table names first elements only
      path.remove_prefix(std::min(path.find(']') + 1, path.size()));
    } else {
      if (path.front() == '.') path.remove_prefix(1);
      const auto name = path.substr(0, path.find_first_of(".["));
      const auto* object = at->if_object();
      at = object == nullptr ? nullptr : object->if_contains(name);
      if (at == nullptr) return {};
      path.remove_prefix(name.size());
    }
  }
  return at->is_string() ? std::string_view(at->get_string()) : std::string_view();
}

// The only one, the longest that it begins with, or one that looks like it.
std::string nearest_value(std::string_view value, const std::vector<std::string>& taken) {
  if (taken.size() == 1) return taken.front();
  std::string longest;
  for (const auto& one : taken)
    if (value.starts_with(one + ".") && one.size() > longest.size()) longest = one;
  return longest.empty() ? awscli::nearest(value, taken) : longest;
}

void judge_value(const Command& command, const Values& fact, std::vector<ServiceRefusal>& out) {
  const auto value = text_at(command.aws->input, fact.path);
  const auto place = command.aws->place_of(fact.path);
  if (!place || value.empty() || value.contains(ShellWord::kUnknown) ||
      std::ranges::find(fact.taken, value) != fact.taken.end())
    return;
  const auto& word = command.shell.words[place->word].text;
  const auto begin = std::min(word.find(value, place->offset), word.size());
  out.push_back({place->word, begin, std::min(begin + value.size(), word.size()),
                 fmt::format("{} does not take '{}'", fact.what, value),
                 nearest_value(value, fact.taken)});
}

}  // namespace

std::vector<ServiceRefusal> service_refusals(const Analysis& analysis, const Command& command) {
  std::vector<ServiceRefusal> out;
  if (!command.aws || command.shell.damaged) return out;
  const auto name = aws_name(command);
  const auto is_it = [&](const auto& fact) {
    return fact.service == name.service && fact.operation == name.operation;
  };
  for (const auto& fact : value_facts())
    if (is_it(fact)) judge_value(command, fact, out);
  for (const auto& age : kAges)
    if (is_it(age)) judge_age(analysis, command, age, out);
  return out;
}

}  // namespace seatrial::runbook::check
