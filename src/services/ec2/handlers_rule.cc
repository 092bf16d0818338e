// Rules of security groups: authorize, revoke, describe. A request's rules are all taken or none.
#include <algorithm>

#include "services/ec2/errors.h"
#include "services/ec2/layout.h"
#include "services/ec2/service.h"

namespace seatrial::services::ec2 {
namespace {

constexpr std::string_view kRuleFilters[] = {"group-id", "security-group-rule-id",
                                             "tag:", "tag-key"};

// The parameters from before IpPermissions; they say one permission.
template <class Request>
std::optional<api::IpPermission> older_form(const Request& request) {
  if (!request.IpProtocol && !request.CidrIp && !request.SourceSecurityGroupName &&
      !request.SourceSecurityGroupOwnerId && !request.FromPort && !request.ToPort) {
    return std::nullopt;
  }
  api::IpPermission permission;
  permission.IpProtocol = request.IpProtocol;
  if (request.SourceSecurityGroupName && !request.IpProtocol) permission.IpProtocol = "-1";
  permission.FromPort = request.FromPort;
  permission.ToPort = request.ToPort;
  if (request.CidrIp) permission.IpRanges.push_back({std::nullopt, request.CidrIp});
  if (request.SourceSecurityGroupName) {
    auto& pair = permission.UserIdGroupPairs.emplace_back();
    pair.GroupName = request.SourceSecurityGroupName;
    pair.UserId = request.SourceSecurityGroupOwnerId;
  }
  return permission;
}

std::size_t count_of(const GroupRecord& group, bool egress) {
  return static_cast<std::size_t>(std::ranges::count_if(
      group.rules, [&](const api::SecurityGroupRule& rule) { return rule.IsEgress == egress; }));
}

auto find_rule(GroupRecord& group, const RuleSpec& spec) {
  return std::ranges::find_if(
      group.rules, [&](const api::SecurityGroupRule& rule) { return spec_of(rule).same_as(spec); });
}

api::RevokedSecurityGroupRule revoked(const api::SecurityGroupRule& rule) {
  api::RevokedSecurityGroupRule out;
  out.SecurityGroupRuleId = rule.SecurityGroupRuleId;
  out.GroupId = rule.GroupId;
  out.IsEgress = rule.IsEgress;
  out.IpProtocol = rule.IpProtocol;
  out.FromPort = rule.FromPort;
  out.ToPort = rule.ToPort;
  out.CidrIpv4 = rule.CidrIpv4;
  out.CidrIpv6 = rule.CidrIpv6;
  if (rule.ReferencedGroupInfo) out.ReferencedGroupId = rule.ReferencedGroupInfo->GroupId;
  out.Description = rule.Description;
  return out;
}

}  // namespace

room::Outcome<api::IpPermission> Ec2::resolve_groups(const std::string& region,
                                                     api::IpPermission permission) const {
  for (auto& pair : permission.UserIdGroupPairs) {
    if (pair.VpcPeeringConnectionId || pair.PeeringStatus) {
      return invalid_parameter("VPC peering is not served here: remove VpcPeeringConnectionId.");
    }
    if (pair.UserId && pair.UserId != env_.account) {
      return group_not_found(*pair.UserId + "/" +
                             pair.GroupId.value_or(pair.GroupName.value_or("")));
    }
    const auto peer = group_of(region, pair.GroupId, pair.GroupName);
    if (!peer) return std::unexpected(peer.error());
    pair.GroupId = peer->shape.GroupId;
  }
  return permission;
}

template <class Request>
room::Outcome<std::vector<RuleSpec>> Ec2::requested_rules(const Context& context,
                                                          const Request& request,
                                                          bool egress) const {
  std::vector<api::IpPermission> permissions = request.IpPermissions;
  if (const auto older = older_form(request)) {
    if (egress) {
      return model::fail("InvalidParameterCombination",
                         "Outbound rules are named by ipPermissions only, not by ipProtocol, "
                         "fromPort, toPort, cidrIp or sourceSecurityGroupName");
    }
    if (request.CidrIp && request.SourceSecurityGroupName) {
      return model::fail("InvalidParameterCombination",
                         "The parameters cidrIp and sourceSecurityGroupName may not be used "
                         "together");
    }
    if (!permissions.empty()) {
      return model::fail("InvalidParameterCombination",
                         "The parameter ipPermissions may not be used together with ipProtocol, "
                         "cidrIp or sourceSecurityGroupName");
    }
    permissions.push_back(*older);
  }
  std::vector<RuleSpec> all;
  for (const auto& permission : permissions) {
    auto resolved = resolve_groups(context.region, permission);
    if (!resolved) return std::unexpected(resolved.error());
    auto specs = specs_of(*resolved, egress);
    if (!specs) return std::unexpected(specs.error());
    for (auto& spec : *specs) {
      if (std::ranges::any_of(all, [&](const RuleSpec& other) { return other.same_as(spec); })) {
        return invalid_parameter("The same permission must not appear multiple times");
      }
      all.push_back(std::move(spec));
    }
  }
  return all;
}

template <class Result, class Request>
room::Outcome<Result> Ec2::authorize(Context& context, const Request& request, GroupRecord group,
                                     bool egress) {
  const auto specs = requested_rules(context, request, egress);
  if (!specs) return std::unexpected(specs.error());
  if (specs->empty()) return missing_parameter("ipPermissions");
  const auto tags = tags_for(request.TagSpecifications, "security-group-rule");
  if (!tags) return std::unexpected(tags.error());
  Result reply;
  reply.Return = true;
  for (const auto& spec : *specs) {
    if (find_rule(group, spec) != group.rules.end()) {
      return model::fail("InvalidPermission.Duplicate",
                         "the specified rule \"" + spec.text() + "\" already exists");
    }
    if (count_of(group, egress) >= kRulesPerDirection) {
      return model::fail("RulesPerSecurityGroupLimitExceeded",
                         "The maximum number of rules per security group has been reached.");
    }
    auto rule = make_rule(spec, new_id("sgr-"), group.shape, context.region);
    group.rules.push_back(rule);
    if (auto ok = add_tags(context.region, *rule.SecurityGroupRuleId, *tags); !ok) {
      return std::unexpected(ok.error());
    }
    rule.Tags = *tags;
    reply.SecurityGroupRules.push_back(std::move(rule));
  }
  put_group(context.region, std::move(group));
  return reply;
}

template <class Result, class Request>
room::Outcome<Result> Ec2::revoke(Context& context, const Request& request, GroupRecord group,
                                  bool egress) {
  const auto specs = requested_rules(context, request, egress);
  if (!specs) return std::unexpected(specs.error());
  if (specs->empty() && request.SecurityGroupRuleIds.empty()) {
    return missing_parameter("ipPermissions or securityGroupRuleIds");
  }
  if (!specs->empty() && !request.SecurityGroupRuleIds.empty()) {
    return model::fail("InvalidParameterCombination",
                       "The parameters ipPermissions and securityGroupRuleIds may not be used "
                       "together");
  }
  Result reply;
  reply.Return = true;
  reply.UnknownIpPermissions.given = true;
  const auto remove = [&](auto rule) {
    reply.RevokedSecurityGroupRules.push_back(revoked(*rule));
    tables_.tags.erase(context.key(*rule->SecurityGroupRuleId));
    group.rules.erase(rule);
  };
  for (const auto& id : request.SecurityGroupRuleIds) {
    if (!id.starts_with("sgr-")) return rule_id_malformed(id);
    const auto rule =
        std::ranges::find(group.rules, id, &api::SecurityGroupRule::SecurityGroupRuleId);
    if (rule == group.rules.end() || rule->IsEgress != egress) return rule_not_found(id);
    remove(rule);
  }
  for (const auto& spec : *specs) {
    const auto rule = find_rule(group, spec);
    if (rule == group.rules.end()) {
      return model::fail("InvalidPermission.NotFound",
                         "The specified rule does not exist in this security group.");
    }
    remove(rule);
  }
  put_group(context.region, std::move(group));
  return reply;
}

room::Outcome<api::AuthorizeSecurityGroupIngressResult> Ec2::authorize_security_group_ingress(
    Context& context, const api::AuthorizeSecurityGroupIngressRequest& request) {
  const auto group = group_of(context.region, request.GroupId, request.GroupName);
  if (!group) return std::unexpected(group.error());
  return authorize<api::AuthorizeSecurityGroupIngressResult>(context, request, *group, false);
}

room::Outcome<api::AuthorizeSecurityGroupEgressResult> Ec2::authorize_security_group_egress(
    Context& context, const api::AuthorizeSecurityGroupEgressRequest& request) {
  const auto group = group_of(context.region, request.GroupId, std::nullopt);
  if (!group) return std::unexpected(group.error());
  return authorize<api::AuthorizeSecurityGroupEgressResult>(context, request, *group, true);
}

room::Outcome<api::RevokeSecurityGroupIngressResult> Ec2::revoke_security_group_ingress(
    Context& context, const api::RevokeSecurityGroupIngressRequest& request) {
  const auto group = group_of(context.region, request.GroupId, request.GroupName);
  if (!group) return std::unexpected(group.error());
  return revoke<api::RevokeSecurityGroupIngressResult>(context, request, *group, false);
}

room::Outcome<api::RevokeSecurityGroupEgressResult> Ec2::revoke_security_group_egress(
    Context& context, const api::RevokeSecurityGroupEgressRequest& request) {
  const auto group = group_of(context.region, request.GroupId, std::nullopt);
  if (!group) return std::unexpected(group.error());
  return revoke<api::RevokeSecurityGroupEgressResult>(context, request, *group, true);
}

room::Outcome<api::DescribeSecurityGroupRulesResult> Ec2::describe_security_group_rules(
    Context& context, const api::DescribeSecurityGroupRulesRequest& request) {
  if (auto ok = check_filters(request.Filters, kRuleFilters); !ok)
    return std::unexpected(ok.error());
  for (const auto& id : request.SecurityGroupRuleIds) {
    if (!id.starts_with("sgr-")) return rule_id_malformed(id);
    if (type_of(context.region, id) != "security-group-rule") return rule_not_found(id);
  }
  std::vector<api::SecurityGroupRule> found;
  for (const auto& group : groups(context.region)) {
    for (auto rule : group.rules) {
      const auto& ids = request.SecurityGroupRuleIds;
      if (!ids.empty() && std::ranges::count(ids, *rule.SecurityGroupRuleId) == 0) continue;
      rule.Tags = tags_of(context.region, *rule.SecurityGroupRuleId);
      const bool wanted =
          matches(request.Filters, rule.Tags, [&](std::string_view filter) -> Values {
            return {filter == "group-id" ? *rule.GroupId : *rule.SecurityGroupRuleId};
          });
      if (wanted) found.push_back(std::move(rule));
    }
  }
  const auto id_of = [](const api::SecurityGroupRule& rule) { return *rule.SecurityGroupRuleId; };
  std::ranges::sort(found, {}, id_of);
  using Result = api::DescribeSecurityGroupRulesResult;
  return page(request, Result{}, &Result::SecurityGroupRules, std::move(found), id_of);
}

}  // namespace seatrial::services::ec2
