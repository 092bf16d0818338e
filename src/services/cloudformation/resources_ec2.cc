// AWS::EC2::SecurityGroup, SecurityGroupIngress, SecurityGroupEgress, VPCEndpoint.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_EC2.html
#include "services/cloudformation/resource_type.h"

namespace seatrial::services::cloudformation {
namespace {

constexpr std::string_view kEc2 = "ec2";

struct Direction {
  std::string_view authorize, revoke;
  std::string_view peer_group, peer_list;  // how a template names the other side
};
constexpr Direction kIngress{"AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress",
                             "SourceSecurityGroupId", "SourcePrefixListId"};
constexpr Direction kEgress{"AuthorizeSecurityGroupEgress", "RevokeSecurityGroupEgress",
                            "DestinationSecurityGroupId", "DestinationPrefixListId"};

Object described(std::string_view key, const std::string& peer, const Value& rule) {
  Object out{{key, peer}};
  if (const std::string text = text_of(rule, "Description"); !text.empty())
    out["Description"] = text;
  return out;
}

// One rule of a template to one IpPermission.
Attempt<Value> permission(const Direction& way, const Value& rule) {
  static const std::set<std::string_view> kKnown = {"CidrIp",
                                                    "CidrIpv6",
                                                    "Description",
                                                    "FromPort",
                                                    "ToPort",
                                                    "IpProtocol",
                                                    "GroupId",
                                                    "SourceSecurityGroupId",
                                                    "SourceSecurityGroupName",
                                                    "SourceSecurityGroupOwnerId",
                                                    "SourcePrefixListId",
                                                    "DestinationSecurityGroupId",
                                                    "DestinationPrefixListId"};
  if (!rule.is_object())
    return refuse(
        "InvalidRequest",
        "Properties validation failed with message: a security group rule must be an object");
  for (const auto& member : rule.get_object()) {
    const std::string_view name{member.key().data(), member.key().size()};
    if (!kKnown.contains(name))
      return refuse("InvalidRequest",
                    fmt::format("Properties validation failed with message: extraneous key [{}] is "
                                "not permitted in a security group rule",
                                name));
  }
  Object out{{"IpProtocol", text_of(rule, "IpProtocol")}};
  for (std::string_view port : {"FromPort", "ToPort"}) {
    const std::string text = text_of(rule, port);
    if (text.empty()) continue;
    std::int64_t number = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (ec != std::errc{} || end != text.data() + text.size())
      return refuse("InvalidRequest", fmt::format("Properties validation failed with message: "
                                                  "#/{}: expected type: Number, found: String",
                                                  port));
    out[port] = number;
  }
  if (const auto cidr = text_of(rule, "CidrIp"); !cidr.empty())
    out["IpRanges"] = Array{described("CidrIp", cidr, rule)};
  if (const auto cidr = text_of(rule, "CidrIpv6"); !cidr.empty())
    out["Ipv6Ranges"] = Array{described("CidrIpv6", cidr, rule)};
  if (const auto list = text_of(rule, way.peer_list); !list.empty())
    out["PrefixListIds"] = Array{described("PrefixListId", list, rule)};
  Object pair;
  if (const auto group = text_of(rule, way.peer_group); !group.empty())
    pair = described("GroupId", group, rule);
  if (const auto group = text_of(rule, "SourceSecurityGroupName"); !group.empty())
    pair = described("GroupName", group, rule);
  if (const auto owner = text_of(rule, "SourceSecurityGroupOwnerId"); !owner.empty())
    pair["UserId"] = owner;
  if (!pair.empty()) out["UserIdGroupPairs"] = Array{pair};
  return Value(std::move(out));
}

Attempt<Array> permissions(const Direction& way, const Array& rules) {
  Array out;
  for (const Value& rule : rules) {
    auto one = permission(way, rule);
    if (!one) return std::unexpected(one.error());
    out.push_back(std::move(*one));
  }
  return out;
}

Attempt<Value> authorize(ApiCaller& api, const Direction& way, const std::string& group,
                         const Array& rules) {
  auto wanted = permissions(way, rules);
  if (!wanted) return std::unexpected(wanted.error());
  if (wanted->empty()) return Value(Object{});
  auto reply =
      api.call(kEc2, way.authorize, Object{{"GroupId", group}, {"IpPermissions", *wanted}});
  // Made by an attempt before a crash: the rule is there.
  if (!reply && reply.error().already_exists()) return Value(Object{});
  return reply;
}

Attempt<void> revoke(ApiCaller& api, const Direction& way, const std::string& group,
                     const Array& rules) {
  auto unwanted = permissions(way, rules);
  if (!unwanted) return std::unexpected(unwanted.error());
  if (unwanted->empty()) return {};
  return api.erase(kEc2, way.revoke, Object{{"GroupId", group}, {"IpPermissions", *unwanted}});
}

// ---- security group

Array specification(std::string_view resource, const Value& properties) {
  Array tags;
  for (const auto& [key, value] : tags_of(properties))
    tags.push_back(Object{{"Key", key}, {"Value", value}});
  if (tags.empty()) return {};
  return {Object{{"ResourceType", resource}, {"Tags", tags}}};
}

Attempt<std::optional<Physical>> find_security_group(ApiCaller& api, const Request& r) {
  Array filters{
      Object{{"Name", "group-name"}, {"Values", Array{text_of(r.properties, "GroupName")}}}};
  if (const auto vpc = text_of(r.properties, "VpcId"); !vpc.empty())
    filters.push_back(Object{{"Name", "vpc-id"}, {"Values", Array{vpc}}});
  auto reply = api.call(kEc2, "DescribeSecurityGroups", Object{{"Filters", filters}});
  if (!reply) return std::unexpected(reply.error());
  for (const Value& group : list_of(*reply, "SecurityGroups")) {
    const std::string id = text_of(group, "GroupId");
    return Physical{id, Object{{"GroupId", id}, {"Id", id}, {"VpcId", text_of(group, "VpcId")}}};
  }
  return std::nullopt;
}

Attempt<Physical> create_security_group(ApiCaller& api, const Request& r) {
  for (auto [way, list] :
       {std::pair{&kIngress, "SecurityGroupIngress"}, std::pair{&kEgress, "SecurityGroupEgress"}})
    if (auto fine = permissions(*way, list_of(r.properties, list)); !fine)
      return std::unexpected(fine.error());
  Object input{{"GroupName", text_of(r.properties, "GroupName")},
               {"Description", text_of(r.properties, "GroupDescription")}};
  if (const auto vpc = text_of(r.properties, "VpcId"); !vpc.empty()) input["VpcId"] = vpc;
  if (auto tags = specification("security-group", r.properties); !tags.empty())
    input["TagSpecifications"] = tags;
  auto reply = api.call(kEc2, "CreateSecurityGroup", std::move(input));
  if (!reply) return std::unexpected(reply.error());
  const std::string id = text_of(*reply, "GroupId");
  return Physical{id,
                  Object{{"GroupId", id}, {"Id", id}, {"VpcId", text_of(r.properties, "VpcId")}}};
}

// A group that lists egress rules has only those; otherwise the default one to everywhere stays.
Attempt<void> configure_security_group(ApiCaller& api, const Physical& p, const Value& properties) {
  const Array egress = list_of(properties, "SecurityGroupEgress");
  if (!egress.empty()) {
    const Array everywhere{Object{{"IpProtocol", "-1"}, {"CidrIp", "0.0.0.0/0"}}};
    if (minus(everywhere, egress) == everywhere)
      if (auto r = revoke(api, kEgress, p.id, everywhere); !r) return r;
  }
  for (const Value& rule : list_of(properties, "SecurityGroupIngress"))
    if (auto r = authorize(api, kIngress, p.id, {rule}); !r) return std::unexpected(r.error());
  for (const Value& rule : egress)
    if (auto r = authorize(api, kEgress, p.id, {rule}); !r) return std::unexpected(r.error());
  return {};
}

Attempt<bool> group_settled(ApiCaller& api, Physical& p, const Value&) {
  auto reply = api.call(kEc2, "DescribeSecurityGroups", Object{{"GroupIds", Array{p.id}}});
  if (!reply) return std::unexpected(reply.error());
  for (const Value& group : list_of(*reply, "SecurityGroups"))
    p.attributes["VpcId"] = text_of(group, "VpcId");
  return true;
}

Attempt<void> update_ec2_tags(ApiCaller& api, const std::string& id, const Value& before,
                              const Value& after) {
  const TagChange change = tag_change(before, after, "Key", "Value");
  if (!change.set.empty())
    if (auto r =
            api.call(kEc2, "CreateTags", Object{{"Resources", Array{id}}, {"Tags", change.set}});
        !r)
      return std::unexpected(r.error());
  Array keys;
  for (const Value& key : change.removed) keys.push_back(Object{{"Key", key}});
  if (!keys.empty())
    if (auto r = api.call(kEc2, "DeleteTags", Object{{"Resources", Array{id}}, {"Tags", keys}}); !r)
      return std::unexpected(r.error());
  return {};
}

Attempt<void> update_security_group(ApiCaller& api, const Physical& p, const Value& before,
                                    const Value& after) {
  for (auto [way, list] :
       {std::pair{&kIngress, "SecurityGroupIngress"}, std::pair{&kEgress, "SecurityGroupEgress"}}) {
    const Array old_rules = list_of(before, list), new_rules = list_of(after, list);
    if (way == &kEgress && old_rules.empty() != new_rules.empty())
      if (auto r = cannot_change("AWS::EC2::SecurityGroup", before, after, {"SecurityGroupEgress"});
          !r)
        return r;
    if (auto r = revoke(api, *way, p.id, minus(old_rules, new_rules)); !r) return r;
    for (const Value& rule : minus(new_rules, old_rules))
      if (auto r = authorize(api, *way, p.id, {rule}); !r) return std::unexpected(r.error());
  }
  return update_ec2_tags(api, p.id, before, after);
}

Attempt<void> remove_security_group(ApiCaller& api, const Physical& p, const Value&) {
  return api.erase(kEc2, "DeleteSecurityGroup", Object{{"GroupId", p.id}});
}

// ---- single rules

template <const Direction& way>
Attempt<Physical> create_security_rule(ApiCaller& api, const Request& r) {
  auto reply = authorize(api, way, text_of(r.properties, "GroupId"), {r.properties});
  if (!reply) return std::unexpected(reply.error());
  const Array rules = list_of(*reply, "SecurityGroupRules");
  const std::string id = rules.empty() ? "" : text_of(rules[0], "SecurityGroupRuleId");
  const std::string name =
      id.empty() ? fmt::format("{}|{}", text_of(r.properties, "GroupId"), r.token) : id;
  return Physical{name, Object{{"Id", name}}};
}

template <const Direction& way>
Attempt<void> remove_security_rule(ApiCaller& api, const Physical&, const Value& properties) {
  return revoke(api, way, text_of(properties, "GroupId"), {properties});
}

// ---- VPC endpoint

Attempt<Physical> create_endpoint(ApiCaller& api, const Request& r) {
  auto input = map_properties({kEc2, "CreateVpcEndpoint", {}, {"Tags"}}, r.properties);
  if (!input) return std::unexpected(input.error());
  input->get_object()["ClientToken"] = r.token;
  if (auto tags = specification("vpc-endpoint", r.properties); !tags.empty())
    input->get_object()["TagSpecifications"] = tags;
  auto reply = api.call(kEc2, "CreateVpcEndpoint", std::move(*input));
  if (!reply) return std::unexpected(reply.error());
  const std::string id = text_of(member_of(*reply, "VpcEndpoint"), "VpcEndpointId");
  return Physical{id, Object{{"Id", id}}};
}

Attempt<bool> endpoint_settled(ApiCaller& api, Physical& p, const Value&) {
  auto reply = api.call(kEc2, "DescribeVpcEndpoints", Object{{"VpcEndpointIds", Array{p.id}}});
  if (!reply) return std::unexpected(reply.error());
  for (const Value& endpoint : list_of(*reply, "VpcEndpoints")) {
    Array entries;
    for (const Value& entry : list_of(endpoint, "DnsEntries"))
      entries.emplace_back(text_of(entry, "HostedZoneId") + ":" + text_of(entry, "DnsName"));
    p.attributes["DnsEntries"] = entries;
    p.attributes["NetworkInterfaceIds"] = list_of(endpoint, "NetworkInterfaceIds");
    return text_member(endpoint, "State") != "pending";
  }
  return refuse(
      "NotFound",
      fmt::format("Resource of type 'AWS::EC2::VPCEndpoint' with identifier '{}' was not found.",
                  p.id));
}

Attempt<void> update_endpoint(ApiCaller& api, const Physical& p, const Value& before,
                              const Value& after) {
  if (auto r = cannot_change("AWS::EC2::VPCEndpoint", before, after,
                             {"PolicyDocument", "PrivateDnsEnabled", "RouteTableIds",
                              "SecurityGroupIds", "SubnetIds"});
      !r)
    return r;
  return update_ec2_tags(api, p.id, before, after);
}

Attempt<void> remove_endpoint(ApiCaller& api, const Physical& p, const Value&) {
  return api.erase(kEc2, "DeleteVpcEndpoints", Object{{"VpcEndpointIds", Array{p.id}}});
}

}  // namespace

std::vector<ResourceType> ec2_types() {
  ResourceType group{.name = "AWS::EC2::SecurityGroup",
                     .properties = {"GroupDescription", "GroupName", "SecurityGroupEgress",
                                    "SecurityGroupIngress", "Tags", "VpcId"},
                     .required = {"GroupDescription"},
                     .name_property = "GroupName",
                     .tags = ResourceType::Tags::kList,
                     .find = find_security_group,
                     .create = create_security_group,
                     .configure = configure_security_group,
                     .settled = group_settled,
                     .update = update_security_group,
                     .remove = remove_security_group};
  ResourceType ingress{
      .name = "AWS::EC2::SecurityGroupIngress",
      .properties = {"CidrIp", "CidrIpv6", "Description", "FromPort", "GroupId", "IpProtocol",
                     "SourcePrefixListId", "SourceSecurityGroupId", "SourceSecurityGroupName",
                     "SourceSecurityGroupOwnerId", "ToPort"},
      .required = {"GroupId", "IpProtocol"},
      .create = create_security_rule<kIngress>,
      .remove = remove_security_rule<kIngress>};
  ResourceType egress{
      .name = "AWS::EC2::SecurityGroupEgress",
      .properties = {"CidrIp", "CidrIpv6", "Description", "DestinationPrefixListId",
                     "DestinationSecurityGroupId", "FromPort", "GroupId", "IpProtocol", "ToPort"},
      .required = {"GroupId", "IpProtocol"},
      .create = create_security_rule<kEgress>,
      .remove = remove_security_rule<kEgress>};
  ResourceType endpoint{
      .name = "AWS::EC2::VPCEndpoint",
      .properties = {"PolicyDocument", "PrivateDnsEnabled", "RouteTableIds", "SecurityGroupIds",
                     "ServiceName", "SubnetIds", "Tags", "VpcEndpointType", "VpcId"},
      .required = {"ServiceName", "VpcId"},
      .tags = ResourceType::Tags::kList,
      .create = create_endpoint,
      .settled = endpoint_settled,
      .update = update_endpoint,
      .remove = remove_endpoint};
  return {group, ingress, egress, endpoint};
}

}  // namespace seatrial::services::cloudformation
