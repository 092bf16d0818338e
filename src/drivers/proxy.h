// The contract of what carries load balancers' traffic: declarative, whole desired state at a time.
#pragma once
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial::drivers {

struct ProxyServer {
  std::string id;  // unique within its pool, e.g. "10.0.1.17:8000"
  std::string address;
  int port = 0;
  int weight = 1;
  bool draining = false;  // no new connections or requests; open ones finish
  bool operator==(const ProxyServer&) const = default;
};

struct ProxyPool {                   // one target group
  std::string id;                    // [A-Za-z0-9_.-]+
  std::string protocol = "HTTP";     // HTTP, TCP
  std::vector<ProxyServer> servers;  // only those that should get traffic, or are draining
  int stickiness_s = 0;              // lb_cookie duration, 0 = off
  bool least_outstanding = false;
  bool operator==(const ProxyPool&) const = default;
};

struct ProxyCondition {  // all of a rule's conditions must hold; any value of one suffices
  enum class Kind { kHost, kPath, kMethod, kHeader, kQuery, kSourceIp } kind = Kind::kPath;
  std::string name;                 // of the header
  std::vector<std::string> values;  // '*' and '?' wildcards as ELB's; host is case-insensitive;
                                    // kQuery: "key=value", "*=value" for any key
  bool operator==(const ProxyCondition&) const = default;
};

struct ProxyAction {
  enum class Kind { kForward, kFixedResponse, kRedirect } kind = Kind::kForward;
  std::vector<std::pair<std::string, int>> pools;  // id and weight
  int status = 503;
  std::string content_type, body;  // fixed response
  // Redirect, e.g. "https://#{host}:443/#{path}?#{query}" with ELB's placeholders.
  std::string location;
  bool operator==(const ProxyAction&) const = default;
};

struct ProxyRule {
  std::vector<ProxyCondition> conditions;
  ProxyAction action;
  bool operator==(const ProxyRule&) const = default;
};

struct ProxyListener {
  std::string id;             // [A-Za-z0-9_.-]+
  std::string load_balancer;  // counters are summed by it
  std::string address;        // loopback
  int port = 0;
  std::string protocol = "HTTP";  // HTTP, TCP; HTTPS once certificates are served
  std::vector<ProxyRule> rules;   // by priority
  ProxyAction default_action;
  int idle_timeout_s = 60;
  bool records = false;  // each HTTP request is told to the RecordSink
  bool operator==(const ProxyListener&) const = default;
};

struct ProxyConfig {
  std::vector<ProxyListener> listeners;
  std::vector<ProxyPool> pools;
  bool operator==(const ProxyConfig&) const = default;
};

struct PoolCounters {  // since the proxy's first start in this daemon; reloads are summed over
  std::int64_t requests = 0;
  std::int64_t response_2xx = 0, response_3xx = 0, response_4xx = 0, response_5xx = 0;
  std::int64_t connection_errors = 0;
  double response_time_sum_ms = 0;  // sum over requests of the targets' response time
  std::int64_t response_time_count = 0;
  // Requests by their response time in microseconds, rounded to three significant digits.
  std::map<std::int64_t, std::int64_t> response_times_us;
  std::map<std::string, std::int64_t> open_sessions;  // per server id, for draining
};

struct ListenerCounters {
  std::int64_t requests = 0, new_connections = 0, active_connections = 0;
  std::int64_t elb_3xx = 0, elb_4xx = 0, elb_5xx = 0;  // made by the proxy itself
  std::map<int, std::int64_t> elb_statuses;            // the same by status
  std::int64_t redirects = 0, fixed_responses = 0;     // by a rule's action
  std::int64_t rule_evaluations = 0;                   // without the default rule
  std::int64_t bytes_in = 0, bytes_out = 0;
};

struct ProxyCounters {
  std::map<std::string, PoolCounters> pools;          // by pool id
  std::map<std::string, ListenerCounters> listeners;  // by listener id
};

// One HTTP request, told when it is over. Times are microseconds of the machine's clock since the
// epoch, 0 when that did not happen. The views live as long as the call.
struct ProxyRecord {
  std::string_view listener, pool;  // ids; no pool: no target was asked
  std::string_view client, target;  // "10.0.0.1:2817"; no target: empty
  std::int64_t begun = 0;           // its head had been read
  std::int64_t sent = 0;            // handed to the target
  std::int64_t answered = 0;        // the target's head had been read
  std::int64_t replied = 0;         // the reply began
  int status = 0;                   // what the client got; below 100: nothing
  std::int64_t received_bytes = 0, sent_bytes = 0;
  int rule = -1;  // place in ProxyListener::rules counted from 1, 0 the default, -1 none was found
  std::string_view connection;  // 32 hexadecimal digits
  std::string_view method, version, uri;
  std::string trace, host, user_agent, location;  // headers, cut to some 500 bytes; may be empty
};
using RecordSink = std::function<void(std::span<const ProxyRecord>)>;

class ProxyDriver {
 public:
  virtual ~ProxyDriver() = default;
  // Whether the proxy program is there; the error says how to install it.
  virtual std::expected<void, std::string> available() = 0;
  // Binds each new listener's address:port for a moment to see that it is free; the error names the
  // port and, where known, who holds it. Control thread; quick.
  virtual std::expected<void, std::string> can_listen(const std::string& address, int port) = 0;
  // Brings the proxy to this state without dropping connections; returns at once, later calls
  // supersede earlier ones. `done` is called on the driver's thread with empty text or the error.
  virtual void apply(ProxyConfig config, std::function<void(std::string error)> done) = 0;
  // Requests of listeners that have `records` go to `sink`, in batches, on a thread of the driver
  // that must keep up with traffic. What comes while there is none waits (some megabytes), and
  // so does what comes while the daemon is dead. An empty one ends it; once this returned, the old
  // one is not called any more.
  virtual void record_requests(RecordSink sink) = 0;
  virtual ProxyCounters counters() = 0;  // a recent snapshot (at most ~1 s old), any thread
  virtual void stop() = 0;
};

}  // namespace seatrial::drivers
