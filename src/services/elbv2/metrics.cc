// AWS/ApplicationELB and AWS/NetworkELB from the proxy's counters: what was counted since the last
// time, put into the current minute.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
#include "services/elbv2/controller.h"

namespace seatrial::services::elbv2 {
namespace {

using cloudwatch::Datum;
using Dimensions = std::vector<std::pair<std::string, std::string>>;

// What happened between two snapshots; a counter that fell began anew.
std::int64_t since(std::int64_t before, std::int64_t now) {
  return now >= before ? now - before : now;
}

drivers::PoolCounters since(const drivers::PoolCounters& a, const drivers::PoolCounters& b) {
  drivers::PoolCounters d;
  d.requests = since(a.requests, b.requests);
  d.response_2xx = since(a.response_2xx, b.response_2xx);
  d.response_3xx = since(a.response_3xx, b.response_3xx);
  d.response_4xx = since(a.response_4xx, b.response_4xx);
  d.response_5xx = since(a.response_5xx, b.response_5xx);
  d.connection_errors = since(a.connection_errors, b.connection_errors);
  d.response_time_count = since(a.response_time_count, b.response_time_count);
  d.response_time_sum_ms = b.response_time_count >= a.response_time_count
                               ? b.response_time_sum_ms - a.response_time_sum_ms
                               : b.response_time_sum_ms;
  return d;
}

drivers::ListenerCounters since(const drivers::ListenerCounters& a,
                                const drivers::ListenerCounters& b) {
  drivers::ListenerCounters d;
  d.requests = since(a.requests, b.requests);
  d.new_connections = since(a.new_connections, b.new_connections);
  d.active_connections = b.active_connections;
  d.elb_4xx = since(a.elb_4xx, b.elb_4xx);
  d.elb_5xx = since(a.elb_5xx, b.elb_5xx);
  d.bytes_in = since(a.bytes_in, b.bytes_in);
  d.bytes_out = since(a.bytes_out, b.bytes_out);
  return d;
}

void add(drivers::PoolCounters& sum, const drivers::PoolCounters& d) {
  sum.requests += d.requests;
  sum.response_2xx += d.response_2xx;
  sum.response_3xx += d.response_3xx;
  sum.response_4xx += d.response_4xx;
  sum.response_5xx += d.response_5xx;
  sum.connection_errors += d.connection_errors;
  sum.response_time_sum_ms += d.response_time_sum_ms;
  sum.response_time_count += d.response_time_count;
}

void add(drivers::ListenerCounters& sum, const drivers::ListenerCounters& d) {
  sum.requests += d.requests;
  sum.new_connections += d.new_connections;
  sum.active_connections += d.active_connections;
  sum.elb_4xx += d.elb_4xx;
  sum.elb_5xx += d.elb_5xx;
  sum.bytes_in += d.bytes_in;
  sum.bytes_out += d.bytes_out;
}

template <class Map>
typename Map::mapped_type at_or_zero(const Map& map, const std::string& key) {
  const auto found = map.find(key);
  return found == map.end() ? typename Map::mapped_type{} : found->second;
}

class Batch {
 public:
  Batch(std::string name_space, Time at) : name_space_(std::move(name_space)), at_(at) {}
  // Counts are reported when something happened, as AWS does; gauges always.
  void count(const char* name, const Dimensions& dimensions, std::int64_t value) {
    if (value > 0) put(name, dimensions, static_cast<double>(value), "Count");
  }
  void gauge(const char* name, const Dimensions& dimensions, std::int64_t value) {
    put(name, dimensions, static_cast<double>(value), "Count");
  }
  void put(const char* name, const Dimensions& dimensions, double value, const char* unit) {
    data.push_back({name_space_, name, dimensions, value, unit, at_, 1, value, value});
  }
  // The pools' own counters; the response time is a statistic set whose extremes are not known.
  void pool(const Dimensions& dimensions, const drivers::PoolCounters& d) {
    count("RequestCount", dimensions, d.requests);
    count("HTTPCode_Target_2XX_Count", dimensions, d.response_2xx);
    count("HTTPCode_Target_3XX_Count", dimensions, d.response_3xx);
    count("HTTPCode_Target_4XX_Count", dimensions, d.response_4xx);
    count("HTTPCode_Target_5XX_Count", dimensions, d.response_5xx);
    count("TargetConnectionErrorCount", dimensions, d.connection_errors);
    if (d.response_time_count == 0) return;
    const double sum_s = d.response_time_sum_ms / 1000,
                 n = static_cast<double>(d.response_time_count);
    data.push_back({name_space_, "TargetResponseTime", dimensions, sum_s, "Seconds", at_, n,
                    sum_s / n, sum_s / n});
  }
  std::vector<Datum> data;

 private:
  std::string name_space_;
  Time at_;
};

}  // namespace

void Controller::emit_metrics() {
  auto now = parts_.proxy.counters();
  for (const auto& [arn, balancer] : tables_.balancers) emit_balancer(balancer, now);
  env_.store.commit(nullptr);
  reported_ = std::move(now);
  post_guarded(kMetricInterval, [this] { emit_metrics(); });
}

void Controller::emit_balancer(const LoadBalancerRecord& balancer,
                               const drivers::ProxyCounters& now) {
  const auto& arn = *balancer.shape.LoadBalancerArn;
  const bool network = balancer.shape.Type == "network";
  Batch batch(network ? "AWS/NetworkELB" : "AWS/ApplicationELB", env_.clock.now());
  const Dimensions own = {{"LoadBalancer", dimension_of(arn)}};
  drivers::PoolCounters pools;
  for (const auto& [group, balancers] : tables_.uses()) {
    if (!balancers.contains(arn)) continue;
    const Dimensions both = {{"TargetGroup", dimension_of(group)},
                             {"LoadBalancer", dimension_of(arn)}};
    const auto id = proxy_name(group);
    const auto d = since(at_or_zero(reported_.pools, id), at_or_zero(now.pools, id));
    std::int64_t healthy = 0, unhealthy = 0;
    for (const auto& [key, target] : tables_.targets.with_prefix(group + "|")) {
      healthy += target.target_state() == decide::TargetState::kHealthy;
      unhealthy += target.target_state() == decide::TargetState::kUnhealthy;
    }
    batch.gauge("HealthyHostCount", both, healthy);
    batch.gauge("UnHealthyHostCount", both, unhealthy);
    if (!network) batch.pool(both, d);
    add(pools, d);
  }
  drivers::ListenerCounters listeners;
  for (const auto& [listener, record] : tables_.listeners.with_prefix(listener_prefix(arn))) {
    const auto id =
        *balancer.shape.LoadBalancerName + "." + listener.substr(listener.rfind('/') + 1);
    add(listeners, since(at_or_zero(reported_.listeners, id), at_or_zero(now.listeners, id)));
  }
  if (!network) {
    batch.pool(own, pools);
    batch.count("HTTPCode_ELB_4XX_Count", own, listeners.elb_4xx);
    batch.count("HTTPCode_ELB_5XX_Count", own, listeners.elb_5xx);
  }
  batch.count(network ? "ActiveFlowCount" : "ActiveConnectionCount", own,
              listeners.active_connections);
  batch.count(network ? "NewFlowCount" : "NewConnectionCount", own, listeners.new_connections);
  const auto bytes = listeners.bytes_in + listeners.bytes_out;
  if (bytes > 0) batch.put("ProcessedBytes", own, static_cast<double>(bytes), "Bytes");
  if (!batch.data.empty()) parts_.metrics.put(region_of(arn), std::move(batch.data));
}

}  // namespace seatrial::services::elbv2
