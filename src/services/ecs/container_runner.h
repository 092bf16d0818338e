// Between task records and the container driver: starts and stops containers, records what the
// driver reports, carries output to the logs, and adopts what an earlier daemon left running.
//
// It decides nothing: every report becomes a change of the task's record and a wake of the task;
// controller_tasks.cc draws the conclusions. In memory it only keeps what is in flight.
#pragma once
#include <map>

#include "services/ecs/container_plan.h"
#include "services/ecs/parts.h"
#include "services/ecs/wakes.h"

namespace seatrial::services::ecs {

// Control thread but for the ContainerEvents, which come on the driver's threads.
class ContainerRunner final : public drivers::ContainerEvents {
 public:
  ContainerRunner(room::Env& env, State& state, Parts& parts, Wakes& wakes)
      : env_(env), state_(state), parts_(parts), wakes_(wakes) {}

  // Before anything else: what runs is adopted, what vanished is recorded as ended, what belongs to
  // no task is ended. Events flow from then on.
  void adopt();

  // Starts it unless it was started. The error is a stoppedReason: nothing was started.
  std::expected<void, std::string> start(const std::string& task_key,
                                         const shape::ContainerDefinition& container);
  // SIGTERM, then SIGKILL after the grace of world time; once per container.
  void stop(const std::string& id, Millis grace);
  bool started(const std::string& id) const { return running_.contains(id); }
  // Frees what the task's ended containers hold, once their output is safe.
  void release(const TaskRecord& task);

  void container_started(const std::string& id) override;
  void container_start_failed(const std::string& id, const drivers::StartError& error) override;
  void container_exited(const drivers::ContainerExit& exit) override;
  void container_output(const std::string& id, std::vector<drivers::OutputLine> lines,
                        std::uint64_t position) override;

 private:
  struct Running {
    std::string task_key, container;
    std::optional<LogTarget> log;
    bool stop_sent = false;
    bool ended = false;      // it runs no more
    bool released = false;   // its task needs it no more
    int unsafe_outputs = 0;  // handed to the logs, not yet durable
  };

  void adopt_known(const drivers::ContainerStatus& status, const std::string& task_key);
  void record_vanished();
  void record_started(const std::string& id);
  void record_start_failure(const std::string& id, const drivers::StartError& error);
  void record_exit(const drivers::ContainerExit& exit);
  void record_output(const std::string& id, std::vector<drivers::OutputLine> lines,
                     std::uint64_t position);
  void output_is_safe(const std::string& id, std::uint64_t position);
  void remove_if_done(const std::string& id);
  template <class F>
  void change_container(const std::string& id, F&& change);
  std::string endpoint() const;

  room::Env& env_;
  State& state_;
  Parts& parts_;
  Wakes& wakes_;
  std::map<std::string, Running> running_;  // by container id, until removed
};

}  // namespace seatrial::services::ecs
