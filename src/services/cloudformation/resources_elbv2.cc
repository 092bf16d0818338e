// AWS::ElasticLoadBalancingV2::LoadBalancer, TargetGroup, Listener, ListenerRule.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ElasticLoadBalancingV2.html
#include "services/cloudformation/resource_type.h"

namespace seatrial::services::cloudformation {
namespace {

constexpr std::string_view kElb = "elbv2";

Attempt<void> update_tags(ApiCaller& api, const std::string& arn, const Value& before,
                          const Value& after) {
  const TagChange change = tag_change(before, after, "Key", "Value");
  if (!change.set.empty())
    if (auto r =
            api.call(kElb, "AddTags", Object{{"ResourceArns", Array{arn}}, {"Tags", change.set}});
        !r)
      return std::unexpected(r.error());
  if (!change.removed.empty())
    if (auto r = api.call(kElb, "RemoveTags",
                          Object{{"ResourceArns", Array{arn}}, {"TagKeys", change.removed}});
        !r)
      return std::unexpected(r.error());
  return {};
}

// Attributes come as a list of {Key, Value} in both worlds; a removed one keeps its value.
Attempt<void> set_attributes(ApiCaller& api, std::string_view operation,
                             std::string_view arn_member, const std::string& arn,
                             const Array& attributes) {
  if (attributes.empty()) return {};
  auto input = map_properties({kElb, operation, {}, {}}, Object{{"Attributes", attributes}});
  if (!input) return std::unexpected(input.error());
  input->get_object()[arn_member] = arn;
  if (auto r = api.call(kElb, operation, std::move(*input)); !r) return std::unexpected(r.error());
  return {};
}

std::string after_marker(const std::string& arn, std::string_view marker) {
  const auto at = arn.find(marker);
  return at == std::string::npos ? "" : arn.substr(at + marker.size());
}

Attempt<Value> first_described(ApiCaller& api, std::string_view operation, std::string_view list,
                               Value input) {
  auto reply = api.call(kElb, operation, std::move(input));
  if (!reply && reply.error().not_found()) return Value();
  if (!reply) return std::unexpected(reply.error());
  const Array found = list_of(*reply, list);
  return found.empty() ? Value() : found[0];
}

// ---- load balancer

Physical balancer_physical(const Value& lb) {
  const std::string arn = text_of(lb, "LoadBalancerArn");
  return {arn, Object{{"LoadBalancerArn", arn},
                      {"DNSName", text_of(lb, "DNSName")},
                      {"LoadBalancerName", text_of(lb, "LoadBalancerName")},
                      {"LoadBalancerFullName", after_marker(arn, ":loadbalancer/")},
                      {"CanonicalHostedZoneID", text_of(lb, "CanonicalHostedZoneId")},
                      {"SecurityGroups", list_of(lb, "SecurityGroups")}}};
}

Attempt<std::optional<Physical>> find_balancer(ApiCaller& api, const Request& r) {
  auto lb = first_described(api, "DescribeLoadBalancers", "LoadBalancers",
                            Object{{"Names", Array{text_of(r.properties, "Name")}}});
  if (!lb) return std::unexpected(lb.error());
  if (lb->is_null()) return std::nullopt;
  return balancer_physical(*lb);
}

Attempt<Physical> create_balancer(ApiCaller& api, const Request& r) {
  auto input =
      map_properties({kElb, "CreateLoadBalancer", {}, {"LoadBalancerAttributes"}}, r.properties);
  if (!input) return std::unexpected(input.error());
  auto reply = api.call(kElb, "CreateLoadBalancer", std::move(*input));
  if (!reply) return std::unexpected(reply.error());
  const Array made = list_of(*reply, "LoadBalancers");
  ST_CHECK(!made.empty(), "CreateLoadBalancer answered no load balancer");
  return balancer_physical(made[0]);
}

Attempt<void> configure_balancer(ApiCaller& api, const Physical& p, const Value& properties) {
  return set_attributes(api, "ModifyLoadBalancerAttributes", "LoadBalancerArn", p.id,
                        list_of(properties, "LoadBalancerAttributes"));
}

Attempt<bool> balancer_settled(ApiCaller& api, Physical& p, const Value&) {
  auto lb = first_described(api, "DescribeLoadBalancers", "LoadBalancers",
                            Object{{"LoadBalancerArns", Array{p.id}}});
  if (!lb) return std::unexpected(lb.error());
  if (lb->is_null())
    return refuse("NotFound",
                  fmt::format("Resource of type 'AWS::ElasticLoadBalancingV2::LoadBalancer' with "
                              "identifier '{}' was not found.",
                              p.id));
  const std::string_view state = text_member(member_of(*lb, "State"), "Code");
  if (state == "failed")
    return refuse("NotStabilized",
                  fmt::format("Resource handler returned message: \"The load balancer failed: {}\"",
                              text_of(member_of(*lb, "State"), "Reason")));
  p.attributes = balancer_physical(*lb).attributes;
  return state != "provisioning";
}

Attempt<void> update_balancer(ApiCaller& api, const Physical& p, const Value& before,
                              const Value& after) {
  if (auto r = cannot_change("AWS::ElasticLoadBalancingV2::LoadBalancer", before, after,
                             {"SecurityGroups", "Subnets", "SubnetMappings", "IpAddressType"});
      !r)
    return r;
  if (auto r = configure_balancer(api, p, after); !r) return r;
  return update_tags(api, p.id, before, after);
}

Attempt<void> remove_balancer(ApiCaller& api, const Physical& p, const Value&) {
  return api.erase(kElb, "DeleteLoadBalancer", Object{{"LoadBalancerArn", p.id}});
}

// ---- target group

Physical group_physical(const Value& group) {
  const std::string arn = text_of(group, "TargetGroupArn");
  return {arn, Object{{"TargetGroupArn", arn},
                      {"TargetGroupName", text_of(group, "TargetGroupName")},
                      {"TargetGroupFullName", "targetgroup/" + after_marker(arn, ":targetgroup/")},
                      {"LoadBalancerArns", list_of(group, "LoadBalancerArns")}}};
}

Attempt<std::optional<Physical>> find_group(ApiCaller& api, const Request& r) {
  auto group = first_described(api, "DescribeTargetGroups", "TargetGroups",
                               Object{{"Names", Array{text_of(r.properties, "Name")}}});
  if (!group) return std::unexpected(group.error());
  if (group->is_null()) return std::nullopt;
  return group_physical(*group);
}

Attempt<Physical> create_group(ApiCaller& api, const Request& r) {
  auto input = map_properties({kElb, "CreateTargetGroup", {}, {"TargetGroupAttributes", "Targets"}},
                              r.properties);
  if (!input) return std::unexpected(input.error());
  auto reply = api.call(kElb, "CreateTargetGroup", std::move(*input));
  if (!reply) return std::unexpected(reply.error());
  const Array made = list_of(*reply, "TargetGroups");
  ST_CHECK(!made.empty(), "CreateTargetGroup answered no target group");
  return group_physical(made[0]);
}

Attempt<void> move_targets(ApiCaller& api, std::string_view operation, const std::string& arn,
                           const Array& targets) {
  if (targets.empty()) return {};
  auto input = map_properties({kElb, operation, {}, {}}, Object{{"Targets", targets}});
  if (!input) return std::unexpected(input.error());
  input->get_object()["TargetGroupArn"] = arn;
  if (auto r = api.call(kElb, operation, std::move(*input)); !r) return std::unexpected(r.error());
  return {};
}

Attempt<void> configure_group(ApiCaller& api, const Physical& p, const Value& properties) {
  if (auto r = set_attributes(api, "ModifyTargetGroupAttributes", "TargetGroupArn", p.id,
                              list_of(properties, "TargetGroupAttributes"));
      !r)
    return r;
  return move_targets(api, "RegisterTargets", p.id, list_of(properties, "Targets"));
}

Attempt<void> update_group(ApiCaller& api, const Physical& p, const Value& before,
                           const Value& after) {
  Object checks;
  for (std::string_view name :
       {"HealthCheckEnabled", "HealthCheckIntervalSeconds", "HealthCheckPath", "HealthCheckPort",
        "HealthCheckProtocol", "HealthCheckTimeoutSeconds", "HealthyThresholdCount", "Matcher",
        "UnhealthyThresholdCount"})
    if (differs(before, after, name)) {
      if (!after.get_object().contains(name))
        if (auto r =
                cannot_change("AWS::ElasticLoadBalancingV2::TargetGroup", before, after, {name});
            !r)
          return r;
      checks[name] = member_of(after, name);
    }
  if (!checks.empty()) {
    auto input = map_properties({kElb, "ModifyTargetGroup", {}, {}}, checks);
    if (!input) return std::unexpected(input.error());
    input->get_object()["TargetGroupArn"] = p.id;
    if (auto r = api.call(kElb, "ModifyTargetGroup", std::move(*input)); !r)
      return std::unexpected(r.error());
  }
  const Array old_targets = list_of(before, "Targets"), new_targets = list_of(after, "Targets");
  if (auto r = move_targets(api, "DeregisterTargets", p.id, minus(old_targets, new_targets)); !r)
    return r;
  if (auto r = configure_group(api, p, after); !r) return r;
  return update_tags(api, p.id, before, after);
}

Attempt<void> remove_group(ApiCaller& api, const Physical& p, const Value&) {
  return api.erase(kElb, "DeleteTargetGroup", Object{{"TargetGroupArn", p.id}});
}

// ---- listener

Attempt<std::optional<Physical>> find_listener(ApiCaller& api, const Request& r) {
  auto reply = api.call(kElb, "DescribeListeners",
                        Object{{"LoadBalancerArn", text_of(r.properties, "LoadBalancerArn")}});
  if (!reply && reply.error().not_found()) return std::nullopt;
  if (!reply) return std::unexpected(reply.error());
  for (const Value& listener : list_of(*reply, "Listeners"))
    if (text_of(listener, "Port") == text_of(r.properties, "Port")) {
      const std::string arn = text_of(listener, "ListenerArn");
      return Physical{arn, Object{{"ListenerArn", arn}}};
    }
  return std::nullopt;
}

Attempt<Physical> create_listener(ApiCaller& api, const Request& r) {
  auto input = map_properties({kElb, "CreateListener", {}, {}}, r.properties);
  if (!input) return std::unexpected(input.error());
  auto reply = api.call(kElb, "CreateListener", std::move(*input));
  if (!reply) return std::unexpected(reply.error());
  const Array made = list_of(*reply, "Listeners");
  ST_CHECK(!made.empty(), "CreateListener answered no listener");
  const std::string arn = text_of(made[0], "ListenerArn");
  return Physical{arn, Object{{"ListenerArn", arn}}};
}

Attempt<void> update_listener(ApiCaller& api, const Physical& p, const Value& before,
                              const Value& after) {
  auto input = map_properties({kElb, "ModifyListener", {}, {"LoadBalancerArn", "Tags"}}, after);
  if (!input) return std::unexpected(input.error());
  input->get_object()["ListenerArn"] = p.id;
  if (auto r = api.call(kElb, "ModifyListener", std::move(*input)); !r)
    return std::unexpected(r.error());
  return update_tags(api, p.id, before, after);
}

Attempt<void> remove_listener(ApiCaller& api, const Physical& p, const Value&) {
  return api.erase(kElb, "DeleteListener", Object{{"ListenerArn", p.id}});
}

// ---- listener rule

Physical rule_physical(const Value& rule) {
  const std::string arn = text_of(rule, "RuleArn");
  return {arn, Object{{"RuleArn", arn}, {"IsDefault", text_of(rule, "IsDefault") == "true"}}};
}

Attempt<std::optional<Physical>> find_rule(ApiCaller& api, const Request& r) {
  auto reply = api.call(kElb, "DescribeRules",
                        Object{{"ListenerArn", text_of(r.properties, "ListenerArn")}});
  if (!reply && reply.error().not_found()) return std::nullopt;
  if (!reply) return std::unexpected(reply.error());
  for (const Value& rule : list_of(*reply, "Rules"))
    if (text_of(rule, "Priority") == text_of(r.properties, "Priority")) return rule_physical(rule);
  return std::nullopt;
}

Attempt<Physical> create_rule(ApiCaller& api, const Request& r) {
  auto input = map_properties({kElb, "CreateRule", {}, {}}, r.properties);
  if (!input) return std::unexpected(input.error());
  auto reply = api.call(kElb, "CreateRule", std::move(*input));
  if (!reply) return std::unexpected(reply.error());
  const Array made = list_of(*reply, "Rules");
  ST_CHECK(!made.empty(), "CreateRule answered no rule");
  return rule_physical(made[0]);
}

Attempt<void> update_rule(ApiCaller& api, const Physical& p, const Value& before,
                          const Value& after) {
  if (differs(before, after, "Priority")) {
    Value input =
        Object{{"RulePriorities",
                Array{Object{{"RuleArn", p.id}, {"Priority", member_of(after, "Priority")}}}}};
    auto mapped = map_properties({kElb, "SetRulePriorities", {}, {}}, input);
    if (!mapped) return std::unexpected(mapped.error());
    if (auto r = api.call(kElb, "SetRulePriorities", std::move(*mapped)); !r)
      return std::unexpected(r.error());
  }
  if (differs(before, after, "Actions") || differs(before, after, "Conditions")) {
    auto input =
        map_properties({kElb, "ModifyRule", {}, {"ListenerArn", "Priority", "Tags"}}, after);
    if (!input) return std::unexpected(input.error());
    input->get_object()["RuleArn"] = p.id;
    if (auto r = api.call(kElb, "ModifyRule", std::move(*input)); !r)
      return std::unexpected(r.error());
  }
  return update_tags(api, p.id, before, after);
}

Attempt<void> remove_rule(ApiCaller& api, const Physical& p, const Value&) {
  return api.erase(kElb, "DeleteRule", Object{{"RuleArn", p.id}});
}

}  // namespace

std::vector<ResourceType> elbv2_types() {
  using Tags = ResourceType::Tags;
  ResourceType balancer{
      .name = "AWS::ElasticLoadBalancingV2::LoadBalancer",
      .properties = {"IpAddressType", "LoadBalancerAttributes", "Name", "Scheme", "SecurityGroups",
                     "SubnetMappings", "Subnets", "Tags", "Type"},
      .name_property = "Name",
      .name_limit = 32,
      .tags = Tags::kList,
      .find = find_balancer,
      .create = create_balancer,
      .configure = configure_balancer,
      .settled = balancer_settled,
      .update = update_balancer,
      .remove = remove_balancer};
  ResourceType group{
      .name = "AWS::ElasticLoadBalancingV2::TargetGroup",
      .properties = {"HealthCheckEnabled", "HealthCheckIntervalSeconds", "HealthCheckPath",
                     "HealthCheckPort", "HealthCheckProtocol", "HealthCheckTimeoutSeconds",
                     "HealthyThresholdCount", "IpAddressType", "Matcher", "Name", "Port",
                     "Protocol", "ProtocolVersion", "Tags", "TargetGroupAttributes", "TargetType",
                     "Targets", "UnhealthyThresholdCount", "VpcId"},
      .name_property = "Name",
      .name_limit = 32,
      .tags = Tags::kList,
      .find = find_group,
      .create = create_group,
      .configure = configure_group,
      .update = update_group,
      .remove = remove_group};
  ResourceType listener{
      .name = "AWS::ElasticLoadBalancingV2::Listener",
      .properties = {"AlpnPolicy", "Certificates", "DefaultActions", "LoadBalancerArn",
                     "MutualAuthentication", "Port", "Protocol", "SslPolicy"},
      .required = {"DefaultActions", "LoadBalancerArn"},
      .find = find_listener,
      .create = create_listener,
      .update = update_listener,
      .remove = remove_listener};
  ResourceType rule{.name = "AWS::ElasticLoadBalancingV2::ListenerRule",
                    .properties = {"Actions", "Conditions", "ListenerArn", "Priority"},
                    .required = {"Actions", "Conditions", "ListenerArn", "Priority"},
                    .find = find_rule,
                    .create = create_rule,
                    .update = update_rule,
                    .remove = remove_rule};
  return {balancer, group, listener, rule};
}

}  // namespace seatrial::services::cloudformation
