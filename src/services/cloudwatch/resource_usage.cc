#include "services/cloudwatch/resource_usage.h"

#include <chrono>

namespace seatrial::services::cloudwatch {
namespace {

constexpr Millis kCountEvery{60'000};
constexpr const char* kUsage = "AWS/Usage";
constexpr const char* kResourceCount = "ResourceCount";

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs resource_dimensions(const CountedResource& resource) {
  return {{"Class", resource.resource_class},
          {"Resource", resource.resource},
          {"Service", resource.service},
          {"Type", "Resource"}};
}

bool is_of(const CountedResource& resource, const metrics::SeriesId& metric) {
  Pairs given;
  for (const auto& d : metric.dimensions) given.emplace_back(d.name, d.value);
  std::ranges::sort(given);
  return given == resource_dimensions(resource);
}

}  // namespace

void ResourceUsage::start() { publish_later(); }

void ResourceUsage::publish_later() {
  const auto past = to_ms(env_.clock.now()) % kCountEvery.count();
  env_.control.post_after(kCountEvery - Millis{past}, [this] {
    publish();
    publish_later();
  });
}

void ResourceUsage::publish() {
  const Time minute = std::chrono::floor<std::chrono::minutes>(env_.clock.now() - kCountEvery);
  std::map<std::string, std::vector<Datum>> data;
  for (const auto* counter : counters_)
    for (const auto& resource : counter->count_resources())
      for (const auto& [region, count] : resource.by_region) {
        Datum datum{.name_space = kUsage,
                    .name = kResourceCount,
                    .dimensions = resource_dimensions(resource),
                    .value = count};
        datum.unit = "None";
        datum.at = minute;
        data[region].push_back(std::move(datum));
      }
  for (auto& [region, of_region] : data) sink_.put(region, std::move(of_region));
}

std::optional<double> ResourceUsage::quota_of(const metrics::SeriesId& metric) const {
  if (metric.name_space != kUsage || metric.name != kResourceCount) return std::nullopt;
  for (const auto* counter : counters_)
    for (const auto& resource : counter->count_resources())
      if (is_of(resource, metric)) return resource.quota;
  return std::nullopt;
}

}  // namespace seatrial::services::cloudwatch
