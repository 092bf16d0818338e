#include "services/cloudwatch/alarm_wheel.h"

#include <fmt/format.h>

#include <utility>

#include "decide/alarm/schedule.h"
#include "metrics/math/select.h"

namespace seatrial::services::cloudwatch {
namespace {

using decide::AlarmPoint;

// What alarms on one statistic of one series have in common.
std::string series_text(const metrics::DataQuery::Stat& stat) {
  std::string out = fmt::format("{}\n{}\n{}\n{}", stat.series.name_space, stat.series.name,
                                stat.series.unit, stat.statistic);
  for (const auto& d : stat.series.dimensions) out += fmt::format("\n{}\n{}", d.name, d.value);
  return out;
}

// Empty periods of a window, oldest first.
void lay_out(std::vector<AlarmPoint>& points, const decide::EvaluationWindow& window,
             int period_s) {
  points.resize(static_cast<std::size_t>(window.periods));
  Time at = window.start;
  for (auto& point : points) {
    point.at = at;
    point.value.reset();
    point.sample_count = 0;
    at += std::chrono::seconds(period_s);
  }
}

std::optional<std::size_t> index_of(Time at, const std::vector<AlarmPoint>& points, int period_s) {
  const auto ms = to_ms(at) - to_ms(points.front().at);
  if (ms < 0) return std::nullopt;
  const auto index = static_cast<std::size_t>(ms / (1000LL * period_s));
  return index < points.size() ? std::optional(index) : std::nullopt;
}

void fill(std::vector<AlarmPoint>& points, const metrics::DataResult& result, int period_s) {
  for (const auto& point : result.points) {
    const auto index = index_of(point.at, points, period_s);
    if (!index) continue;
    points[*index].value = point.value;
    points[*index].sample_count = point.sample_count;
  }
}

// The two lines of a band, in either order. A period without both has no value to compare.
void fill_band(std::vector<AlarmPoint>& points, const metrics::DataResult& one,
               const metrics::DataResult& other, int period_s) {
  std::vector<int> sides(points.size());
  for (const auto* line : {&one, &other}) {
    for (const auto& point : line->points) {
      const auto index = index_of(point.at, points, period_s);
      if (!index) continue;
      auto& at = points[*index];
      const bool first = sides[*index]++ == 0;
      at.lower = first ? point.value : std::min(at.lower, point.value);
      at.upper = first ? point.value : std::max(at.upper, point.value);
    }
  }
  for (std::size_t i = 0; i < points.size(); ++i)
    if (sides[i] < 2) points[i].value.reset();
}

}  // namespace

void AlarmWheel::put(AlarmPlan plan, decide::AlarmState state, Contributors in_alarm) {
  erase(plan.key);
  const int interval =
      decide::evaluation_interval_s(plan.rule.period_s, plan.rule.evaluation_periods);
  Entry entry{plan.key, plan.rule, state};
  if (plan.is_math()) {
    places_[plan.key] = {};
    const std::string key = plan.key;
    const bool insights = std::ranges::any_of(
        plan.queries, [](const auto& query) { return metrics::math::is_select(query.expression); });
    math_[key] = {std::move(plan), std::move(entry), interval, std::move(in_alarm), "", insights};
    return;
  }
  const auto statistic = metrics::Statistic::parse(plan.queries.front().stat->statistic);
  const bool plain = statistic && statistic->is_simple() && plan.rule.period_s % 60 == 0;
  auto& group = groups_[{plan.region, plan.rule.period_s, plan.rule.evaluation_periods, plain}];
  if (!group) {
    group = std::make_unique<Group>();
    group->region = plan.region;
    group->period_s = plan.rule.period_s;
    group->interval_s = interval;
    group->evaluation_periods = plan.rule.evaluation_periods;
    group->plain = plain;
  }
  const auto series = series_text(*plan.queries.front().stat);
  auto place = group->by_series.find(series);
  if (place == group->by_series.end()) {
    std::size_t index = group->queries.size();
    if (group->free.empty()) {
      group->queries.emplace_back();
      group->alarms.emplace_back();
      group->statistics.emplace_back();
      group->watches.push_back(0);
    } else {
      index = group->free.back();
      group->free.pop_back();
    }
    group->queries[index] = std::move(plan.queries.front());
    group->queries[index].id = fmt::format("q{}", index);
    if (plain) group->statistics[index] = *statistic;
    place = group->by_series.emplace(series, index).first;
  }
  places_[plan.key] = {group.get(), place->second};
  group->alarms[place->second].push_back(std::move(entry));
}

void AlarmWheel::erase(const std::string& key) {
  const auto found = places_.find(key);
  if (found == places_.end()) return;
  const Place place = found->second;
  places_.erase(found);
  if (place.group == nullptr) {
    math_.erase(key);
    return;
  }
  auto& group = *place.group;
  auto& alarms = group.alarms[place.query];
  std::erase_if(alarms, [&](const Entry& entry) { return entry.key == key; });
  if (!alarms.empty()) return;
  group.by_series.erase(series_text(*group.queries[place.query].stat));
  group.queries[place.query].return_data = false;
  if (const auto watch = std::exchange(group.watches[place.query], 0))
    group.unwatched.push_back(watch);
  group.free.push_back(place.query);
}

AlarmWheel::Entry* AlarmWheel::entry_of(const std::string& key) {
  const auto found = places_.find(key);
  if (found == places_.end()) return nullptr;
  if (found->second.group == nullptr) return &math_.at(key).entry;
  for (auto& entry : found->second.group->alarms[found->second.query])
    if (entry.key == key) return &entry;
  return nullptr;
}

// What was set by hand is looked at again, whatever the contributors do.
void AlarmWheel::set_state(const std::string& key, decide::AlarmState state) {
  auto* entry = entry_of(key);
  if (entry == nullptr || entry->state == state) return;
  entry->state = state;
  if (const auto math = math_.find(key); math != math_.end()) math->second.fleet_reason.clear();
}

std::vector<AlarmWheel::Slice> AlarmWheel::due(Time last, Time now) const {
  std::vector<Slice> out;
  for (const auto& [key, group] : groups_) {
    if (!decide::is_due(group->interval_s, last, now)) continue;
    for (std::size_t from = 0; from < group->queries.size(); from += kSlice)
      out.push_back({group.get(), from, std::min(group->queries.size(), from + kSlice), {}});
  }
  constexpr std::size_t kMathSlice = 100, kInsightsShare = 20;  // one looks at many metrics
  std::size_t math = kMathSlice;
  for (const auto& [key, alarm] : math_) {
    if (!decide::is_due(alarm.interval_s, last, now)) continue;
    if (math >= kMathSlice) {
      out.emplace_back();
      math = 0;
    }
    out.back().math.push_back(key);
    math += alarm.uses_insights ? kInsightsShare : 1;
  }
  return out;
}

void AlarmWheel::evaluate(const Slice& slice, Time now, AlarmData& data, const Report& report) {
  if (slice.group != nullptr) return evaluate_group(slice, now, data, report);
  for (const auto& key : slice.math) {
    const auto found = math_.find(key);
    if (found != math_.end()) evaluate_math(found->second, now, data, report);
  }
}

// Whether all of the slice is watched.
bool AlarmWheel::watch(const Slice& slice, AlarmData& data) {
  auto& group = *slice.group;
  if (!group.plain) return false;
  for (const auto watch : std::exchange(group.unwatched, {})) data.unwatch(watch);
  const int minutes = group.period_s / 60 * decide::evaluation_range(group.evaluation_periods);
  for (std::size_t i = slice.from; i < slice.to; ++i) {
    if (group.alarms[i].empty() || group.watches[i] != 0) continue;
    group.watches[i] = data.watch(group.queries[i].stat->series, minutes);
    if (group.watches[i] == 0) return false;
  }
  return true;
}

void AlarmWheel::evaluate_watched(const Slice& slice, Time now, AlarmData& data,
                                  const Report& report) {
  auto& group = *slice.group;
  const auto window = decide::evaluation_window(now, group.period_s, group.evaluation_periods);
  const auto periods = static_cast<std::size_t>(window.periods);
  data.read_watched(std::span(group.watches).subspan(slice.from, slice.to - slice.from),
                    window.start, group.period_s, periods, totals_);
  lay_out(points_, window, group.period_s);
  const auto* totals = totals_.data();
  for (std::size_t i = slice.from; i < slice.to; ++i, totals += periods) {
    for (std::size_t n = 0; n < periods; ++n) {
      auto& point = points_[n];
      point.sample_count = totals[n].count;
      point.value.reset();
      if (totals[n].count > 0) point.value = group.statistics[i].of(totals[n]);
    }
    settle_all(group.alarms[i], now, report);
  }
}

void AlarmWheel::settle_all(std::vector<Entry>& entries, Time now, const Report& report) {
  for (auto& entry : entries) settle(entry, points_, Reading::kWhole, now, report);
}

void AlarmWheel::evaluate_group(const Slice& slice, Time now, AlarmData& data,
                                const Report& report) {
  if (watch(slice, data)) return evaluate_watched(slice, now, data, report);
  auto& group = *slice.group;
  const auto window = decide::evaluation_window(now, group.period_s, group.evaluation_periods);
  const auto queries = std::span(group.queries).subspan(slice.from, slice.to - slice.from);
  const auto answer = data.query(group.region, queries, window.start, window.end, nullptr);
  if (!answer) return without(slice, answer.error(), now, data, report);
  auto result = answer->begin();
  for (std::size_t i = slice.from; i < slice.to; ++i) {
    if (group.alarms[i].empty()) continue;
    lay_out(points_, window, group.period_s);
    for (; result != answer->end() && result->id == group.queries[i].id; ++result)
      fill(points_, *result, group.period_s);
    settle_all(group.alarms[i], now, report);
  }
}

// The question of one of several is refused: its alarms fail, the others are asked again.
void AlarmWheel::without(const Slice& slice, const metrics::DataProblem& problem, Time now,
                         AlarmData& data, const Report& report) {
  auto& group = *slice.group;
  if (slice.to - slice.from <= 1) {
    for (auto& entry : group.alarms[slice.from]) fail(entry, problem.message, report);
    return;
  }
  const std::size_t middle = slice.from + (slice.to - slice.from) / 2;
  evaluate_group({&group, slice.from, middle, {}}, now, data, report);
  evaluate_group({&group, middle, slice.to, {}}, now, data, report);
}

void AlarmWheel::evaluate_math(Math& math, Time now, AlarmData& data, const Report& report) {
  const auto& rule = math.entry.rule;
  const auto window = decide::evaluation_window(now, rule.period_s, rule.evaluation_periods);
  metrics::RunNotices cut;
  const auto answer =
      data.query(math.plan.region, math.plan.queries, window.start, window.end, &cut);
  if (!answer) return fail(math.entry, answer.error().message, report);
  const auto reading =
      cut.matching_results || cut.query_results ? Reading::kPartial : Reading::kWhole;
  if (math.plan.on_groups) return settle_fleet(math, *answer, reading, now, report);
  std::vector<const metrics::DataResult*> watched, band;
  for (const auto& result : *answer)
    (result.id == math.plan.band ? band : watched).push_back(&result);
  if (watched.size() > 1 || (!math.plan.band.empty() && !band.empty() && band.size() != 2))
    return fail(math.entry, "the expression gives more than one time series", report);
  lay_out(points_, window, rule.period_s);
  if (!watched.empty()) fill(points_, *watched.front(), rule.period_s);
  if (band.size() == 2) fill_band(points_, *band[0], *band[1], rule.period_s);
  if (!math.plan.band.empty() && band.empty())
    for (auto& point : points_) point.value.reset();
  settle(math.entry, points_, reading, now, report);
}

// Only the watched query gives anything back: its groups.
void AlarmWheel::settle_fleet(Math& math, std::span<const metrics::DataResult> results,
                              Reading reading, Time now, const Report& report) {
  auto& entry = math.entry;
  const auto window =
      decide::evaluation_window(now, entry.rule.period_s, entry.rule.evaluation_periods);
  std::vector<decide::ContributorSeries> series;
  for (const auto& result : results) {
    auto& one = series.emplace_back();
    for (const auto& label : result.group) one.attributes[label.name] = label.value;
    lay_out(one.points, window, entry.rule.period_s);
    fill(one.points, result, entry.rule.period_s);
  }
  auto verdict = decide::evaluate_fleet(entry.rule, series, math.in_alarm, entry.state, now);
  Finding finding{entry.key, std::nullopt, std::nullopt, std::nullopt, ""};
  if (std::exchange(entry.reading, reading) != reading) finding.reading = reading;
  if (verdict.state != entry.state || verdict.reason != math.fleet_reason ||
      !verdict.transitions.empty()) {
    entry.state = verdict.state;
    math.fleet_reason = verdict.reason;
    for (const auto& one : verdict.transitions) {
      if (one.to == decide::AlarmState::kAlarm)
        math.in_alarm[one.id] = one.attributes;
      else
        math.in_alarm.erase(one.id);
    }
    finding.fleet = std::move(verdict);
  }
  if (finding.fleet || finding.reading) report(std::move(finding));
}

void AlarmWheel::settle(Entry& entry, std::span<const AlarmPoint> points, Reading reading, Time now,
                        const Report& report) {
  const auto state = decide::decide_alarm_state(entry.rule, points);
  const bool changed = state && *state != entry.state;
  if (!changed && entry.reading == reading) return;
  Finding finding{entry.key, std::nullopt, std::nullopt, std::nullopt, ""};
  if (std::exchange(entry.reading, reading) != reading) finding.reading = reading;
  if (changed) {
    entry.state = *state;
    finding.verdict = decide::evaluate_alarm(entry.rule, points, now);
  }
  report(std::move(finding));
}

void AlarmWheel::fail(Entry& entry, const std::string& problem, const Report& report) {
  if (std::exchange(entry.reading, Reading::kNone) == Reading::kNone) return;
  report({entry.key, std::nullopt, std::nullopt, Reading::kNone, problem});
}

}  // namespace seatrial::services::cloudwatch
