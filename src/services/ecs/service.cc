// Composition and the table from operation to handler.
#include "services/ecs/service.h"

namespace seatrial::services::ecs {

Ecs::Ecs(room::Env& env, Parts parts)
    : Room(env, "ecs"),
      state_(env.store),
      parts_(std::move(parts)),
      wakes_(env.control),
      worker_(parts_.background == nullptr ? std::make_unique<Worker>(env.clock) : nullptr),
      background_(worker_ ? *worker_ : *parts_.background),
      tasks_(env, state_, parts_, wakes_, background_),
      services_(env, state_, parts_, wakes_, tasks_),
      usage_(env, state_, parts_, wakes_, background_) {
  wakes_.on_task = [this](const std::string& key) { tasks_.look(key); };
  wakes_.on_service = [this](const std::string& key) { services_.look(key); };
  wakes_.after = [this] { services_.after_looks(); };
  serve_all();
}

void Ecs::start() {
  tasks_.start();
  services_.start();
  usage_.start();
}

void Ecs::stop() {
  wakes_.close();
  worker_.reset();
}

void Ecs::serve_all() {
  serve<shape::CreateClusterOp>(&Ecs::create_cluster);
  serve<shape::DeleteClusterOp>(&Ecs::delete_cluster);
  serve<shape::UpdateClusterOp>(&Ecs::update_cluster);
  serve<shape::UpdateClusterSettingsOp>(&Ecs::update_cluster_settings);
  serve<shape::DescribeClustersOp>(&Ecs::describe_clusters);
  serve<shape::ListClustersOp>(&Ecs::list_clusters);
  serve<shape::RegisterTaskDefinitionOp>(&Ecs::register_task_definition);
  serve<shape::DeregisterTaskDefinitionOp>(&Ecs::deregister_task_definition);
  serve<shape::DescribeTaskDefinitionOp>(&Ecs::describe_task_definition);
  serve<shape::ListTaskDefinitionsOp>(&Ecs::list_task_definitions);
  serve<shape::ListTaskDefinitionFamiliesOp>(&Ecs::list_task_definition_families);
  serve<shape::CreateServiceOp>(&Ecs::create_service);
  serve<shape::UpdateServiceOp>(&Ecs::update_service);
  serve<shape::DeleteServiceOp>(&Ecs::delete_service);
  serve<shape::DescribeServicesOp>(&Ecs::describe_services);
  serve<shape::ListServicesOp>(&Ecs::list_services);
  serve<shape::ListServiceDeploymentsOp>(&Ecs::list_service_deployments);
  serve<shape::DescribeServiceDeploymentsOp>(&Ecs::describe_service_deployments);
  serve<shape::RunTaskOp>(&Ecs::run_task);
  serve<shape::StopTaskOp>(&Ecs::stop_task);
  serve<shape::ListTasksOp>(&Ecs::list_tasks);
  serve<shape::DescribeTasksOp>(&Ecs::describe_tasks);
  serve<shape::ExecuteCommandOp>(&Ecs::execute_command);
  serve<shape::TagResourceOp>(&Ecs::tag_resource);
  serve<shape::UntagResourceOp>(&Ecs::untag_resource);
  serve<shape::ListTagsForResourceOp>(&Ecs::list_tags_for_resource);
}

}  // namespace seatrial::services::ecs
