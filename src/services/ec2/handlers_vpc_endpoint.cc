// VPC endpoints: gateway endpoints are recorded; nothing runs behind them.
#include <algorithm>

#include "base/encoding.h"
#include "base/value.h"
#include "services/ec2/errors.h"
#include "services/ec2/layout.h"
#include "services/ec2/service.h"

namespace seatrial::services::ec2 {
namespace {

constexpr std::string_view kEndpointFilters[] = {
    "service-name",     "tag:", "tag-key", "vpc-id", "vpc-endpoint-id", "vpc-endpoint-state",
    "vpc-endpoint-type"};
constexpr const char* kFullAccess =
    R"({"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*",)"
    R"("Resource":"*"}]})";

// Tells the same request from another under one client token.
std::string digest_of(api::CreateVpcEndpointRequest request) {
  request.ClientToken.reset();
  request.DryRun.reset();
  return hex_encode(sha256(to_json(to_value(request))));
}

auto unsupported(std::string message) {
  return model::fail("UnsupportedOperation", std::move(message));
}

model::Outcome<void> check_request(const std::string& region,
                                   const api::CreateVpcEndpointRequest& request) {
  const auto type = request.VpcEndpointType.value_or("Gateway");
  if (type != "Gateway") return unsupported(type + " endpoints are not served here, only Gateway.");
  if (request.ServiceNetworkArn || request.ResourceConfigurationArn) {
    return unsupported("Service networks and resource configurations are not served here.");
  }
  if (request.ServiceRegion && request.ServiceRegion != region) {
    return unsupported("Endpoints to another region are not served here.");
  }
  if (!request.ServiceName) return missing_parameter("ServiceName");
  const std::string prefix = "com.amazonaws." + region + ".";
  if (*request.ServiceName != prefix + "s3" && *request.ServiceName != prefix + "dynamodb") {
    return model::fail("InvalidServiceName",
                       "The Vpc Endpoint Service '" + *request.ServiceName + "' does not exist");
  }
  if (request.IpAddressType.value_or("ipv4") != "ipv4") {
    return unsupported("Endpoints of the address type " + *request.IpAddressType +
                       " are not served here, only ipv4.");
  }
  if (!request.SubnetIds.empty() || !request.SecurityGroupIds.empty() ||
      !request.SubnetConfigurations.empty() || request.PrivateDnsEnabled.value_or(false) ||
      request.DnsOptions) {
    return invalid_parameter(
        "Subnets, security groups and private DNS belong to interface endpoints, not to a "
        "Gateway.");
  }
  if (!request.RouteTableIds.empty()) {
    return model::fail("InvalidRouteTableId.NotFound",
                       "The routeTable ID '" + request.RouteTableIds.front() +
                           "' does not exist: route tables are not served here");
  }
  if (request.PolicyDocument && !parse_json(*request.PolicyDocument)) {
    return model::fail("InvalidPolicyDocument", "The policy document is not valid JSON");
  }
  return {};
}

Values values_of(const api::VpcEndpoint& endpoint, std::string_view filter) {
  if (filter == "service-name") return {*endpoint.ServiceName};
  if (filter == "vpc-id") return {*endpoint.VpcId};
  if (filter == "vpc-endpoint-id") return {*endpoint.VpcEndpointId};
  if (filter == "vpc-endpoint-state") return {*endpoint.State};
  return {*endpoint.VpcEndpointType};
}

}  // namespace

room::Outcome<api::CreateVpcEndpointResult> Ec2::create_vpc_endpoint(
    Context& context, const api::CreateVpcEndpointRequest& request) {
  if (!vpc_exists(context.region, request.VpcId)) return vpc_not_found(request.VpcId);
  if (auto ok = check_request(context.region, request); !ok) return std::unexpected(ok.error());
  const auto tags = tags_for(request.TagSpecifications, "vpc-endpoint");
  if (!tags) return std::unexpected(tags.error());
  api::CreateVpcEndpointResult reply;
  reply.ClientToken = request.ClientToken;
  std::size_t count = 0;
  for (const auto& [key, record] : tables_.endpoints.with_prefix(context.region + "/")) {
    ++count;
    if (!request.ClientToken || record.client_token != *request.ClientToken) continue;
    if (record.request != digest_of(request)) {
      return model::fail(
          "IdempotentParameterMismatch",
          "The client token '" + *request.ClientToken + "' was used before with other parameters");
    }
    reply.VpcEndpoint = record.shape;
    reply.VpcEndpoint->Tags = tags_of(context.region, *record.shape.VpcEndpointId);
    return reply;
  }
  if (count >= kEndpointsPerRegion) {
    return model::fail("VpcEndpointLimitExceeded",
                       "The maximum number of VPC endpoints has been reached.");
  }
  api::VpcEndpoint endpoint;
  endpoint.VpcEndpointId = new_id("vpce-");
  endpoint.VpcEndpointType = "Gateway";
  endpoint.VpcId = request.VpcId;
  endpoint.ServiceName = request.ServiceName;
  endpoint.State = "available";
  endpoint.PolicyDocument = request.PolicyDocument.value_or(kFullAccess);
  endpoint.RouteTableIds.given = endpoint.SubnetIds.given = endpoint.Groups.given = true;
  endpoint.NetworkInterfaceIds.given = endpoint.DnsEntries.given = true;
  endpoint.PrivateDnsEnabled = false;
  endpoint.RequesterManaged = false;
  endpoint.CreationTimestamp = context.now;
  endpoint.OwnerId = env_.account;
  endpoint.ServiceRegion = context.region;
  const std::string id = *endpoint.VpcEndpointId;
  if (auto ok = add_tags(context.region, id, *tags); !ok) return std::unexpected(ok.error());
  tables_.endpoints.put(context.key(id),
                        {endpoint, request.ClientToken.value_or(""), digest_of(request)});
  endpoint.Tags = *tags;
  reply.VpcEndpoint = std::move(endpoint);
  return reply;
}

room::Outcome<api::DescribeVpcEndpointsResult> Ec2::describe_vpc_endpoints(
    Context& context, const api::DescribeVpcEndpointsRequest& request) {
  if (auto ok = check_filters(request.Filters, kEndpointFilters); !ok)
    return std::unexpected(ok.error());
  const auto& ids = request.VpcEndpointIds;
  for (const auto& id : ids) {
    if (!tables_.endpoints.contains(context.key(id))) return endpoint_not_found(id);
  }
  std::vector<api::VpcEndpoint> found;
  for (const auto& [key, record] : tables_.endpoints.with_prefix(context.region + "/")) {
    api::VpcEndpoint endpoint = record.shape;
    if (!ids.empty() && std::ranges::count(ids, *endpoint.VpcEndpointId) == 0) continue;
    endpoint.Tags = tags_of(context.region, *endpoint.VpcEndpointId);
    const bool wanted = matches(request.Filters, endpoint.Tags,
                                [&](auto filter) { return values_of(endpoint, filter); });
    if (wanted) found.push_back(std::move(endpoint));
  }
  using Result = api::DescribeVpcEndpointsResult;
  return page(request, Result{}, &Result::VpcEndpoints, std::move(found),
              [](const api::VpcEndpoint& endpoint) { return *endpoint.VpcEndpointId; });
}

room::Outcome<api::DeleteVpcEndpointsResult> Ec2::delete_vpc_endpoints(
    Context& context, const api::DeleteVpcEndpointsRequest& request) {
  if (request.VpcEndpointIds.empty()) return missing_parameter("VpcEndpointId");
  api::DeleteVpcEndpointsResult reply;
  reply.Unsuccessful.given = true;
  for (const auto& id : request.VpcEndpointIds) {
    if (tables_.endpoints.erase(context.key(id))) {
      tables_.tags.erase(context.key(id));
      continue;
    }
    const auto error = endpoint_not_found(id).error();
    auto& item = reply.Unsuccessful.emplace_back();
    item.ResourceId = id;
    item.Error = api::UnsuccessfulItemError{error.code, error.message};
  }
  return reply;
}

}  // namespace seatrial::services::ec2
