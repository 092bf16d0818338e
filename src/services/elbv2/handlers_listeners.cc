// CreateListener and its kin.
#include "services/elbv2/actions.h"
#include "services/elbv2/errors.h"
#include "services/elbv2/requests.h"
#include "services/elbv2/service.h"

namespace seatrial::services::elbv2 {
namespace {

constexpr std::size_t kMaxListeners = 50;  // per load balancer, AWS's default quota

// What is served: HTTP on application load balancers, TCP on network ones.
std::optional<model::AwsError> protocol_problem(const std::string& protocol, bool network) {
  if (protocol == (network ? "TCP" : "HTTP")) return {};
  const bool known = network ? (protocol == "TLS" || protocol == "UDP" || protocol == "TCP_UDP")
                             : protocol == "HTTPS";
  if (!known) {
    return validation(fmt::format("Listener protocol '{}' must be one of '{}'", protocol,
                                  network ? "UDP, TCP, TCP_UDP, TLS" : "HTTP, HTTPS"))
        .error();
  }
  const bool secure = protocol == "HTTPS" || protocol == "TLS";
  return fail("UnsupportedProtocol",
              fmt::format("Seatrial does not serve {} listeners yet{}", protocol,
                          secure ? ": it has no certificates; use HTTP or TCP" : ""))
      .error();
}

template <class Input>
std::optional<model::AwsError> unserved_input(const Input& input) {
  if (!input.Certificates.empty() || input.SslPolicy) {
    return fail("InvalidConfigurationRequest",
                "Certificates and security policies are only valid with HTTPS and TLS listeners, "
                "which Seatrial does not serve yet")
        .error();
  }
  if (!input.AlpnPolicy.empty()) return not_served("AlpnPolicy").error();
  if (input.MutualAuthentication && input.MutualAuthentication->Mode.value_or("off") != "off") {
    return not_served("MutualAuthentication").error();
  }
  return {};
}

// The default action as a rule of its own.
RuleRecord default_rule(const std::string& arn, const Actions& actions) {
  RuleRecord record;
  record.shape.RuleArn = arn;
  record.shape.Priority = "default";
  record.shape.IsDefault = true;
  record.shape.Conditions.given = true;
  record.shape.Actions = actions;
  return record;
}

}  // namespace

Outcome<shape::CreateListenerOutput> Elbv2::create_listener(
    Context& context, const shape::CreateListenerInput& input) {
  const auto lb = balancer(context, input.LoadBalancerArn);
  if (!lb) return std::unexpected(lb.error());
  if (!input.Protocol) return validation("A listener protocol must be specified");
  if (!input.Port) return validation("A listener port must be specified");
  if (auto problem = protocol_problem(*input.Protocol, (*lb)->shape.Type == "network"))
    return std::unexpected(*problem);
  if (auto problem = unserved_input(input)) return std::unexpected(*problem);
  auto tags = tag_map(input.Tags);
  if (!tags) return std::unexpected(tags.error());
  auto actions =
      complete_actions(tables_, input.LoadBalancerArn, *input.Protocol, input.DefaultActions);
  if (!actions) return std::unexpected(actions.error());
  const auto prefix = listener_prefix(input.LoadBalancerArn);
  std::size_t count = 0;
  for (const auto& [arn, other] : tables_.listeners.with_prefix(prefix)) {
    ++count;
    if (other.shape.Port != input.Port) continue;
    return fail("DuplicateListener",
                fmt::format("A listener already exists on this port for this load balancer '{}'",
                            input.LoadBalancerArn));
  }
  if (count >= kMaxListeners)
    return fail("TooManyListeners",
                "The maximum number of listeners per load balancer has been reached");
  if (auto free = parts_.proxy.can_listen((*lb)->address, *input.Port); !free) {
    return fail("InvalidConfigurationRequest", free.error());
  }
  ListenerRecord record;
  record.tags = std::move(*tags);
  record.shape.ListenerArn = prefix + env_.rng.hex(16);
  record.shape.LoadBalancerArn = input.LoadBalancerArn;
  record.shape.Port = input.Port;
  record.shape.Protocol = input.Protocol;
  record.shape.DefaultActions = *actions;
  const auto& stored = tables_.listeners.put(*record.shape.ListenerArn, record);
  const auto rule_arn = rule_prefix(*record.shape.ListenerArn) + env_.rng.hex(16);
  tables_.rules.put(rule_arn, default_rule(rule_arn, *actions));
  controller_.changed();
  return shape::CreateListenerOutput{std::vector{stored.shape}};
}

void Elbv2::remove_listener(const std::string& arn) {
  std::vector<std::string> rules;
  for (const auto& [rule, one] : tables_.rules.with_prefix(rule_prefix(arn))) rules.push_back(rule);
  for (const auto& rule : rules) tables_.rules.erase(rule);
  tables_.listeners.erase(arn);
}

Outcome<shape::DeleteListenerOutput> Elbv2::delete_listener(
    Context& context, const shape::DeleteListenerInput& input) {
  const auto found = listener(context, input.ListenerArn);
  if (!found) return std::unexpected(found.error());
  remove_listener(input.ListenerArn);
  controller_.changed();
  return shape::DeleteListenerOutput{};
}

Outcome<shape::DescribeListenersOutput> Elbv2::describe_listeners(
    Context& context, const shape::DescribeListenersInput& input) {
  std::vector<shape::Listener> found;
  if (!input.LoadBalancerArn && input.ListenerArns.empty()) {
    return validation("You must specify either listener ARNs or a load balancer ARN");
  }
  if (input.LoadBalancerArn) {
    if (const auto lb = balancer(context, *input.LoadBalancerArn); !lb)
      return std::unexpected(lb.error());
    for (const auto& [arn, record] :
         tables_.listeners.with_prefix(listener_prefix(*input.LoadBalancerArn))) {
      found.push_back(record.shape);
    }
  }
  for (const auto& arn : input.ListenerArns) {
    const auto record = listener(context, arn);
    if (!record) return std::unexpected(record.error());
    found.push_back((*record)->shape);
  }
  const auto arn_of = [](const shape::Listener& l) { return *l.ListenerArn; };
  std::ranges::sort(found, {}, arn_of);
  auto next = cut_page(found, input.Marker, input.PageSize, arn_of);
  if (!next) return std::unexpected(next.error());
  return shape::DescribeListenersOutput{std::move(found), *next};
}

Outcome<shape::ModifyListenerOutput> Elbv2::modify_listener(
    Context& context, const shape::ModifyListenerInput& input) {
  const auto found = listener(context, input.ListenerArn);
  if (!found) return std::unexpected(found.error());
  if (auto problem = unserved_input(input)) return std::unexpected(*problem);
  auto record = **found;
  const auto balancer_arn = *record.shape.LoadBalancerArn;
  const auto& lb = *tables_.balancers.find(balancer_arn);
  if (input.Protocol) {
    if (auto problem = protocol_problem(*input.Protocol, lb.shape.Type == "network"))
      return std::unexpected(*problem);
  }
  if (input.Port && input.Port != record.shape.Port) {
    for (const auto& [arn, other] : tables_.listeners.with_prefix(listener_prefix(balancer_arn))) {
      if (other.shape.Port != input.Port) continue;
      return fail("DuplicateListener",
                  fmt::format("A listener already exists on this port for this load balancer '{}'",
                              balancer_arn));
    }
    if (auto free = parts_.proxy.can_listen(lb.address, *input.Port); !free) {
      return fail("InvalidConfigurationRequest", free.error());
    }
    record.shape.Port = input.Port;
  }
  if (!input.DefaultActions.empty()) {
    auto actions =
        complete_actions(tables_, balancer_arn, *record.shape.Protocol, input.DefaultActions);
    if (!actions) return std::unexpected(actions.error());
    record.shape.DefaultActions = *actions;
    const auto rules = tables_.rules_of(input.ListenerArn);
    tables_.rules.update(*rules.back()->shape.RuleArn,
                         [&](RuleRecord& rule) { rule.shape.Actions = *actions; });
  }
  const auto& stored = tables_.listeners.put(input.ListenerArn, std::move(record));
  controller_.changed();
  return shape::ModifyListenerOutput{std::vector{stored.shape}};
}

}  // namespace seatrial::services::elbv2
