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

using ApiDimensions = std::vector<std::pair<std::string, std::string>>;

// `count` times one.
Datum call_datum(const char* name_space, const char* name, double count, const ApiDimensions& of,
                 Time minute) {
  Datum datum{.name_space = name_space, .name = name, .dimensions = of, .value = count};
  datum.unit = "None";
  datum.at = minute;
  datum.count = count;
  datum.min = datum.max = 1;
  return datum;
}

ApiDimensions api_dimensions(const model::Operation& operation) {
  return {{"Class", "None"},
          {"Resource", std::string(operation.name())},
          {"Service", usage_name(operation.service())},
          {"Type", "API"}};
}

bool is_throttle(std::string_view code) {
  return code.starts_with("Throttl") || code == "TooManyRequestsException" ||
         code == "RequestLimitExceeded" || code == "SlowDown";
}

}  // namespace

ApiUsage::Calls& ApiUsage::calls_of(std::string_view region, const model::Operation& operation) {
  auto place = calls_.find(region);
  if (place == calls_.end()) place = calls_.try_emplace(std::string(region)).first;
  return place->second.try_emplace(operation.id(), Calls{operation}).first->second;
}

void ApiUsage::count(std::string_view region, const model::Operation& operation) {
  const std::lock_guard lock(mutex_);
  ++calls_of(region, operation).count;
}

void ApiUsage::failed(std::string_view region, const model::Operation& operation,
                      std::string_view code) {
  const std::lock_guard lock(mutex_);
  auto& calls = calls_of(region, operation);
  ++calls.errors;
  if (is_throttle(code)) ++calls.throttles;
}

void ApiUsage::start() { publish_later(); }

void ApiUsage::publish_later() {
  const auto past = to_ms(env_.clock.now()) % kUsageEvery.count();
  env_.control.post_after(kUsageEvery - Millis{past}, [this] {
    publish();
    publish_later();
  });
}

void ApiUsage::add(const Calls& calls, Time minute, std::vector<Datum>& data) {
  const auto of = api_dimensions(calls.operation);
  const auto put = [&](const char* name_space, const char* name, double count,
                       const ApiDimensions& dimensions) {
    if (count > 0) data.push_back(call_datum(name_space, name, count, dimensions, minute));
  };
  put("AWS/Usage", "CallCount", calls.count, of);
  if (calls.operation.service().name() != "logs")
    return put("AWS/Usage", "ThrottleCount", calls.throttles, of);
  for (const auto& dimensions : {of, ApiDimensions{}}) {
    put("AWS/Logs", "CallCount", calls.count, dimensions);
    put("AWS/Logs", "ErrorCount", calls.errors, dimensions);
    put("AWS/Logs", "ThrottleCount", calls.throttles, dimensions);
  }
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
    for (const auto& [id, called] : operations) add(called, minute, data);
    sink_.put(region, std::move(data));
  }
}

}  // namespace seatrial::services::cloudwatch
