// Relations among records, by ARN.
#include "services/elbv2/store.h"

#include <climits>

namespace seatrial::services::elbv2 {
namespace {

std::string replaced(const std::string& arn, std::string_view from, std::string_view to) {
  const auto at = arn.find(from);
  ST_CHECK(at != std::string::npos, "an ARN of another kind");
  return arn.substr(0, at) + std::string(to) + arn.substr(at + from.size());
}

std::string without_last_part(const std::string& arn) { return arn.substr(0, arn.rfind('/')); }

}  // namespace

std::vector<std::pair<std::string, int>> forwards_of(const Actions& actions) {
  std::vector<std::pair<std::string, int>> result;
  for (const auto& action : actions) {
    if (action.Type != shape::ActionTypeEnum::forward) continue;
    if (action.ForwardConfig && !action.ForwardConfig->TargetGroups.empty()) {
      for (const auto& group : action.ForwardConfig->TargetGroups) {
        result.emplace_back(group.TargetGroupArn.value_or(""), group.Weight.value_or(1));
      }
    } else {
      result.emplace_back(action.TargetGroupArn.value_or(""), 1);
    }
  }
  return result;
}

std::map<std::string, std::set<std::string>> Tables::uses() const {
  std::map<std::string, std::set<std::string>> result;
  for (const auto& [arn, rule] : rules) {
    for (const auto& [group, weight] : forwards_of(rule.shape.Actions)) {
      result[group].insert(balancer_of_listener(listener_of_rule(arn)));
    }
  }
  return result;
}

std::set<std::string> Tables::balancers_of(const std::string& group) const {
  const auto all = uses();
  const auto found = all.find(group);
  return found == all.end() ? std::set<std::string>{} : found->second;
}

std::vector<const RuleRecord*> Tables::rules_of(const std::string& listener) const {
  std::vector<const RuleRecord*> result;
  for (const auto& [arn, rule] : rules.with_prefix(rule_prefix(listener))) result.push_back(&rule);
  const auto rank = [](const RuleRecord* rule) {
    return rule->shape.IsDefault.value_or(false)
               ? INT_MAX
               : std::atoi(rule->shape.Priority.value_or("0").c_str());
  };
  std::ranges::sort(result, {}, rank);
  return result;
}

std::string target_key(const std::string& group, const std::string& ip, int port) {
  return fmt::format("{}|{}:{}", group, ip, port);
}

std::string listener_prefix(const std::string& balancer) {
  return replaced(balancer, ":loadbalancer/", ":listener/") + "/";
}
std::string rule_prefix(const std::string& listener) {
  return replaced(listener, ":listener/", ":listener-rule/") + "/";
}
std::string balancer_of_listener(const std::string& listener) {
  return without_last_part(replaced(listener, ":listener/", ":loadbalancer/"));
}
std::string listener_of_rule(const std::string& rule) {
  return without_last_part(replaced(rule, ":listener-rule/", ":listener/"));
}

std::string region_of(const std::string& arn) {
  const auto parsed = parse_arn(arn);
  return parsed ? parsed->region : "";
}

std::string dimension_of(const std::string& arn) {
  const auto resource = arn.substr(arn.rfind(':') + 1);
  constexpr std::string_view kBalancer = "loadbalancer/";
  return resource.starts_with(kBalancer) ? resource.substr(kBalancer.size()) : resource;
}

std::string proxy_name(const std::string& arn) {
  const auto id = arn.rfind('/');
  const auto name = arn.rfind('/', id - 1);
  return arn.substr(name + 1, id - name - 1) + "." + arn.substr(id + 1);
}

}  // namespace seatrial::services::elbv2
