// Describing what every region has from the start.
#include <algorithm>

#include "services/ec2/layout.h"
#include "services/ec2/paging.h"
#include "services/ec2/service.h"

namespace seatrial::services::ec2 {
namespace {

std::string text_of(const std::optional<bool>& flag) {
  return flag.value_or(false) ? "true" : "false";
}

Fields fields_of(const api::Vpc& vpc) {
  Fields fields{
      {"vpc-id", *vpc.VpcId},
      {"cidr", *vpc.CidrBlock},
      {"cidrBlock", *vpc.CidrBlock},
      {"cidr-block-association.cidr-block", *vpc.CidrBlock},
      {"cidr-block-association.association-id", *vpc.CidrBlockAssociationSet[0].AssociationId},
      {"cidr-block-association.state", "associated"},
      {"is-default", text_of(vpc.IsDefault)},
      {"isDefault", text_of(vpc.IsDefault)},
      {"owner-id", *vpc.OwnerId},
      {"state", *vpc.State}};
  add_tags(fields, vpc.Tags);
  return fields;
}

Fields fields_of(const api::Subnet& subnet) {
  Fields fields{{"available-ip-address-count", std::to_string(*subnet.AvailableIpAddressCount)},
                {"enable-dns64", text_of(subnet.EnableDns64)},
                {"ipv6-native", text_of(subnet.Ipv6Native)},
                {"map-customer-owned-ip-on-launch", text_of(subnet.MapCustomerOwnedIpOnLaunch)},
                {"map-public-ip-on-launch", text_of(subnet.MapPublicIpOnLaunch)},
                {"owner-id", *subnet.OwnerId},
                {"state", *subnet.State},
                {"subnet-arn", *subnet.SubnetArn},
                {"subnet-id", *subnet.SubnetId},
                {"vpc-id", *subnet.VpcId}};
  for (const auto* name : {"availability-zone", "availabilityZone"}) {
    fields.emplace(name, *subnet.AvailabilityZone);
  }
  for (const auto* name : {"availability-zone-id", "availabilityZoneId"}) {
    fields.emplace(name, *subnet.AvailabilityZoneId);
  }
  for (const auto* name : {"cidr", "cidr-block", "cidrBlock"}) {
    fields.emplace(name, *subnet.CidrBlock);
  }
  for (const auto* name : {"default-for-az", "defaultForAz"}) {
    fields.emplace(name, text_of(subnet.DefaultForAz));
  }
  add_tags(fields, subnet.Tags);
  return fields;
}

Fields fields_of(const api::AvailabilityZone& zone) {
  return {{"group-name", *zone.GroupName},   {"opt-in-status", *zone.OptInStatus},
          {"region-name", *zone.RegionName}, {"state", *zone.State},
          {"zone-id", *zone.ZoneId},         {"zone-name", *zone.ZoneName},
          {"zone-type", *zone.ZoneType}};
}

Fields fields_of(const api::Region& region) {
  return {{"endpoint", *region.Endpoint},
          {"opt-in-status", *region.OptInStatus},
          {"region-name", *region.RegionName}};
}

// The first of the wanted ids that no shape has.
template <class Shape>
const std::string* first_missing(const model::List<std::string>& wanted,
                                 const std::vector<Shape>& shapes,
                                 std::optional<std::string> Shape::* id) {
  const auto missing = std::ranges::find_if(wanted, [&](const std::string& one) {
    return std::ranges::find(shapes, one, id) == shapes.end();
  });
  return missing == wanted.end() ? nullptr : &*missing;
}

bool wanted(const model::List<std::string>& ids, const std::string& id) {
  return ids.empty() || std::ranges::find(ids, id) != ids.end();
}

}  // namespace

room::Outcome<api::DescribeVpcsResult> Ec2::describe_vpcs(Context& context,
                                                          const api::DescribeVpcsRequest& request) {
  const auto known = check_filters(
      request.Filters,
      {"cidr", "cidrBlock", "cidr-block-association.cidr-block", "isDefault",
       "cidr-block-association.association-id", "cidr-block-association.state", "dhcp-options-id",
       "ipv6-cidr-block-association.ipv6-cidr-block", "ipv6-cidr-block-association.ipv6-pool",
       "ipv6-cidr-block-association.association-id", "ipv6-cidr-block-association.state",
       "is-default", "owner-id", "state", "vpc-id"});
  if (!known) return std::unexpected(known.error());
  const auto all = vpcs_of(env_.account);
  if (const auto* id = first_missing(request.VpcIds, all, &api::Vpc::VpcId)) return no_vpc(*id);
  std::vector<std::pair<std::string, api::Vpc>> found;
  for (auto vpc : all) {
    vpc.Tags = tags_of(context.key(*vpc.VpcId));
    if (!wanted(request.VpcIds, *vpc.VpcId) || !matches(request.Filters, fields_of(vpc))) continue;
    found.emplace_back(*vpc.VpcId, std::move(vpc));
  }
  using Result = api::DescribeVpcsResult;
  return page(request, Result{}, &Result::Vpcs, std::move(found));
}

room::Outcome<api::DescribeSubnetsResult> Ec2::describe_subnets(
    Context& context, const api::DescribeSubnetsRequest& request) {
  const auto known = check_filters(request.Filters, {"availability-zone",
                                                     "availabilityZone",
                                                     "availability-zone-id",
                                                     "availabilityZoneId",
                                                     "available-ip-address-count",
                                                     "cidr",
                                                     "cidr-block",
                                                     "cidrBlock",
                                                     "customer-owned-ipv4-pool",
                                                     "default-for-az",
                                                     "defaultForAz",
                                                     "enable-dns64",
                                                     "enable-lni-at-device-index",
                                                     "ipv6-cidr-block-association.ipv6-cidr-block",
                                                     "ipv6-cidr-block-association.association-id",
                                                     "ipv6-cidr-block-association.state",
                                                     "ipv6-native",
                                                     "map-customer-owned-ip-on-launch",
                                                     "map-public-ip-on-launch",
                                                     "outpost-arn",
                                                     "owner-id",
                                                     "state",
                                                     "subnet-arn",
                                                     "subnet-id",
                                                     "vpc-id"});
  if (!known) return std::unexpected(known.error());
  const auto all = subnets_of(env_.account, context.region);
  if (const auto* id = first_missing(request.SubnetIds, all, &api::Subnet::SubnetId)) {
    return no_subnet(*id);
  }
  std::vector<std::pair<std::string, api::Subnet>> found;
  for (auto subnet : all) {
    subnet.Tags = tags_of(context.key(*subnet.SubnetId));
    if (!wanted(request.SubnetIds, *subnet.SubnetId)) continue;
    if (!matches(request.Filters, fields_of(subnet))) continue;
    found.emplace_back(*subnet.SubnetId, std::move(subnet));
  }
  using Result = api::DescribeSubnetsResult;
  return page(request, Result{}, &Result::Subnets, std::move(found));
}

room::Outcome<api::DescribeAvailabilityZonesResult> Ec2::describe_zones(
    Context& context, const api::DescribeAvailabilityZonesRequest& request) {
  const auto known =
      check_filters(request.Filters, {"group-long-name", "group-name", "message", "opt-in-status",
                                      "parent-zone-id", "parent-zone-name", "region-name", "state",
                                      "zone-id", "zone-name", "zone-type"});
  if (!known) return std::unexpected(known.error());
  using Zone = api::AvailabilityZone;
  const auto all = zones_of(context.region);
  for (const auto& [ids, id] : {std::pair{&request.ZoneNames, &Zone::ZoneName},
                                std::pair{&request.ZoneIds, &Zone::ZoneId}}) {
    if (const auto* missing = first_missing(*ids, all, id)) {
      return invalid_value(fmt::format("Invalid availability zone: [{}]", *missing));
    }
  }
  api::DescribeAvailabilityZonesResult result;
  result.AvailabilityZones.given = true;
  for (const auto& zone : all) {
    if (!wanted(request.ZoneNames, *zone.ZoneName) || !wanted(request.ZoneIds, *zone.ZoneId))
      continue;
    if (matches(request.Filters, fields_of(zone))) result.AvailabilityZones.push_back(zone);
  }
  return result;
}

room::Outcome<api::DescribeRegionsResult> Ec2::describe_regions(
    Context& context, const api::DescribeRegionsRequest& request) {
  const auto known = check_filters(request.Filters, {"endpoint", "opt-in-status", "region-name"});
  if (!known) return std::unexpected(known.error());
  const auto all = regions(context.region);
  if (const auto* name = first_missing(request.RegionNames, all, &api::Region::RegionName)) {
    return invalid_value(fmt::format("Invalid region: [{}]", *name));
  }
  const bool also_disabled = request.AllRegions.value_or(false) || !request.RegionNames.empty();
  api::DescribeRegionsResult result;
  result.Regions.given = true;
  for (const auto& region : all) {
    if (region.OptInStatus == "not-opted-in" && !also_disabled) continue;
    if (!wanted(request.RegionNames, *region.RegionName)) continue;
    if (matches(request.Filters, fields_of(region))) result.Regions.push_back(region);
  }
  return result;
}

}  // namespace seatrial::services::ec2
