// See the header.
#include "drivers/fake/proxy_fake.h"

#include <fmt/format.h>

namespace seatrial::drivers {

std::expected<void, std::string> FakeProxy::available() {
  const std::lock_guard lock(mutex_);
  if (missing_)
    return std::unexpected(
        "load balancers need HAProxy, which is not installed: apt-get install haproxy");
  return {};
}

std::expected<void, std::string> FakeProxy::can_listen(const std::string& address, int port) {
  const std::lock_guard lock(mutex_);
  if (!taken_.contains(port)) return {};
  return std::unexpected(fmt::format("port {} on {} is in use by another process", port, address));
}

std::string FakeProxy::problem(const ProxyConfig& config) const {
  if (!error_.empty()) return error_;
  std::set<std::string> pools;
  for (const auto& pool : config.pools) pools.insert(pool.id);
  for (const auto& listener : config.listeners) {
    if (listener.protocol != "HTTP" && listener.protocol != "TCP")
      return listener.protocol + " is not served";
    std::vector<ProxyAction> actions{listener.default_action};
    for (const auto& rule : listener.rules) actions.push_back(rule.action);
    for (const auto& action : actions) {
      for (const auto& [pool, weight] : action.pools) {
        if (!pools.contains(pool)) return fmt::format("pool '{}' is not there", pool);
      }
    }
  }
  return "";
}

void FakeProxy::apply(ProxyConfig config, std::function<void(std::string error)> done) {
  std::string error;
  {
    const std::lock_guard lock(mutex_);
    error = problem(config);
    ++applies_;
    if (error.empty()) config_ = std::move(config);
  }
  if (done) executor_.post([done = std::move(done), error] { done(error); });
}

ProxyCounters FakeProxy::counters() {
  const std::lock_guard lock(mutex_);
  return counters_;
}

void FakeProxy::record_requests(RecordSink sink) {
  const std::lock_guard lock(mutex_);
  sink_ = std::move(sink);
}

void FakeProxy::served(std::span<const ProxyRecord> records) {
  const std::lock_guard lock(mutex_);
  if (sink_) sink_(records);
}

void FakeProxy::stop() {
  const std::lock_guard lock(mutex_);
  config_ = {};
}

void FakeProxy::set_missing(bool missing) {
  const std::lock_guard lock(mutex_);
  missing_ = missing;
}

void FakeProxy::take_port(int port) {
  const std::lock_guard lock(mutex_);
  taken_.insert(port);
}

void FakeProxy::set_error(std::string error) {
  const std::lock_guard lock(mutex_);
  error_ = std::move(error);
}

void FakeProxy::set_counters(ProxyCounters counters) {
  const std::lock_guard lock(mutex_);
  counters_ = std::move(counters);
}

ProxyConfig FakeProxy::config() const {
  const std::lock_guard lock(mutex_);
  return config_;
}

int FakeProxy::applies() const {
  const std::lock_guard lock(mutex_);
  return applies_;
}

std::vector<std::string> FakeProxy::routed(const std::string& pool_prefix) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> servers;
  for (const auto& pool : config_.pools) {
    if (!pool.id.starts_with(pool_prefix)) continue;
    for (const auto& server : pool.servers) {
      if (!server.draining) servers.push_back(fmt::format("{}:{}", server.address, server.port));
    }
  }
  return servers;
}

}  // namespace seatrial::drivers
