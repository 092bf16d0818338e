// AWS/Usage CallCount: how often each API was called, by the minute.
//
// Source: "AWS usage metrics" of the CloudWatch user guide (dimensions Type, Service, Resource and
// Class; CallCount is read as a sum).
// guess: every served service counts its calls, under the service's name in the SDKs.
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
  void start();  // control thread: publishes what each minute of the world's clock had

 private:
  struct Calls {
    model::Operation operation;
    double count = 0;
  };
  void publish_later();
  void publish();

  room::Env& env_;
  MetricSink& sink_;
  std::mutex mutex_;
  std::map<std::string, std::map<std::uint32_t, Calls>, std::less<>> calls_;  // by region
};

}  // namespace seatrial::services::cloudwatch
