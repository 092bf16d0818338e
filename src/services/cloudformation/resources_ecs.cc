// AWS::ECS::Cluster, TaskDefinition, Service.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ECS.html
#include "services/cloudformation/resource_type.h"

namespace seatrial::services::cloudformation {
namespace {

Attempt<void> update_ecs_tags(ApiCaller& api, const std::string& arn, const Value& before,
                              const Value& after) {
  const TagChange change = tag_change(before, after, "key", "value");
  if (!change.set.empty())
    if (auto r = api.call("ecs", "TagResource", Object{{"resourceArn", arn}, {"tags", change.set}});
        !r)
      return std::unexpected(r.error());
  if (!change.removed.empty())
    if (auto r = api.call("ecs", "UntagResource",
                          Object{{"resourceArn", arn}, {"tagKeys", change.removed}});
        !r)
      return std::unexpected(r.error());
  return {};
}

// ---- cluster

Physical cluster_physical(const Value& cluster) {
  return {text_of(cluster, "clusterName"), Object{{"Arn", text_of(cluster, "clusterArn")}}};
}

Attempt<std::optional<Physical>> find_cluster(ApiCaller& api, const Request& r) {
  auto reply = api.call("ecs", "DescribeClusters",
                        Object{{"clusters", Array{text_of(r.properties, "ClusterName")}}});
  if (!reply) return std::unexpected(reply.error());
  for (const Value& cluster : list_of(*reply, "clusters"))
    if (text_member(cluster, "status") == "ACTIVE") return cluster_physical(cluster);
  return std::nullopt;
}

Attempt<Physical> create_cluster(ApiCaller& api, const Request& r) {
  auto input =
      map_properties({"ecs", "CreateCluster", {{"ClusterSettings", "settings"}}, {}}, r.properties);
  if (!input) return std::unexpected(input.error());
  auto reply = api.call("ecs", "CreateCluster", std::move(*input));
  if (!reply) return std::unexpected(reply.error());
  return cluster_physical(member_of(*reply, "cluster"));
}

Attempt<void> update_cluster(ApiCaller& api, const Physical& p, const Value& before,
                             const Value& after) {
  if (auto r = cannot_change("AWS::ECS::Cluster", before, after,
                             {"Configuration", "CapacityProviders",
                              "DefaultCapacityProviderStrategy", "ServiceConnectDefaults"});
      !r)
    return r;
  if (member_of(before, "ClusterSettings") != member_of(after, "ClusterSettings")) {
    Value settings = member_of(after, "ClusterSettings");
    if (settings.is_null())
      settings = Array{Object{{"Name", "containerInsights"}, {"Value", "disabled"}}};
    auto input =
        map_properties({"ecs", "UpdateClusterSettings", {{"ClusterSettings", "settings"}}, {}},
                       Object{{"ClusterSettings", std::move(settings)}});
    if (!input) return std::unexpected(input.error());
    input->as_object()["cluster"] = p.id;
    if (auto reply = api.call("ecs", "UpdateClusterSettings", std::move(*input)); !reply)
      return std::unexpected(reply.error());
  }
  return update_ecs_tags(api, text_of(Value(p.attributes), "Arn"), before, after);
}

Attempt<void> remove_cluster(ApiCaller& api, const Physical& p, const Value&) {
  return api.erase("ecs", "DeleteCluster", Object{{"cluster", p.id}});
}

// ---- task definition

Attempt<Physical> create_task_definition(ApiCaller& api, const Request& r) {
  auto input = map_properties({"ecs", "RegisterTaskDefinition", {}, {}}, r.properties);
  if (!input) return std::unexpected(input.error());
  auto reply = api.call("ecs", "RegisterTaskDefinition", std::move(*input));
  if (!reply) return std::unexpected(reply.error());
  const std::string arn = text_of(member_of(*reply, "taskDefinition"), "taskDefinitionArn");
  return Physical{arn, Object{{"TaskDefinitionArn", arn}}};
}

Attempt<void> update_task_definition(ApiCaller& api, const Physical& p, const Value& before,
                                     const Value& after) {
  return update_ecs_tags(api, p.id, before, after);
}

Attempt<void> remove_task_definition(ApiCaller& api, const Physical& p, const Value&) {
  auto reply = api.call("ecs", "DeregisterTaskDefinition", Object{{"taskDefinition", p.id}});
  // One that is INACTIVE already, or was never there, is what deletion wants.
  const bool fine = reply || reply.error().not_found() ||
                    reply.error().message.ends_with("is inactive.") ||
                    reply.error().message == "Unable to describe task definition.";
  if (!fine) return std::unexpected(reply.error());
  return {};
}

// ---- service

std::string cluster_of(const Value& properties) {
  const std::string cluster = text_of(properties, "Cluster");
  return cluster.empty() ? "default" : cluster;
}

Attempt<std::optional<Value>> describe_service(ApiCaller& api, const std::string& cluster,
                                               const std::string& service) {
  auto reply = api.call("ecs", "DescribeServices",
                        Object{{"cluster", cluster}, {"services", Array{service}}});
  if (!reply && reply.error().not_found()) return std::nullopt;
  if (!reply) return std::unexpected(reply.error());
  for (const Value& found : list_of(*reply, "services"))
    if (text_member(found, "status") != "INACTIVE") return found;
  return std::nullopt;
}

Physical service_physical(const Value& service) {
  const std::string arn = text_of(service, "serviceArn");
  return {arn, Object{{"ServiceArn", arn}, {"Name", text_of(service, "serviceName")}}};
}

Attempt<std::optional<Physical>> find_service(ApiCaller& api, const Request& r) {
  auto found =
      describe_service(api, cluster_of(r.properties), text_of(r.properties, "ServiceName"));
  if (!found) return std::unexpected(found.error());
  if (!*found) return std::nullopt;
  return service_physical(**found);
}

Attempt<Physical> create_service(ApiCaller& api, const Request& r) {
  auto input = map_properties(
      {"ecs", "CreateService", {{"PlacementStrategies", "placementStrategy"}}, {}}, r.properties);
  if (!input) return std::unexpected(input.error());
  input->get_object()["clientToken"] = r.token;
  // CloudFormation's own default, where the API would refuse a REPLICA service without a count.
  const bool daemon = text_of(r.properties, "SchedulingStrategy") == "DAEMON";
  if (!daemon && !input->get_object().contains("desiredCount"))
    input->get_object()["desiredCount"] = 1;
  auto reply = api.call("ecs", "CreateService", std::move(*input));
  if (!reply) return std::unexpected(reply.error());
  return service_physical(member_of(*reply, "service"));
}

// Steady as the CLI's services-stable waiter sees it; a failed rollout fails the resource.
Attempt<bool> service_settled(ApiCaller& api, Physical& p, const Value& properties) {
  auto found = describe_service(api, cluster_of(properties), p.id);
  if (!found) return std::unexpected(found.error());
  if (!*found)
    return refuse(
        "NotFound",
        fmt::format("Resource of type 'AWS::ECS::Service' with identifier '{}' was not found.",
                    p.id));
  const Array deployments = list_of(**found, "deployments");
  for (const Value& deployment : deployments)
    if (text_member(deployment, "status") == "PRIMARY" &&
        text_member(deployment, "rolloutState") == "FAILED")
      return std::unexpected(Failure{"", "NotStabilized",
                                     "Resource handler returned message: \"Error occurred during "
                                     "operation 'ECS Deployment Circuit Breaker was triggered'.\"",
                                     400, ""});
  const bool in_progress = std::any_of(deployments.begin(), deployments.end(), [](const Value& d) {
    return text_member(d, "rolloutState") == "IN_PROGRESS";
  });
  return deployments.size() == 1 && !in_progress &&
         member_of(**found, "runningCount") == member_of(**found, "desiredCount");
}

Attempt<void> update_service(ApiCaller& api, const Physical& p, const Value& before,
                             const Value& after) {
  if (auto r = cannot_change("AWS::ECS::Service", before, after, {"DeploymentController"}); !r)
    return r;
  Object changed;
  for (const auto& member : after.get_object()) {
    const std::string_view name{member.key().data(), member.key().size()};
    if (name != "Tags" && differs(before, after, name)) changed[member.key()] = member.value();
  }
  for (const auto& member : before.get_object())
    if (!after.get_object().contains(member.key())) {
      const std::string_view name{member.key().data(), member.key().size()};
      if (name != "Tags" && name != "DesiredCount")
        if (auto r = cannot_change("AWS::ECS::Service", before, after, {name}); !r) return r;
    }
  if (!changed.empty()) {
    auto input = map_properties(
        {"ecs", "UpdateService", {{"PlacementStrategies", "placementStrategy"}}, {}}, changed);
    if (!input) return std::unexpected(input.error());
    input->get_object()["cluster"] = cluster_of(before);
    input->get_object()["service"] = p.id;
    if (auto reply = api.call("ecs", "UpdateService", std::move(*input)); !reply)
      return std::unexpected(reply.error());
  }
  return update_ecs_tags(api, p.id, before, after);
}

Attempt<void> remove_service(ApiCaller& api, const Physical& p, const Value& properties) {
  return api.erase("ecs", "DeleteService",
                   Object{{"cluster", cluster_of(properties)}, {"service", p.id}, {"force", true}});
}

// Gone once its tasks are: what they use (security groups, target groups) is deleted next.
Attempt<bool> service_gone(ApiCaller& api, const Physical& p, const Value& properties) {
  auto found = describe_service(api, cluster_of(properties), p.id);
  if (!found) return std::unexpected(found.error());
  return !*found;
}

}  // namespace

std::vector<ResourceType> ecs_types() {
  ResourceType cluster{
      .name = "AWS::ECS::Cluster",
      .properties = {"ClusterName", "ClusterSettings", "Configuration", "CapacityProviders",
                     "DefaultCapacityProviderStrategy", "ServiceConnectDefaults", "Tags"},
      .name_property = "ClusterName",
      .tags = ResourceType::Tags::kList,
      .find = find_cluster,
      .create = create_cluster,
      .update = update_cluster,
      .remove = remove_cluster};
  ResourceType task{
      .name = "AWS::ECS::TaskDefinition",
      .properties = {"ContainerDefinitions", "Cpu", "EphemeralStorage", "ExecutionRoleArn",
                     "Family", "InferenceAccelerators", "IpcMode", "Memory", "NetworkMode",
                     "PidMode", "PlacementConstraints", "ProxyConfiguration",
                     "RequiresCompatibilities", "RuntimePlatform", "TaskRoleArn", "Volumes", "Tags",
                     "EnableFaultInjection"},
      .required = {"ContainerDefinitions"},
      .name_property = "Family",
      .name_is_unique = false,
      .tags = ResourceType::Tags::kList,
      .create = create_task_definition,
      .update = update_task_definition,
      .remove = remove_task_definition};
  ResourceType service{.name = "AWS::ECS::Service",
                       .properties = {"AvailabilityZoneRebalancing",
                                      "CapacityProviderStrategy",
                                      "Cluster",
                                      "DeploymentConfiguration",
                                      "DeploymentController",
                                      "DesiredCount",
                                      "EnableECSManagedTags",
                                      "EnableExecuteCommand",
                                      "HealthCheckGracePeriodSeconds",
                                      "LaunchType",
                                      "LoadBalancers",
                                      "NetworkConfiguration",
                                      "PlacementConstraints",
                                      "PlacementStrategies",
                                      "PlatformVersion",
                                      "PropagateTags",
                                      "Role",
                                      "SchedulingStrategy",
                                      "ServiceConnectConfiguration",
                                      "ServiceName",
                                      "ServiceRegistries",
                                      "Tags",
                                      "TaskDefinition",
                                      "VolumeConfigurations"},
                       .name_property = "ServiceName",
                       .tags = ResourceType::Tags::kList,
                       .find = find_service,
                       .create = create_service,
                       .settled = service_settled,
                       .update = update_service,
                       .remove = remove_service,
                       .gone = service_gone};
  return {cluster, task, service};
}

}  // namespace seatrial::services::cloudformation
