// HAProxy as the load balancer.
//
// Changes of servers alone go over its stats socket to the running process. Others start a new
// process that takes the listening sockets over from the old one (-x), which then ends once its
// connections have (-sf): no connection is dropped. Without HAProxy's master process, because a
// plain daemon outlives a killed Seatrial just as well and says at its start whether it works; the
// next driver finds it by its pid file and command line and replaces it the same hitless way.
//
// It runs inside the VPC and listens outside by `bind ... namespace`. The other way round, `server
// ... namespace`, is not hitless: HAProxy 2.6 closes its namespaces when it is told to finish, and
// the requests that are still to be sent on fail.
#pragma once
#include <sys/types.h>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "drivers/haproxy/haproxy_config.h"
#include "drivers/haproxy/traffic_log.h"

namespace seatrial::drivers {

struct HaproxyOptions {
  std::string folder;                 // made when absent; one per world
  std::string server_namespace = {};  // NetworkDriver::vpc_namespace(): it runs in there
  std::string listen_namespace = {};  // NetworkDriver::host_namespace()
  std::string program = "haproxy";
};

class HaproxyDriver final : public ProxyDriver {
 public:
  static constexpr int kMaxConnections = 4000;

  explicit HaproxyDriver(HaproxyOptions options);
  ~HaproxyDriver() override;  // leaves the proxy running; stop() ends it

  std::expected<void, std::string> available() override;
  std::expected<void, std::string> can_listen(const std::string& address, int port) override;
  void apply(ProxyConfig config, std::function<void(std::string error)> done) override;
  void record_requests(RecordSink sink) override { traffic_.record_to(std::move(sink)); }
  ProxyCounters counters() override;
  void stop() override;

  // How often a new process was started: tests see that server changes need none.
  int reloads() const { return reloads_; }

 private:
  using Done = std::function<void(std::string)>;
  struct ListenerStat {
    std::int64_t before = 0, now = 0, active = 0;  // connections: earlier processes', this one's
  };

  void run();
  void deploy(ProxyConfig config, const std::vector<Done>& waiting);
  std::string bring_to(const ProxyConfig& config);
  bool change_servers(const ProxyConfig& config);
  std::string reload(const ProxyConfig& config);
  std::string start_process(const std::string& old_socket);
  std::string socket_path(int which) const;
  void find_running();
  void end_processes();
  void poll_stats();
  void note_dropped();
  void keep_alive();
  std::optional<std::string> ask(const std::string& commands, const std::string& socket = {}) const;
  std::string write_files(const HaproxyText& text) const;
  std::vector<pid_t> own_processes() const;
  pid_t main_process() const;  // 0 when none runs

  HaproxyOptions options_;
  HaproxyFiles files_;
  std::string config_path_, pid_path_;
  TrafficLog traffic_;
  std::atomic<int> reloads_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<ProxyConfig> wanted_;
  std::vector<Done> waiting_;
  bool stopping_ = false;
  std::set<std::pair<std::string, int>> bound_;  // what the running proxy listens on
  std::map<std::string, ListenerStat> listener_stats_;
  std::map<std::string, std::map<std::string, std::int64_t>> open_sessions_;  // pool -> server id

  std::mutex deploying_;  // the worker's, or stop()'s
  ProxyConfig running_;
  HaproxySlots slots_;
  bool deployed_ = false;
  std::uint64_t changes_ = 0;
  std::int64_t dropped_ = 0;  // records that HAProxy could not write, of this process
  std::thread thread_;
};

}  // namespace seatrial::drivers
