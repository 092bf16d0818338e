#include "decide/alarm/contributors.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "decide/alarm/reason.h"

namespace seatrial::decide {
namespace {

struct Judged {
  const ContributorSeries* series = nullptr;
  std::string id;
  bool was = false;  // in ALARM
  bool is = false;
};

std::vector<Judged> judge(const AlarmRule& rule, const std::vector<ContributorSeries>& series,
                          const std::map<std::string, ContributorAttributes>& in_alarm) {
  std::vector<Judged> out;
  for (const auto& one : series) {
    Judged judged{&one, contributor_id(one.attributes)};
    judged.was = in_alarm.contains(judged.id);
    const auto state = decide_alarm_state(rule, one.points);
    judged.is = state ? *state == AlarmState::kAlarm : judged.was;
    out.push_back(std::move(judged));
  }
  return out;
}

ContributorTransition transition_of(const AlarmRule& rule, const Judged& judged) {
  const auto to = judged.is ? AlarmState::kAlarm : AlarmState::kOk;
  return {judged.id, judged.series->attributes, to,
          contributor_reason(rule, to, judged.series->points)};
}

std::vector<ContributorTransition> transitions_of(
    const AlarmRule& rule, const std::vector<Judged>& all,
    const std::map<std::string, ContributorAttributes>& in_alarm) {
  std::vector<ContributorTransition> out;
  std::set<std::string> returned;
  std::size_t kept = 0;
  for (const auto& one : all) {
    returned.insert(one.id);
    if (one.was && one.is) ++kept;
    if (one.was && !one.is) out.push_back(transition_of(rule, one));
  }
  for (const auto& [id, attributes] : in_alarm)
    if (!returned.contains(id))
      out.push_back({id, attributes, AlarmState::kOk, "No data was returned for this contributor"});
  for (const auto& one : all)
    if (!one.was && one.is && kept++ < kMaxContributors) out.push_back(transition_of(rule, one));
  return out;
}

// The query returned nothing.
void judge_empty(const AlarmRule& rule, AlarmState before, FleetVerdict& verdict) {
  std::string_view treatment = "Missing";
  verdict.state = AlarmState::kInsufficientData;
  if (rule.missing == MissingData::kBreaching) {
    verdict.state = AlarmState::kAlarm;
    treatment = "Breaching";
  } else if (rule.missing == MissingData::kNotBreaching) {
    verdict.state = AlarmState::kOk;
    treatment = "NonBreaching";
  } else if (rule.missing == MissingData::kIgnore) {
    verdict.state = before;
    treatment = "Ignore";
  }
  verdict.reason = fmt::format(
      "No time series were returned by the query. Treat missing data is configured as [{}].",
      treatment);
}

std::string fleet_reason(std::size_t alarming, std::size_t all) {
  if (alarming == 0) return fmt::format("{} time series evaluated to OK", all);
  if (alarming > kMaxContributors)
    return fmt::format("{}+ time series evaluated to ALARM", kMaxContributors);
  return fmt::format("{} out of {} time series evaluated to ALARM", alarming, all);
}

}  // namespace

// FNV-1a of names and values, which nothing else in them can imitate.
std::string contributor_id(const ContributorAttributes& attributes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  const auto mix = [&](std::string_view text) {
    for (const char c : fmt::format("{}:{}", text.size(), text))
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  };
  for (const auto& [name, value] : attributes) mix(name), mix(value);
  return fmt::format("{:016x}", hash);
}

FleetVerdict evaluate_fleet(const AlarmRule& rule, const std::vector<ContributorSeries>& series,
                            const std::map<std::string, ContributorAttributes>& in_alarm,
                            AlarmState before, Time now) {
  FleetVerdict verdict;
  const auto judged = judge(rule, series, in_alarm);
  verdict.transitions = transitions_of(rule, judged, in_alarm);
  verdict.reason_data =
      fmt::format(R"({{"version":"1.0","queryDate":"{}"}})", alarm_timestamp(now));
  if (judged.empty()) {
    judge_empty(rule, before, verdict);
    return verdict;
  }
  const auto alarming = static_cast<std::size_t>(std::ranges::count_if(judged, &Judged::is));
  verdict.state = alarming > 0 ? AlarmState::kAlarm : AlarmState::kOk;
  verdict.reason = fleet_reason(alarming, judged.size());
  return verdict;
}

}  // namespace seatrial::decide
