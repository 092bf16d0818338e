// The records of ECS. What AWS shows of a resource is stored as the generated shape itself; what
// only we need stands beside it. Counts and states that follow from other records (running counts,
// deployments' counts) are not stored: view.h computes them.
#pragma once
#include <string>
#include <vector>

#include "model/shapes/ecs.h"
#include "services/ecs/names.h"
#include "store/table.h"

namespace seatrial::services::ecs {

namespace shape = ::seatrial::aws::ecs;

inline constexpr std::size_t kMaxEvents = 100;              // of a service, as in AWS
inline constexpr std::size_t kMaxServiceDeployments = 100;  // kept per service
inline constexpr Millis kStoppedVisible{3'600'000};         // stopped tasks, inactive services

struct TaskDefinitionRecord {
  shape::TaskDefinition definition;
  std::vector<shape::Tag> tags;

  template <class F>
  static void fields(F&& f) {
    f("definition", &TaskDefinitionRecord::definition);
    f("tags", &TaskDefinitionRecord::tags);
  }
};

struct FamilyRecord {
  int last_revision = 0;  // revisions are never reused

  template <class F>
  static void fields(F&& f) {
    f("last_revision", &FamilyRecord::last_revision);
  }
};

// What the controller remembers of one of a service's deployments.
struct DeploymentState {
  std::string id;
  std::string service_deployment;  // key of its record
  int failures = 0;                // tasks in a row that did not come up
  Time last_failure{};
  bool never_ran = false;  // the last of them ended before RUNNING
  bool throttle_told = false, blocked_told = false;

  template <class F>
  static void fields(F&& f) {
    f("id", &DeploymentState::id);
    f("service_deployment", &DeploymentState::service_deployment);
    f("failures", &DeploymentState::failures);
    f("last_failure", &DeploymentState::last_failure);
    f("never_ran", &DeploymentState::never_ran);
    f("throttle_told", &DeploymentState::throttle_told);
    f("blocked_told", &DeploymentState::blocked_told);
  }
};

struct ServiceRecord {
  shape::Service service;  // deployments newest first; no events, no counts
  std::string cluster, client_token;
  bool steady = false;
  Time steady_told{};
  Time inactive_since{};
  std::vector<DeploymentState> states;  // beside service.deployments, by id

  template <class F>
  static void fields(F&& f) {
    f("service", &ServiceRecord::service);
    f("cluster", &ServiceRecord::cluster);
    f("client_token", &ServiceRecord::client_token);
    f("steady", &ServiceRecord::steady);
    f("steady_told", &ServiceRecord::steady_told);
    f("inactive_since", &ServiceRecord::inactive_since);
    f("states", &ServiceRecord::states);
  }
  const std::string& name() const { return *service.serviceName; }
  bool active() const { return service.status == status::kActive; }
  bool inactive() const { return service.status == status::kInactive; }
  const shape::Deployment& primary() const { return service.deployments.front(); }
  DeploymentState& state(const std::string& id) {
    const auto found = std::ranges::find(states, id, &DeploymentState::id);
    if (found != states.end()) return *found;
    states.push_back({.id = id});
    return states.back();
  }
};

// A place in a target group that a task of a service holds.
struct TargetRecord {
  std::string arn;
  int port = 0;
  bool registered = false, deregistered = false;
  bool seen_healthy = false, unhealthy_told = false;

  template <class F>
  static void fields(F&& f) {
    f("arn", &TargetRecord::arn);
    f("port", &TargetRecord::port);
    f("registered", &TargetRecord::registered);
    f("deregistered", &TargetRecord::deregistered);
    f("seen_healthy", &TargetRecord::seen_healthy);
    f("unhealthy_told", &TargetRecord::unhealthy_told);
  }
};

struct TaskRecord {
  shape::Task task;
  std::string id, region, cluster;
  std::string service;     // name; empty for RunTask
  std::string deployment;  // of the service
  std::string cidr;        // of its subnet
  std::string address, network_namespace;
  std::string client_token;
  std::vector<TargetRecord> targets;
  bool failure_counted = false;

  template <class F>
  static void fields(F&& f) {
    f("task", &TaskRecord::task);
    f("id", &TaskRecord::id);
    f("region", &TaskRecord::region);
    f("cluster", &TaskRecord::cluster);
    f("service", &TaskRecord::service);
    f("deployment", &TaskRecord::deployment);
    f("cidr", &TaskRecord::cidr);
    f("address", &TaskRecord::address);
    f("network_namespace", &TaskRecord::network_namespace);
    f("client_token", &TaskRecord::client_token);
    f("targets", &TaskRecord::targets);
    f("failure_counted", &TaskRecord::failure_counted);
  }
  std::string_view last_status() const { return *task.lastStatus; }
  bool stop_wanted() const { return task.desiredStatus == status::kStopped; }
  bool stopped() const { return last_status() == status::kStopped; }
  std::string service_key() const { return ecs::service_key(region, cluster, service); }
};

struct State {
  explicit State(store::Store& store)
      : clusters(store, "ecs.cluster"),
        definitions(store, "ecs.task_definition"),
        families(store, "ecs.family"),
        services(store, "ecs.service"),
        events(store, "ecs.event"),
        service_deployments(store, "ecs.service_deployment"),
        tasks(store, "ecs.task") {}

  store::Table<shape::Cluster> clusters;                       // region/name
  store::Table<TaskDefinitionRecord> definitions;              // region/family/revision
  store::Table<FamilyRecord> families;                         // region/family
  store::Table<ServiceRecord> services;                        // region/cluster/name
  store::Table<shape::ServiceEvent> events;                    // service key/time and number
  store::Table<shape::ServiceDeployment> service_deployments;  // service key/time and id
  store::Table<TaskRecord> tasks;                              // region/cluster/id

  const TaskDefinitionRecord* definition_of_arn(std::string_view arn) const;
};

// family:revision of a task definition's ARN or short form; revision 0 when it has none, -1 when
// what stands there is no number.
struct DefinitionName {
  std::string family, region;  // region empty unless an ARN was given
  int revision = 0;
  std::string revision_text;
};
DefinitionName parse_definition_name(std::string_view text);

}  // namespace seatrial::services::ecs
