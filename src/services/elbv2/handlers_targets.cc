// RegisterTargets, DeregisterTargets, DescribeTargetHealth.
#include <arpa/inet.h>

#include "services/elbv2/attributes.h"
#include "services/elbv2/errors.h"
#include "services/elbv2/service.h"

namespace seatrial::services::elbv2 {
namespace {

constexpr std::size_t kMaxTargets = 1000;  // per target group, AWS's default quota

std::optional<std::uint32_t> ipv4(const std::string& text) {
  in_addr address{};
  if (::inet_pton(AF_INET, text.c_str(), &address) != 1) return {};
  return ntohl(address.s_addr);
}

bool in_cidr(std::uint32_t address, const std::string& cidr) {
  const auto slash = cidr.find('/');
  const auto base = ipv4(cidr.substr(0, slash));
  const int prefix = slash == cidr.npos ? 32 : std::atoi(cidr.c_str() + slash + 1);
  if (!base || prefix < 1 || prefix > 32) return false;
  const std::uint32_t mask = ~std::uint32_t{0} << (32 - prefix);
  return (address & mask) == (*base & mask);
}

shape::TargetHealthDescription described(const std::string& ip, int port, const std::string& zone,
                                         const decide::TargetHealth& health,
                                         const shape::TargetGroup& group) {
  shape::TargetHealthDescription result;
  auto& target = result.Target.emplace();
  target.Id = ip;
  target.Port = port;
  if (!zone.empty()) target.AvailabilityZone = zone;
  const auto check_port = group.HealthCheckPort.value_or("traffic-port");
  result.HealthCheckPort = check_port == "traffic-port" ? std::to_string(port) : check_port;
  auto& state = result.TargetHealth.emplace();
  state.State = std::string(decide::state_text(health.state));
  if (!health.reason.empty()) state.Reason = health.reason;
  if (!health.description.empty()) state.Description = health.description;
  return result;
}

}  // namespace

// The target's port. Only addresses inside the world may be registered: nothing may leave it.
Outcome<int> Elbv2::check_target(const TargetGroupRecord& group, const std::string& ip,
                                 std::optional<int> port) const {
  if (group.shape.TargetType == "instance") {
    return fail("InvalidTarget", fmt::format("Seatrial has no instances to register in a target "
                                             "group of type instance ('{}'): use target type ip",
                                             ip));
  }
  const auto address = ipv4(ip);
  if (!address)
    return validation(fmt::format("The IP address '{}' is not a valid IPv4 address", ip));
  const bool loopback = parts_.network.vpc_namespace().empty();
  if (!in_cidr(*address, loopback ? "127.0.0.0/8" : "10.0.0.0/16")) {
    return fail("InvalidTarget",
                fmt::format("The IP address '{}' is not within a range that can be registered: "
                            "Seatrial serves addresses of its own VPC only",
                            ip));
  }
  const int result = port.value_or(*group.shape.Port);
  if (result < 1 || result > 65535)
    return validation(fmt::format("Port '{}' must be in the range of 1-65535", result));
  return result;
}

void Elbv2::put_target(const std::string& arn, const std::string& ip, int port,
                       const std::string& zone) {
  const auto key = target_key(arn, ip, port);
  const auto* held = tables_.targets.find(key);
  if (held != nullptr && held->target_state() != decide::TargetState::kDraining) return;
  TargetRecord target{arn, ip, zone, port};
  for (const auto& subnet : parts_.vpcs.default_subnets(region_of(arn))) {
    if (target.zone.empty() && in_cidr(*ipv4(ip), subnet.cidr)) target.zone = subnet.zone;
  }
  target.set(decide::registered_target(!tables_.balancers_of(arn).empty()));
  tables_.targets.put(key, std::move(target));
  controller_.target_changed(arn);
}

void Elbv2::drain_target(const std::string& arn, const std::string& ip, int port) {
  const auto key = target_key(arn, ip, port);
  const auto* held = tables_.targets.find(key);
  if (held == nullptr || held->target_state() == decide::TargetState::kDraining) return;
  const auto& attributes = tables_.groups.find(arn)->attributes;
  const std::chrono::seconds delay(
      number_attribute(attributes, "deregistration_delay.timeout_seconds"));
  if (held->target_state() == decide::TargetState::kUnused) {
    tables_.targets.erase(key);
  } else {
    auto target = *held;
    target.set(decide::draining({}));
    target.drained_at = env_.clock.now() + delay;
    tables_.targets.put(key, std::move(target));
  }
  controller_.target_changed(arn);
}

Outcome<shape::RegisterTargetsOutput> Elbv2::register_targets(
    Context& context, const shape::RegisterTargetsInput& input) {
  const auto found = group(context, input.TargetGroupArn);
  if (!found) return std::unexpected(found.error());
  const auto held = std::ranges::distance(tables_.targets.with_prefix(input.TargetGroupArn + "|"));
  if (static_cast<std::size_t>(held) + input.Targets.size() > kMaxTargets) {
    return fail("TooManyTargets",
                fmt::format("The maximum number of targets per target group is {}", kMaxTargets));
  }
  for (const auto& target : input.Targets) {
    const auto port = check_target(**found, target.Id, target.Port);
    if (!port) return std::unexpected(port.error());
    const auto zone = target.AvailabilityZone.value_or("");
    put_target(input.TargetGroupArn, target.Id, *port, zone);
  }
  return shape::RegisterTargetsOutput{};
}

Outcome<shape::DeregisterTargetsOutput> Elbv2::deregister_targets(
    Context& context, const shape::DeregisterTargetsInput& input) {
  const auto found = group(context, input.TargetGroupArn);
  if (!found) return std::unexpected(found.error());
  for (const auto& target : input.Targets) {
    std::vector<std::pair<std::string, int>> matching;
    for (const auto& [key, record] : tables_.targets.with_prefix(input.TargetGroupArn + "|")) {
      if (record.ip == target.Id && target.Port.value_or(record.port) == record.port)
        matching.emplace_back(record.ip, record.port);
    }
    for (const auto& [ip, port] : matching) drain_target(input.TargetGroupArn, ip, port);
  }
  return shape::DeregisterTargetsOutput{};
}

Outcome<shape::DescribeTargetHealthOutput> Elbv2::describe_target_health(
    Context& context, const shape::DescribeTargetHealthInput& input) {
  const auto found = group(context, input.TargetGroupArn);
  if (!found) return std::unexpected(found.error());
  const auto& about = (*found)->shape;
  shape::DescribeTargetHealthOutput reply;
  reply.TargetHealthDescriptions.given = true;
  const auto add = [&](const TargetRecord& t) {
    const decide::TargetHealth health{t.target_state(), t.reason, t.description};
    reply.TargetHealthDescriptions.push_back(described(t.ip, t.port, t.zone, health, about));
  };
  if (input.Targets.empty()) {
    for (const auto& [key, target] : tables_.targets.with_prefix(input.TargetGroupArn + "|"))
      add(target);
  }
  for (const auto& wanted : input.Targets) {
    const int port = wanted.Port.value_or(*about.Port);
    if (const auto* target =
            tables_.targets.find(target_key(input.TargetGroupArn, wanted.Id, port)))
      add(*target);
    else
      reply.TargetHealthDescriptions.push_back(
          described(wanted.Id, port, "", decide::unregistered_target(), about));
  }
  return reply;
}

}  // namespace seatrial::services::elbv2
