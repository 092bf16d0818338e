// Events as CloudWatch metrics: METRICS says which, a thread puts them.
//
//   METRICS="OrderPlaced=SoleMate/Business:OrdersPlaced
//   request=SoleMate/Performance:ApiResponseTime:response_time"
//
// An event of that name is a datum of that metric: its field `value` (or the one named third), 1
// when it has none. With METRICS_ENVIRONMENT=yes each datum has the dimension Environment. The API
// is at AWS_ENDPOINT_URL, the keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. What the API
// does not take is logged as an error and dropped: metrics never hold up a request.
#pragma once

#include <condition_variable>
#include <deque>
#include <expected>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "log.h"
#include "settings.h"
#include "sign.h"

namespace omc {

inline constexpr size_t kMaxWaitingDatums = 5000;
inline constexpr size_t kMaxDatumsAtOnce = 100;

struct MetricTarget {
  std::string name_space, name, field = "value";
};

struct MetricSettings {
  std::map<std::string, MetricTarget> targets;  // by event
  std::string environment;                      // a dimension; empty: none
  Address api;
  Signer signer;
};

// From the environment; nothing when METRICS is not set. The error says what is wrong.
std::expected<std::optional<MetricSettings>, std::string> read_metric_settings();

class MetricPublisher {
 public:
  explicit MetricPublisher(MetricSettings settings);
  ~MetricPublisher() = delete;  // lives as long as the process

  // Any thread.
  void event(const std::string& name, const std::vector<Field>& fields);

 private:
  struct Datum {
    std::string name, value;
  };
  void run();
  void put(const std::string& name_space, const std::vector<Datum>& datums);

  const MetricSettings settings_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::deque<Datum>> waiting_;  // by namespace
  size_t count_ = 0;
  std::thread thread_;
};

// The process's publisher, or null; set once before other threads are there.
extern MetricPublisher* publisher;

}  // namespace omc
