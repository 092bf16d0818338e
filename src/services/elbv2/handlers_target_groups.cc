// CreateTargetGroup and its kin.
#include "services/elbv2/attributes.h"
#include "services/elbv2/errors.h"
#include "services/elbv2/requests.h"
#include "services/elbv2/service.h"

namespace seatrial::services::elbv2 {
namespace {

constexpr int kHighestCodeHttp = 499, kHighestCodeTcp = 599;  // what matchers may name

std::optional<model::AwsError> unserved_input(const shape::CreateTargetGroupInput& input) {
  const auto type = input.TargetType.value_or("instance");
  if (type == "lambda" || type == "alb") return not_served("target type " + type).error();
  const auto version = input.ProtocolVersion.value_or("HTTP1");
  if (version != "HTTP1") return not_served("protocol version " + version).error();
  if (input.IpAddressType && input.IpAddressType != "ipv4")
    return not_served("IP address type " + *input.IpAddressType).error();
  if (input.TargetControlPort) return not_served("TargetControlPort").error();
  return {};
}

std::optional<model::AwsError> protocol_problem(const std::optional<std::string>& protocol,
                                                std::string_view member) {
  if (!protocol || protocol == "HTTP" || protocol == "TCP") return {};
  return fail(
             "UnsupportedProtocol",
             fmt::format("Seatrial does not serve {} '{}' yet: use HTTP or TCP", member, *protocol))
      .error();
}

// Health check defaults, by protocol.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
void fill_defaults(shape::TargetGroup& group) {
  const auto fill = [](auto& member, auto value) {
    if (!member) member = value;
  };
  fill(group.HealthCheckProtocol, *group.Protocol);
  fill(group.HealthCheckPort, "traffic-port");
  fill(group.HealthCheckEnabled, true);
  fill(group.HealthCheckIntervalSeconds, 30);
  fill(group.HealthyThresholdCount, 5);
  fill(group.UnhealthyThresholdCount, 2);
  if (group.HealthCheckProtocol == "TCP") return fill(group.HealthCheckTimeoutSeconds, 10);
  fill(group.HealthCheckTimeoutSeconds, group.Protocol == "TCP" ? 6 : 5);
  fill(group.HealthCheckPath, "/");
  if (!group.Matcher)
    group.Matcher.emplace().HttpCode = group.Protocol == "TCP" ? "200-399" : "200";
}

bool printable_path(const std::string& path) {
  return path.starts_with('/') &&
         std::ranges::all_of(path, [](char c) { return c > ' ' && c < 0x7f; });
}

std::optional<model::AwsError> health_problem(const shape::TargetGroup& group) {
  if (auto problem = protocol_problem(group.HealthCheckProtocol, "health check protocol"))
    return problem;
  if (!*group.HealthCheckEnabled)
    return validation("Health checks cannot be disabled for this target type").error();
  if (*group.HealthCheckTimeoutSeconds >= *group.HealthCheckIntervalSeconds) {
    return validation(
               fmt::format("Health check timeout '{}' must be smaller than the interval '{}'",
                           *group.HealthCheckTimeoutSeconds, *group.HealthCheckIntervalSeconds))
        .error();
  }
  if (*group.HealthCheckPort != "traffic-port") {
    const int port = std::atoi(group.HealthCheckPort->c_str());
    if (port < 1 || port > 65535 || std::to_string(port) != *group.HealthCheckPort) {
      return validation(
                 fmt::format(
                     "Health check port '{}' must be 'traffic-port' or in the range of 1-65535",
                     *group.HealthCheckPort))
          .error();
    }
  }
  if (group.HealthCheckProtocol == "TCP") {
    if (group.HealthCheckPath) {
      return fail("InvalidConfigurationRequest",
                  "Health check path is not supported with TCP health checks")
          .error();
    }
    return {};
  }
  if (!printable_path(*group.HealthCheckPath)) {
    return validation(fmt::format("Health check path '{}' must begin with a '/' character",
                                  *group.HealthCheckPath))
        .error();
  }
  if (group.Matcher && group.Matcher->GrpcCode) return not_served("GrpcCode").error();
  const int highest = group.Protocol == "TCP" ? kHighestCodeTcp : kHighestCodeHttp;
  if (auto what = decide::matcher_problem(group.Matcher->HttpCode.value_or(""), highest)) {
    return validation(*what).error();
  }
  return {};
}

// Everything but the ARN.
Outcome<shape::TargetGroup> group_of(const shape::CreateTargetGroupInput& input) {
  if (!input.Protocol) return validation("A protocol must be specified");
  if (auto problem = protocol_problem(input.Protocol, "target group protocol"))
    return std::unexpected(*problem);
  if (!input.Port) return validation("A port must be specified");
  if (!input.VpcId) return validation("A VPC ID must be specified");
  shape::TargetGroup group;
  group.TargetGroupName = input.Name;
  group.Protocol = input.Protocol;
  group.Port = input.Port;
  group.VpcId = input.VpcId;
  group.TargetType = input.TargetType.value_or("instance");
  group.IpAddressType = "ipv4";
  if (group.Protocol == "HTTP") group.ProtocolVersion = "HTTP1";
  group.HealthCheckProtocol = input.HealthCheckProtocol;
  group.HealthCheckPort = input.HealthCheckPort;
  group.HealthCheckEnabled = input.HealthCheckEnabled;
  group.HealthCheckIntervalSeconds = input.HealthCheckIntervalSeconds;
  group.HealthCheckTimeoutSeconds = input.HealthCheckTimeoutSeconds;
  group.HealthyThresholdCount = input.HealthyThresholdCount;
  group.UnhealthyThresholdCount = input.UnhealthyThresholdCount;
  group.HealthCheckPath = input.HealthCheckPath;
  group.Matcher = input.Matcher;
  fill_defaults(group);
  if (auto problem = health_problem(group)) return std::unexpected(*problem);
  return group;
}

model::List<shape::TargetGroupAttribute> attribute_list(const StringMap& attributes) {
  model::List<shape::TargetGroupAttribute> list;
  for (const auto& [key, value] : attributes) list.push_back({key, value});
  return list;
}

}  // namespace

Outcome<shape::CreateTargetGroupOutput> Elbv2::create_target_group(
    Context& context, const shape::CreateTargetGroupInput& input) {
  if (auto good = check_name("Target group", input.Name); !good)
    return std::unexpected(good.error());
  if (auto problem = unserved_input(input)) return std::unexpected(*problem);
  auto made = group_of(input);
  if (!made) return std::unexpected(made.error());
  if (!parts_.vpcs.vpc_exists(context.region, *made->VpcId)) {
    return validation(fmt::format("The VPC ID '{}' is not found", *made->VpcId));
  }
  auto tags = tag_map(input.Tags);
  if (!tags) return std::unexpected(tags.error());
  for (const auto& [arn, other] : tables_.groups) {
    if (region_of(arn) != context.region || other.shape.TargetGroupName != input.Name) continue;
    auto same = *made;
    same.TargetGroupArn = arn;
    if (to_value(same) == to_value(other.shape))
      return shape::CreateTargetGroupOutput{std::vector{shown(other)}};
    return fail(
        "DuplicateTargetGroupName",
        fmt::format("A target group with the same name '{}' exists, but with different settings",
                    input.Name));
  }
  made->TargetGroupArn = context
                             .arn("elasticloadbalancing",
                                  fmt::format("targetgroup/{}/{}", input.Name, env_.rng.hex(16)))
                             .text();
  TargetGroupRecord record{*made, default_group_attributes(made->Protocol == "TCP"),
                           std::move(*tags)};
  const auto& stored = tables_.groups.put(*made->TargetGroupArn, std::move(record));
  return shape::CreateTargetGroupOutput{std::vector{shown(stored)}};
}

shape::TargetGroup Elbv2::shown(const TargetGroupRecord& record) const {
  auto group = record.shape;
  const auto balancers = tables_.balancers_of(*group.TargetGroupArn);
  group.LoadBalancerArns = std::vector<std::string>(balancers.begin(), balancers.end());
  return group;
}

// One that is not there is deleted already, as AWS sees it.
Outcome<shape::DeleteTargetGroupOutput> Elbv2::delete_target_group(
    Context& context, const shape::DeleteTargetGroupInput& input) {
  const auto found = group(context, input.TargetGroupArn);
  if (!found && found.error().code == "TargetGroupNotFound")
    return shape::DeleteTargetGroupOutput{};
  if (!found) return std::unexpected(found.error());
  if (!tables_.balancers_of(input.TargetGroupArn).empty()) return in_use(input.TargetGroupArn);
  std::vector<std::string> keys;
  for (const auto& [key, target] : tables_.targets.with_prefix(input.TargetGroupArn + "|"))
    keys.push_back(key);
  for (const auto& key : keys) tables_.targets.erase(key);
  tables_.groups.erase(input.TargetGroupArn);
  controller_.changed();
  return shape::DeleteTargetGroupOutput{};
}

Outcome<shape::DescribeTargetGroupsOutput> Elbv2::describe_target_groups(
    Context& context, const shape::DescribeTargetGroupsInput& input) {
  std::vector<shape::TargetGroup> found;
  if (input.LoadBalancerArn) {
    if (const auto lb = balancer(context, *input.LoadBalancerArn); !lb)
      return std::unexpected(lb.error());
  }
  for (const auto& arn : input.TargetGroupArns) {
    const auto record = group(context, arn);
    if (!record) return std::unexpected(record.error());
    found.push_back(shown(**record));
  }
  std::set<std::string> names(input.Names.begin(), input.Names.end());
  const bool all = input.TargetGroupArns.empty() && input.Names.empty();
  for (const auto& [arn, record] : tables_.groups) {
    if (region_of(arn) != context.region) continue;
    if (all || names.erase(*record.shape.TargetGroupName) > 0) found.push_back(shown(record));
  }
  if (!names.empty()) return target_group_not_found();
  if (input.LoadBalancerArn) {
    std::erase_if(found, [&](const auto& g) {
      return std::ranges::count(g.LoadBalancerArns, *input.LoadBalancerArn) == 0;
    });
  }
  const auto arn_of = [](const shape::TargetGroup& g) { return *g.TargetGroupArn; };
  std::ranges::sort(found, {}, arn_of);
  auto next = cut_page(found, input.Marker, input.PageSize, arn_of);
  if (!next) return std::unexpected(next.error());
  return shape::DescribeTargetGroupsOutput{std::move(found), *next};
}

Outcome<shape::ModifyTargetGroupOutput> Elbv2::modify_target_group(
    Context& context, const shape::ModifyTargetGroupInput& input) {
  const auto found = group(context, input.TargetGroupArn);
  if (!found) return std::unexpected(found.error());
  auto record = **found;
  const auto change = [](auto& member, const auto& given) {
    if (given) member = given;
  };
  change(record.shape.HealthCheckProtocol, input.HealthCheckProtocol);
  change(record.shape.HealthCheckPort, input.HealthCheckPort);
  change(record.shape.HealthCheckPath, input.HealthCheckPath);
  change(record.shape.HealthCheckEnabled, input.HealthCheckEnabled);
  change(record.shape.HealthCheckIntervalSeconds, input.HealthCheckIntervalSeconds);
  change(record.shape.HealthCheckTimeoutSeconds, input.HealthCheckTimeoutSeconds);
  change(record.shape.HealthyThresholdCount, input.HealthyThresholdCount);
  change(record.shape.UnhealthyThresholdCount, input.UnhealthyThresholdCount);
  change(record.shape.Matcher, input.Matcher);
  if (record.shape.HealthCheckProtocol == "TCP" && !input.HealthCheckPath) {
    record.shape.HealthCheckPath.reset();
    record.shape.Matcher.reset();
  }
  fill_defaults(record.shape);
  if (auto problem = health_problem(record.shape)) return std::unexpected(*problem);
  const auto& stored = tables_.groups.put(input.TargetGroupArn, std::move(record));
  controller_.changed();
  return shape::ModifyTargetGroupOutput{std::vector{shown(stored)}};
}

Outcome<shape::DescribeTargetGroupAttributesOutput> Elbv2::describe_target_group_attributes(
    Context& context, const shape::DescribeTargetGroupAttributesInput& input) {
  const auto found = group(context, input.TargetGroupArn);
  if (!found) return std::unexpected(found.error());
  return shape::DescribeTargetGroupAttributesOutput{attribute_list((*found)->attributes)};
}

Outcome<shape::ModifyTargetGroupAttributesOutput> Elbv2::modify_target_group_attributes(
    Context& context, const shape::ModifyTargetGroupAttributesInput& input) {
  const auto found = group(context, input.TargetGroupArn);
  if (!found) return std::unexpected(found.error());
  auto record = **found;
  const auto defaults = default_group_attributes(record.shape.Protocol == "TCP");
  for (const auto& attribute : input.Attributes) {
    const auto key = attribute.Key.value_or(""), value = attribute.Value.value_or("");
    if (auto problem = attribute_problem(defaults, key, value)) return std::unexpected(*problem);
    record.attributes[key] = value;
  }
  auto reply = shape::ModifyTargetGroupAttributesOutput{attribute_list(record.attributes)};
  tables_.groups.put(input.TargetGroupArn, std::move(record));
  controller_.changed();
  return reply;
}

}  // namespace seatrial::services::elbv2
