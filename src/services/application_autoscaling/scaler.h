// Carries policies out when their alarms say so, and follows what it has set until it is there.
//
// CloudWatch asks every minute while the alarm stays in ALARM; each time the policy is asked anew
// with what the metric and the service are now. The decision is decide/scaling's.
#pragma once
#include <memory>

#include "services/application_autoscaling/parts.h"
#include "services/application_autoscaling/store.h"

namespace seatrial::services::application_autoscaling {

class Scaler final : public cloudwatch::AlarmActionKind {  // control thread
 public:
  static constexpr Millis kFollow{5'000};                  // how often it looks
  static constexpr Millis kGiveUp{60LL * 60 * 1000};       // then a change is unfulfilled
  static constexpr Millis kKept{42LL * 24 * 3600 * 1000};  // activities: six weeks, as AWS
  static constexpr int kDefaultCooldown = 300;             // seconds, of ECS services

  Scaler(room::Env& env, Tables& tables, Parts parts) : env_(env), tables_(tables), parts_(parts) {}

  void start();
  void stop() { *running_ = false; }

  room::Outcome<void> execute(const cloudwatch::AlarmActionRequest& request) override;
  bool repeats() const override { return true; }

  // Within a transaction: sets the service's desired count and notes the activity.
  void set_capacity(const TargetRecord& target, int capacity, const std::string& cause);
  // Likewise: sets it only if it is out of the target's bounds.
  void bring_into_bounds(const TargetRecord& target);
  // Notes that the target's bounds were set; `problem`: that they could not be.
  void note_bounds(const TargetRecord& target, int min, int max, const std::string& cause,
                   const std::string& problem);

 private:
  void note(const TargetRecord& target, shape::ScalingActivity activity);
  struct Wish {
    int capacity = 0;
    bool may_in = true;
    int out_cooldown_s = kDefaultCooldown, in_cooldown_s = kDefaultCooldown;
  };
  std::optional<Wish> wish_of(const PolicyRecord& policy, const TargetRecord& target,
                              const ecs::ServiceCounts& counts, const std::string& alarm,
                              bool scales_in);
  bool others_scale_in(const PolicyRecord& policy, int running, int& capacity);
  void follow();
  void follow_activity(const std::string& key, const shape::ScalingActivity& activity);

  room::Env& env_;
  Tables& tables_;
  Parts parts_;
  std::shared_ptr<bool> running_ = std::make_shared<bool>(false);
  std::uint64_t numbers_ = 0;
};

decide::StepPolicy step_policy_of(const shape::StepScalingPolicyConfiguration& configuration);

}  // namespace seatrial::services::application_autoscaling
