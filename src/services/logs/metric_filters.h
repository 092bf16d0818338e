// Metric filters: what arrives in a log group becomes data of CloudWatch metrics; and AWS/Logs,
// what arrived. Sources: CloudWatch Logs user guide, "Creating metrics from log events using
// filters" and "Monitoring with CloudWatch metrics".
//
// Events are looked at as they are put, in the transaction that makes them durable, so that a value
// is there when its event is. Default values and AWS/Logs are told minute by minute.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/record.h"
#include "logs/pattern/pattern.h"
#include "model/shapes/logs.h"
#include "room/room.h"
#include "services/cloudwatch/api.h"
#include "store/table.h"

namespace seatrial::services::logs {

inline constexpr std::size_t kMaxFiltersOfGroup = 100;
inline constexpr std::size_t kMaxDimensionsOfFilter = 3;
inline constexpr std::size_t kMaxRegexFilters = 5;  // of a group
inline constexpr Millis kMinute{60'000};

struct MetricFilterRecord {
  aws::logs::MetricFilter filter;

  template <class F>
  static void fields(F&& f) {
    f("filter", &MetricFilterRecord::filter);
  }
};

class MetricFilters {  // control thread
 public:
  MetricFilters(room::Env& env, cloudwatch::MetricWriter* metrics);

  void start();
  void stop() { stopped_ = true; }

  // Events put into a group, in the transaction that keeps them.
  struct Seen {
    Time at{};
    std::string_view message;
  };
  void see(const std::string& group_key, std::size_t count,
           const std::function<Seen(std::size_t)>& event);

  // Key: "region/group:filter".
  const store::Table<MetricFilterRecord>& table() const { return table_; }
  void put(const std::string& key, MetricFilterRecord record);
  void erase(const std::string& key);
  void erase_group(const std::string& group_key);

 private:
  struct Compiled {
    seatrial::logs::pattern::Pattern pattern;
    aws::logs::MetricTransformation to;
  };
  struct Minute {  // of a group, since the last tick
    double events = 0, bytes = 0;
    std::map<std::string, bool> matched;  // by filter's key
  };
  using Compiledes = std::map<std::string, Compiled>;  // by filter's key

  const Compiledes& of_group(const std::string& group_key);
  void take(const Compiled& filter, const seatrial::logs::pattern::Captures& captures,
            const Seen& event);
  void write(const std::string& region);
  void tick();
  void publish(const std::string& group_key, const Minute& minute, Time at);

  room::Env& env_;
  cloudwatch::MetricWriter* metrics_;
  store::Table<MetricFilterRecord> table_;
  std::map<std::string, Compiledes> compiled_;  // by group, until one of its filters changes
  std::map<std::string, Minute> minutes_;       // by group
  std::vector<cloudwatch::Datum> batch_;
  bool stopped_ = false;
};

// The number that a filter's metricValue names: a literal, or a field of the event. None: no datum.
std::optional<double> filter_value(std::string_view metric_value,
                                   const seatrial::logs::pattern::Captures& captures,
                                   std::string_view message);
// A field ("$.a.b", "$name") of the event.
std::optional<std::string> filter_field(std::string_view field,
                                        const seatrial::logs::pattern::Captures& captures,
                                        std::string_view message);

}  // namespace seatrial::services::logs
