// Carries scheduled actions out: sets a target's bounds when their time has come.
//
// An action that is due while no daemon runs is carried out once when the next one starts. One
// whose time will not come again stays and is shown, and does nothing more (guess: AWS keeps it,
// too). What an action sets is an activity of its own; that the service is then brought into the
// new bounds is another, in AWS's words: "Scaling activities for Application Auto Scaling" of its
// user guide.
#pragma once
#include <memory>

#include "services/application_autoscaling/scaler.h"

namespace seatrial::services::application_autoscaling {

class ScheduledActions {  // control thread
 public:
  static constexpr Millis kLongestWait{3'600'000};  // then it looks again

  ScheduledActions(room::Env& env, Tables& tables, Scaler& scaler)
      : env_(env), tables_(tables), scaler_(scaler) {}

  void start();
  void stop() { *running_ = false; }
  // In a handler's transaction, after an action was put or erased.
  void arm();

 private:
  void run_due();
  void run(const ScheduledRecord& record);

  room::Env& env_;
  Tables& tables_;
  Scaler& scaler_;
  std::shared_ptr<bool> running_ = std::make_shared<bool>(false);
  std::uint64_t armed_ = 0;  // counts; an alarm clock set earlier is void
};

// The next time that the action is due after `after`, within its StartTime and EndTime.
std::optional<Time> next_run(const shape::ScheduledAction& action, Time after);

}  // namespace seatrial::services::application_autoscaling
