// EventBridge: buses, rules by pattern or schedule, their targets, and events.
#pragma once
#include "room/room.h"
#include "services/events/api.h"
#include "services/events/router.h"
#include "services/events/store.h"

namespace seatrial::services::events {

using room::Context;
using room::Outcome;

class Events final : public room::Room, public Bus {
 public:
  Events(room::Env& env, Parts parts);

  void start() override { router_.start(); }
  void stop() override { router_.stop(); }

  void put(const std::string& region, const std::string& source, const std::string& detail_type,
           std::vector<std::string> resources, Value detail) override;

 private:
  Outcome<shape::CreateEventBusResponse> create_event_bus(Context&,
                                                          const shape::CreateEventBusRequest&);
  Outcome<model::Empty> delete_event_bus(Context&, const shape::DeleteEventBusRequest&);
  Outcome<shape::DescribeEventBusResponse> describe_event_bus(
      Context&, const shape::DescribeEventBusRequest&);
  Outcome<shape::ListEventBusesResponse> list_event_buses(Context&,
                                                          const shape::ListEventBusesRequest&);
  Outcome<shape::PutRuleResponse> put_rule(Context&, const shape::PutRuleRequest&);
  Outcome<model::Empty> delete_rule(Context&, const shape::DeleteRuleRequest&);
  Outcome<shape::DescribeRuleResponse> describe_rule(Context&, const shape::DescribeRuleRequest&);
  Outcome<shape::ListRulesResponse> list_rules(Context&, const shape::ListRulesRequest&);
  Outcome<shape::ListRuleNamesByTargetResponse> list_rule_names_by_target(
      Context&, const shape::ListRuleNamesByTargetRequest&);
  Outcome<model::Empty> enable_rule(Context&, const shape::EnableRuleRequest&);
  Outcome<model::Empty> disable_rule(Context&, const shape::DisableRuleRequest&);
  Outcome<shape::PutTargetsResponse> put_targets(Context&, const shape::PutTargetsRequest&);
  Outcome<shape::RemoveTargetsResponse> remove_targets(Context&,
                                                       const shape::RemoveTargetsRequest&);
  Outcome<shape::ListTargetsByRuleResponse> list_targets_by_rule(
      Context&, const shape::ListTargetsByRuleRequest&);
  Outcome<shape::PutEventsResponse> put_events(Context&, const shape::PutEventsRequest&);
  Outcome<shape::TestEventPatternResponse> test_event_pattern(
      Context&, const shape::TestEventPatternRequest&);
  Outcome<shape::TagResourceResponse> tag_resource(Context&, const shape::TagResourceRequest&);
  Outcome<shape::UntagResourceResponse> untag_resource(Context&,
                                                       const shape::UntagResourceRequest&);
  Outcome<shape::ListTagsForResourceResponse> list_tags_for_resource(
      Context&, const shape::ListTagsForResourceRequest&);

  // The name of an existing bus of the caller's region, from a name or ARN; "default" when absent.
  Outcome<std::string> bus(const Context&, const std::optional<std::string>& name_or_arn) const;
  Outcome<const RuleRecord*> rule(const Context&, const std::string& name,
                                  const std::optional<std::string>& bus) const;
  Outcome<void> set_state(Context&, const std::string& name, const std::optional<std::string>& bus,
                          const char* state);
  Outcome<void> check_rule(const shape::PutRuleRequest&, const std::string& bus) const;
  // Changes the tags of the rule or bus with this ARN; says what they are then.
  Outcome<StringMap> change_tags(const std::string& arn,
                                 const std::function<void(StringMap&)>& change);
  Outcome<Value> event_of(const Context&, const shape::PutEventsRequestEntry&);

  Tables tables_;
  Router router_;
};

}  // namespace seatrial::services::events
