#include "services/ec2/service.h"

#include "services/ec2/errors.h"
#include "services/ec2/layout.h"

namespace seatrial::services::ec2 {

Ec2::Ec2(room::Env& env) : Room(env, "ec2"), tables_(env.store) {
  serve_op<api::DescribeVpcsOp, &Ec2::describe_vpcs>();
  serve_op<api::DescribeSubnetsOp, &Ec2::describe_subnets>();
  serve_op<api::DescribeAvailabilityZonesOp, &Ec2::describe_availability_zones>();
  serve_op<api::DescribeRegionsOp, &Ec2::describe_regions>();
  serve_op<api::CreateSecurityGroupOp, &Ec2::create_security_group>();
  serve_op<api::DeleteSecurityGroupOp, &Ec2::delete_security_group>();
  serve_op<api::DescribeSecurityGroupsOp, &Ec2::describe_security_groups>();
  serve_op<api::DescribeSecurityGroupRulesOp, &Ec2::describe_security_group_rules>();
  serve_op<api::AuthorizeSecurityGroupIngressOp, &Ec2::authorize_security_group_ingress>();
  serve_op<api::AuthorizeSecurityGroupEgressOp, &Ec2::authorize_security_group_egress>();
  serve_op<api::RevokeSecurityGroupIngressOp, &Ec2::revoke_security_group_ingress>();
  serve_op<api::RevokeSecurityGroupEgressOp, &Ec2::revoke_security_group_egress>();
  serve_op<api::CreateVpcEndpointOp, &Ec2::create_vpc_endpoint>();
  serve_op<api::DescribeVpcEndpointsOp, &Ec2::describe_vpc_endpoints>();
  serve_op<api::DeleteVpcEndpointsOp, &Ec2::delete_vpc_endpoints>();
  serve_op<api::CreateTagsOp, &Ec2::create_tags>();
  serve_op<api::DeleteTagsOp, &Ec2::delete_tags>();
  serve_op<api::DescribeTagsOp, &Ec2::describe_tags>();
}

std::vector<Subnet> Ec2::default_subnets(const std::string& region) {
  std::vector<Subnet> subnets;
  for (const auto& shape : subnet_shapes(region, env_.account)) {
    subnets.push_back({*shape.SubnetId, *shape.VpcId, *shape.AvailabilityZone, *shape.CidrBlock});
  }
  return subnets;
}

std::optional<Subnet> Ec2::subnet(const std::string& region, const std::string& id) {
  for (auto& subnet : default_subnets(region)) {
    if (subnet.id == id) return subnet;
  }
  return std::nullopt;
}

bool Ec2::vpc_exists(const std::string&, const std::string& id) { return id == kDefaultVpc; }
std::string Ec2::default_vpc(const std::string&) { return kDefaultVpc; }
std::string Ec2::default_security_group(const std::string&) { return kDefaultGroup; }

bool Ec2::security_group_exists(const std::string& region, const std::string& id) {
  return group_by_id(region, id).has_value();
}

std::vector<GroupRecord> Ec2::groups(const std::string& region) const {
  std::vector<GroupRecord> all;
  for (const auto& [key, record] : tables_.groups.with_prefix(region + "/")) all.push_back(record);
  if (!tables_.groups.contains(region + "/" + kDefaultGroup)) {
    all.push_back(default_group(region, env_.account));
  }
  std::ranges::sort(all, {}, [](const GroupRecord& record) { return *record.shape.GroupId; });
  return all;
}

room::Outcome<GroupRecord> Ec2::group_by_id(const std::string& region,
                                            const std::string& id) const {
  if (const GroupRecord* record = tables_.groups.find(region + "/" + id)) return *record;
  if (id == kDefaultGroup) return default_group(region, env_.account);
  if (!id.starts_with("sg-")) {
    return model::fail("InvalidGroupId.Malformed",
                       "Invalid id: \"" + id + "\" (expecting \"sg-...\")");
  }
  return group_not_found(id);
}

room::Outcome<GroupRecord> Ec2::group_of(const std::string& region,
                                         const std::optional<std::string>& id,
                                         const std::optional<std::string>& name) const {
  if (id && !id->empty()) return group_by_id(region, *id);
  if (!name || name->empty()) return missing_parameter("groupName or groupId");
  for (auto& record : groups(region)) {
    if (record.shape.GroupName == name) return record;
  }
  return model::fail(
      "InvalidGroup.NotFound",
      "The security group '" + *name + "' does not exist in default VPC '" + kDefaultVpc + "'");
}

void Ec2::put_group(const std::string& region, GroupRecord record) {
  const std::string key = region + "/" + *record.shape.GroupId;
  tables_.groups.put(key, std::move(record));
}

}  // namespace seatrial::services::ec2
