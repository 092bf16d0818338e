#include "services/logs/metric_filters.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace seatrial::services::logs {
namespace {

using seatrial::logs::pattern::Captures;
using seatrial::logs::pattern::Pattern;

constexpr std::size_t kEventOverheadBytes = 26;
constexpr std::size_t kMaxDimensionValue = 1024;

std::string group_of(const std::string& filter_key) {
  return filter_key.substr(0, filter_key.find(':'));
}
std::string region_of(const std::string& group_key) {
  return group_key.substr(0, group_key.find('/'));
}

std::optional<double> whole_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::string> filter_field(std::string_view field, const Captures& captures,
                                        std::string_view message) {
  for (const auto& [name, value] : captures)
    if (name == field) return value;
  if (field.starts_with("$.")) return seatrial::logs::pattern::json_value(message, field);
  return std::nullopt;
}

std::optional<double> filter_value(std::string_view metric_value, const Captures& captures,
                                   std::string_view message) {
  if (!metric_value.starts_with('$')) return whole_number(metric_value);
  const auto text = filter_field(metric_value, captures, message);
  return text ? whole_number(*text) : std::nullopt;
}

MetricFilters::MetricFilters(room::Env& env, cloudwatch::MetricWriter* metrics)
    : env_(env), metrics_(metrics), table_(env.store, "logs.metric_filter") {}

void MetricFilters::start() {
  const Time now = env_.clock.now();
  env_.control.post_after(kMinute - (now.time_since_epoch() % kMinute), [this] { tick(); });
}

const MetricFilters::Compiledes& MetricFilters::of_group(const std::string& group_key) {
  const auto known = compiled_.find(group_key);
  if (known != compiled_.end()) return known->second;
  Compiledes filters;
  for (const auto& [key, record] : table_.with_prefix(group_key + ":")) {
    auto pattern = Pattern::parse(record.filter.filterPattern.value_or(""));
    if (!pattern) fail_corrupt("logs.metric_filter/" + key, "its pattern does not parse");
    filters.emplace(key, Compiled{*pattern, record.filter.metricTransformations.front()});
  }
  return compiled_.emplace(group_key, std::move(filters)).first->second;
}

void MetricFilters::see(const std::string& group_key, std::size_t count,
                        const std::function<Seen(std::size_t)>& event) {
  Minute& minute = minutes_[group_key];
  const auto& filters = of_group(group_key);
  minute.events += static_cast<double>(count);
  for (const auto& [key, filter] : filters) minute.matched.try_emplace(key, false);
  for (std::size_t i = 0; i < count; ++i) {
    const Seen seen = event(i);
    minute.bytes += static_cast<double>(seen.message.size() + kEventOverheadBytes);
    for (const auto& [key, filter] : filters) {
      const auto captures = filter.pattern.captures(seen.message);
      if (!captures) continue;
      minute.matched[key] = true;
      take(filter, *captures, seen);
    }
  }
  write(region_of(group_key));
}

// A dimension whose field the event has not leaves the datum out: it would be another metric's.
void MetricFilters::take(const Compiled& filter, const Captures& captures, const Seen& event) {
  const auto& to = filter.to;
  const auto value = filter_value(to.metricValue, captures, event.message);
  if (!value) return;
  cloudwatch::Datum datum{.name_space = to.metricNamespace,
                          .name = to.metricName,
                          .value = *value,
                          .unit = to.unit ? std::string(*to.unit) : "None",
                          .at = event.at};
  for (const auto& [name, field] : to.dimensions) {
    auto found = filter_field(field, captures, event.message);
    if (!found || found->empty() || found->size() > kMaxDimensionValue) return;
    datum.dimensions.emplace_back(name, std::move(*found));
  }
  batch_.push_back(std::move(datum));
}

void MetricFilters::write(const std::string& region) {
  if (batch_.empty()) return;
  if (metrics_ != nullptr) metrics_->add(region, std::move(batch_));
  batch_.clear();
}

void MetricFilters::put(const std::string& key, MetricFilterRecord record) {
  compiled_.erase(group_of(key));
  table_.put(key, std::move(record));
}

void MetricFilters::erase(const std::string& key) {
  compiled_.erase(group_of(key));
  table_.erase(key);
}

void MetricFilters::erase_group(const std::string& group_key) {
  std::vector<std::string> keys;
  for (const auto& [key, record] : table_.with_prefix(group_key + ":")) keys.push_back(key);
  for (const auto& key : keys) erase(key);
  minutes_.erase(group_key);
}

void MetricFilters::tick() {
  if (stopped_) return;
  // The disk may have refused what a filter became.
  compiled_.clear();
  const auto minutes = std::exchange(minutes_, {});
  const Time minute = std::chrono::floor<std::chrono::minutes>(env_.clock.now() - Millis{1});
  for (const auto& [group_key, seen] : minutes) publish(group_key, seen, minute);
  env_.store.commit(nullptr);
  start();
}

void MetricFilters::publish(const std::string& group_key, const Minute& minute, Time at) {
  const auto region = region_of(group_key);
  const auto add = [&](const char* name, double value, const char* unit) {
    cloudwatch::Datum datum{
        .name_space = "AWS/Logs", .name = name, .value = value, .unit = unit, .at = at};
    batch_.push_back(datum);
    datum.dimensions.emplace_back("LogGroupName", group_key.substr(region.size() + 1));
    batch_.push_back(std::move(datum));
  };
  add("IncomingLogEvents", minute.events, "None");
  add("IncomingBytes", minute.bytes, "Bytes");
  for (const auto& [key, filter] : of_group(group_key)) {
    const auto seen = minute.matched.find(key);
    if (!filter.to.defaultValue || seen == minute.matched.end() || seen->second) continue;
    batch_.push_back({.name_space = filter.to.metricNamespace,
                      .name = filter.to.metricName,
                      .value = *filter.to.defaultValue,
                      .unit = filter.to.unit ? std::string(*filter.to.unit) : "None",
                      .at = at});
  }
  write(region);
}

}  // namespace seatrial::services::logs
