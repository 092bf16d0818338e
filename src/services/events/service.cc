// The operation table, look-ups that handlers share, tags, and the api for other rooms.
#include "services/events/service.h"

#include "services/events/errors.h"

namespace seatrial::services::events {

Events::Events(room::Env& env, Parts parts)
    : Room(env, "events"), tables_(env.store), router_(env, tables_, parts) {
  serve<shape::CreateEventBusOp>(&Events::create_event_bus);
  serve<shape::DeleteEventBusOp>(&Events::delete_event_bus);
  serve<shape::DescribeEventBusOp>(&Events::describe_event_bus);
  serve<shape::ListEventBusesOp>(&Events::list_event_buses);
  serve<shape::PutRuleOp>(&Events::put_rule);
  serve<shape::DeleteRuleOp>(&Events::delete_rule);
  serve<shape::DescribeRuleOp>(&Events::describe_rule);
  serve<shape::ListRulesOp>(&Events::list_rules);
  serve<shape::ListRuleNamesByTargetOp>(&Events::list_rule_names_by_target);
  serve<shape::EnableRuleOp>(&Events::enable_rule);
  serve<shape::DisableRuleOp>(&Events::disable_rule);
  serve<shape::PutTargetsOp>(&Events::put_targets);
  serve<shape::RemoveTargetsOp>(&Events::remove_targets);
  serve<shape::ListTargetsByRuleOp>(&Events::list_targets_by_rule);
  serve<shape::PutEventsOp>(&Events::put_events);
  serve<shape::TestEventPatternOp>(&Events::test_event_pattern);
  serve<shape::TagResourceOp>(&Events::tag_resource);
  serve<shape::UntagResourceOp>(&Events::untag_resource);
  serve<shape::ListTagsForResourceOp>(&Events::list_tags_for_resource);
}

Outcome<std::string> Events::bus(const Context& context,
                                 const std::optional<std::string>& name_or_arn) const {
  std::string name = name_or_arn.value_or("default");
  if (const auto arn = parse_arn(name)) {
    if (arn->service != "events" || !arn->resource.starts_with("event-bus/") ||
        arn->region != context.region || arn->account != context.account)
      return not_found(fmt::format("Event bus {} does not exist.", name));
    name = arn->resource_name();
  }
  if (name == "default" || tables_.buses.contains(context.key(name))) return name;
  return not_found(fmt::format("Event bus {} does not exist.", name));
}

Outcome<const RuleRecord*> Events::rule(const Context& context, const std::string& name,
                                        const std::optional<std::string>& bus_name) const {
  const auto on = bus(context, bus_name);
  if (!on) return std::unexpected(on.error());
  const auto* found = tables_.rules.find(context.key(*on + "/" + name));
  if (found == nullptr)
    return not_found(fmt::format("Rule {} does not exist on EventBus {}.", name, *on));
  return found;
}

void Events::put(const std::string& region, const std::string& source,
                 const std::string& detail_type, std::vector<std::string> resources, Value detail) {
  if (tables_.on_bus(region, "default").empty() || router_.full()) return;
  Array arns;
  for (auto& arn : resources) arns.push_back(Value(arn));
  const Object event{{"version", "0"},
                     {"id", env_.rng.uuid()},
                     {"detail-type", detail_type},
                     {"source", source},
                     {"account", env_.account},
                     {"time", format_iso8601_seconds(env_.clock.now())},
                     {"region", region},
                     {"resources", std::move(arns)},
                     {"detail", std::move(detail)}};
  router_.route(region, "default", event);
}

Outcome<StringMap> Events::change_tags(const std::string& arn,
                                       const std::function<void(StringMap&)>& change) {
  constexpr std::size_t kMaxTags = 50;
  const auto apply_to = [&](auto& table) -> std::optional<Outcome<StringMap>> {
    for (const auto& [key, record] : table) {
      if (record.arn != arn) continue;
      StringMap tags = record.tags;
      if (!change) return tags;
      change(tags);
      if (tags.size() > kMaxTags)
        return fail("LimitExceededException", "A resource can have at most 50 tags.");
      const std::string name = key;
      table.update(name, [&](auto& changed) { changed.tags = tags; });
      return tags;
    }
    return {};
  };
  if (auto done = apply_to(tables_.rules)) return *done;
  if (auto done = apply_to(tables_.buses)) return *done;
  return not_found(fmt::format("{} does not exist.", arn));
}

Outcome<shape::TagResourceResponse> Events::tag_resource(Context&,
                                                         const shape::TagResourceRequest& input) {
  const auto done = change_tags(input.ResourceARN, [&](StringMap& tags) {
    for (const auto& tag : input.Tags) tags[tag.Key] = tag.Value;
  });
  if (!done) return std::unexpected(done.error());
  return shape::TagResourceResponse{};
}

Outcome<shape::UntagResourceResponse> Events::untag_resource(
    Context&, const shape::UntagResourceRequest& input) {
  const auto done = change_tags(input.ResourceARN, [&](StringMap& tags) {
    for (const auto& key : input.TagKeys) tags.erase(key);
  });
  if (!done) return std::unexpected(done.error());
  return shape::UntagResourceResponse{};
}

Outcome<shape::ListTagsForResourceResponse> Events::list_tags_for_resource(
    Context&, const shape::ListTagsForResourceRequest& input) {
  const auto tags = change_tags(input.ResourceARN, nullptr);
  if (!tags) return std::unexpected(tags.error());
  shape::ListTagsForResourceResponse reply;
  reply.Tags.given = true;
  for (const auto& [key, value] : *tags) reply.Tags.push_back({key, value});
  return reply;
}

}  // namespace seatrial::services::events
