// Rules.
#include "decide/event_pattern/event_pattern.h"
#include "decide/schedule/schedule.h"
#include "services/events/errors.h"
#include "services/events/paging.h"
#include "services/events/service.h"

namespace seatrial::services::events {
namespace {

constexpr std::ptrdiff_t kMaxRules = 300;  // of a bus

std::optional<std::string> if_any(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

shape::Rule shown(const RuleRecord& record) {
  shape::Rule out;
  out.Name = record.name;
  out.Arn = record.arn;
  out.EventPattern = if_any(record.pattern);
  out.ScheduleExpression = if_any(record.schedule);
  out.State = record.state;
  out.Description = if_any(record.description);
  out.RoleArn = if_any(record.role);
  out.EventBusName = record.bus;
  return out;
}

Failure bad_pattern(const std::string& why) {
  return fail("InvalidEventPatternException", "Event pattern is not valid. Reason: " + why);
}

}  // namespace

Outcome<void> Events::check_rule(const shape::PutRuleRequest& input, const std::string& bus) const {
  if (!input.EventPattern && !input.ScheduleExpression)
    return validation("Parameter(s) EventPattern or ScheduleExpression must be specified.");
  if (input.EventPattern) {
    const auto compiled =
        decide::EventPattern::compile(*input.EventPattern, decide::PatternDialect::kEvent);
    if (!compiled) return bad_pattern(compiled.error());
  }
  if (input.ScheduleExpression) {
    if (bus != "default")
      return validation("ScheduleExpression is supported only on the default event bus.");
    if (const auto parsed = decide::parse_schedule(*input.ScheduleExpression); !parsed)
      return validation("Parameter ScheduleExpression is not valid.");
  }
  const std::string state = input.State.value_or("ENABLED");
  if (state != "ENABLED" && state != "DISABLED") return not_served("the rule state " + state);
  return {};
}

Outcome<shape::PutRuleResponse> Events::put_rule(Context& context,
                                                 const shape::PutRuleRequest& input) {
  const auto on = bus(context, input.EventBusName);
  if (!on) return std::unexpected(on.error());
  if (auto good = check_rule(input, *on); !good) return std::unexpected(good.error());
  RuleRecord record;
  record.name = input.Name;
  record.bus = *on;
  record.region = context.region;
  record.arn =
      context.arn("events", "rule/" + (*on == "default" ? "" : *on + "/") + input.Name).text();
  const auto* old = tables_.rules.find(record.key());
  if (old == nullptr && std::ranges::distance(tables_.on_bus(context.region, *on)) >= kMaxRules)
    return fail("LimitExceededException",
                "The requested resource exceeds the maximum number allowed.");
  if (old != nullptr) {  // its targets stay; tags are set at creation only
    record.targets = old->targets;
    record.tags = old->tags;
  } else {
    for (const auto& tag : input.Tags) record.tags[tag.Key] = tag.Value;
  }
  record.pattern = input.EventPattern.value_or("");
  record.schedule = input.ScheduleExpression.value_or("");
  record.state = input.State.value_or("ENABLED");
  record.description = input.Description.value_or("");
  record.role = input.RoleArn.value_or("");
  record.anchor = context.now;
  shape::PutRuleResponse reply;
  reply.RuleArn = record.arn;
  const std::string key = record.key();
  tables_.rules.put(key, std::move(record));
  router_.reschedule();
  return reply;
}

// Also of a rule that is not there, as AWS does.
Outcome<model::Empty> Events::delete_rule(Context& context, const shape::DeleteRuleRequest& input) {
  const auto on = bus(context, input.EventBusName);
  if (!on) return std::unexpected(on.error());
  const std::string key = context.key(*on + "/" + input.Name);
  const auto* found = tables_.rules.find(key);
  if (found != nullptr && !found->targets.empty())
    return validation("Rule can't be deleted since it has targets.");
  tables_.rules.erase(key);
  router_.reschedule();
  return model::Empty{};
}

Outcome<shape::DescribeRuleResponse> Events::describe_rule(
    Context& context, const shape::DescribeRuleRequest& input) {
  const auto found = rule(context, input.Name, input.EventBusName);
  if (!found) return std::unexpected(found.error());
  const shape::Rule record = shown(**found);
  shape::DescribeRuleResponse reply;
  reply.Name = record.Name;
  reply.Arn = record.Arn;
  reply.EventPattern = record.EventPattern;
  reply.ScheduleExpression = record.ScheduleExpression;
  reply.State = record.State;
  reply.Description = record.Description;
  reply.RoleArn = record.RoleArn;
  reply.EventBusName = record.EventBusName;
  reply.CreatedBy = context.account;
  return reply;
}

Outcome<shape::ListRulesResponse> Events::list_rules(Context& context,
                                                     const shape::ListRulesRequest& input) {
  const auto on = bus(context, input.EventBusName);
  if (!on) return std::unexpected(on.error());
  std::vector<shape::Rule> rules;
  for (const auto& [key, record] : tables_.on_bus(context.region, *on))
    if (record.name.starts_with(input.NamePrefix.value_or(""))) rules.push_back(shown(record));
  auto next = cut_page(rules, input.NextToken, input.Limit,
                       [](const shape::Rule& one) { return *one.Name; });
  if (!next) return std::unexpected(next.error());
  shape::ListRulesResponse reply;
  reply.Rules = model::List<shape::Rule>(std::move(rules));
  reply.NextToken = *next;
  return reply;
}

Outcome<shape::ListRuleNamesByTargetResponse> Events::list_rule_names_by_target(
    Context& context, const shape::ListRuleNamesByTargetRequest& input) {
  const auto on = bus(context, input.EventBusName);
  if (!on) return std::unexpected(on.error());
  std::vector<std::string> names;
  for (const auto& [key, record] : tables_.on_bus(context.region, *on))
    if (std::ranges::find(record.targets, input.TargetArn, &shape::Target::Arn) !=
        record.targets.end())
      names.push_back(record.name);
  auto next = cut_page(names, input.NextToken, input.Limit, [](const auto& name) { return name; });
  if (!next) return std::unexpected(next.error());
  shape::ListRuleNamesByTargetResponse reply;
  reply.RuleNames = model::List<std::string>(std::move(names));
  reply.NextToken = *next;
  return reply;
}

Outcome<void> Events::set_state(Context& context, const std::string& name,
                                const std::optional<std::string>& bus_name, const char* state) {
  const auto found = rule(context, name, bus_name);
  if (!found) return std::unexpected(found.error());
  if ((*found)->state == state) return {};
  const std::string key = (*found)->key();
  tables_.rules.update(key, [&](RuleRecord& record) {
    record.state = state;
    record.anchor = context.now;
  });
  router_.reschedule();
  return {};
}

Outcome<model::Empty> Events::enable_rule(Context& context, const shape::EnableRuleRequest& input) {
  const auto done = set_state(context, input.Name, input.EventBusName, "ENABLED");
  if (!done) return std::unexpected(done.error());
  return model::Empty{};
}

Outcome<model::Empty> Events::disable_rule(Context& context,
                                           const shape::DisableRuleRequest& input) {
  const auto done = set_state(context, input.Name, input.EventBusName, "DISABLED");
  if (!done) return std::unexpected(done.error());
  return model::Empty{};
}

// The event must be a whole one, as AWS asks.
Outcome<shape::TestEventPatternResponse> Events::test_event_pattern(
    Context&, const shape::TestEventPatternRequest& input) {
  const auto pattern =
      decide::EventPattern::compile(input.EventPattern, decide::PatternDialect::kEvent);
  if (!pattern) return bad_pattern(pattern.error());
  const auto event = parse_json(input.Event);
  if (!event || !event->is_object()) return validation("Parameter Event is not valid.");
  for (const char* name : {"id", "account", "source", "time", "region", "detail-type"})
    if (find_member(*event, name) == nullptr)
      return validation(fmt::format("Parameter Event is not valid. Reason: {} is missing", name));
  return shape::TestEventPatternResponse{pattern->matches(*event)};
}

}  // namespace seatrial::services::events
