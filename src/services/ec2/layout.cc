#include "services/ec2/layout.h"

#include <algorithm>
#include <array>

#include "base/arn.h"
#include "services/ec2/permissions.h"

namespace seatrial::services::ec2 {
namespace {

struct SubnetPlan {
  const char *id, *cidr, *zone;
};
constexpr SubnetPlan kSubnets[] = {{"subnet-0a0000000000000a1", "10.0.1.0/24", "a"},
                                   {"subnet-0b0000000000000b1", "10.0.2.0/24", "b"},
                                   {"subnet-0c0000000000000c1", "10.0.3.0/24", "c"}};
constexpr const char* kVpcCidr = "10.0.0.0/16";
constexpr int kFreeAddresses = 251;  // of a /24, less the five that AWS keeps

constexpr std::array<const char*, 17> kRegions = {
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1",
    "ap-southeast-2", "ca-central-1",   "eu-central-1",   "eu-north-1", "eu-west-1",
    "eu-west-2",      "eu-west-3",      "sa-east-1",      "us-east-1",  "us-east-2",
    "us-west-1",      "us-west-2"};

constexpr std::array<const char*, 17> kOptInRegions = {
    "af-south-1",     "ap-east-1",      "ap-east-2",      "ap-south-2",     "ap-southeast-3",
    "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-west-1",
    "eu-central-2",   "eu-south-1",     "eu-south-2",     "il-central-1",   "me-central-1",
    "me-south-1",     "mx-central-1"};

std::string zone_id(const std::string& region, int number) {
  return short_region(region) + "-az" + std::to_string(number);
}

api::Region region_shape(const std::string& name, const char* opt_in) {
  api::Region region;
  region.RegionName = name;
  region.Endpoint = "ec2." + name + ".amazonaws.com";
  region.OptInStatus = opt_in;
  return region;
}

}  // namespace

std::string short_region(std::string_view region) {
  std::string out;
  int part = 0;
  while (!region.empty()) {
    const auto dash = region.find('-');
    const auto word = region.substr(0, dash);
    region = dash == std::string_view::npos ? std::string_view{} : region.substr(dash + 1);
    if (part++ == 0 || region.empty()) {
      out += word;
      continue;
    }
    // "southeast" -> "se", "central" -> "c"
    for (std::string_view direction : {"north", "south"}) {
      if (word.starts_with(direction) && word.size() > direction.size()) out += direction[0];
    }
    const bool two = word.size() > 5 && (word.starts_with("north") || word.starts_with("south"));
    out += two ? word[5] : word[0];
  }
  return out;
}

api::Vpc default_vpc_shape(const std::string& account) {
  api::Vpc vpc;
  vpc.VpcId = kDefaultVpc;
  vpc.State = "available";
  vpc.CidrBlock = kVpcCidr;
  vpc.DhcpOptionsId = "default";
  vpc.InstanceTenancy = "default";
  vpc.IsDefault = true;
  vpc.OwnerId = account;
  api::VpcCidrBlockAssociation association;
  association.AssociationId = "vpc-cidr-assoc-0d0000000000000d1";
  association.CidrBlock = kVpcCidr;
  association.CidrBlockState.emplace().State = "associated";
  vpc.CidrBlockAssociationSet.push_back(std::move(association));
  return vpc;
}

std::vector<api::Subnet> subnet_shapes(const std::string& region, const std::string& account) {
  std::vector<api::Subnet> subnets;
  int number = 0;
  for (const auto& plan : kSubnets) {
    api::Subnet subnet;
    subnet.SubnetId = plan.id;
    subnet.SubnetArn = Arn{"aws", "ec2", region, account, std::string("subnet/") + plan.id}.text();
    subnet.VpcId = kDefaultVpc;
    subnet.CidrBlock = plan.cidr;
    subnet.AvailabilityZone = region + plan.zone;
    subnet.AvailabilityZoneId = zone_id(region, ++number);
    subnet.AvailableIpAddressCount = kFreeAddresses;
    subnet.State = "available";
    subnet.DefaultForAz = true;
    subnet.MapPublicIpOnLaunch = true;
    subnet.AssignIpv6AddressOnCreation = false;
    subnet.MapCustomerOwnedIpOnLaunch = false;
    subnet.EnableDns64 = false;
    subnet.Ipv6Native = false;
    subnet.Ipv6CidrBlockAssociationSet.given = true;
    subnet.OwnerId = account;
    subnets.push_back(std::move(subnet));
  }
  return subnets;
}

GroupRecord default_group(const std::string& region, const std::string& account) {
  GroupRecord record;
  auto& group = record.shape;
  group.GroupId = kDefaultGroup;
  group.GroupName = "default";
  group.Description = "default VPC security group";
  group.VpcId = kDefaultVpc;
  group.OwnerId = account;
  group.SecurityGroupArn =
      Arn{"aws", "ec2", region, account, std::string("security-group/") + kDefaultGroup}.text();
  RuleSpec from_itself, to_all;
  from_itself.group_id = kDefaultGroup;
  to_all.egress = true;
  to_all.cidr_v4 = "0.0.0.0/0";
  record.rules.push_back(make_rule(from_itself, "sgr-0e0000000000000e1", group, region));
  record.rules.push_back(make_rule(to_all, "sgr-0e0000000000000e2", group, region));
  return record;
}

std::vector<api::AvailabilityZone> zones(const std::string& region) {
  std::vector<api::AvailabilityZone> all;
  int number = 0;
  for (const auto& plan : kSubnets) {
    api::AvailabilityZone zone;
    zone.State = "available";
    zone.OptInStatus = "opt-in-not-required";
    zone.Messages.given = true;
    zone.RegionName = region;
    zone.ZoneName = region + plan.zone;
    zone.ZoneId = zone_id(region, ++number);
    zone.GroupName = region + "-zg-1";
    zone.NetworkBorderGroup = region;
    zone.ZoneType = "availability-zone";
    all.push_back(std::move(zone));
  }
  return all;
}

std::vector<api::Region> regions(const std::string& here) {
  std::vector<api::Region> all;
  for (const char* name : kRegions) all.push_back(region_shape(name, "opt-in-not-required"));
  for (const char* name : kOptInRegions) {
    all.push_back(region_shape(name, name == here ? "opted-in" : "not-opted-in"));
  }
  return all;
}

}  // namespace seatrial::services::ec2
