// The operation table, look-ups that all handlers share, and the api for other rooms.
#include "services/elbv2/service.h"

#include "services/elbv2/errors.h"

namespace seatrial::services::elbv2 {

Elbv2::Elbv2(room::Env& env, Parts parts)
    : Room(env, "elbv2"), parts_(parts), tables_(env.store), controller_(env, tables_, parts_) {
  serve<shape::CreateLoadBalancerOp>(&Elbv2::create_load_balancer);
  serve<shape::DeleteLoadBalancerOp>(&Elbv2::delete_load_balancer);
  serve<shape::DescribeLoadBalancersOp>(&Elbv2::describe_load_balancers);
  serve<shape::DescribeLoadBalancerAttributesOp>(&Elbv2::describe_load_balancer_attributes);
  serve<shape::ModifyLoadBalancerAttributesOp>(&Elbv2::modify_load_balancer_attributes);
  serve<shape::CreateTargetGroupOp>(&Elbv2::create_target_group);
  serve<shape::DeleteTargetGroupOp>(&Elbv2::delete_target_group);
  serve<shape::DescribeTargetGroupsOp>(&Elbv2::describe_target_groups);
  serve<shape::ModifyTargetGroupOp>(&Elbv2::modify_target_group);
  serve<shape::DescribeTargetGroupAttributesOp>(&Elbv2::describe_target_group_attributes);
  serve<shape::ModifyTargetGroupAttributesOp>(&Elbv2::modify_target_group_attributes);
  serve<shape::RegisterTargetsOp>(&Elbv2::register_targets);
  serve<shape::DeregisterTargetsOp>(&Elbv2::deregister_targets);
  serve<shape::DescribeTargetHealthOp>(&Elbv2::describe_target_health);
  serve<shape::CreateListenerOp>(&Elbv2::create_listener);
  serve<shape::DeleteListenerOp>(&Elbv2::delete_listener);
  serve<shape::DescribeListenersOp>(&Elbv2::describe_listeners);
  serve<shape::ModifyListenerOp>(&Elbv2::modify_listener);
  serve<shape::CreateRuleOp>(&Elbv2::create_rule);
  serve<shape::DeleteRuleOp>(&Elbv2::delete_rule);
  serve<shape::DescribeRulesOp>(&Elbv2::describe_rules);
  serve<shape::ModifyRuleOp>(&Elbv2::modify_rule);
  serve<shape::SetRulePrioritiesOp>(&Elbv2::set_rule_priorities);
  serve<shape::AddTagsOp>(&Elbv2::add_tags);
  serve<shape::RemoveTagsOp>(&Elbv2::remove_tags);
  serve<shape::DescribeTagsOp>(&Elbv2::describe_tags);
}

namespace {

// An ARN of this service, with this kind of resource ("loadbalancer/"), else what is wrong.
std::optional<model::AwsError> arn_problem(const std::string& arn, std::string_view resource,
                                           std::string_view kind) {
  const auto parsed = parse_arn(arn);
  if (parsed && parsed->service == "elasticloadbalancing" && parsed->resource.starts_with(resource))
    return {};
  return invalid_arn(arn, kind).error();
}

}  // namespace

Outcome<const LoadBalancerRecord*> Elbv2::balancer(const Context& context,
                                                   const std::string& arn) const {
  if (auto problem = arn_problem(arn, "loadbalancer/", "load balancer"))
    return std::unexpected(*problem);
  const auto* found = tables_.balancers.find(arn);
  if (found == nullptr || region_of(arn) != context.region) return load_balancer_not_found();
  return found;
}

Outcome<const TargetGroupRecord*> Elbv2::group(const Context& context,
                                               const std::string& arn) const {
  if (auto problem = arn_problem(arn, "targetgroup/", "target group"))
    return std::unexpected(*problem);
  const auto* found = tables_.groups.find(arn);
  if (found == nullptr || region_of(arn) != context.region) return target_group_not_found();
  return found;
}

Outcome<const ListenerRecord*> Elbv2::listener(const Context& context,
                                               const std::string& arn) const {
  if (auto problem = arn_problem(arn, "listener/", "listener")) return std::unexpected(*problem);
  const auto* found = tables_.listeners.find(arn);
  if (found == nullptr || region_of(arn) != context.region) return listener_not_found();
  return found;
}

Outcome<const RuleRecord*> Elbv2::rule(const Context& context, const std::string& arn) const {
  if (auto problem = arn_problem(arn, "listener-rule/", "listener rule"))
    return std::unexpected(*problem);
  const auto* found = tables_.rules.find(arn);
  if (found == nullptr || region_of(arn) != context.region) return rule_not_found();
  return found;
}

bool Elbv2::exists(const std::string& region, const std::string& arn) {
  return tables_.groups.contains(arn) && region_of(arn) == region;
}

bool Elbv2::attached_to_load_balancer(const std::string& region, const std::string& arn) {
  return exists(region, arn) && !tables_.balancers_of(arn).empty();
}

Outcome<void> Elbv2::register_target(const std::string& region, const std::string& arn,
                                     const std::string& ip, int port, const std::string& zone) {
  if (!exists(region, arn)) return target_group_not_found();
  const auto checked = check_target(*tables_.groups.find(arn), ip, port);
  if (!checked) return std::unexpected(checked.error());
  put_target(arn, ip, *checked, zone);
  return {};
}

void Elbv2::deregister_target(const std::string& region, const std::string& arn,
                              const std::string& ip, int port) {
  if (exists(region, arn)) drain_target(arn, ip, port);
}

std::optional<TargetState> Elbv2::target_state(const std::string& region, const std::string& arn,
                                               const std::string& ip, int port) {
  const auto* target = tables_.targets.find(target_key(arn, ip, port));
  if (target == nullptr || region_of(arn) != region) return {};
  return TargetState{std::string(decide::state_text(target->target_state())), target->reason,
                     target->description};
}

void Elbv2::on_change(std::function<void(const std::string&, const std::string&)> changed) {
  controller_.on_change(std::move(changed));
}

}  // namespace seatrial::services::elbv2
