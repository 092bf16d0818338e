// CreateLoadBalancer and its kin.
#include "base/log.h"
#include "services/elbv2/attributes.h"
#include "services/elbv2/errors.h"
#include "services/elbv2/requests.h"
#include "services/elbv2/service.h"

namespace seatrial::services::elbv2 {
namespace {

// The hosted zone that Route 53 aliases name, per region.
// https://docs.aws.amazon.com/general/latest/gr/elb.html
std::string hosted_zone(const std::string& region, bool network) {
  static const std::map<std::string, std::pair<const char*, const char*>> zones = {
      {"us-east-1", {"Z35SXDOTRQ7X7K", "Z26RNL4JYFTOTI"}},
      {"us-east-2", {"Z3AADJGX6KTTL2", "ZLMOA37VPKANP"}},
      {"us-west-1", {"Z368ELLRRE2KJ0", "Z24FKFUX50B4VW"}},
      {"us-west-2", {"Z1H1FL5HABSF5", "Z18D5FSROUN65G"}},
      {"eu-west-1", {"Z32O12XQLNTSW2", "Z2IFOLAFXWLO4F"}},
      {"eu-central-1", {"Z215JYRZR1TBD5", "Z3F0SRJ5LGBH90"}},
      {"ap-southeast-1", {"Z1LMS91P8CMLE5", "ZKVM4W9LS7TM"}},
      {"ap-southeast-2", {"Z1GM3OXH4ZPM65", "ZCT6FZBF4DROD"}},
      {"ap-northeast-1", {"Z14GRHDCWA56QT", "Z31USIVHYNEOWT"}}};
  const auto found = zones.find(region);
  if (found == zones.end()) return "Z35SXDOTRQ7X7K";
  return network ? found->second.second : found->second.first;
}

std::optional<model::AwsError> unserved_input(const shape::CreateLoadBalancerInput& input) {
  if (input.Type == "gateway") return not_served("gateway load balancers").error();
  if (input.IpAddressType && input.IpAddressType != "ipv4")
    return not_served("IP address type " + *input.IpAddressType).error();
  if (input.CustomerOwnedIpv4Pool) return not_served("CustomerOwnedIpv4Pool").error();
  if (input.IpamPools) return not_served("IpamPools").error();
  if (input.EnablePrefixForIpv6SourceNat && input.EnablePrefixForIpv6SourceNat != "off") {
    return not_served("EnablePrefixForIpv6SourceNat").error();
  }
  for (const auto& mapping : input.SubnetMappings) {
    if (mapping.AllocationId || mapping.PrivateIPv4Address || mapping.IPv6Address) {
      return not_served("addresses of one's own in SubnetMappings").error();
    }
  }
  return {};
}

bool same_settings(const shape::LoadBalancer& a, const shape::LoadBalancer& b) {
  const auto subnets = [](const shape::LoadBalancer& lb) {
    std::set<std::string> ids;
    for (const auto& zone : lb.AvailabilityZones) ids.insert(*zone.SubnetId);
    return ids;
  };
  return a.Type == b.Type && a.Scheme == b.Scheme && subnets(a) == subnets(b) &&
         std::set(a.SecurityGroups.begin(), a.SecurityGroups.end()) ==
             std::set(b.SecurityGroups.begin(), b.SecurityGroups.end());
}

model::List<shape::LoadBalancerAttribute> balancer_attribute_list(const StringMap& attributes) {
  model::List<shape::LoadBalancerAttribute> list;
  for (const auto& [key, value] : attributes) list.push_back({key, value});
  return list;
}

}  // namespace

Outcome<std::vector<shape::AvailabilityZone>> Elbv2::zones_of(
    const Context& context, const shape::CreateLoadBalancerInput& input, bool network) const {
  std::vector<std::string> ids(input.Subnets.begin(), input.Subnets.end());
  for (const auto& mapping : input.SubnetMappings) ids.push_back(mapping.SubnetId.value_or(""));
  if (!input.Subnets.empty() && !input.SubnetMappings.empty()) {
    return validation("You can specify either Subnets or SubnetMappings, not both");
  }
  std::map<std::string, shape::AvailabilityZone> zones;
  for (const auto& id : ids) {
    const auto subnet = parts_.vpcs.subnet(context.region, id);
    if (!subnet)
      return fail("SubnetNotFound", fmt::format("The subnet ID '{}' does not exist", id));
    shape::AvailabilityZone zone;
    zone.ZoneName = subnet->zone;
    zone.SubnetId = id;
    if (!zones.emplace(subnet->zone, zone).second) {
      return fail(
          "InvalidConfigurationRequest",
          "A load balancer cannot be attached to multiple subnets in the same Availability Zone");
    }
  }
  if (zones.size() < (network ? 1u : 2u)) {
    return validation(
        network ? "At least one subnet must be specified"
                : "At least two subnets in two different Availability Zones must be specified");
  }
  std::vector<shape::AvailabilityZone> result;
  for (auto& [name, zone] : zones) result.push_back(std::move(zone));
  return result;
}

// The name must resolve when the caller has the reply, so the hosts file is written first; what a
// failed transaction leaves there is removed by the controller's next pass.
Outcome<void> Elbv2::give_name(const Context& context, LoadBalancerRecord& record) {
  const auto& name = *record.shape.LoadBalancerName;
  record.address = parts_.network.loopback_address(context.region + "/" + name);
  record.shape.DNSName = record.address;
  if (parts_.hosts == nullptr) return {};
  std::string digits;
  while (digits.size() < 10) digits += static_cast<char>('0' + env_.rng.below(10));
  const bool internal = record.shape.Scheme == "internal";
  const bool network = record.shape.Type == "network";
  const auto dns = fmt::format("{}{}-{}.{}amazonaws.com", internal ? "internal-" : "", name, digits,
                               network ? "elb." + context.region + "." : context.region + ".elb.");
  auto names = controller_.host_names();
  names[dns] = record.address;
  if (const auto written = parts_.hosts->set(names); written) {
    record.shape.DNSName = dns;
  } else {
    log::warning("elbv2: {} gets its address as DNSName: {}", name, written.error());
  }
  return {};
}

Outcome<shape::CreateLoadBalancerOutput> Elbv2::create_load_balancer(
    Context& context, const shape::CreateLoadBalancerInput& input) {
  if (auto good = check_name("The load balancer", input.Name); !good)
    return std::unexpected(good.error());
  if (input.Name.starts_with("internal-")) {
    return validation(
        fmt::format("The load balancer name '{}' cannot begin with 'internal-'", input.Name));
  }
  if (auto problem = unserved_input(input)) return std::unexpected(*problem);
  if (auto proxy = parts_.proxy.available(); !proxy)
    return fail("OperationNotPermitted", proxy.error());
  const bool network = input.Type == "network";
  auto zones = zones_of(context, input, network);
  if (!zones) return std::unexpected(zones.error());
  auto tags = tag_map(input.Tags);
  if (!tags) return std::unexpected(tags.error());

  LoadBalancerRecord record;
  auto& lb = record.shape;
  lb.LoadBalancerName = input.Name;
  lb.Type = network ? "network" : "application";
  lb.Scheme = input.Scheme.value_or("internet-facing");
  lb.IpAddressType = "ipv4";
  lb.CreatedTime = context.now;
  lb.State.emplace().Code = "provisioning";
  lb.CanonicalHostedZoneId = hosted_zone(context.region, network);
  lb.VpcId = parts_.vpcs.subnet(context.region, *zones->front().SubnetId)->vpc_id;
  lb.AvailabilityZones = std::move(*zones);
  lb.SecurityGroups = input.SecurityGroups;
  if (!network && lb.SecurityGroups.empty()) {
    lb.SecurityGroups.push_back(parts_.vpcs.default_security_group(context.region));
  }
  for (const auto& id : lb.SecurityGroups) {
    if (parts_.vpcs.security_group_exists(context.region, id)) continue;
    return fail("InvalidSecurityGroup", fmt::format("The security group '{}' does not exist", id));
  }
  std::size_t count = 0;
  for (const auto& [arn, other] : tables_.balancers) {
    if (region_of(arn) != context.region) continue;
    ++count;
    if (other.shape.LoadBalancerName != input.Name) continue;
    if (same_settings(other.shape, lb))
      return shape::CreateLoadBalancerOutput{std::vector{shown(other)}};
    return fail(
        "DuplicateLoadBalancerName",
        fmt::format("A load balancer with the same name '{}' exists, but with different settings",
                    input.Name));
  }
  if (count >= kMaxBalancers) {
    return fail("TooManyLoadBalancers", "The maximum number of load balancers has been reached");
  }
  lb.LoadBalancerArn =
      context
          .arn("elasticloadbalancing", fmt::format("loadbalancer/{}/{}/{}", network ? "net" : "app",
                                                   input.Name, env_.rng.hex(16)))
          .text();
  record.attributes = default_balancer_attributes(network);
  record.tags = std::move(*tags);
  if (auto named = give_name(context, record); !named) return std::unexpected(named.error());
  const auto& stored = tables_.balancers.put(*lb.LoadBalancerArn, record);
  controller_.changed();
  return shape::CreateLoadBalancerOutput{std::vector{shown(stored)}};
}

shape::LoadBalancer Elbv2::shown(const LoadBalancerRecord& record) const {
  auto lb = record.shape;
  const auto& error = controller_.proxy_error();
  if (!error.empty() && lb.State && lb.State->Code == "active") {
    lb.State->Code = "active_impaired";
    lb.State->Reason = error;
  }
  return lb;
}

Outcome<shape::DeleteLoadBalancerOutput> Elbv2::delete_load_balancer(
    Context& context, const shape::DeleteLoadBalancerInput& input) {
  const auto found = balancer(context, input.LoadBalancerArn);
  if (!found && found.error().code == "LoadBalancerNotFound")
    return shape::DeleteLoadBalancerOutput{};
  if (!found) return std::unexpected(found.error());
  if (flag_attribute((*found)->attributes, "deletion_protection.enabled")) {
    return fail(
        "OperationNotPermitted",
        fmt::format("Load balancer '{}' cannot be deleted because deletion protection is enabled",
                    input.LoadBalancerArn));
  }
  std::vector<std::string> listeners;
  for (const auto& [arn, one] :
       tables_.listeners.with_prefix(listener_prefix(input.LoadBalancerArn))) {
    listeners.push_back(arn);
  }
  for (const auto& arn : listeners) remove_listener(arn);
  tables_.balancers.erase(input.LoadBalancerArn);
  controller_.changed();
  return shape::DeleteLoadBalancerOutput{};
}

Outcome<shape::DescribeLoadBalancersOutput> Elbv2::describe_load_balancers(
    Context& context, const shape::DescribeLoadBalancersInput& input) {
  std::vector<shape::LoadBalancer> found;
  for (const auto& arn : input.LoadBalancerArns) {
    const auto record = balancer(context, arn);
    if (!record) return std::unexpected(record.error());
    found.push_back(shown(**record));
  }
  std::set<std::string> names(input.Names.begin(), input.Names.end());
  const bool all = input.LoadBalancerArns.empty() && input.Names.empty();
  for (const auto& [arn, record] : tables_.balancers) {
    if (region_of(arn) != context.region) continue;
    if (all || names.erase(*record.shape.LoadBalancerName) > 0) found.push_back(shown(record));
  }
  if (!names.empty()) {
    return fail("LoadBalancerNotFound",
                fmt::format("Load balancers '[{}]' not found", fmt::join(names, ", ")));
  }
  const auto arn_of = [](const shape::LoadBalancer& lb) { return *lb.LoadBalancerArn; };
  std::ranges::sort(found, {}, arn_of);
  auto next = cut_page(found, input.Marker, input.PageSize, arn_of);
  if (!next) return std::unexpected(next.error());
  return shape::DescribeLoadBalancersOutput{std::move(found), *next};
}

Outcome<shape::DescribeLoadBalancerAttributesOutput> Elbv2::describe_load_balancer_attributes(
    Context& context, const shape::DescribeLoadBalancerAttributesInput& input) {
  const auto found = balancer(context, input.LoadBalancerArn);
  if (!found) return std::unexpected(found.error());
  return shape::DescribeLoadBalancerAttributesOutput{balancer_attribute_list((*found)->attributes)};
}

Outcome<shape::ModifyLoadBalancerAttributesOutput> Elbv2::modify_load_balancer_attributes(
    Context& context, const shape::ModifyLoadBalancerAttributesInput& input) {
  const auto found = balancer(context, input.LoadBalancerArn);
  if (!found) return std::unexpected(found.error());
  auto record = **found;
  const auto defaults = default_balancer_attributes(record.shape.Type == "network");
  for (const auto& attribute : input.Attributes) {
    const auto key = attribute.Key.value_or(""), value = attribute.Value.value_or("");
    if (auto problem = attribute_problem(defaults, key, value)) return std::unexpected(*problem);
    record.attributes[key] = value;
  }
  const auto logging = [](const StringMap& all) {
    return std::array{all.at("access_logs.s3.enabled"), all.at("access_logs.s3.bucket"),
                      all.at("access_logs.s3.prefix")};
  };
  if (flag_attribute(record.attributes, "access_logs.s3.enabled") &&
      logging(record.attributes) != logging((*found)->attributes)) {
    if (auto may = check_access_bucket(record); !may) return std::unexpected(may.error());
    put_test_file(record);
  }
  auto reply =
      shape::ModifyLoadBalancerAttributesOutput{balancer_attribute_list(record.attributes)};
  tables_.balancers.put(input.LoadBalancerArn, std::move(record));
  controller_.changed();
  return reply;
}

}  // namespace seatrial::services::elbv2
