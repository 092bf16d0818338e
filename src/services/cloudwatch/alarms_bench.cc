// How long a tick of 100,000 alarms takes on one core, over metrics in the real engine: on ten
// alarms per series, on one, and the decision alone; and one of as many alarms on groups as a
// region may have. Prints a line for each.
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "base/clock.h"
#include "services/cloudwatch/alarm_data.h"

namespace seatrial::services::cloudwatch {
namespace {

constexpr int kAlarms = 100'000, kMinutes = 10, kTicks = 10;
constexpr auto kStart = 1'767'225'600'000;

double ms_of(const auto& work) {
  const WallClock wall;
  const Time begin = wall.now();
  work();
  return static_cast<double>((wall.now() - begin).count());
}

metrics::SeriesId series(int number) {
  return {"ap-southeast-2", "App", "m", {{"Host", fmt::format("host-{}", number)}}, "None"};
}

AlarmPlan plan(int number, int series_count) {
  shape::PutMetricAlarmInput input;
  input.MetricName = "m";
  input.Namespace = "App";
  input.Dimensions = {{shape::Dimension{"Host", fmt::format("host-{}", number % series_count)}}};
  input.Statistic = "Average";
  input.Period = 60;
  input.EvaluationPeriods = 3;
  input.DatapointsToAlarm = 2;
  input.Threshold = 1'000 + number;  // never reached
  input.ComparisonOperator = "GreaterThanThreshold";
  return plan_of(fmt::format("ap-southeast-2/alarm-{}", number), input);
}

void run(metrics::Engine& engine, int series_count, bool sealed) {
  for (int s = 0; s < series_count; ++s)
    for (int m = 0; m < kMinutes; ++m)
      engine.put(series(s), metrics::Sample::of(s + m, from_ms(kStart + m * 60'000)));
  if (!engine.commit()) throw std::runtime_error("the samples were not written");
  if (sealed && !engine.settle(true)) throw std::runtime_error("the samples were not sealed");
  EngineAlarmData data(engine, "123456789012");
  AlarmWheel wheel;
  const double put = ms_of([&] {
    for (int i = 0; i < kAlarms; ++i) wheel.put(plan(i, series_count), decide::AlarmState::kOk);
  });
  int changed = 0;
  double longest = 0;
  const auto tick = [&](int minute) {
    const Time now = from_ms(kStart + minute * 60'000);
    for (const auto& slice : wheel.due(now - Millis{60'000}, now)) {
      longest = std::max(longest, ms_of([&] {
                           wheel.evaluate(slice, now, data, [&](const auto&) { ++changed; });
                         }));
    }
  };
  const double first = ms_of([&] { tick(kMinutes); });
  double all = 0;
  for (int minute = kMinutes; minute < kMinutes + kTicks; ++minute) {
    longest = 0;
    for (int s = 0; s < series_count; ++s)
      engine.put(series(s), metrics::Sample::of(s + minute, from_ms(kStart + minute * 60'000)));
    if (!engine.commit()) throw std::runtime_error("the samples were not written");
    all += ms_of([&] { tick(minute + 1); });
  }
  fmt::print(
      "{:>7} alarms on {:>7} series, {}: {:7.1f} ms a tick ({:.2f} us an alarm), longest slice "
      "{:.0f} ms, {} changed; put in {:.0f} ms, first tick {:.0f} ms\n",
      kAlarms, series_count, sealed ? "sealed" : "hot", all / kTicks, all / kTicks * 1000 / kAlarms,
      longest, changed, put, first);
}

void run_decision() {
  decide::AlarmRule rule;
  rule.evaluation_periods = 3;
  rule.datapoints_to_alarm = 2;
  rule.threshold = 3;
  std::vector<decide::AlarmPoint> points(5);
  int alarms = 0;
  const double all = ms_of([&] {
    for (int i = 0; i < 100 * kAlarms; ++i) {
      points[static_cast<std::size_t>(i % 5)].value = i % 7;
      alarms += decide::decide_alarm_state(rule, points) == decide::AlarmState::kAlarm ? 1 : 0;
    }
  });
  fmt::print("{:>7} decisions alone: {:.2f} ms ({} in ALARM)\n", kAlarms, all / 100, alarms / 100);
}

// 200 alarms on groups, each of its own metric on 50 hosts.
void run_fleets(metrics::Engine& engine) {
  constexpr int kFleets = 200, kHosts = 50;
  for (int s = 0; s < kFleets * kHosts; ++s)
    for (int m = 0; m < kMinutes; ++m) {
      auto id = series(s % kHosts);
      id.name = fmt::format("m{}", s / kHosts);
      engine.put(id, metrics::Sample::of(s + m, from_ms(kStart + m * 60'000)));
    }
  if (!engine.commit()) throw std::runtime_error("the samples were not written");
  EngineAlarmData data(engine, "123456789012");
  AlarmWheel wheel;
  for (int i = 0; i < kFleets; ++i) {
    shape::PutMetricAlarmInput input;
    shape::MetricDataQuery query;
    query.Id = "q1";
    query.Expression = fmt::format("SELECT MAX(m{}) FROM App GROUP BY Host ORDER BY MAX() DESC", i);
    query.Period = 60;
    input.Metrics.push_back(query);
    input.EvaluationPeriods = 3;
    input.Threshold = 0;
    input.ComparisonOperator = "GreaterThanThreshold";
    wheel.put(plan_of(fmt::format("ap-southeast-2/fleet-{}", i), input), decide::AlarmState::kOk);
  }
  double longest = 0;
  std::size_t transitions = 0;
  const Time now = from_ms(kStart + kMinutes * 60'000);
  const double all = ms_of([&] {
    for (const auto& slice : wheel.due(now - Millis{60'000}, now))
      longest = std::max(longest, ms_of([&] {
                           wheel.evaluate(slice, now, data, [&](const auto& finding) {
                             transitions += finding.fleet->transitions.size();
                           });
                         }));
  });
  fmt::print(
      "{:>7} alarms on {} groups each: {:.0f} ms a tick, longest slice {:.0f} ms, {} contributors "
      "into ALARM\n",
      kFleets, kHosts, all, longest, transitions);
}

}  // namespace
}  // namespace seatrial::services::cloudwatch

int main() {
  using namespace seatrial;
  std::string folder = (std::filesystem::temp_directory_path() / "alarms-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return 1;
  services::cloudwatch::run_decision();
  for (const int count : {1'000, 10'000, 100'000}) {
    for (const bool sealed : {false, true}) {
      const auto name = std::to_string(count) + (sealed ? "-sealed" : "");
      auto engine = metrics::Engine::open(std::filesystem::path(folder) / name);
      if (!engine) return 1;
      services::cloudwatch::run(**engine, count, sealed);
    }
  }
  {
    auto engine = metrics::Engine::open(std::filesystem::path(folder) / "fleets");
    if (!engine) return 1;
    services::cloudwatch::run_fleets(**engine);
  }
  std::filesystem::remove_all(folder);
  return 0;
}
