// Amazon ECS: clusters, task definitions, services and tasks, with real containers behind them.
//
// The room holds the records and the handlers (handlers_*.cc), which only change desired state; its
// controllers bring it about: controller_services (how many tasks, which), controller_tasks (one
// task's life), container_runner (containers), usage_sampler (metrics).
#pragma once
#include "services/ecs/api.h"
#include "services/ecs/controller_services.h"
#include "services/ecs/controller_tasks.h"
#include "services/ecs/errors.h"
#include "services/ecs/usage_sampler.h"
#include "services/ecs/worker.h"

namespace seatrial::services::ecs {

class Ecs final : public room::Room, public ServiceScaler, public cloudwatch::ResourceCounter {
 public:
  Ecs(room::Env& env, Parts parts);

  void start() override;
  void stop() override;

  std::optional<ServiceCounts> counts(const std::string& region, const std::string& cluster,
                                      const std::string& service) const override;
  bool set_desired(const std::string& region, const std::string& cluster,
                   const std::string& service, int count) override;
  std::vector<cloudwatch::CountedResource> count_resources() const override;

 private:
  template <class T>
  using Reply = room::Outcome<T>;
  using Context = room::Context;

  void serve_all();

  // handlers_clusters.cc
  Reply<shape::CreateClusterResponse> create_cluster(Context&, const shape::CreateClusterRequest&);
  Reply<shape::DeleteClusterResponse> delete_cluster(Context&, const shape::DeleteClusterRequest&);
  Reply<shape::UpdateClusterResponse> update_cluster(Context&, const shape::UpdateClusterRequest&);
  Reply<shape::UpdateClusterSettingsResponse> update_cluster_settings(
      Context&, const shape::UpdateClusterSettingsRequest&);
  Reply<void> set_settings(const Context& context, const std::string& cluster,
                           const std::vector<shape::ClusterSetting>& given);
  Reply<shape::DescribeClustersResponse> describe_clusters(Context&,
                                                           const shape::DescribeClustersRequest&);
  Reply<shape::ListClustersResponse> list_clusters(Context&, const shape::ListClustersRequest&);

  // handlers_task_definitions.cc
  Reply<shape::RegisterTaskDefinitionResponse> register_task_definition(
      Context&, const shape::RegisterTaskDefinitionRequest&);
  Reply<shape::DeregisterTaskDefinitionResponse> deregister_task_definition(
      Context&, const shape::DeregisterTaskDefinitionRequest&);
  Reply<shape::DescribeTaskDefinitionResponse> describe_task_definition(
      Context&, const shape::DescribeTaskDefinitionRequest&);
  Reply<shape::ListTaskDefinitionsResponse> list_task_definitions(
      Context&, const shape::ListTaskDefinitionsRequest&);
  Reply<shape::ListTaskDefinitionFamiliesResponse> list_task_definition_families(
      Context&, const shape::ListTaskDefinitionFamiliesRequest&);

  // handlers_services.cc
  Reply<shape::CreateServiceResponse> create_service(Context&, const shape::CreateServiceRequest&);
  Reply<shape::UpdateServiceResponse> update_service(Context&, const shape::UpdateServiceRequest&);
  Reply<shape::DeleteServiceResponse> delete_service(Context&, const shape::DeleteServiceRequest&);
  Reply<shape::DescribeServicesResponse> describe_services(Context&,
                                                           const shape::DescribeServicesRequest&);
  Reply<shape::ListServicesResponse> list_services(Context&, const shape::ListServicesRequest&);
  Reply<shape::ListServiceDeploymentsResponse> list_service_deployments(
      Context&, const shape::ListServiceDeploymentsRequest&);
  Reply<shape::DescribeServiceDeploymentsResponse> describe_service_deployments(
      Context&, const shape::DescribeServiceDeploymentsRequest&);

  // handlers_tasks.cc
  Reply<shape::RunTaskResponse> run_task(Context&, const shape::RunTaskRequest&);
  Reply<shape::StopTaskResponse> stop_task(Context&, const shape::StopTaskRequest&);
  Reply<shape::ListTasksResponse> list_tasks(Context&, const shape::ListTasksRequest&);
  Reply<shape::DescribeTasksResponse> describe_tasks(Context&, const shape::DescribeTasksRequest&);
  Reply<shape::ExecuteCommandResponse> execute_command(Context&,
                                                       const shape::ExecuteCommandRequest&);

  // handlers_tags.cc
  Reply<shape::TagResourceResponse> tag_resource(Context&, const shape::TagResourceRequest&);
  Reply<shape::UntagResourceResponse> untag_resource(Context&, const shape::UntagResourceRequest&);
  Reply<shape::ListTagsForResourceResponse> list_tags_for_resource(
      Context&, const shape::ListTagsForResourceRequest&);

  // The ACTIVE cluster a caller means by name, ARN or nothing ("default").
  Reply<std::string> cluster_named(const Context& context,
                                   const std::optional<std::string>& name) const;
  // The ACTIVE task definition a caller means to run.
  Reply<const TaskDefinitionRecord*> definition_for_use(const Context& context,
                                                        const std::string& text) const;
  // awsvpcConfiguration: there, and its subnets and security groups exist.
  Reply<void> check_network(const Context& context,
                            const std::optional<shape::NetworkConfiguration>& network) const;

  // Changes the record as asked; true when tasks must be replaced.
  Reply<bool> apply_update(const Context& context, const shape::UpdateServiceRequest& request,
                           ServiceRecord& record);

  State state_;
  Parts parts_;
  Wakes wakes_;
  std::unique_ptr<Worker> worker_;  // when no background executor was given
  Executor& background_;
  TaskController tasks_;
  ServiceController services_;
  UsageSampler usage_;
};

}  // namespace seatrial::services::ecs
