// A range of times that is empty, upside down, in the future, too fine, or in the wrong unit.
// docs/rules/time-order.md
//
// Only where both ends are understood (reading/times.h). What AWS refuses for certain is an error;
// what is wrong on some days or some machines only is a warning.
#include <algorithm>
#include <array>

#include "runbook/check/reading/effects.h"
#include "runbook/check/reading/times.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

// How a service takes the two ends of a range.
struct Service {
  std::string_view name;
  bool refuses_equal;
};
// CloudWatch: "The parameter StartTime must be less than the parameter EndTime"; Cost Explorer: the
// end is exclusive; API references of GetMetricStatistics, GetCostAndUsage, GetTraceSummaries.
constexpr std::array kServices = {
    Service{"ce", true},      Service{"cloudtrail", false}, Service{"cloudwatch", true},
    Service{"health", false}, Service{"logs", false},       Service{"pi", true},
    Service{"rds", false},    Service{"wafv2", false},      Service{"xray", true},
};

// CloudWatch returns at most this many datapoints of a GetMetricStatistics call.
constexpr std::int64_t kMaxDatapoints = 1440;

// A piece of a word that is one end of the range.
struct End {
  std::size_t word = 0;
  std::size_t begin = 0;
  std::size_t end = std::string::npos;
};
struct Range {
  std::size_t reported = 0;  // the word that findings about both ends stand at
  End start;
  End end;
};

std::optional<End> end_of(const Command& command, std::string_view option) {
  const auto* given = command.aws->find(option);
  if (given == nullptr) return std::nullopt;
  if (given->inline_value)
    return End{given->word, command.shell.words[given->word].text.find('=') + 1};
  if (given->values.size() != 1) return std::nullopt;
  return End{given->values[0]};
}

// "Start=...,End=..." of one word.
std::optional<Range> shorthand_range(const Command& command, std::string_view option) {
  const auto whole = end_of(command, option);
  if (!whole) return std::nullopt;
  const std::string_view text = command.shell.words[whole->word].text;
  const auto piece = [&](std::string_view key) -> std::optional<End> {
    const auto at = text.find(key, whole->begin);
    if (at == std::string_view::npos || (at > whole->begin && text[at - 1] != ',')) return {};
    const auto begin = at + key.size();
    return End{whole->word, begin, std::min(text.find(',', begin), text.size())};
  };
  for (std::string_view suffix : {"=", "Time="}) {
    const auto start = piece("Start" + std::string(suffix));
    const auto end = piece("End" + std::string(suffix));
    if (start && end) return Range{whole->word, *start, *end};
  }
  return std::nullopt;
}

std::optional<Range> range_of(const Command& command) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kPairs = {
      {{"start-time", "end-time"}, {"start-date", "end-date"}, {"from", "to"}}};
  for (const auto& [first, last] : kPairs) {
    const auto start = end_of(command, first), end = end_of(command, last);
    if (start && end) return Range{command.aws->find(first)->word, *start, *end};
  }
  for (auto option : {"time-period", "time-window"})
    if (const auto range = shorthand_range(command, option)) return range;
  return std::nullopt;
}

std::string cut_to(const Moment& moment) {
  if (moment.step >= kMonthSeconds) return "the month";
  return moment.step >= kDaySeconds ? "the day" : "the hour or minute";
}

std::string order_message(const Moment& start, const Moment& end, double wrong) {
  if (start.relative && start.step == kMonthSeconds && wrong < 1)
    return "on the first day of a month both ends are equal: the range is empty";
  if (start.relative && end.step > 1 && end.seconds >= start.seconds) {
    const std::string what = "only " + cut_to(end) + " is printed: ";
    return what + (start.step == end.step
                       ? "both ends are equal, unless its boundary lies between them"
                       : "the end lies before the start most of the time");
  }
  if (start.relative == end.relative && start.seconds == end.seconds && start.step == end.step)
    return "both ends of the range are the same time";
  return "the range ends before it starts";
}

std::string order_suggestion(const Moment& start, double wrong) {
  if (start.step == kMonthSeconds && wrong < 1) return "end the range tomorrow";
  return start.relative && start.step > 1 ? "date -u +%Y-%m-%dT%H:%M:%SZ" : "";
}

void look_at_order(const Command& command, const Range& range, const Moment& start,
                   const Moment& end, bool refuses_equal, Reports& reports) {
  const auto wrong = wrong_order(start, end, refuses_equal);
  if (!wrong || *wrong <= 0) return;
  reports.at_word(command, range.reported,
                  {order_message(start, end, *wrong), order_suggestion(start, *wrong),
                   *wrong >= 0.5 ? Severity::kError : Severity::kWarning});
}

void look_at_zones(const Command& command, const Range& range, const Moment& start,
                   const Moment& end, Reports& reports) {
  const bool texts = start.form == Moment::Form::kText && end.form == Moment::Form::kText;
  const bool fine = start.step < kDaySeconds && end.step < kDaySeconds;
  if (!texts || !fine || !start.relative || !end.relative || start.utc == end.utc) return;
  if (start.zone && end.zone) return;
  reports.at_word(command, range.reported,
                  {"one end is printed in UTC, the other in local time", "date -u for both",
                   Severity::kWarning});
}

void look_at_datapoints(const Command& command, const Moment& start, const Moment& end,
                        Reports& reports) {
  if (aws_name(command).operation != "get-metric-statistics") return;
  const auto period = single_value(command, "period");
  if (!period || start.relative != end.relative || !start.exact || !end.exact) return;
  std::int64_t seconds = 0;
  for (char c : period->text.substr(0, 7)) {
    if (c < '0' || c > '9') return;
    seconds = seconds * 10 + (c - '0');
  }
  // What is cut to days may be a day longer or shorter.
  const auto apart = end.seconds - start.seconds - start.step - end.step + 2;
  if (seconds < 1 || apart / seconds <= kMaxDatapoints) return;
  reports.at_word(command, period->word, period->offset, period->offset + period->text.size(),
                  {fmt::format("{} datapoints, CloudWatch refuses more than {}", apart / seconds,
                               kMaxDatapoints),
                   std::to_string((apart / kMaxDatapoints / 60 + 1) * 60)});
}

bool wants_millis(const AwsName& name) {
  return name.service == "logs" &&
         (name.operation == "filter-log-events" || name.operation == "get-log-events" ||
          name.operation == "create-export-task");
}

// The unit a number is read in.
void look_at_unit(const Analysis& analysis, const Command& command, std::string_view option,
                  bool is_end, Reports& reports) {
  const auto name = aws_name(command);
  const auto place = end_of(command, option);
  if (!place || command.shell.damaged) return;
  const auto moment = moment_of(analysis, command, place->word, place->begin, place->end);
  if (!moment) return;
  if (wants_millis(name) && moment->form == Moment::Form::kSeconds)
    return reports.at_word(command, place->word,
                           {fmt::format("milliseconds are wanted; seconds are a day in January "
                                        "1970{}",
                                        is_end ? ", before every event" : ", so all events match"),
                            "append 000", is_end ? Severity::kError : Severity::kWarning});
  if (wants_millis(name) && moment->form == Moment::Form::kText && moment->relative)
    return reports.at_word(
        command, place->word,
        {"a number of milliseconds since 1970 is wanted, this is a date", "$(date -u +%s)000"});
  if (name.service == "cloudwatch" && moment->form == Moment::Form::kMillis)
    reports.at_word(command, place->word,
                    {"a number is read as seconds since 1970, these are milliseconds", {}});
}

void look_at_future(const Command& command, const Range& range, const Moment& start,
                    Reports& reports) {
  if (!start.relative || start.seconds <= 0 || effect_of(command) != Effect::kReads) return;
  if (aws_name(command).operation.contains("forecast")) return;
  reports.at_word(command, range.reported,
                  {"the range lies in the future", {}, Severity::kWarning});
}

void look_at_range(const Analysis& analysis, const Command& command, Reports& reports) {
  const auto* service = std::ranges::find(kServices, aws_name(command).service, &Service::name);
  if (service == kServices.end() || command.shell.damaged) return;
  const auto range = range_of(command);
  if (!range) return;
  const auto at = [&](const End& e) {
    return moment_of(analysis, command, e.word, e.begin, e.end);
  };
  const auto start = at(range->start), end = at(range->end);
  if (!start) return;
  look_at_future(command, *range, *start, reports);
  if (!end || start->form != end->form) return;
  look_at_order(command, *range, *start, *end, service->refuses_equal, reports);
  look_at_zones(command, *range, *start, *end, reports);
  look_at_datapoints(command, *start, *end, reports);
}

void check_time_order(const Analysis& analysis, Reports& reports) {
  analysis.each_aws([&](const Command& command, const awscli::ParsedCall&) {
    look_at_range(analysis, command, reports);
    const auto name = aws_name(command);
    if (name.service != "logs" && name.service != "cloudwatch") return;
    for (auto option : {"start-time", "start-date", "from"})
      look_at_unit(analysis, command, option, false, reports);
    for (auto option : {"end-time", "end-date", "to"})
      look_at_unit(analysis, command, option, true, reports);
  });
}

}  // namespace

const Rule kTimeOrder{"time-order", Severity::kError,
                      "a range of times that is empty, upside down or in the wrong unit",
                      check_time_order};

}  // namespace seatrial::runbook::check
