// A proxy that only remembers what it was told, for simulation and tests of rooms.
#pragma once
#include <mutex>
#include <optional>
#include <set>

#include "base/executor.h"
#include "drivers/proxy.h"

namespace seatrial::drivers {

class FakeProxy final : public ProxyDriver {
 public:
  // `done` callbacks are posted to `executor`.
  explicit FakeProxy(Executor& executor) : executor_(executor) {}

  std::expected<void, std::string> available() override;
  std::expected<void, std::string> can_listen(const std::string& address, int port) override;
  void apply(ProxyConfig config, std::function<void(std::string error)> done) override;
  void record_requests(RecordSink sink) override;
  ProxyCounters counters() override;
  void stop() override;

  // What the test sets and reads; any thread.
  void set_missing(bool missing);
  void take_port(int port);           // someone else listens there
  void set_error(std::string error);  // apply() fails with it until set empty
  void set_counters(ProxyCounters counters);
  void served(std::span<const ProxyRecord> records);  // requests that went through it
  ProxyConfig config() const;                         // what traffic would follow now
  int applies() const;
  // The pool's servers that get requests: "10.0.1.4:8000", in order.
  std::vector<std::string> routed(const std::string& pool_prefix) const;

 private:
  std::string problem(const ProxyConfig& config) const;

  Executor& executor_;
  mutable std::mutex mutex_;
  ProxyConfig config_;
  ProxyCounters counters_;
  RecordSink sink_;
  std::set<int> taken_;
  std::string error_;
  bool missing_ = false;
  int applies_ = 0;
};

}  // namespace seatrial::drivers
