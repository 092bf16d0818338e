// AWS/Usage CallCount: how often each API was called, by the minute; ThrottleCount, how often it
// was throttled. CloudWatch Logs has the two and ErrorCount in AWS/Logs, too, and sums of all its
// APIs.
//
// Sources: "AWS usage metrics" of the CloudWatch user guide (dimensions Type, Service, Resource and
// Class; read as sums); "CloudWatch Logs service usage metrics" of the Logs user guide.
// guess: every served service counts its calls, under the service's name in the SDKs; that the sums
// of Logs ("Account metrics") have no dimension; a metric without a count has no data point.
#pragma once
#include <map>
#include <mutex>
#include <string>

#include "room/call_counter.h"
#include "services/cloudwatch/api.h"

namespace seatrial::services::cloudwatch {

class ApiUsage final : public room::CallCounter {
 public:
  ApiUsage(room::Env& env, MetricSink& sink) : env_(env), sink_(sink) {}

  void count(std::string_view region, const model::Operation& operation) override;
  void failed(std::string_view region, const model::Operation& operation,
              std::string_view code) override;
  void start();  // control thread: publishes what each minute of the world's clock had

 private:
  struct Calls {
    model::Operation operation;
    double count = 0, errors = 0, throttles = 0;
  };
  Calls& calls_of(std::string_view region, const model::Operation& operation);
  static void add(const Calls& calls, Time minute, std::vector<Datum>& data);
  void publish_later();
  void publish();

  room::Env& env_;
  MetricSink& sink_;
  std::mutex mutex_;
  std::map<std::string, std::map<std::uint32_t, Calls>, std::less<>> calls_;  // by region
};

}  // namespace seatrial::services::cloudwatch
