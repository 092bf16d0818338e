// Describing the VPC, its subnets, the zones and the regions.
#include <algorithm>

#include "services/ec2/errors.h"
#include "services/ec2/layout.h"
#include "services/ec2/service.h"

namespace seatrial::services::ec2 {
namespace {

constexpr std::string_view kVpcFilters[] = {"cidr",
                                            "cidr-block-association.association-id",
                                            "cidr-block-association.cidr-block",
                                            "cidr-block-association.state",
                                            "dhcp-options-id",
                                            "is-default",
                                            "isDefault",
                                            "owner-id",
                                            "state",
                                            "tag:",
                                            "tag-key",
                                            "vpc-id"};
constexpr std::string_view kSubnetFilters[] = {"availability-zone",
                                               "availabilityZone",
                                               "availability-zone-id",
                                               "availabilityZoneId",
                                               "available-ip-address-count",
                                               "cidr-block",
                                               "cidr",
                                               "cidrBlock",
                                               "default-for-az",
                                               "defaultForAz",
                                               "map-public-ip-on-launch",
                                               "owner-id",
                                               "state",
                                               "subnet-arn",
                                               "subnet-id",
                                               "tag:",
                                               "tag-key",
                                               "vpc-id"};
constexpr std::string_view kZoneFilters[] = {"group-name", "opt-in-status", "region-name", "state",
                                             "zone-id",    "zone-name",     "zone-type"};
constexpr std::string_view kRegionFilters[] = {"endpoint", "opt-in-status", "region-name"};

Values vpc_values(const api::Vpc& vpc, std::string_view filter) {
  const auto& association = vpc.CidrBlockAssociationSet.front();
  if (filter == "cidr") return {*vpc.CidrBlock};
  if (filter == "cidr-block-association.association-id") return {*association.AssociationId};
  if (filter == "cidr-block-association.cidr-block") return {*association.CidrBlock};
  if (filter == "cidr-block-association.state") return {*association.CidrBlockState->State};
  if (filter == "dhcp-options-id") return {*vpc.DhcpOptionsId};
  if (filter == "is-default" || filter == "isDefault") return {text_of(*vpc.IsDefault)};
  if (filter == "owner-id") return {*vpc.OwnerId};
  if (filter == "state") return {*vpc.State};
  if (filter == "vpc-id") return {*vpc.VpcId};
  return {};
}

Values subnet_values(const api::Subnet& subnet, std::string_view filter) {
  const auto is = [&](std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, filter) != names.end();
  };
  if (is({"availability-zone", "availabilityZone"})) return {*subnet.AvailabilityZone};
  if (is({"availability-zone-id", "availabilityZoneId"})) return {*subnet.AvailabilityZoneId};
  if (is({"available-ip-address-count"})) return {std::to_string(*subnet.AvailableIpAddressCount)};
  if (is({"cidr-block", "cidr", "cidrBlock"})) return {*subnet.CidrBlock};
  if (is({"default-for-az", "defaultForAz"})) return {text_of(*subnet.DefaultForAz)};
  if (is({"map-public-ip-on-launch"})) return {text_of(*subnet.MapPublicIpOnLaunch)};
  if (is({"owner-id"})) return {*subnet.OwnerId};
  if (is({"state"})) return {*subnet.State};
  if (is({"subnet-arn"})) return {*subnet.SubnetArn};
  if (is({"subnet-id"})) return {*subnet.SubnetId};
  if (is({"vpc-id"})) return {*subnet.VpcId};
  return {};
}

Values zone_values(const api::AvailabilityZone& zone, std::string_view filter) {
  if (filter == "group-name") return {*zone.GroupName};
  if (filter == "opt-in-status") return {*zone.OptInStatus};
  if (filter == "region-name") return {*zone.RegionName};
  if (filter == "state") return {*zone.State};
  if (filter == "zone-id") return {*zone.ZoneId};
  if (filter == "zone-name") return {*zone.ZoneName};
  if (filter == "zone-type") return {*zone.ZoneType};
  return {};
}

Values region_values(const api::Region& region, std::string_view filter) {
  if (filter == "endpoint") return {*region.Endpoint};
  if (filter == "opt-in-status") return {*region.OptInStatus};
  return {*region.RegionName};
}

bool asked_for(const model::List<std::string>& ids, const std::string& id) {
  return ids.empty() || std::ranges::find(ids, id) != ids.end();
}

}  // namespace

room::Outcome<api::DescribeVpcsResult> Ec2::describe_vpcs(Context& context,
                                                          const api::DescribeVpcsRequest& request) {
  if (auto ok = check_filters(request.Filters, kVpcFilters); !ok)
    return std::unexpected(ok.error());
  for (const auto& id : request.VpcIds) {
    if (!vpc_exists(context.region, id)) return vpc_not_found(id);
  }
  std::vector<api::Vpc> found;
  api::Vpc vpc = default_vpc_shape(env_.account);
  vpc.Tags = tags_of(context.region, *vpc.VpcId);
  if (matches(request.Filters, vpc.Tags, [&](auto filter) { return vpc_values(vpc, filter); })) {
    found.push_back(vpc);
  }
  using Result = api::DescribeVpcsResult;
  return page(request, Result{}, &Result::Vpcs, std::move(found),
              [](const api::Vpc& v) { return *v.VpcId; });
}

room::Outcome<api::DescribeSubnetsResult> Ec2::describe_subnets(
    Context& context, const api::DescribeSubnetsRequest& request) {
  if (auto ok = check_filters(request.Filters, kSubnetFilters); !ok) {
    return std::unexpected(ok.error());
  }
  for (const auto& id : request.SubnetIds) {
    if (!subnet(context.region, id)) return subnet_not_found(id);
  }
  std::vector<api::Subnet> found;
  for (auto& shape : subnet_shapes(context.region, env_.account)) {
    shape.Tags = tags_of(context.region, *shape.SubnetId);
    const bool wanted = matches(request.Filters, shape.Tags,
                                [&](auto filter) { return subnet_values(shape, filter); });
    if (wanted && asked_for(request.SubnetIds, *shape.SubnetId)) found.push_back(std::move(shape));
  }
  using Result = api::DescribeSubnetsResult;
  return page(request, Result{}, &Result::Subnets, std::move(found),
              [](const api::Subnet& s) { return *s.SubnetId; });
}

room::Outcome<api::DescribeAvailabilityZonesResult> Ec2::describe_availability_zones(
    Context& context, const api::DescribeAvailabilityZonesRequest& request) {
  if (auto ok = check_filters(request.Filters, kZoneFilters); !ok)
    return std::unexpected(ok.error());
  const auto all = zones(context.region);
  for (const auto& name : request.ZoneNames) {
    if (std::ranges::find(all, name, &api::AvailabilityZone::ZoneName) == all.end()) {
      return invalid_parameter("Invalid availability zone: [" + name + "]");
    }
  }
  for (const auto& id : request.ZoneIds) {
    if (std::ranges::find(all, id, &api::AvailabilityZone::ZoneId) == all.end()) {
      return invalid_parameter("Invalid availability zone-id: [" + id + "]");
    }
  }
  api::DescribeAvailabilityZonesResult reply;
  reply.AvailabilityZones.given = true;
  for (const auto& zone : all) {
    if (!asked_for(request.ZoneNames, *zone.ZoneName)) continue;
    if (!asked_for(request.ZoneIds, *zone.ZoneId)) continue;
    if (!matches(request.Filters, {}, [&](auto filter) { return zone_values(zone, filter); }))
      continue;
    reply.AvailabilityZones.push_back(zone);
  }
  return reply;
}

room::Outcome<api::DescribeRegionsResult> Ec2::describe_regions(
    Context& context, const api::DescribeRegionsRequest& request) {
  if (auto ok = check_filters(request.Filters, kRegionFilters); !ok) {
    return std::unexpected(ok.error());
  }
  const auto all = regions(context.region);
  for (const auto& name : request.RegionNames) {
    if (std::ranges::find(all, name, &api::Region::RegionName) == all.end()) {
      return invalid_parameter("Invalid value '" + name + "' for region.");
    }
  }
  api::DescribeRegionsResult reply;
  reply.Regions.given = true;
  const bool disabled_too = request.AllRegions.value_or(false) || !request.RegionNames.empty();
  for (const auto& region : all) {
    if (region.OptInStatus == "not-opted-in" && !disabled_too) continue;
    if (!asked_for(request.RegionNames, *region.RegionName)) continue;
    if (!matches(request.Filters, {}, [&](auto filter) { return region_values(region, filter); })) {
      continue;
    }
    reply.Regions.push_back(region);
  }
  return reply;
}

}  // namespace seatrial::services::ec2
