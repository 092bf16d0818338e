// Clusters, and the checks of a caller's cluster and network that services and tasks share.
#include <set>

#include "services/ecs/paging.h"
#include "services/ecs/service.h"

namespace seatrial::services::ecs {
namespace {

constexpr std::size_t kMaxDescribed = 100;

// "enhanced" asks for metrics of containers that are not measured here.
room::Outcome<std::vector<shape::ClusterSetting>> settings_of(
    const std::vector<shape::ClusterSetting>& given) {
  std::string insights = "disabled";
  for (const auto& setting : given) {
    if (setting.name != "containerInsights") return invalid_parameter("Invalid cluster setting.");
    insights = setting.value.value_or("disabled");
    if (insights == "enhanced") return unsupported("Container Insights 'enhanced'");
    if (insights != "enabled" && insights != "disabled")
      return invalid_parameter("Setting value must be one of: [enabled, disabled, enhanced].");
  }
  return std::vector<shape::ClusterSetting>{{"containerInsights", insights}};
}

room::Outcome<void> check_features(const shape::CreateClusterRequest& request) {
  if (request.serviceConnectDefaults) return unsupported("'serviceConnectDefaults'");
  if (request.configuration) return unsupported("'configuration' of a cluster");
  if (auto settings = settings_of(request.settings); !settings)
    return std::unexpected(settings.error());
  for (const auto& provider : request.capacityProviders) {
    if (provider != "FARGATE" && provider != "FARGATE_SPOT") {
      return invalid_parameter("The specified capacity provider was not found: " + provider);
    }
  }
  return {};
}

room::Outcome<void> check_name(std::string_view name) {
  const auto legal = [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; };
  if (name.empty() || name.size() > 255 || !std::ranges::all_of(name, legal)) {
    return invalid_parameter("Identifier contains invalid characters.");
  }
  return {};
}

}  // namespace

Outcome<std::string> Ecs::cluster_named(const room::Context& context,
                                        const std::optional<std::string>& name) const {
  const std::string text = name.value_or("default");
  const auto arn = parse_arn(text);
  if (arn && arn->region != context.region) return cluster_not_found();
  const std::string wanted = short_name(text);
  const auto* cluster = state_.clusters.find(context.key(wanted));
  if (cluster == nullptr || cluster->status != status::kActive) return cluster_not_found();
  return wanted;
}

Outcome<void> Ecs::check_network(const room::Context& context,
                                 const std::optional<shape::NetworkConfiguration>& network) const {
  if (!network || !network->awsvpcConfiguration) {
    return invalid_parameter(
        "Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  const auto& vpc = *network->awsvpcConfiguration;
  if (vpc.subnets.empty()) return invalid_parameter("subnets can not be empty.");
  for (const auto& id : vpc.subnets) {
    if (parts_.vpcs.subnet(context.region, id)) continue;
    return invalid_parameter(fmt::format(
        "Error retrieving subnet information for [{}]: The subnet ID '{}' does not exist "
        "(ErrorCode: InvalidSubnetID.NotFound)",
        id, id));
  }
  for (const auto& id : vpc.securityGroups) {
    if (parts_.vpcs.security_group_exists(context.region, id)) continue;
    return invalid_parameter(fmt::format(
        "Error retrieving security group information for [{}]: The security group '{}' does not "
        "exist (ErrorCode: InvalidGroup.NotFound)",
        id, id));
  }
  return {};
}

Outcome<shape::CreateClusterResponse> Ecs::create_cluster(
    room::Context& context, const shape::CreateClusterRequest& request) {
  if (auto ok = check_features(request); !ok) return std::unexpected(ok.error());
  const std::string name = request.clusterName.value_or("default");
  if (auto ok = check_name(name); !ok) return std::unexpected(ok.error());
  const std::string key = context.key(name);
  const auto* known = state_.clusters.find(key);
  if (known == nullptr || known->status != status::kActive) {
    shape::Cluster cluster;
    cluster.clusterArn = context.arn("ecs", "cluster/" + name).text();
    cluster.clusterName = name;
    cluster.status = status::kActive;
    cluster.tags = request.tags;
    cluster.settings = *settings_of(request.settings);
    cluster.capacityProviders = request.capacityProviders;
    cluster.capacityProviders.given = true;
    cluster.defaultCapacityProviderStrategy = request.defaultCapacityProviderStrategy;
    cluster.defaultCapacityProviderStrategy.given = true;
    known = &state_.clusters.put(key, std::move(cluster));
  }
  return shape::CreateClusterResponse{
      .cluster = visible(state_, context.region, *known, {"TAGS", "SETTINGS"})};
}

Outcome<shape::DeleteClusterResponse> Ecs::delete_cluster(
    room::Context& context, const shape::DeleteClusterRequest& request) {
  const auto name = cluster_named(context, request.cluster);
  if (!name) return std::unexpected(name.error());
  const std::string prefix = cluster_prefix(context.region, *name);
  for (const auto& [_, service] : state_.services.with_prefix(prefix)) {
    if (service.inactive()) continue;
    return fail("ClusterContainsServicesException",
                "The Cluster cannot be deleted while Services are active.");
  }
  for (const auto& [_, task] : state_.tasks.with_prefix(prefix)) {
    if (task.stopped()) continue;
    return fail("ClusterContainsTasksException",
                "The Cluster cannot be deleted while Tasks are active.");
  }
  state_.clusters.update(context.key(*name),
                         [](shape::Cluster& cluster) { cluster.status = status::kInactive; });
  return shape::DeleteClusterResponse{
      .cluster = visible(state_, context.region, *state_.clusters.find(context.key(*name)), {})};
}

Outcome<void> Ecs::set_settings(const room::Context& context, const std::string& cluster,
                                const std::vector<shape::ClusterSetting>& given) {
  auto settings = settings_of(given);
  if (!settings) return std::unexpected(settings.error());
  state_.clusters.update(context.key(cluster),
                         [&](shape::Cluster& record) { record.settings = *settings; });
  return {};
}

Outcome<shape::UpdateClusterSettingsResponse> Ecs::update_cluster_settings(
    room::Context& context, const shape::UpdateClusterSettingsRequest& request) {
  const auto name = cluster_named(context, request.cluster);
  if (!name) return std::unexpected(name.error());
  if (request.settings.empty()) return invalid_parameter("settings cannot be empty.");
  if (auto set = set_settings(context, *name, request.settings); !set)
    return std::unexpected(set.error());
  return shape::UpdateClusterSettingsResponse{
      .cluster = visible(state_, context.region, *state_.clusters.find(context.key(*name)),
                         {"TAGS", "SETTINGS"})};
}

Outcome<shape::UpdateClusterResponse> Ecs::update_cluster(
    room::Context& context, const shape::UpdateClusterRequest& request) {
  const auto name = cluster_named(context, request.cluster);
  if (!name) return std::unexpected(name.error());
  if (request.configuration) return unsupported("'configuration' of a cluster");
  if (request.serviceConnectDefaults) return unsupported("'serviceConnectDefaults'");
  if (!request.settings.empty()) {
    if (auto set = set_settings(context, *name, request.settings); !set)
      return std::unexpected(set.error());
  }
  return shape::UpdateClusterResponse{.cluster = visible(state_, context.region,
                                                         *state_.clusters.find(context.key(*name)),
                                                         {"TAGS", "SETTINGS"})};
}

Outcome<shape::DescribeClustersResponse> Ecs::describe_clusters(
    room::Context& context, const shape::DescribeClustersRequest& request) {
  if (request.clusters.size() > kMaxDescribed) return invalid_parameter("Too many clusters.");
  std::vector<std::string> wanted = request.clusters;
  if (wanted.empty()) wanted = {"default"};
  shape::DescribeClustersResponse response;
  response.clusters.given = response.failures.given = true;
  for (const auto& text : wanted) {
    const auto* cluster = state_.clusters.find(context.key(short_name(text)));
    if (cluster != nullptr) {
      response.clusters.push_back(visible(state_, context.region, *cluster, request.include));
    } else {
      response.failures.push_back(
          {.arn = context.arn("ecs", "cluster/" + short_name(text)).text(), .reason = "MISSING"});
    }
  }
  return response;
}

Outcome<shape::ListClustersResponse> Ecs::list_clusters(room::Context& context,
                                                        const shape::ListClustersRequest& request) {
  std::vector<std::string> arns;
  for (const auto& [_, cluster] : state_.clusters.with_prefix(context.region + "/")) {
    if (cluster.status == status::kActive) arns.push_back(*cluster.clusterArn);
  }
  auto page = page_of(std::move(arns), request.nextToken, request.maxResults);
  if (!page) return std::unexpected(std::move(page.error()));
  shape::ListClustersResponse response;
  response.clusterArns = page->items;
  response.nextToken = page->next_token;
  return response;
}

}  // namespace seatrial::services::ecs
