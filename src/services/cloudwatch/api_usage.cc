#include "services/cloudwatch/api_usage.h"

#include <chrono>
#include <utility>

namespace seatrial::services::cloudwatch {
namespace {

constexpr Millis kUsageEvery{60'000};

std::string usage_name(const model::Service& service) {
  if (service.name() == "logs") return "Logs";
  if (service.name() == "elbv2") return "Elastic Load Balancing";
  return std::string(service.service_id());
}

Datum call_count(const model::Operation& operation, double count, Time minute) {
  Datum datum;
  datum.name_space = "AWS/Usage";
  datum.name = "CallCount";
  datum.dimensions = {{"Class", "None"},
                      {"Resource", std::string(operation.name())},
                      {"Service", usage_name(operation.service())},
                      {"Type", "API"}};
  datum.value = datum.count = count;
  datum.min = datum.max = 1;
  datum.unit = "None";
  datum.at = minute;
  return datum;
}

}  // namespace

void ApiUsage::count(std::string_view region, const model::Operation& operation) {
  const std::lock_guard lock(mutex_);
  auto place = calls_.find(region);
  if (place == calls_.end()) place = calls_.try_emplace(std::string(region)).first;
  ++place->second.try_emplace(operation.id(), Calls{operation}).first->second.count;
}

void ApiUsage::start() { publish_later(); }

void ApiUsage::publish_later() {
  const auto past = to_ms(env_.clock.now()) % kUsageEvery.count();
  env_.control.post_after(kUsageEvery - Millis{past}, [this] {
    publish();
    publish_later();
  });
}

void ApiUsage::publish() {
  decltype(calls_) calls;
  {
    const std::lock_guard lock(mutex_);
    calls.swap(calls_);
  }
  const Time minute = std::chrono::floor<std::chrono::minutes>(env_.clock.now() - kUsageEvery);
  for (const auto& [region, operations] : calls) {
    std::vector<Datum> data;
    for (const auto& [id, called] : operations)
      data.push_back(call_count(called.operation, called.count, minute));
    sink_.put(region, std::move(data));
  }
}

}  // namespace seatrial::services::cloudwatch
