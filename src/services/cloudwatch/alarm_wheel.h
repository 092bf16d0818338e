// Which alarms are due, and what they come to: the part of alarms that runs every tick.
//
// Problem: 100,000 alarms look at their metrics every minute. Asked one by one, the questions cost
// far more than the decisions. Choice: alarms are grouped by region, period and interval, and
// within a group by what they read; a group's questions are put together, each series read once for
// all alarms on it. Plain statistics of whole minutes, which most alarms are, are watched by the
// engine (metrics/recent.h) and walked in order. A tick is cut into slices, between which the
// control thread serves others. Rejected: keeping each alarm's datapoints between ticks, for late
// data may change any of them.
#pragma once
#include <functional>
#include <memory>
#include <tuple>
#include <unordered_map>

#include "decide/alarm/contributors.h"
#include "metrics/statistic.h"
#include "services/cloudwatch/alarm_rules.h"

namespace seatrial::services::cloudwatch {

// Where alarms read metrics. Periods begin at `start`. `cut` says what is not all there, unless it
// is null. Control thread.
class AlarmData {
 public:
  using Answer = std::expected<std::vector<metrics::DataResult>, metrics::DataProblem>;
  virtual ~AlarmData() = default;
  virtual Answer query(const std::string& region, std::span<const metrics::DataQuery> queries,
                       Time start, Time end, metrics::RunNotices* cut) = 0;

  // A metric that is asked for every minute, its last `minutes`; 0: query() has to be asked.
  virtual metrics::Watch watch(const metrics::SeriesId&, int /*minutes*/) { return 0; }
  virtual void unwatch(metrics::Watch) {}
  // As Engine::read_watched.
  virtual void read_watched(std::span<const metrics::Watch>, Time /*start*/, int /*period_s*/,
                            std::size_t /*count*/, std::vector<metrics::Totals>&) {}
};

class AlarmWheel {
 public:
  static constexpr std::size_t kSlice = 1000;  // queries

  AlarmWheel() = default;
  AlarmWheel(const AlarmWheel&) = delete;

  using Contributors = std::map<std::string, decide::ContributorAttributes>;  // in ALARM, by id

  // Replaces the alarm of the same key.
  void put(AlarmPlan plan, decide::AlarmState state, Contributors in_alarm = {});
  void erase(const std::string& key);
  void set_state(const std::string& key, decide::AlarmState state);
  std::size_t size() const { return places_.size(); }

  // How much of its metrics an alarm could read.
  enum class Reading { kWhole, kPartial, kNone };

  // What an evaluation changed. The verdict's state differs from the one before; of an alarm on
  // several time series its reason or a contributor does. A reading is another than before;
  // `problem` says why there is none.
  struct Finding {
    const std::string& key;
    std::optional<decide::AlarmVerdict> verdict;
    std::optional<decide::FleetVerdict> fleet;
    std::optional<Reading> reading;
    std::string problem;
  };
  using Report = std::function<void(Finding)>;

  struct Group;
  struct Slice {
    Group* group = nullptr;  // queries [from, to) of it
    std::size_t from = 0, to = 0;
    std::vector<std::string> math;  // or these alarms
  };
  // All that is due between two ticks. A slice stays good whatever is put or erased meanwhile.
  std::vector<Slice> due(Time last, Time now) const;
  void evaluate(const Slice& slice, Time now, AlarmData& data, const Report& report);

 private:
  struct Entry {
    std::string key;
    decide::AlarmRule rule;
    decide::AlarmState state = decide::AlarmState::kInsufficientData;
    Reading reading = Reading::kWhole;
  };
  struct Math {
    AlarmPlan plan;
    Entry entry;
    int interval_s = 60;
    Contributors in_alarm;
    std::string fleet_reason;  // as last reported
    bool uses_insights = false;
  };
  struct Place {
    Group* group = nullptr;  // none: a math alarm
    std::size_t query = 0;
  };

  Entry* entry_of(const std::string& key);
  void settle(Entry& entry, std::span<const decide::AlarmPoint> points, Reading reading, Time now,
              const Report& report);
  void settle_fleet(Math& math, std::span<const metrics::DataResult> results, Reading reading,
                    Time now, const Report& report);
  void fail(Entry& entry, const std::string& problem, const Report& report);
  void evaluate_group(const Slice& slice, Time now, AlarmData& data, const Report& report);
  bool watch(const Slice& slice, AlarmData& data);
  void evaluate_watched(const Slice& slice, Time now, AlarmData& data, const Report& report);
  void settle_all(std::vector<Entry>& entries, Time now, const Report& report);
  void evaluate_math(Math& math, Time now, AlarmData& data, const Report& report);
  void without(const Slice& slice, const metrics::DataProblem& problem, Time now, AlarmData& data,
               const Report& report);

  using GroupKey = std::tuple<std::string, int, int, bool>;  // region, period, N, plain
  std::map<GroupKey, std::unique_ptr<Group>> groups_;
  std::map<std::string, Math> math_;
  std::unordered_map<std::string, Place> places_;
  std::vector<decide::AlarmPoint> points_;  // of one series, reused
  std::vector<metrics::Totals> totals_;     // of a slice, reused
};

struct AlarmWheel::Group {
  std::string region;
  int period_s = 60, interval_s = 60;
  int evaluation_periods = 0;
  bool plain = false;                          // one of the five statistics, of whole minutes
  std::vector<metrics::DataQuery> queries;     // a free place asks for no data
  std::vector<metrics::Statistic> statistics;  // of plain ones
  std::vector<metrics::Watch> watches;         // of the same; 0: not yet
  std::vector<metrics::Watch> unwatched;       // to be given back
  std::vector<std::vector<Entry>> alarms;      // of each query
  std::map<std::string, std::size_t> by_series;
  std::vector<std::size_t> free;
};

}  // namespace seatrial::services::cloudwatch
