// Tags of alarms. Source: API_TagResource.
#include "services/cloudwatch/alarm_rules.h"
#include "services/cloudwatch/errors.h"
#include "services/cloudwatch/service.h"

namespace seatrial::services::cloudwatch {
namespace {

using room::Outcome;

constexpr std::size_t kMaxTags = 50;

}  // namespace

Outcome<std::string> CloudWatch::tagged_alarm(const Context& context,
                                              const std::string& arn) const {
  const auto parsed = parse_arn(arn);
  const auto key = parsed ? alarms_.key_of(context.region, arn) : std::nullopt;
  if (!parsed || parsed->service != "cloudwatch")
    return invalid_value("The value " + arn + " for parameter ResourceARN is invalid.");
  if (!parsed->resource.starts_with("alarm:")) {
    return invalid_value("Seatrial keeps tags of alarms only, not of " + arn + ".");
  }
  if (!key || !alarms_.alarms.contains(*key))
    return model::fail("ResourceNotFoundException", "The resource " + arn + " does not exist.",
                       404);
  return *key;
}

Outcome<shape::TagResourceOutput> CloudWatch::tag_alarm(Context& context,
                                                        const shape::TagResourceInput& request) {
  const auto key = tagged_alarm(context, request.ResourceARN);
  if (!key) return std::unexpected(key.error());
  if (auto ok = check_tags(request.Tags); !ok) return invalid_value(ok.error().message);
  AlarmRecord record = *alarms_.alarms.find(*key);
  for (const auto& tag : request.Tags) record.tags[tag.Key] = tag.Value;
  if (record.tags.size() > kMaxTags)
    return invalid_value(fmt::format("An alarm can have at most {} tags.", kMaxTags));
  alarms_.alarms.put(*key, std::move(record));
  return shape::TagResourceOutput{};
}

Outcome<shape::UntagResourceOutput> CloudWatch::untag_alarm(
    Context& context, const shape::UntagResourceInput& request) {
  const auto key = tagged_alarm(context, request.ResourceARN);
  if (!key) return std::unexpected(key.error());
  alarms_.alarms.update(*key, [&](AlarmRecord& record) {
    for (const auto& name : request.TagKeys) record.tags.erase(name);
  });
  return shape::UntagResourceOutput{};
}

Outcome<shape::ListTagsForResourceOutput> CloudWatch::list_alarm_tags(
    Context& context, const shape::ListTagsForResourceInput& request) {
  const auto key = tagged_alarm(context, request.ResourceARN);
  if (!key) return std::unexpected(key.error());
  shape::ListTagsForResourceOutput reply;
  reply.Tags.given = true;
  for (const auto& [name, value] : alarms_.alarms.find(*key)->tags)
    reply.Tags.push_back({name, value});
  return reply;
}

}  // namespace seatrial::services::cloudwatch
