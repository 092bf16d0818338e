// CreateRule and its kin.
#include "services/elbv2/actions.h"
#include "services/elbv2/errors.h"
#include "services/elbv2/requests.h"
#include "services/elbv2/service.h"

namespace seatrial::services::elbv2 {
namespace {

constexpr std::size_t kMaxRules =
    100;  // per load balancer without default rules, AWS's default quota
constexpr int kHighestPriority = 50'000;

Failure priority_in_use(const std::string& priority) {
  return fail("PriorityInUse", fmt::format("Priority '{}' is currently in use", priority));
}

std::optional<model::AwsError> priority_problem(int priority) {
  if (priority >= 1 && priority <= kHighestPriority) return {};
  return validation(fmt::format("Rule priority '{}' must be between '1' and '{}' inclusive",
                                priority, kHighestPriority))
      .error();
}

}  // namespace

Outcome<shape::CreateRuleOutput> Elbv2::create_rule(Context& context,
                                                    const shape::CreateRuleInput& input) {
  const auto found = listener(context, input.ListenerArn);
  if (!found) return std::unexpected(found.error());
  const auto& protocol = *(*found)->shape.Protocol;
  if (protocol == "TCP")
    return fail("InvalidConfigurationRequest", "Rules are not supported with TCP listeners");
  if (!input.Transforms.empty()) return not_served("Transforms");
  if (auto problem = priority_problem(input.Priority)) return std::unexpected(*problem);
  const auto balancer_arn = balancer_of_listener(input.ListenerArn);
  auto conditions = complete_conditions(input.Conditions);
  if (!conditions) return std::unexpected(conditions.error());
  auto actions = complete_actions(tables_, balancer_arn, protocol, input.Actions);
  if (!actions) return std::unexpected(actions.error());
  auto tags = tag_map(input.Tags);
  if (!tags) return std::unexpected(tags.error());
  const auto priority = std::to_string(input.Priority);
  for (const auto* other : tables_.rules_of(input.ListenerArn)) {
    if (other->shape.Priority == priority) return priority_in_use(priority);
  }
  std::size_t count = 0;
  for (const auto& [arn, rule] :
       tables_.rules.with_prefix(rule_prefix(listener_prefix(balancer_arn)))) {
    count += rule.shape.IsDefault.value_or(false) ? 0 : 1;
  }
  if (count >= kMaxRules)
    return fail("TooManyRules", "The maximum number of rules per load balancer has been reached");
  RuleRecord record;
  record.tags = std::move(*tags);
  record.shape.RuleArn = rule_prefix(input.ListenerArn) + env_.rng.hex(16);
  record.shape.Priority = priority;
  record.shape.IsDefault = false;
  record.shape.Conditions = std::move(*conditions);
  record.shape.Actions = std::move(*actions);
  const auto arn = *record.shape.RuleArn;
  const auto& stored = tables_.rules.put(arn, std::move(record));
  controller_.changed();
  return shape::CreateRuleOutput{std::vector{stored.shape}};
}

Outcome<shape::DeleteRuleOutput> Elbv2::delete_rule(Context& context,
                                                    const shape::DeleteRuleInput& input) {
  const auto found = rule(context, input.RuleArn);
  if (!found) return std::unexpected(found.error());
  if ((*found)->shape.IsDefault.value_or(false)) {
    return fail("OperationNotPermitted",
                fmt::format("Default rule '{}' cannot be deleted", input.RuleArn));
  }
  tables_.rules.erase(input.RuleArn);
  controller_.changed();
  return shape::DeleteRuleOutput{};
}

Outcome<shape::DescribeRulesOutput> Elbv2::describe_rules(Context& context,
                                                          const shape::DescribeRulesInput& input) {
  if (!input.ListenerArn && input.RuleArns.empty()) {
    return validation("You must specify either listener rule ARNs or a listener ARN");
  }
  std::vector<shape::Rule> found;
  if (input.ListenerArn) {
    if (const auto one = listener(context, *input.ListenerArn); !one)
      return std::unexpected(one.error());
    for (const auto* record : tables_.rules_of(*input.ListenerArn)) found.push_back(record->shape);
  }
  for (const auto& arn : input.RuleArns) {
    const auto record = rule(context, arn);
    if (!record) return std::unexpected(record.error());
    found.push_back((*record)->shape);
  }
  const auto order = [](const shape::Rule& r) {
    const bool last = r.IsDefault.value_or(false);
    return fmt::format("{:05}{}", last ? kHighestPriority + 1 : std::atoi(r.Priority->c_str()),
                       *r.RuleArn);
  };
  std::ranges::sort(found, {}, order);
  auto next = cut_page(found, input.Marker, input.PageSize, order);
  if (!next) return std::unexpected(next.error());
  return shape::DescribeRulesOutput{std::move(found), *next};
}

Outcome<shape::ModifyRuleOutput> Elbv2::modify_rule(Context& context,
                                                    const shape::ModifyRuleInput& input) {
  const auto found = rule(context, input.RuleArn);
  if (!found) return std::unexpected(found.error());
  auto record = **found;
  if (record.shape.IsDefault.value_or(false)) {
    return fail("OperationNotPermitted",
                fmt::format("Default rule '{}' cannot be modified", input.RuleArn));
  }
  if (!input.Transforms.empty()) return not_served("Transforms");
  const auto listener_arn = listener_of_rule(input.RuleArn);
  const auto& protocol = *tables_.listeners.find(listener_arn)->shape.Protocol;
  if (!input.Conditions.empty()) {
    auto conditions = complete_conditions(input.Conditions);
    if (!conditions) return std::unexpected(conditions.error());
    record.shape.Conditions = std::move(*conditions);
  }
  if (!input.Actions.empty()) {
    auto actions =
        complete_actions(tables_, balancer_of_listener(listener_arn), protocol, input.Actions);
    if (!actions) return std::unexpected(actions.error());
    record.shape.Actions = std::move(*actions);
  }
  const auto& stored = tables_.rules.put(input.RuleArn, std::move(record));
  controller_.changed();
  return shape::ModifyRuleOutput{std::vector{stored.shape}};
}

Outcome<shape::SetRulePrioritiesOutput> Elbv2::set_rule_priorities(
    Context& context, const shape::SetRulePrioritiesInput& input) {
  shape::SetRulePrioritiesOutput reply;
  std::set<std::string> listeners;
  for (const auto& pair : input.RulePriorities) {
    const auto found = rule(context, pair.RuleArn.value_or(""));
    if (!found) return std::unexpected(found.error());
    if ((*found)->shape.IsDefault.value_or(false)) {
      return fail("OperationNotPermitted",
                  fmt::format("The priority of default rule '{}' cannot be set", *pair.RuleArn));
    }
    if (auto problem = priority_problem(pair.Priority.value_or(0)))
      return std::unexpected(*problem);
    tables_.rules.update(*pair.RuleArn,
                         [&](RuleRecord& r) { r.shape.Priority = std::to_string(*pair.Priority); });
    listeners.insert(listener_of_rule(*pair.RuleArn));
    reply.Rules.push_back(tables_.rules.find(*pair.RuleArn)->shape);
  }
  for (const auto& arn :
       listeners) {  // all are set before any two are compared: they may be swapped
    std::set<std::string> taken;
    for (const auto* record : tables_.rules_of(arn)) {
      if (!taken.insert(*record->shape.Priority).second)
        return priority_in_use(*record->shape.Priority);
    }
  }
  controller_.changed();
  return reply;
}

}  // namespace seatrial::services::elbv2
