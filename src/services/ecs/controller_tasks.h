// The life of a task: PROVISIONING (its network) -> PENDING (its containers start) -> ACTIVATING
// (target groups) -> RUNNING -> DEACTIVATING (draining) -> STOPPING -> DEPROVISIONING -> STOPPED.
//
// Each look at a task takes it as many steps as it can go now, from the record alone, so that a
// daemon that was killed goes on where it was: each step is idempotent and records before or after
// what it did such that doing it twice is harmless. What is in flight (network work on the
// background thread, a drain, a container's exit) wakes the task when it is done.
#pragma once
#include <map>
#include <set>

#include "services/ecs/container_runner.h"
#include "services/ecs/task_factory.h"

namespace seatrial::services::ecs {

// What happened to a service's tasks that its event list tells, gathered until its next look.
struct ServiceNotes {
  std::map<std::string, int> registered, deregistered;  // targets, by target group ARN
  std::map<std::string, int> draining;                  // tasks, by deployment
  std::vector<std::string> texts;                       // after "(service X) "
};

// Control thread.
class TaskController {
 public:
  TaskController(room::Env& env, State& state, Parts& parts, Wakes& wakes, Executor& background);

  // Adopts and sweeps; then every unfinished task is looked at.
  void start();
  // In the caller's transaction: the task is to stop (again: nothing changes).
  void request_stop(const std::string& key, std::string_view code, const std::string& reason);
  // One look: as many steps as possible.
  void look(const std::string& key);
  // True while the task waits for something that announces itself only by time (a drain).
  bool waits_for_time(const TaskRecord& task) const;
  ServiceNotes take_notes(const std::string& service_key);
  ContainerRunner& containers() { return runner_; }

 private:
  using Step = bool (TaskController::*)(const std::string& key, const TaskRecord& task);

  bool provision(const std::string& key, const TaskRecord& task);
  bool start_containers(const std::string& key, const TaskRecord& task);
  bool activate(const std::string& key, const TaskRecord& task);
  bool run(const std::string& key, const TaskRecord& task);
  bool deactivate(const std::string& key, const TaskRecord& task);
  bool stop_containers(const std::string& key, const TaskRecord& task);
  bool deprovision(const std::string& key, const TaskRecord& task);

  // `work` on the background thread, then `then` here.
  void in_background(std::function<void()> work, std::function<void()> then);
  bool move_to(const std::string& key, std::string_view next);
  void announce(const std::string& key);  // to EventBridge
  void fail_task(const std::string& key, std::string_view code, const std::string& reason);
  bool conclude_from_containers(const std::string& key, const TaskRecord& task);
  void network_attached(const std::string& key,
                        std::expected<drivers::TaskNetwork, std::string> network);
  void network_detached(const std::string& key);
  void register_targets(const std::string& key, const TaskRecord& task);
  void deregister_targets(const std::string& key, const TaskRecord& task);
  bool drained(const TaskRecord& task) const;
  const shape::TaskDefinition& definition_of(const TaskRecord& task) const;
  void wake_service(const TaskRecord& task);

  room::Env& env_;
  State& state_;
  Parts& parts_;
  Wakes& wakes_;
  Executor& background_;
  ContainerRunner runner_;
  std::set<std::string> in_flight_;            // tasks with network work under way
  std::map<std::string, ServiceNotes> notes_;  // by service key
};

}  // namespace seatrial::services::ecs
