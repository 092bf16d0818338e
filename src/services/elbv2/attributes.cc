// Two tables: the defaults, and the values carried out.
#include "services/elbv2/attributes.h"

#include "services/elbv2/errors.h"

namespace seatrial::services::elbv2 {
namespace {

struct CarriedOut {
  std::string_view key;
  int lowest = 0, highest = 0;  // of a number; both 0: one of `values`
  std::vector<std::string_view> values{};
  bool any_text = false;  // checked by whoever carries it out
};

const std::vector<CarriedOut>& carried_out() {
  static const std::vector<CarriedOut> table = {
      {"idle_timeout.timeout_seconds", 1, 4000},
      {"deletion_protection.enabled", 0, 0, {"true", "false"}},
      {"access_logs.s3.enabled", 0, 0, {"true", "false"}},
      {"access_logs.s3.bucket", 0, 0, {}, true},
      {"access_logs.s3.prefix", 0, 0, {}, true},
      {"deregistration_delay.timeout_seconds", 0, 3600},
      {"stickiness.enabled", 0, 0, {"true", "false"}},
      {"stickiness.lb_cookie.duration_seconds", 1, 604800},
      {"load_balancing.algorithm.type", 0, 0, {"round_robin", "least_outstanding_requests"}},
  };
  return table;
}

std::optional<int> whole_number(const std::string& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

}  // namespace

StringMap default_balancer_attributes(bool network) {
  StringMap attributes = {{"access_logs.s3.enabled", "false"},
                          {"access_logs.s3.bucket", ""},
                          {"access_logs.s3.prefix", ""},
                          {"deletion_protection.enabled", "false"},
                          {"load_balancing.cross_zone.enabled", network ? "false" : "true"},
                          {"zonal_shift.config.enabled", "false"}};
  if (network) {
    attributes["dns_record.client_routing_policy"] = "any_availability_zone";
    return attributes;
  }
  attributes.merge(StringMap{{"idle_timeout.timeout_seconds", "60"},
                             {"client_keep_alive.seconds", "3600"},
                             {"connection_logs.s3.enabled", "false"},
                             {"connection_logs.s3.bucket", ""},
                             {"connection_logs.s3.prefix", ""},
                             {"routing.http2.enabled", "true"},
                             {"routing.http.desync_mitigation_mode", "defensive"},
                             {"routing.http.drop_invalid_header_fields.enabled", "false"},
                             {"routing.http.preserve_host_header.enabled", "false"},
                             {"routing.http.x_amzn_tls_version_and_cipher_suite.enabled", "false"},
                             {"routing.http.xff_client_port.enabled", "false"},
                             {"routing.http.xff_header_processing.mode", "append"},
                             {"waf.fail_open.enabled", "false"}});
  return attributes;
}

StringMap default_group_attributes(bool network) {
  StringMap attributes = {
      {"deregistration_delay.timeout_seconds", "300"},
      {"stickiness.enabled", "false"},
      {"stickiness.type", network ? "source_ip" : "lb_cookie"},
      {"load_balancing.cross_zone.enabled", "use_load_balancer_configuration"},
      {"target_group_health.dns_failover.minimum_healthy_targets.count", "1"},
      {"target_group_health.dns_failover.minimum_healthy_targets.percentage", "off"},
      {"target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", "1"},
      {"target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage", "off"}};
  if (network) {
    attributes.merge(StringMap{{"deregistration_delay.connection_termination.enabled", "false"},
                               {"preserve_client_ip.enabled", "false"},
                               {"proxy_protocol_v2.enabled", "false"}});
    return attributes;
  }
  attributes.merge(StringMap{{"stickiness.lb_cookie.duration_seconds", "86400"},
                             {"stickiness.app_cookie.cookie_name", ""},
                             {"stickiness.app_cookie.duration_seconds", "86400"},
                             {"slow_start.duration_seconds", "0"},
                             {"load_balancing.algorithm.type", "round_robin"},
                             {"load_balancing.algorithm.anomaly_mitigation", "off"}});
  return attributes;
}

std::optional<model::AwsError> attribute_problem(const StringMap& defaults, const std::string& key,
                                                 const std::string& value) {
  const auto known = defaults.find(key);
  if (known == defaults.end()) {
    return validation(fmt::format("Attribute key '{}' is not recognized", key)).error();
  }
  if (value == known->second) return {};
  const auto kind = defaults.find("stickiness.type");
  const bool source_ip =
      key == "stickiness.enabled" && kind != defaults.end() && kind->second == "source_ip";
  const auto found = std::ranges::find(carried_out(), key, &CarriedOut::key);
  if (found == carried_out().end() || source_ip) {
    return not_served(fmt::format("attribute {} with value '{}'", key, value)).error();
  }
  if (found->any_text) return {};
  const auto number = whole_number(value);
  const bool good = found->values.empty()
                        ? number && found->lowest <= *number && *number <= found->highest
                        : std::ranges::count(found->values, value) > 0;
  if (good) return {};
  return validation(fmt::format("'{}' is not a valid value for attribute '{}'", value, key))
      .error();
}

int number_attribute(const StringMap& attributes, const std::string& key) {
  const auto found = attributes.find(key);
  return found == attributes.end() ? 0 : whole_number(found->second).value_or(0);
}

bool flag_attribute(const StringMap& attributes, const std::string& key) {
  const auto found = attributes.find(key);
  return found != attributes.end() && found->second == "true";
}

}  // namespace seatrial::services::elbv2
