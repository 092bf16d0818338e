// Tags of alarms, dashboards and metric streams. Source: API_TagResource.
#include "services/cloudwatch/alarm_rules.h"
#include "services/cloudwatch/errors.h"
#include "services/cloudwatch/service.h"

namespace seatrial::services::cloudwatch {
namespace {

using room::Outcome;

constexpr std::size_t kMaxTagsOfOne = 50;
constexpr std::string_view kDashboard = "dashboard/", kStream = "metric-stream/";

auto no_such_resource(const std::string& arn) {
  return model::fail("ResourceNotFoundException", "The resource " + arn + " does not exist.", 404);
}

}  // namespace

// Changes the tags of what the ARN names, if `change` is given; says what they then are.
Outcome<CloudWatch::TagMap> CloudWatch::change_tags(const Context& context, const std::string& arn,
                                                    const std::function<void(TagMap&)>& change) {
  const auto parsed = parse_arn(arn);
  if (!parsed || parsed->service != "cloudwatch" || parsed->account != context.account)
    return invalid_value("The value " + arn + " for parameter ResourceARN is invalid.");
  const auto apply = [&](auto& table, const std::string& key) -> Outcome<TagMap> {
    const auto* found = table.find(key);
    if (found == nullptr) return no_such_resource(arn);
    TagMap tags = found->tags;
    if (!change) return tags;
    change(tags);
    if (tags.size() > kMaxTagsOfOne)
      return invalid_value(fmt::format("A resource can have at most {} tags.", kMaxTagsOfOne));
    table.update(key, [&](auto& record) { record.tags = tags; });
    return tags;
  };
  if (parsed->resource.starts_with(kDashboard))
    return apply(dashboards_, parsed->resource.substr(kDashboard.size()));
  if (parsed->resource.starts_with(kStream))
    return apply(streams_.table, parsed->region + "/" + parsed->resource.substr(kStream.size()));
  if (!parsed->resource.starts_with("alarm:"))
    return invalid_value(
        "Seatrial keeps tags of alarms, dashboards and metric streams only, not of " + arn + ".");
  const auto key = alarms_.key_of(context.region, arn);
  if (!key) return no_such_resource(arn);
  return apply(alarms_.alarms, *key);
}

Outcome<shape::TagResourceOutput> CloudWatch::tag_resource(Context& context,
                                                           const shape::TagResourceInput& request) {
  if (auto ok = check_tags(request.Tags); !ok) return invalid_value(ok.error().message);
  const auto done = change_tags(context, request.ResourceARN, [&](TagMap& tags) {
    for (const auto& tag : request.Tags) tags[tag.Key] = tag.Value;
  });
  if (!done) return std::unexpected(done.error());
  return shape::TagResourceOutput{};
}

Outcome<shape::UntagResourceOutput> CloudWatch::untag_resource(
    Context& context, const shape::UntagResourceInput& request) {
  const auto done = change_tags(context, request.ResourceARN, [&](TagMap& tags) {
    for (const auto& name : request.TagKeys) tags.erase(name);
  });
  if (!done) return std::unexpected(done.error());
  return shape::UntagResourceOutput{};
}

Outcome<shape::ListTagsForResourceOutput> CloudWatch::list_tags_for_resource(
    Context& context, const shape::ListTagsForResourceInput& request) {
  const auto tags = change_tags(context, request.ResourceARN, nullptr);
  if (!tags) return std::unexpected(tags.error());
  shape::ListTagsForResourceOutput reply;
  reply.Tags.given = true;
  for (const auto& [name, value] : *tags) reply.Tags.push_back({name, value});
  return reply;
}

}  // namespace seatrial::services::cloudwatch
