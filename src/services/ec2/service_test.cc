#include "services/ec2/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "room/testing.h"
#include "services/ec2/layout.h"

namespace seatrial::services::ec2 {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

Object filter(const char* name, const char* value) {
  return {{"Name", name}, {"Values", Array{value}}};
}
Object web_rule(int port = 80, const char* cidr = "0.0.0.0/0") {
  return {{"IpProtocol", "tcp"},
          {"FromPort", port},
          {"ToPort", port},
          {"IpRanges", Array{Object{{"CidrIp", cidr}}}}};
}
Object from_group(const std::string& id) {
  return {{"IpProtocol", "-1"}, {"UserIdGroupPairs", Array{Object{{"GroupId", id}}}}};
}
Array tag_spec(const char* type, const char* key, const char* value) {
  return {Object{{"ResourceType", type}, {"Tags", Array{Object{{"Key", key}, {"Value", value}}}}}};
}
std::string text(const Value& v, std::string_view name) {
  return std::string(text_member(v, name));
}

class Ec2Test : public testing::Test {
 protected:
  Ec2Test() { world.add(*ec2); }
  Value ok(std::string_view operation, Value input = Object{}) {
    auto reply = world.call("ec2", operation, std::move(input));
    EXPECT_TRUE(reply) << operation << ": " << (reply ? "" : reply.error().message);
    return reply.value_or(Value(Object{}));
  }
  model::AwsError refused(std::string_view operation, Value input) {
    auto reply = world.call("ec2", operation, std::move(input));
    EXPECT_FALSE(reply) << operation << " was not refused";
    return reply ? model::AwsError{} : reply.error();
  }
  // The replies' list, its items by their ids.
  std::vector<std::string> ids(std::string_view operation, const char* list, const char* id,
                               Value input = Object{}) {
    std::vector<std::string> out;
    const Value reply = ok(operation, std::move(input));
    for (const auto& item : reply.at(list).as_array()) out.push_back(text(item, id));
    return out;
  }
  std::vector<std::string> groups(Array filters) {
    return ids("DescribeSecurityGroups", "SecurityGroups", "GroupName", {{"Filters", filters}});
  }
  std::string make_group(const char* name) {
    return text(ok("CreateSecurityGroup", {{"GroupName", name}, {"Description", "for a test"}}),
                "GroupId");
  }
  Value group(const std::string& id) {
    return ok("DescribeSecurityGroups", {{"GroupIds", Array{id}}}).at("SecurityGroups").at(0);
  }
  Value authorize(const std::string& id, Array permissions) {
    return ok("AuthorizeSecurityGroupIngress", {{"GroupId", id}, {"IpPermissions", permissions}});
  }
  void reopen() {
    ec2.reset();
    world.store->flush();
    ec2 = std::make_unique<Ec2>(*world.env);
    world.add(*ec2);
  }

  room::TestWorld world;
  std::unique_ptr<Ec2> ec2 = std::make_unique<Ec2>(*world.env);
};

TEST_F(Ec2Test, ServesExactlyWhatTheListSays) {
  const std::set<std::string> expected = {"DescribeVpcs",
                                          "DescribeSubnets",
                                          "DescribeAvailabilityZones",
                                          "DescribeRegions",
                                          "CreateSecurityGroup",
                                          "DeleteSecurityGroup",
                                          "DescribeSecurityGroups",
                                          "DescribeSecurityGroupRules",
                                          "AuthorizeSecurityGroupIngress",
                                          "AuthorizeSecurityGroupEgress",
                                          "RevokeSecurityGroupIngress",
                                          "RevokeSecurityGroupEgress",
                                          "CreateVpcEndpoint",
                                          "DescribeVpcEndpoints",
                                          "DeleteVpcEndpoints",
                                          "CreateTags",
                                          "DeleteTags",
                                          "DescribeTags"};
  std::set<std::string> served;
  for (const auto& [name, handler] : ec2->handlers()) served.insert(name);
  EXPECT_EQ(served, expected);
}

TEST_F(Ec2Test, ARegionHasADefaultNetwork) {
  const Value vpc = ok("DescribeVpcs").at("Vpcs").at(0);
  EXPECT_EQ(text(vpc, "VpcId"), "vpc-0d0000000000000d1");
  EXPECT_EQ(text(vpc, "CidrBlock"), "10.0.0.0/16");
  EXPECT_TRUE(vpc.at("IsDefault").as_bool());
  const Value subnets = ok("DescribeSubnets", {{"Filters", Array{filter("vpc-id", "vpc-*")}}});
  ASSERT_EQ(subnets.at("Subnets").as_array().size(), 3U);
  const Value second = subnets.at("Subnets").at(1);
  EXPECT_EQ(text(second, "SubnetId"), "subnet-0b0000000000000b1");
  EXPECT_EQ(text(second, "CidrBlock"), "10.0.2.0/24");
  EXPECT_EQ(text(second, "AvailabilityZone"), "ap-southeast-2b");
  EXPECT_EQ(text(second, "AvailabilityZoneId"), "apse2-az2");
  EXPECT_THAT(ids("DescribeSubnets", "Subnets", "SubnetId",
                  {{"Filters", Array{filter("availability-zone", "ap-southeast-2c")}}}),
              testing::ElementsAre("subnet-0c0000000000000c1"));
  EXPECT_EQ(refused("DescribeVpcs", {{"VpcIds", Array{"vpc-1"}}}).message,
            "The vpc ID 'vpc-1' does not exist");
  const auto missing = refused("DescribeSubnets", {{"SubnetIds", Array{"subnet-1"}}});
  EXPECT_EQ(missing.code, "InvalidSubnetID.NotFound");
  EXPECT_EQ(missing.message, "The subnet ID 'subnet-1' does not exist");
  EXPECT_EQ(refused("DescribeVpcs", {{"Filters", Array{filter("colour", "red")}}}).message,
            "The filter 'colour' is invalid");
}

TEST_F(Ec2Test, ZonesAndRegions) {
  EXPECT_THAT(ids("DescribeAvailabilityZones", "AvailabilityZones", "ZoneName"),
              testing::ElementsAre("ap-southeast-2a", "ap-southeast-2b", "ap-southeast-2c"));
  EXPECT_THAT(ids("DescribeAvailabilityZones", "AvailabilityZones", "ZoneName",
                  {{"ZoneIds", Array{"apse2-az1"}}}),
              testing::ElementsAre("ap-southeast-2a"));
  EXPECT_EQ(refused("DescribeAvailabilityZones", {{"ZoneNames", Array{"x"}}}).code,
            "InvalidParameterValue");
  EXPECT_EQ(ids("DescribeRegions", "Regions", "RegionName").size(), 17U);
  EXPECT_EQ(ids("DescribeRegions", "Regions", "RegionName", {{"AllRegions", true}}).size(), 34U);
  EXPECT_THAT(ids("DescribeRegions", "Regions", "Endpoint", {{"RegionNames", Array{"eu-west-1"}}}),
              testing::ElementsAre("ec2.eu-west-1.amazonaws.com"));
  EXPECT_EQ(*zones("us-east-1")[0].ZoneId, "use1-az1");
  EXPECT_EQ(*zones("ap-northeast-1")[2].ZoneId, "apne1-az3");
}

TEST_F(Ec2Test, OtherRoomsSeeTheNetwork) {
  Vpcs& vpcs = *ec2;
  EXPECT_EQ(vpcs.default_subnets("us-east-1").size(), 3U);
  EXPECT_EQ(vpcs.subnet("us-east-1", "subnet-0a0000000000000a1")->zone, "us-east-1a");
  EXPECT_FALSE(vpcs.subnet("us-east-1", "subnet-1"));
  EXPECT_TRUE(vpcs.vpc_exists("us-east-1", vpcs.default_vpc("us-east-1")));
  EXPECT_FALSE(vpcs.vpc_exists("us-east-1", "vpc-1"));
  EXPECT_TRUE(vpcs.security_group_exists("us-east-1", vpcs.default_security_group("us-east-1")));
  const auto id = make_group("web");
  EXPECT_TRUE(vpcs.security_group_exists("ap-southeast-2", id));
  EXPECT_FALSE(vpcs.security_group_exists("us-east-1", id));
}

TEST_F(Ec2Test, ANewGroupLetsEverythingOut) {
  const auto id = make_group("web");
  const Value made = group(id);
  EXPECT_EQ(text(made, "VpcId"), "vpc-0d0000000000000d1");
  EXPECT_THAT(made.at("IpPermissions").as_array(), IsEmpty());
  const Value egress = made.at("IpPermissionsEgress").at(0);
  EXPECT_EQ(text(egress, "IpProtocol"), "-1");
  EXPECT_EQ(find_member(egress, "FromPort"), nullptr);
  EXPECT_EQ(text(egress.at("IpRanges").at(0), "CidrIp"), "0.0.0.0/0");
  const auto again = refused("CreateSecurityGroup", {{"GroupName", "web"}, {"Description", "x"}});
  EXPECT_EQ(again.code, "InvalidGroup.Duplicate");
  EXPECT_EQ(again.message,
            "The security group 'web' already exists for VPC 'vpc-0d0000000000000d1'");
  reopen();
  EXPECT_EQ(group(id), made);
}

TEST_F(Ec2Test, NamesOfGroupsAreChecked) {
  for (const char* name : {"default", "sg-web", "", "caf\xC3\xA9", "a|b"}) {
    EXPECT_THAT(refused("CreateSecurityGroup", {{"GroupName", name}, {"Description", "x"}}).code,
                testing::AnyOf("InvalidParameterValue", "MissingParameter"))
        << name;
  }
  EXPECT_EQ(
      refused("CreateSecurityGroup", {{"GroupName", "a"}, {"Description", "x"}, {"VpcId", "vpc-1"}})
          .code,
      "InvalidVpcID.NotFound");
}

TEST_F(Ec2Test, GroupsAreFoundOrNamedAsMissing) {
  EXPECT_EQ(refused("DescribeSecurityGroups", {{"GroupIds", Array{"sg-1"}}}).message,
            "The security group 'sg-1' does not exist");
  EXPECT_EQ(refused("DescribeSecurityGroups", {{"GroupIds", Array{"web"}}}).code,
            "InvalidGroupId.Malformed");
  EXPECT_EQ(refused("DescribeSecurityGroups", {{"GroupNames", Array{"web"}}}).code,
            "InvalidGroup.NotFound");
  EXPECT_EQ(refused("DeleteSecurityGroup", Object{}).code, "MissingParameter");
}

TEST_F(Ec2Test, FiltersOfGroups) {
  const auto web = make_group("web-front");
  make_group("store");
  authorize(web, {web_rule(443, "192.168.0.0/16"), from_group(web)});
  using testing::ElementsAre;
  EXPECT_THAT(groups({filter("group-name", "web-*")}), ElementsAre("web-front"));
  EXPECT_THAT(groups({filter("group-name", "st?re")}), ElementsAre("store"));
  EXPECT_THAT(groups({filter("group-id", web.c_str())}), ElementsAre("web-front"));
  EXPECT_THAT(groups({filter("ip-permission.cidr", "192.168.0.0/16")}), ElementsAre("web-front"));
  EXPECT_THAT(groups({filter("ip-permission.from-port", "443")}), ElementsAre("web-front"));
  EXPECT_THAT(groups({filter("ip-permission.group-id", web.c_str())}), ElementsAre("web-front"));
  EXPECT_THAT(groups({filter("ip-permission.protocol", "tcp"), filter("group-name", "store")}),
              IsEmpty());
  EXPECT_EQ(groups({filter("egress.ip-permission.cidr", "0.0.0.0/0")}).size(), 3U);
  EXPECT_EQ(groups({filter("vpc-id", "vpc-0d0000000000000d1")}).size(), 3U);
  EXPECT_THAT(groups({filter("owner-id", "999999999999")}), IsEmpty());
  const auto unknown = refused("DescribeSecurityGroups", {{"Filters", Array{filter("x", "y")}}});
  EXPECT_EQ(unknown.code, "InvalidParameterValue");
  EXPECT_EQ(unknown.message, "The filter 'x' is invalid");
}

TEST_F(Ec2Test, PagesHoldEveryGroupOnce) {
  for (char c = 'a'; c < 'l'; ++c) make_group(std::string(1, c).c_str());
  std::multiset<std::string> names;
  Object input{{"MaxResults", 5}};
  int pages = 0;
  for (bool more = true; more && pages < 9; ++pages) {
    const Value reply = ok("DescribeSecurityGroups", input);
    EXPECT_LE(reply.at("SecurityGroups").as_array().size(), 5U);
    for (const auto& g : reply.at("SecurityGroups").as_array()) names.insert(text(g, "GroupName"));
    more = find_member(reply, "NextToken") != nullptr;
    if (more) input["NextToken"] = reply.at("NextToken");
  }
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(names.size(), 12U);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 12U);
  EXPECT_EQ(refused("DescribeSecurityGroups", {{"MaxResults", 4}}).code, "InvalidParameterValue");
  EXPECT_EQ(refused("DescribeSecurityGroups", {{"NextToken", "?"}}).code, "InvalidParameterValue");
}

TEST_F(Ec2Test, RulesAreShownSinglyAndAsPermissions) {
  const auto id = make_group("web");
  Object permission = web_rule();
  permission["IpRanges"] = Array{Object{{"CidrIp", "10.1.2.3/16"}, {"Description", "office"}},
                                 Object{{"CidrIp", "0.0.0.0/0"}}};
  permission["Ipv6Ranges"] = Array{Object{{"CidrIpv6", "2001:DB8::1/32"}}};
  const Value made = authorize(id, {permission});
  EXPECT_TRUE(made.at("Return").as_bool());
  ASSERT_EQ(made.at("SecurityGroupRules").as_array().size(), 3U);
  const Value rule = made.at("SecurityGroupRules").at(0);
  EXPECT_EQ(text(rule, "CidrIpv4"), "10.1.0.0/16");
  EXPECT_EQ(text(rule, "Description"), "office");
  EXPECT_EQ(text(rule, "GroupId"), id);
  EXPECT_THAT(text(rule, "SecurityGroupRuleId"), testing::StartsWith("sgr-"));
  EXPECT_FALSE(rule.at("IsEgress").as_bool());
  EXPECT_EQ(text(made.at("SecurityGroupRules").at(2), "CidrIpv6"), "2001:db8::/32");
  const Value kept = group(id).at("IpPermissions");
  ASSERT_EQ(kept.as_array().size(), 1U);
  EXPECT_EQ(kept.at(0).at("IpRanges").as_array().size(), 2U);
  EXPECT_EQ(kept.at(0).at("Ipv6Ranges").as_array().size(), 1U);
  EXPECT_EQ(kept.at(0).at("FromPort").as_int64(), 80);
  const auto rules = [&](Object input) {
    return ids("DescribeSecurityGroupRules", "SecurityGroupRules", "SecurityGroupRuleId", input);
  };
  EXPECT_EQ(rules({{"Filters", Array{filter("group-id", id.c_str())}}}).size(), 4U);
  const auto rule_id = text(rule, "SecurityGroupRuleId");
  EXPECT_THAT(rules({{"Filters", Array{filter("security-group-rule-id", rule_id.c_str())}}}),
              testing::ElementsAre(rule_id));
  EXPECT_THAT(rules({{"SecurityGroupRuleIds", Array{rule_id}}}), testing::ElementsAre(rule_id));
  EXPECT_EQ(refused("DescribeSecurityGroupRules", {{"SecurityGroupRuleIds", Array{"sgr-1"}}}).code,
            "InvalidSecurityGroupRuleId.NotFound");
}

TEST_F(Ec2Test, ADuplicateRefusesTheWholeRequest) {
  const auto id = make_group("web");
  authorize(id, {web_rule()});
  const auto error = refused("AuthorizeSecurityGroupIngress",
                             {{"GroupId", id}, {"IpPermissions", Array{web_rule(81), web_rule()}}});
  EXPECT_EQ(error.code, "InvalidPermission.Duplicate");
  EXPECT_EQ(
      error.message,
      "the specified rule \"peer: 0.0.0.0/0, TCP, from port: 80, to port: 80, ALLOW\" already "
      "exists");
  EXPECT_EQ(group(id).at("IpPermissions").as_array().size(), 1U);
  Object by_number = web_rule();
  by_number["IpProtocol"] = "6";
  EXPECT_EQ(refused("AuthorizeSecurityGroupIngress",
                    {{"GroupId", id}, {"IpPermissions", Array{by_number}}})
                .code,
            "InvalidPermission.Duplicate");
  const auto egress = refused(
      "AuthorizeSecurityGroupEgress",
      {{"GroupId", id},
       {"IpPermissions", Array{Object{{"IpProtocol", "-1"},
                                      {"IpRanges", Array{Object{{"CidrIp", "0.0.0.0/0"}}}}}}}});
  EXPECT_EQ(egress.message, "the specified rule \"peer: 0.0.0.0/0, ALL, ALLOW\" already exists");
  EXPECT_EQ(refused("AuthorizeSecurityGroupIngress",
                    {{"GroupId", id}, {"IpPermissions", Array{web_rule(9), web_rule(9)}}})
                .message,
            "The same permission must not appear multiple times");
}

TEST_F(Ec2Test, MalformedPermissionsAreRefused) {
  const auto id = make_group("web");
  const auto code = [&](Object permission) {
    return refused("AuthorizeSecurityGroupIngress",
                   {{"GroupId", id}, {"IpPermissions", Array{permission}}})
        .code;
  };
  EXPECT_EQ(code({{"IpProtocol", "tcp"}, {"FromPort", 1}, {"ToPort", 2}}),
            "InvalidPermission.Malformed");
  EXPECT_EQ(code(web_rule(70000)), "InvalidParameterValue");
  EXPECT_EQ(code(web_rule(80, "10.0.0.0")), "InvalidParameterValue");
  EXPECT_EQ(code(web_rule(80, "10.0.0.0/33")), "InvalidParameterValue");
  EXPECT_EQ(code(web_rule(80, "10.0.0.256/8")), "InvalidParameterValue");
  Object backwards = web_rule(80);
  backwards["ToPort"] = 79;
  EXPECT_EQ(code(backwards), "InvalidParameterValue");
  Object unknown = web_rule();
  unknown["IpProtocol"] = "carrier-pigeon";
  EXPECT_EQ(code(unknown), "InvalidParameterValue");
  Object list = web_rule();
  list["PrefixListIds"] = Array{Object{{"PrefixListId", "pl-1"}}};
  EXPECT_EQ(code(list), "InvalidPrefixListID.NotFound");
  EXPECT_EQ(code(from_group("sg-1")), "InvalidGroup.NotFound");
  EXPECT_EQ(refused("AuthorizeSecurityGroupIngress", {{"GroupId", id}}).code, "MissingParameter");
  EXPECT_THAT(group(id).at("IpPermissions").as_array(), IsEmpty());
}

TEST_F(Ec2Test, OlderParametersStandForOnePermission) {
  const auto id = make_group("web");
  ok("AuthorizeSecurityGroupIngress", {{"GroupName", "web"},
                                       {"IpProtocol", "tcp"},
                                       {"FromPort", 22},
                                       {"ToPort", 22},
                                       {"CidrIp", "10.0.0.0/8"}});
  ok("AuthorizeSecurityGroupIngress", {{"GroupId", id}, {"SourceSecurityGroupName", "default"}});
  const Value kept = group(id).at("IpPermissions");
  ASSERT_EQ(kept.as_array().size(), 2U);
  EXPECT_EQ(text(kept.at(1).at("UserIdGroupPairs").at(0), "GroupId"), kDefaultGroup);
  ok("RevokeSecurityGroupIngress", {{"GroupId", id},
                                    {"IpProtocol", "tcp"},
                                    {"FromPort", 22},
                                    {"ToPort", 22},
                                    {"CidrIp", "10.0.0.0/8"}});
  EXPECT_EQ(group(id).at("IpPermissions").as_array().size(), 1U);
  EXPECT_EQ(
      refused("AuthorizeSecurityGroupEgress", {{"GroupId", id}, {"CidrIp", "10.0.0.0/8"}}).code,
      "InvalidParameterCombination");
}

TEST_F(Ec2Test, RevokeByValueAndById) {
  const auto id = make_group("web");
  const Value made = authorize(id, {web_rule(80), web_rule(81)});
  const auto second = text(made.at("SecurityGroupRules").at(1), "SecurityGroupRuleId");
  const auto missing =
      refused("RevokeSecurityGroupIngress",
              {{"GroupId", id}, {"IpPermissions", Array{web_rule(80), web_rule(9)}}});
  EXPECT_EQ(missing.code, "InvalidPermission.NotFound");
  EXPECT_EQ(missing.message, "The specified rule does not exist in this security group.");
  EXPECT_EQ(group(id).at("IpPermissions").as_array().size(), 2U);
  const Value gone =
      ok("RevokeSecurityGroupIngress", {{"GroupId", id}, {"SecurityGroupRuleIds", Array{second}}});
  EXPECT_EQ(text(gone.at("RevokedSecurityGroupRules").at(0), "SecurityGroupRuleId"), second);
  EXPECT_EQ(refused("RevokeSecurityGroupIngress",
                    {{"GroupId", id}, {"SecurityGroupRuleIds", Array{second}}})
                .code,
            "InvalidSecurityGroupRuleId.NotFound");
  ok("RevokeSecurityGroupIngress", {{"GroupId", id}, {"IpPermissions", Array{web_rule(80)}}});
  EXPECT_THAT(group(id).at("IpPermissions").as_array(), IsEmpty());
  ok("RevokeSecurityGroupEgress",
     {{"GroupId", id},
      {"IpPermissions",
       Array{Object{{"IpProtocol", "-1"}, {"IpRanges", Array{Object{{"CidrIp", "0.0.0.0/0"}}}}}}}});
  EXPECT_THAT(group(id).at("IpPermissionsEgress").as_array(), IsEmpty());
}

TEST_F(Ec2Test, TheDefaultGroupCanBeChangedButNotDeleted) {
  const std::string id(kDefaultGroup);
  EXPECT_EQ(text(group(id).at("IpPermissions").at(0).at("UserIdGroupPairs").at(0), "GroupId"), id);
  authorize(id, {web_rule()});
  reopen();
  EXPECT_EQ(group(id).at("IpPermissions").as_array().size(), 2U);
  EXPECT_EQ(groups({}).size(), 1U);
  const auto error = refused("DeleteSecurityGroup", {{"GroupId", id}});
  EXPECT_EQ(error.code, "CannotDelete");
  EXPECT_THAT(error.message, HasSubstr("name: \"default\" cannot be deleted by a user"));
}

TEST_F(Ec2Test, AGroupInUseByAnotherStays) {
  const auto web = make_group("web"), store = make_group("store");
  authorize(web, {from_group(web)});
  authorize(store, {from_group(web)});
  const auto error = refused("DeleteSecurityGroup", {{"GroupId", web}});
  EXPECT_EQ(error.code, "DependencyViolation");
  EXPECT_EQ(error.message, "resource " + web + " has a dependent object");
  ok("DeleteSecurityGroup", {{"GroupName", "store"}});
  EXPECT_EQ(text(ok("DeleteSecurityGroup", {{"GroupId", web}}), "GroupId"), web);
  EXPECT_EQ(groups({}).size(), 1U);
}

TEST_F(Ec2Test, AGroupHoldsOnlySoManyRules) {
  const auto id = make_group("web");
  Array many;
  for (int port = 1; port <= 60; ++port) many.push_back(web_rule(port));
  authorize(id, many);
  EXPECT_EQ(refused("AuthorizeSecurityGroupIngress",
                    {{"GroupId", id}, {"IpPermissions", Array{web_rule(61)}}})
                .code,
            "RulesPerSecurityGroupLimitExceeded");
}

TEST_F(Ec2Test, ADryRunChangesNothing) {
  const auto error = refused("CreateSecurityGroup",
                             {{"GroupName", "web"}, {"Description", "x"}, {"DryRun", true}});
  EXPECT_EQ(error.code, "DryRunOperation");
  EXPECT_EQ(error.message, "Request would have succeeded, but DryRun flag is set.");
  EXPECT_EQ(error.status, 412);
  EXPECT_EQ(groups({}).size(), 1U);
  const auto id = make_group("web");
  EXPECT_EQ(refused("DeleteSecurityGroup", {{"GroupId", id}, {"DryRun", true}}).status, 412);
  EXPECT_EQ(groups({}).size(), 2U);
  EXPECT_EQ(
      refused("CreateSecurityGroup", {{"GroupName", "web"}, {"Description", "x"}, {"DryRun", true}})
          .code,
      "InvalidGroup.Duplicate");
}

TEST_F(Ec2Test, GatewayEndpointsAreRecorded) {
  const Object request{{"VpcId", "vpc-0d0000000000000d1"},
                       {"ServiceName", "com.amazonaws.ap-southeast-2.s3"},
                       {"ClientToken", "once"},
                       {"TagSpecifications", tag_spec("vpc-endpoint", "Name", "s3")}};
  const Value made = ok("CreateVpcEndpoint", request).at("VpcEndpoint");
  const auto id = text(made, "VpcEndpointId");
  EXPECT_EQ(text(made, "State"), "available");
  EXPECT_EQ(text(made, "VpcEndpointType"), "Gateway");
  EXPECT_EQ(text(made.at("Tags").at(0), "Value"), "s3");
  EXPECT_EQ(ok("CreateVpcEndpoint", request).at("VpcEndpoint"), made);
  Object other = request;
  other["ServiceName"] = "com.amazonaws.ap-southeast-2.dynamodb";
  EXPECT_EQ(refused("CreateVpcEndpoint", other).code, "IdempotentParameterMismatch");
  other.erase("ClientToken");
  ok("CreateVpcEndpoint", other);
  for (const auto& [name, value] :
       {std::pair{"service-name", "*.s3"}, std::pair{"vpc-endpoint-id", id.c_str()},
        std::pair{"tag:Name", "s3"}, std::pair{"vpc-endpoint-type", "Gateway"},
        std::pair{"vpc-endpoint-state", "available"}}) {
    EXPECT_THAT(ids("DescribeVpcEndpoints", "VpcEndpoints", "VpcEndpointId",
                    {{"Filters", Array{filter(name, value)}}}),
                testing::Contains(id));
  }
  const Value gone = ok("DeleteVpcEndpoints", {{"VpcEndpointIds", Array{id, "vpce-1"}}});
  ASSERT_EQ(gone.at("Unsuccessful").as_array().size(), 1U);
  EXPECT_EQ(text(gone.at("Unsuccessful").at(0), "ResourceId"), "vpce-1");
  EXPECT_EQ(refused("DescribeVpcEndpoints", {{"VpcEndpointIds", Array{id}}}).code,
            "InvalidVpcEndpointId.NotFound");
}

TEST_F(Ec2Test, OtherEndpointsAreRefusedByName) {
  Object request{{"VpcId", "vpc-0d0000000000000d1"},
                 {"VpcEndpointType", "Interface"},
                 {"ServiceName", "com.amazonaws.ap-southeast-2.ecr.api"}};
  const auto error = refused("CreateVpcEndpoint", request);
  EXPECT_EQ(error.code, "UnsupportedOperation");
  EXPECT_THAT(error.message, HasSubstr("Interface"));
  request["VpcEndpointType"] = "Gateway";
  EXPECT_EQ(refused("CreateVpcEndpoint", request).code, "InvalidServiceName");
  request["ServiceName"] = "com.amazonaws.ap-southeast-2.s3";
  request["RouteTableIds"] = Array{"rtb-1"};
  EXPECT_EQ(refused("CreateVpcEndpoint", request).code, "InvalidRouteTableId.NotFound");
  request.erase("RouteTableIds");
  request["PolicyDocument"] = "{";
  EXPECT_EQ(refused("CreateVpcEndpoint", request).code, "InvalidPolicyDocument");
  EXPECT_THAT(ok("DescribeVpcEndpoints").at("VpcEndpoints").as_array(), IsEmpty());
}

TEST_F(Ec2Test, TagsOfEveryKind) {
  const Value made =
      ok("CreateSecurityGroup", {{"GroupName", "web"},
                                 {"Description", "x"},
                                 {"TagSpecifications", tag_spec("security-group", "team", "a")}});
  const auto id = text(made, "GroupId");
  EXPECT_EQ(text(made.at("Tags").at(0), "Value"), "a");
  ok("CreateTags", {{"Resources", Array{id, "subnet-0a0000000000000a1", "vpc-0d0000000000000d1"}},
                    {"Tags", Array{Object{{"Key", "tier"}, {"Value", "1"}}}}});
  EXPECT_THAT(groups({filter("tag:team", "a")}), testing::ElementsAre("web"));
  EXPECT_THAT(groups({filter("tag-key", "tier")}), testing::ElementsAre("web"));
  EXPECT_EQ(text(ok("DescribeVpcs").at("Vpcs").at(0).at("Tags").at(0), "Key"), "tier");
  const auto owners = [&](const char* name, const char* value) {
    return ids("DescribeTags", "Tags", "ResourceId", {{"Filters", Array{filter(name, value)}}});
  };
  EXPECT_EQ(owners("resource-id", id.c_str()).size(), 2U);
  EXPECT_THAT(owners("resource-type", "subnet"), testing::ElementsAre("subnet-0a0000000000000a1"));
  EXPECT_EQ(owners("key", "tier").size(), 3U);
  EXPECT_THAT(owners("value", "a"), testing::ElementsAre(id));
  ok("DeleteTags",
     {{"Resources", Array{id}},
      {"Tags", Array{Object{{"Key", "tier"}, {"Value", "2"}}, Object{{"Key", "team"}}}}});
  EXPECT_THAT(groups({filter("tag:tier", "1")}), testing::ElementsAre("web"));
  EXPECT_THAT(groups({filter("tag-key", "team")}), IsEmpty());
  ok("DeleteSecurityGroup", {{"GroupId", id}});
  EXPECT_THAT(owners("resource-id", id.c_str()), IsEmpty());
}

TEST_F(Ec2Test, TagsAreChecked) {
  const auto tag = [&](const char* resource, Object one) {
    return refused("CreateTags", {{"Resources", Array{resource}}, {"Tags", Array{std::move(one)}}});
  };
  EXPECT_EQ(tag("vpc-0d0000000000000d1", {{"Key", "aws:x"}, {"Value", ""}}).code,
            "InvalidParameterValue");
  EXPECT_EQ(tag("sg-1", {{"Key", "x"}}).code, "InvalidGroup.NotFound");
  EXPECT_EQ(tag("sgr-1", {{"Key", "x"}}).code, "InvalidSecurityGroupRuleId.NotFound");
  EXPECT_EQ(tag("i-1", {{"Key", "x"}}).code, "InvalidID");
  EXPECT_EQ(refused("CreateSecurityGroup", {{"GroupName", "web"},
                                            {"Description", "x"},
                                            {"TagSpecifications", tag_spec("vpc", "a", "b")}})
                .code,
            "InvalidParameterValue");
  EXPECT_THAT(ok("DescribeTags").at("Tags").as_array(), IsEmpty());
  EXPECT_EQ(groups({}).size(), 1U);
}

TEST(Ec2Pattern, MatchesLikeAGlob) {
  EXPECT_TRUE(wildcard_match("aXXbYbc", "a*b*c"));
  EXPECT_TRUE(wildcard_match("", "*"));
  EXPECT_TRUE(wildcard_match("abc", "a?c"));
  EXPECT_TRUE(wildcard_match("a*c", "a\\*c"));
  EXPECT_FALSE(wildcard_match("abc", "a\\*c"));
  EXPECT_FALSE(wildcard_match("ac", "a?c"));
  EXPECT_FALSE(wildcard_match("abcd", "abc"));
  EXPECT_FALSE(wildcard_match("a", ""));
}

}  // namespace
}  // namespace seatrial::services::ec2
