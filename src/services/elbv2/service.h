// Elastic Load Balancing v2: load balancers, target groups, listeners, rules, targets.
//
// Handlers change records; the Controller makes them so. What other rooms need is api.h.
#pragma once
#include "services/elbv2/api.h"
#include "services/elbv2/controller.h"
#include "services/elbv2/parts.h"
#include "services/elbv2/store.h"

namespace seatrial::services::elbv2 {

using room::Context;
using room::Outcome;

inline constexpr std::size_t kMaxBalancers = 50;  // of a region, AWS's default quota

class Elbv2 final : public room::Room,
                    public TargetGroups,
                    public cloudwatch::ResourceCounter,
                    public logs::LogVendor {
 public:
  Elbv2(room::Env& env, Parts parts);

  void start() override { controller_.start(); }
  void stop() override { controller_.stop(); }

  // TargetGroups. Changes are part of the caller's transaction.
  bool exists(const std::string& region, const std::string& arn) override;
  bool attached_to_load_balancer(const std::string& region, const std::string& arn) override;
  Outcome<void> register_target(const std::string& region, const std::string& arn,
                                const std::string& ip, int port, const std::string& zone) override;
  void deregister_target(const std::string& region, const std::string& arn, const std::string& ip,
                         int port) override;
  std::optional<TargetState> target_state(const std::string& region, const std::string& arn,
                                          const std::string& ip, int port) override;
  void on_change(std::function<void(const std::string&, const std::string&)> changed) override;
  std::vector<cloudwatch::CountedResource> count_resources() const override;

  // LogVendor: access_plan.cc.
  Outcome<void> check_source(const std::string& region, const std::string& resource,
                             const std::string& log_type) const override;
  std::vector<std::string> record_fields(const std::string& log_type) const override;
  void deliveries_changed() override { controller_.changed(); }

 private:
  Outcome<shape::CreateLoadBalancerOutput> create_load_balancer(
      Context&, const shape::CreateLoadBalancerInput&);
  Outcome<shape::DeleteLoadBalancerOutput> delete_load_balancer(
      Context&, const shape::DeleteLoadBalancerInput&);
  Outcome<shape::DescribeLoadBalancersOutput> describe_load_balancers(
      Context&, const shape::DescribeLoadBalancersInput&);
  Outcome<shape::DescribeLoadBalancerAttributesOutput> describe_load_balancer_attributes(
      Context&, const shape::DescribeLoadBalancerAttributesInput&);
  Outcome<shape::ModifyLoadBalancerAttributesOutput> modify_load_balancer_attributes(
      Context&, const shape::ModifyLoadBalancerAttributesInput&);

  Outcome<shape::CreateTargetGroupOutput> create_target_group(Context&,
                                                              const shape::CreateTargetGroupInput&);
  Outcome<shape::DeleteTargetGroupOutput> delete_target_group(Context&,
                                                              const shape::DeleteTargetGroupInput&);
  Outcome<shape::DescribeTargetGroupsOutput> describe_target_groups(
      Context&, const shape::DescribeTargetGroupsInput&);
  Outcome<shape::ModifyTargetGroupOutput> modify_target_group(Context&,
                                                              const shape::ModifyTargetGroupInput&);
  Outcome<shape::DescribeTargetGroupAttributesOutput> describe_target_group_attributes(
      Context&, const shape::DescribeTargetGroupAttributesInput&);
  Outcome<shape::ModifyTargetGroupAttributesOutput> modify_target_group_attributes(
      Context&, const shape::ModifyTargetGroupAttributesInput&);

  Outcome<shape::RegisterTargetsOutput> register_targets(Context&,
                                                         const shape::RegisterTargetsInput&);
  Outcome<shape::DeregisterTargetsOutput> deregister_targets(Context&,
                                                             const shape::DeregisterTargetsInput&);
  Outcome<shape::DescribeTargetHealthOutput> describe_target_health(
      Context&, const shape::DescribeTargetHealthInput&);

  Outcome<shape::CreateListenerOutput> create_listener(Context&, const shape::CreateListenerInput&);
  Outcome<shape::DeleteListenerOutput> delete_listener(Context&, const shape::DeleteListenerInput&);
  Outcome<shape::DescribeListenersOutput> describe_listeners(Context&,
                                                             const shape::DescribeListenersInput&);
  Outcome<shape::ModifyListenerOutput> modify_listener(Context&, const shape::ModifyListenerInput&);

  Outcome<shape::CreateRuleOutput> create_rule(Context&, const shape::CreateRuleInput&);
  Outcome<shape::DeleteRuleOutput> delete_rule(Context&, const shape::DeleteRuleInput&);
  Outcome<shape::DescribeRulesOutput> describe_rules(Context&, const shape::DescribeRulesInput&);
  Outcome<shape::ModifyRuleOutput> modify_rule(Context&, const shape::ModifyRuleInput&);
  Outcome<shape::SetRulePrioritiesOutput> set_rule_priorities(Context&,
                                                              const shape::SetRulePrioritiesInput&);

  Outcome<shape::AddTagsOutput> add_tags(Context&, const shape::AddTagsInput&);
  Outcome<shape::RemoveTagsOutput> remove_tags(Context&, const shape::RemoveTagsInput&);
  Outcome<shape::DescribeTagsOutput> describe_tags(Context&, const shape::DescribeTagsInput&);

  // The record with this ARN in the caller's region, or the modelled not-found error.
  Outcome<const LoadBalancerRecord*> balancer(const Context&, const std::string& arn) const;
  Outcome<const TargetGroupRecord*> group(const Context&, const std::string& arn) const;
  Outcome<const ListenerRecord*> listener(const Context&, const std::string& arn) const;
  Outcome<const RuleRecord*> rule(const Context&, const std::string& arn) const;
  shape::LoadBalancer shown(const LoadBalancerRecord& record) const;
  shape::TargetGroup shown(const TargetGroupRecord& record) const;
  Outcome<std::vector<shape::AvailabilityZone>> zones_of(const Context&,
                                                         const shape::CreateLoadBalancerInput&,
                                                         bool network) const;
  // Whether Elastic Load Balancing may write into the bucket that the attributes name.
  Outcome<void> check_access_bucket(const LoadBalancerRecord& record) const;
  void put_test_file(const LoadBalancerRecord& record);
  Outcome<void> give_name(const Context&, LoadBalancerRecord& record);
  void remove_listener(const std::string& arn);
  Outcome<int> check_target(const TargetGroupRecord& group, const std::string& ip,
                            std::optional<int> port) const;
  void put_target(const std::string& arn, const std::string& ip, int port, const std::string& zone);
  void drain_target(const std::string& arn, const std::string& ip, int port);
  Outcome<StringMap> change_tags(const Context&, const std::string& arn,
                                 const std::function<void(StringMap&)>& change);

  Parts parts_;
  Tables tables_;
  Controller controller_;
};

}  // namespace seatrial::services::elbv2
