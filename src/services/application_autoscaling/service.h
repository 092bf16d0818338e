// Application Auto Scaling of ECS services: scalable targets, step and target tracking policies.
#pragma once
#include "services/application_autoscaling/scheduled_actions.h"

namespace seatrial::services::application_autoscaling {

inline constexpr std::size_t kMaxTargets = 3'000;         // per region: AWS's quota for ecs
inline constexpr std::size_t kMaxPolicies = 50;           // per target
inline constexpr std::size_t kMaxScheduledActions = 200;  // per target
inline constexpr std::size_t kMaxSteps = 20;              // per policy
inline constexpr std::size_t kPage = 50;

class ApplicationAutoscaling final : public room::Room {
 public:
  ApplicationAutoscaling(room::Env& env, Parts parts);

  void start() override {
    scaler_.start();
    scheduled_.start();
  }
  void stop() override {
    scaler_.stop();
    scheduled_.stop();
  }
  // For alarms whose actions name a policy.
  cloudwatch::AlarmActionKind& alarm_action() { return scaler_; }

 private:
  using Context = room::Context;
  template <class T>
  using Reply = room::Outcome<T>;

  // handlers_target.cc
  Reply<shape::RegisterScalableTargetResponse> register_target(
      Context&, const shape::RegisterScalableTargetRequest&);
  Reply<shape::DeregisterScalableTargetResponse> deregister_target(
      Context&, const shape::DeregisterScalableTargetRequest&);
  Reply<shape::DescribeScalableTargetsResponse> describe_targets(
      Context&, const shape::DescribeScalableTargetsRequest&);

  // handlers_policy.cc
  Reply<shape::PutScalingPolicyResponse> put_policy(Context&,
                                                    const shape::PutScalingPolicyRequest&);
  Reply<shape::DeleteScalingPolicyResponse> delete_policy(Context&,
                                                          const shape::DeleteScalingPolicyRequest&);
  Reply<shape::DescribeScalingPoliciesResponse> describe_policies(
      Context&, const shape::DescribeScalingPoliciesRequest&);
  Reply<void> put_alarms(Context&, PolicyRecord& record);
  void drop_policy(Context&, const PolicyRecord& record);

  // handlers_schedule.cc
  Reply<shape::PutScheduledActionResponse> put_scheduled_action(
      Context&, const shape::PutScheduledActionRequest&);
  Reply<shape::DeleteScheduledActionResponse> delete_scheduled_action(
      Context&, const shape::DeleteScheduledActionRequest&);
  Reply<shape::DescribeScheduledActionsResponse> describe_scheduled_actions(
      Context&, const shape::DescribeScheduledActionsRequest&);

  // handlers_activity.cc
  Reply<shape::DescribeScalingActivitiesResponse> describe_activities(
      Context&, const shape::DescribeScalingActivitiesRequest&);

  Reply<const TargetRecord*> target(const Context& context, const std::string& service_namespace,
                                    const std::string& resource_id,
                                    const std::string& dimension) const;

  Tables tables_;
  Parts parts_;
  Scaler scaler_;
  ScheduledActions scheduled_;
};

// Refuses what is not the desired count of an ECS service.
room::Outcome<void> check_kind(const std::string& service_namespace,
                               const std::optional<std::string>& resource_id,
                               const std::optional<std::string>& dimension);

}  // namespace seatrial::services::application_autoscaling
