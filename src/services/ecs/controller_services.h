// Keeps services as they are wanted: observes tasks and targets, asks decide/ecs_deployment what
// may be done now, does it, and tells of it in the service's events, in AWS's words.
//
// A look is cheap and happens after every change of a task, a target or the service itself; while
// something is under way, also each second of world time, since grace periods, throttles and drains
// end by time alone. A steady world has no ticks.
#pragma once
#include "decide/ecs_deployment/ecs_deployment.h"
#include "services/ecs/controller_tasks.h"
#include "services/ecs/view.h"

namespace seatrial::services::ecs {

inline constexpr Millis kTick{1'000};
inline constexpr Millis kHousekeeping{60'000};
inline constexpr Millis kSteadyRepeat{6 * 3'600'000};  // AWS repeats the steady state's event
// A task that ended sooner after RUNNING is paced: AWS does not space out such starts, but there
// each takes its half minute. At most this many failures count, so that a start waits 8 s at most.
inline constexpr Millis kShortRun{10'000};
inline constexpr int kMostShortRuns = 6;

// Control thread.
class ServiceController {
 public:
  ServiceController(room::Env& env, State& state, Parts& parts, Wakes& wakes,
                    TaskController& tasks);

  void start();
  void look(const std::string& key);
  // After all woken were looked at: makes changes durable, arms the tick.
  void after_looks();

 private:
  // One look's working copy of the record.
  struct Draft {
    const std::string& key;
    ServiceRecord record;
    std::vector<const TaskRecord*> tasks;
    bool changed = false;
  };

  void count_failures(Draft& draft);
  decide::ecs_deployment::Service observe(const Draft& draft) const;
  decide::ecs_deployment::Task observe(const TaskRecord& task) const;
  decide::ecs_deployment::Health health(const TaskRecord& task) const;
  void note_target_health(Draft& draft);
  bool note_target_health(const Draft& draft, const TaskRecord& task, TargetRecord& target);
  void apply_stops(Draft& draft, const decide::ecs_deployment::Decision& decision);
  std::string stop_reason(const TaskRecord& task, const decide::ecs_deployment::Stop& stop) const;
  void apply_starts(Draft& draft, const decide::ecs_deployment::Decision& decision);
  std::optional<std::string> start_task(Draft& draft, const shape::Deployment& deployment);
  std::vector<shape::Tag> tags_of_task(const ServiceRecord& service,
                                       const TaskDefinitionRecord& definition) const;
  void apply_progress(Draft& draft, const decide::ecs_deployment::Decision& decision);
  void tell_hindrances(Draft& draft, const decide::ecs_deployment::Decision& decision);
  void tell_notes(const Draft& draft);
  void finish_deletion(Draft& draft);
  void event(const Draft& draft, std::string_view text);  // after "(service X) "
  void target_changed(const std::string& region, const std::string& arn);
  bool under_way() const;
  void tick();
  void housekeeping();
  void forget_old_tasks();
  void forget_old_services();
  void repeat_steady();

  room::Env& env_;
  State& state_;
  Parts& parts_;
  Wakes& wakes_;
  TaskController& tasks_;
  bool tick_armed_ = false;
};

}  // namespace seatrial::services::ecs
