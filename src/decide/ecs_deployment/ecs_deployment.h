// Which tasks an ECS service starts and stops next: the rolling deployment, scaling and replacement
// of dead and unhealthy tasks as one pure function of what is.
//
// Problem: starts and stops must never let the service fall below minimumHealthyPercent by our own
// hand nor rise above maximumPercent, whatever dies meanwhile, and must still get somewhere.
// Choice: no memory and no phases: each call looks at all tasks and says what may be done now; the
// controller does it, records it and asks again after every change. A dead task is simply one that
// is missing, so replacing it and scaling out are the same rule. Rejected: a state machine per
// deployment, which must foresee each mixture of scaling, deploying and dying.
// Where the other half is: services/ecs/controller*.cc.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace seatrial::decide::ecs_deployment {

// What counts as healthy is the caller's to observe: a service behind target groups has a healthy
// task when all of them say "healthy"; without, a task is healthy once RUNNING.
// guess: AWS waits 40 s after RUNNING in the second case; there is nothing to observe in that time.
enum class Health { kUnknown, kHealthy, kUnhealthy };

// A task that is not stopped. `leaving`: its stop was decided; it may still drain.
struct Task {
  std::string id;
  std::string deployment;
  bool running = false;  // lastStatus RUNNING
  bool leaving = false;
  bool drained = false;  // leaving, and past DEACTIVATING
  Health health = Health::kUnknown;
  Time created{};
  Time running_since{};
  std::string zone;
};

struct Deployment {
  std::string id;
  bool primary = false;
  bool completed = false;
  int failures = 0;  // tasks in a row that failed to start
  Time last_failure{};
};

struct Service {
  int desired = 0;
  int minimum_healthy_percent = 100;
  int maximum_percent = 200;
  Millis grace{0};      // healthCheckGracePeriodSeconds: unhealthy counts only after it
  bool active = true;   // false: being deleted, everything goes
  bool steady = false;  // the steady state was already told
  std::vector<Deployment> deployments;
  std::vector<Task> tasks;
};

enum class StopCause { kScaling, kUnhealthy, kReplaced };

struct Start {
  std::string deployment;
  int count = 0;
};
struct Stop {
  std::string task;
  std::string deployment;  // the task's own
  StopCause cause = StopCause::kScaling;
};

// Carried out in this order: stops first, since a task told to leave no longer counts.
struct Decision {
  std::vector<Start> start;
  std::vector<Stop> stop;
  std::vector<std::string> completed;  // deployments to mark COMPLETED
  std::vector<std::string> dropped;    // replaced deployments with no tasks left
  bool steady = false;                 // the steady state was just reached
  bool unsteady = false;               // it was just lost
  bool blocked = false;                // the percentages permit neither a start nor a stop
  bool throttled = false;              // starts wait because tasks keep failing to start
  std::optional<Time> look_again;      // when time alone may change the answer
};

// Failed starts in a row before starts are spaced out, and the spacing: doubling up to the most.
inline constexpr int kFailuresBeforeThrottle = 3;  // guess: AWS does not publish it
inline constexpr Millis kFirstThrottle{1'000};     // guess
inline constexpr Millis kMostThrottle{15 * 60 * 1'000};

// The bounds in tasks: minimumHealthyPercent rounds up, maximumPercent rounds down.
int minimum_healthy(int desired, int minimum_healthy_percent);
int maximum_tasks(int desired, int maximum_percent);
// How long starts wait after this many failures in a row; zero below the threshold.
Millis throttle_delay(int failures);

Decision decide(const Service& service, Time now);

}  // namespace seatrial::decide::ecs_deployment
