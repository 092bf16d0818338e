// AWS/ApplicationELB and AWS/NetworkELB from the proxy's counters: what was counted since the last
// time, put into the current minute. Counts by a load balancer's zone are not told apart: one proxy
// serves all of them. Healthy hosts are, by the target's zone.
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

template <class Key>
std::map<Key, std::int64_t> since(const std::map<Key, std::int64_t>& before,
                                  const std::map<Key, std::int64_t>& now) {
  std::map<Key, std::int64_t> d;
  for (const auto& [key, count] : now) {
    const auto old = before.find(key);
    const auto more = since(old == before.end() ? 0 : old->second, count);
    if (more > 0) d[key] = more;
  }
  return d;
}

template <class Key>
void add(std::map<Key, std::int64_t>& sum, const std::map<Key, std::int64_t>& d) {
  for (const auto& [key, count] : d) sum[key] += count;
}

drivers::PoolCounters since(const drivers::PoolCounters& a, const drivers::PoolCounters& b) {
  drivers::PoolCounters d;
  d.requests = since(a.requests, b.requests);
  d.response_2xx = since(a.response_2xx, b.response_2xx);
  d.response_3xx = since(a.response_3xx, b.response_3xx);
  d.response_4xx = since(a.response_4xx, b.response_4xx);
  d.response_5xx = since(a.response_5xx, b.response_5xx);
  d.connection_errors = since(a.connection_errors, b.connection_errors);
  d.response_times_us = since(a.response_times_us, b.response_times_us);
  return d;
}

drivers::ListenerCounters since(const drivers::ListenerCounters& a,
                                const drivers::ListenerCounters& b) {
  drivers::ListenerCounters d;
  d.requests = since(a.requests, b.requests);
  d.new_connections = since(a.new_connections, b.new_connections);
  d.active_connections = b.active_connections;
  d.elb_3xx = since(a.elb_3xx, b.elb_3xx);
  d.elb_4xx = since(a.elb_4xx, b.elb_4xx);
  d.elb_5xx = since(a.elb_5xx, b.elb_5xx);
  d.elb_statuses = since(a.elb_statuses, b.elb_statuses);
  d.redirects = since(a.redirects, b.redirects);
  d.fixed_responses = since(a.fixed_responses, b.fixed_responses);
  d.rule_evaluations = since(a.rule_evaluations, b.rule_evaluations);
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
  add(sum.response_times_us, d.response_times_us);
}

void add(drivers::ListenerCounters& sum, const drivers::ListenerCounters& d) {
  sum.requests += d.requests;
  sum.new_connections += d.new_connections;
  sum.active_connections += d.active_connections;
  sum.elb_3xx += d.elb_3xx;
  sum.elb_4xx += d.elb_4xx;
  sum.elb_5xx += d.elb_5xx;
  add(sum.elb_statuses, d.elb_statuses);
  sum.redirects += d.redirects;
  sum.fixed_responses += d.fixed_responses;
  sum.rule_evaluations += d.rule_evaluations;
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
  void count(const std::string& name, const Dimensions& dimensions, std::int64_t value) {
    if (value > 0) put(name, dimensions, static_cast<double>(value), "Count");
  }
  void gauge(const std::string& name, const Dimensions& dimensions, std::int64_t value) {
    put(name, dimensions, static_cast<double>(value), "Count");
  }
  void put(const std::string& name, const Dimensions& dimensions, double value, const char* unit) {
    data.push_back({name_space_, name, dimensions, value, unit, at_, 1, value, value});
  }
  // The pools' own counters; of each response time that occurred as many samples as requests had
  // it, so that its percentiles are what they were.
  void pool(const Dimensions& dimensions, const drivers::PoolCounters& d) {
    count("RequestCount", dimensions, d.requests);
    count("HTTPCode_Target_2XX_Count", dimensions, d.response_2xx);
    count("HTTPCode_Target_3XX_Count", dimensions, d.response_3xx);
    count("HTTPCode_Target_4XX_Count", dimensions, d.response_4xx);
    count("HTTPCode_Target_5XX_Count", dimensions, d.response_5xx);
    count("TargetConnectionErrorCount", dimensions, d.connection_errors);
    for (const auto& [us, requests] : d.response_times_us) {
      const double seconds = static_cast<double>(us) / 1e6, n = static_cast<double>(requests);
      data.push_back({name_space_, "TargetResponseTime", dimensions, seconds * n, "Seconds", at_, n,
                      seconds, seconds});
    }
  }
  // What the load balancer answered and did itself.
  void listeners(const Dimensions& dimensions, const drivers::ListenerCounters& d) {
    count("HTTPCode_ELB_3XX_Count", dimensions, d.elb_3xx);
    count("HTTPCode_ELB_4XX_Count", dimensions, d.elb_4xx);
    count("HTTPCode_ELB_5XX_Count", dimensions, d.elb_5xx);
    for (const auto& [status, number] : d.elb_statuses) {
      if (status != 500 && status != 502 && status != 503 && status != 504) continue;
      count(fmt::format("HTTPCode_ELB_{}_Count", status), dimensions, number);
    }
    count("HTTP_Redirect_Count", dimensions, d.redirects);
    count("HTTP_Fixed_Response_Count", dimensions, d.fixed_responses);
    count("RuleEvaluations", dimensions, d.rule_evaluations);
  }
  std::vector<Datum> data;

 private:
  std::string name_space_;
  Time at_;
};

// Healthy and unhealthy targets of the group and of each of its zones; how many are healthy.
std::int64_t emit_hosts(Batch& batch, const Tables& tables, const std::string& group,
                        const std::string& balancer) {
  struct Hosts {
    std::int64_t healthy = 0, unhealthy = 0;
  };
  Hosts all;
  std::map<std::string, Hosts> zones;
  for (const auto& [key, target] : tables.targets.with_prefix(group + "|")) {
    const bool healthy = target.target_state() == decide::TargetState::kHealthy;
    const bool unhealthy = target.target_state() == decide::TargetState::kUnhealthy;
    for (Hosts* hosts : {&all, &zones[target.zone]}) {
      hosts->healthy += healthy;
      hosts->unhealthy += unhealthy;
    }
  }
  const auto put = [&](const Dimensions& dimensions, const Hosts& hosts) {
    batch.gauge("HealthyHostCount", dimensions, hosts.healthy);
    batch.gauge("UnHealthyHostCount", dimensions, hosts.unhealthy);
  };
  const std::pair<std::string, std::string> of_group{"TargetGroup", dimension_of(group)},
      of_balancer{"LoadBalancer", balancer};
  put({of_group, of_balancer}, all);
  for (const auto& [zone, hosts] : zones)
    if (!zone.empty()) put({of_group, {"AvailabilityZone", zone}, of_balancer}, hosts);
  return all.healthy;
}

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
    const auto healthy = emit_hosts(batch, tables_, group, dimension_of(arn));
    if (!network) batch.pool(both, d);
    if (!network && healthy > 0) {
      const double each = static_cast<double>(d.requests) / static_cast<double>(healthy);
      batch.put("RequestCountPerTarget", both, each, "Count");
      batch.put("RequestCountPerTarget", {both.front()}, each, "Count");
    }
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
    batch.listeners(own, listeners);
  }
  batch.count(network ? "ActiveFlowCount" : "ActiveConnectionCount", own,
              listeners.active_connections);
  batch.count(network ? "NewFlowCount" : "NewConnectionCount", own, listeners.new_connections);
  const auto bytes = listeners.bytes_in + listeners.bytes_out;
  if (bytes > 0) batch.put("ProcessedBytes", own, static_cast<double>(bytes), "Bytes");
  if (!batch.data.empty()) parts_.metrics.put(region_of(arn), std::move(batch.data));
}

}  // namespace seatrial::services::elbv2
