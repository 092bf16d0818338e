// Security groups. Their rules are in handlers_rule.cc.
#include <algorithm>
#include <cctype>

#include "services/ec2/errors.h"
#include "services/ec2/layout.h"
#include "services/ec2/service.h"

namespace seatrial::services::ec2 {
namespace {

constexpr std::string_view kGroupFilters[] = {"description",
                                              "group-id",
                                              "group-name",
                                              "owner-id",
                                              "tag:",
                                              "tag-key",
                                              "vpc-id",
                                              "ip-permission.cidr",
                                              "ip-permission.from-port",
                                              "ip-permission.group-id",
                                              "ip-permission.group-name",
                                              "ip-permission.ipv6-cidr",
                                              "ip-permission.protocol",
                                              "ip-permission.to-port",
                                              "ip-permission.user-id",
                                              "egress.ip-permission.cidr",
                                              "egress.ip-permission.from-port",
                                              "egress.ip-permission.group-id",
                                              "egress.ip-permission.group-name",
                                              "egress.ip-permission.ipv6-cidr",
                                              "egress.ip-permission.protocol",
                                              "egress.ip-permission.to-port",
                                              "egress.ip-permission.user-id"};

constexpr std::size_t kMaxTextLength = 255;

bool allowed_text(std::string_view text) {
  constexpr std::string_view kMore = " ._-:/()#,@[]+=&;{}!$*";
  return text.size() <= kMaxTextLength && std::ranges::all_of(text, [&](unsigned char c) {
           return std::isalnum(c) != 0 || kMore.find(static_cast<char>(c)) != kMore.npos;
         });
}

model::Outcome<void> check_texts(const api::CreateSecurityGroupRequest& request) {
  constexpr const char* kSet =
      "Valid descriptions are strings less than 256 characters from the following set:  a-zA-Z0-9. "
      "_-:/()#,@[]+=&;{}!$*";
  if (request.Description.empty()) return missing_parameter("GroupDescription");
  if (!allowed_text(request.Description)) {
    return invalid_parameter(std::string("Invalid security group description. ") + kSet);
  }
  if (request.GroupName.empty()) return missing_parameter("groupName");
  if (request.GroupName.starts_with("sg-")) {
    return invalid_parameter("Invalid group name. Group names may not be in the format sg-*.");
  }
  if (!allowed_text(request.GroupName)) {
    return invalid_parameter("Invalid value '" + request.GroupName + "' for groupName. " + kSet);
  }
  if (request.GroupName == "default") {
    return invalid_parameter("Cannot use reserved security group name: default");
  }
  return {};
}

Values rule_values(const GroupRecord& group, std::string_view name, bool egress,
                   const std::function<std::string(const std::string&)>& group_name) {
  Values values;
  for (const auto& rule : group.rules) {
    const RuleSpec spec = spec_of(rule);
    if (spec.egress != egress) continue;
    if (name == "cidr") values.push_back(spec.cidr_v4);
    if (name == "ipv6-cidr") values.push_back(spec.cidr_v6);
    if (name == "protocol") values.push_back(spec.protocol);
    if (name == "group-id") values.push_back(spec.group_id);
    if (name == "group-name" && !spec.group_id.empty()) values.push_back(group_name(spec.group_id));
    if (name == "user-id" && !spec.group_id.empty()) values.push_back(*rule.GroupOwnerId);
    if (name == "from-port" && spec.protocol != "-1")
      values.push_back(std::to_string(spec.from_port));
    if (name == "to-port" && spec.protocol != "-1") values.push_back(std::to_string(spec.to_port));
  }
  std::erase(values, "");
  return values;
}

Values group_values(const GroupRecord& record, std::string_view filter,
                    const std::function<std::string(const std::string&)>& group_name) {
  constexpr std::string_view kIngress = "ip-permission.", kEgress = "egress.ip-permission.";
  if (filter.starts_with(kIngress)) {
    return rule_values(record, filter.substr(kIngress.size()), false, group_name);
  }
  if (filter.starts_with(kEgress)) {
    return rule_values(record, filter.substr(kEgress.size()), true, group_name);
  }
  const auto& group = record.shape;
  if (filter == "description") return {*group.Description};
  if (filter == "group-id") return {*group.GroupId};
  if (filter == "group-name") return {*group.GroupName};
  if (filter == "owner-id") return {*group.OwnerId};
  return {*group.VpcId};
}

}  // namespace

api::SecurityGroup Ec2::shown(const std::string& region, const GroupRecord& record) const {
  api::SecurityGroup group = record.shape;
  group.IpPermissions = permissions_of(record.rules, false);
  group.IpPermissionsEgress = permissions_of(record.rules, true);
  group.Tags = tags_of(region, *group.GroupId);
  return group;
}

room::Outcome<api::CreateSecurityGroupResult> Ec2::create_security_group(
    Context& context, const api::CreateSecurityGroupRequest& request) {
  if (auto ok = check_texts(request); !ok) return std::unexpected(ok.error());
  const std::string vpc = request.VpcId.value_or(kDefaultVpc);
  if (!vpc_exists(context.region, vpc)) return vpc_not_found(vpc);
  const auto all = groups(context.region);
  if (all.size() >= kGroupsPerRegion) {
    return model::fail("SecurityGroupLimitExceeded",
                       "The maximum number of security groups for this region has been reached.");
  }
  for (const auto& other : all) {
    if (other.shape.GroupName == request.GroupName) {
      return model::fail("InvalidGroup.Duplicate", "The security group '" + request.GroupName +
                                                       "' already exists for VPC '" + vpc + "'");
    }
  }
  const auto tags = tags_for(request.TagSpecifications, "security-group");
  if (!tags) return std::unexpected(tags.error());
  GroupRecord record;
  api::SecurityGroup& group = record.shape;
  group.GroupId = new_id("sg-");
  group.GroupName = request.GroupName;
  group.Description = request.Description;
  group.VpcId = vpc;
  group.OwnerId = env_.account;
  group.SecurityGroupArn = context.arn("ec2", "security-group/" + *group.GroupId).text();
  RuleSpec to_all;
  to_all.egress = true;
  to_all.cidr_v4 = "0.0.0.0/0";
  record.rules.push_back(make_rule(to_all, new_id("sgr-"), group, context.region));
  api::CreateSecurityGroupResult reply;
  reply.GroupId = group.GroupId;
  reply.SecurityGroupArn = group.SecurityGroupArn;
  reply.Tags = *tags;
  if (auto ok = add_tags(context.region, *group.GroupId, *tags); !ok) {
    return std::unexpected(ok.error());
  }
  put_group(context.region, std::move(record));
  return reply;
}

room::Outcome<api::DeleteSecurityGroupResult> Ec2::delete_security_group(
    Context& context, const api::DeleteSecurityGroupRequest& request) {
  const auto group = group_of(context.region, request.GroupId, request.GroupName);
  if (!group) return std::unexpected(group.error());
  const std::string id = *group->shape.GroupId;
  if (id == kDefaultGroup) {
    return model::fail("CannotDelete", "the specified group: \"" + id +
                                           "\" name: \"default\" cannot be deleted by a user");
  }
  for (const auto& other : groups(context.region)) {
    if (other.shape.GroupId == id) continue;
    for (const auto& rule : other.rules) {
      if (spec_of(rule).group_id != id) continue;
      return model::fail("DependencyViolation", "resource " + id + " has a dependent object");
    }
  }
  for (const auto& rule : group->rules) {
    tables_.tags.erase(context.key(*rule.SecurityGroupRuleId));
  }
  tables_.tags.erase(context.key(id));
  tables_.groups.erase(context.key(id));
  api::DeleteSecurityGroupResult reply;
  reply.Return = true;
  reply.GroupId = id;
  return reply;
}

room::Outcome<api::DescribeSecurityGroupsResult> Ec2::describe_security_groups(
    Context& context, const api::DescribeSecurityGroupsRequest& request) {
  if (auto ok = check_filters(request.Filters, kGroupFilters); !ok)
    return std::unexpected(ok.error());
  for (const auto& id : request.GroupIds) {
    if (auto group = group_by_id(context.region, id); !group) return std::unexpected(group.error());
  }
  for (const auto& name : request.GroupNames) {
    if (auto group = group_of(context.region, {}, name); !group) {
      return std::unexpected(group.error());
    }
  }
  const auto group_name = [&](const std::string& id) {
    const auto group = group_by_id(context.region, id);
    return group ? *group->shape.GroupName : std::string();
  };
  const bool all = request.GroupIds.empty() && request.GroupNames.empty();
  std::vector<api::SecurityGroup> found;
  for (const auto& record : groups(context.region)) {
    const bool asked = all || std::ranges::count(request.GroupIds, *record.shape.GroupId) > 0 ||
                       std::ranges::count(request.GroupNames, *record.shape.GroupName) > 0;
    const auto values = [&](auto filter) { return group_values(record, filter, group_name); };
    if (!asked ||
        !matches(request.Filters, tags_of(context.region, *record.shape.GroupId), values)) {
      continue;
    }
    found.push_back(shown(context.region, record));
  }
  using Result = api::DescribeSecurityGroupsResult;
  return page(request, Result{}, &Result::SecurityGroups, std::move(found),
              [](const api::SecurityGroup& group) { return *group.GroupId; });
}

}  // namespace seatrial::services::ec2
