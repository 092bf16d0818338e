// AddTags, RemoveTags, DescribeTags, on all four kinds of resources.
#include "services/elbv2/errors.h"
#include "services/elbv2/requests.h"
#include "services/elbv2/service.h"

namespace seatrial::services::elbv2 {
namespace {

constexpr std::size_t kMaxTags = 50, kMaxDescribed = 20;

}  // namespace

// Changes the tags of whatever the ARN names; the error is that kind's. Says what they are then.
Outcome<StringMap> Elbv2::change_tags(const Context& context, const std::string& arn,
                                      const std::function<void(StringMap&)>& change) {
  const auto apply = [&](auto& table, const auto& found) -> Outcome<StringMap> {
    if (!found) return std::unexpected(found.error());
    StringMap result = (*found)->tags;
    if (!change) return result;
    change(result);
    if (result.size() > kMaxTags)
      return fail("TooManyTags",
                  fmt::format("The maximum number of tags per resource is {}", kMaxTags));
    table.update(arn, [&](auto& record) { record.tags = result; });
    return result;
  };
  if (arn.find(":listener-rule/") != arn.npos) return apply(tables_.rules, rule(context, arn));
  if (arn.find(":listener/") != arn.npos) return apply(tables_.listeners, listener(context, arn));
  if (arn.find(":targetgroup/") != arn.npos) return apply(tables_.groups, group(context, arn));
  return apply(tables_.balancers, balancer(context, arn));
}

Outcome<shape::AddTagsOutput> Elbv2::add_tags(Context& context, const shape::AddTagsInput& input) {
  const auto tags = tag_map(input.Tags);
  if (!tags) return std::unexpected(tags.error());
  for (const auto& arn : input.ResourceArns) {
    const auto changed = change_tags(context, arn, [&](StringMap& held) {
      for (const auto& [key, value] : *tags) held[key] = value;
    });
    if (!changed) return std::unexpected(changed.error());
  }
  return shape::AddTagsOutput{};
}

Outcome<shape::RemoveTagsOutput> Elbv2::remove_tags(Context& context,
                                                    const shape::RemoveTagsInput& input) {
  for (const auto& arn : input.ResourceArns) {
    const auto changed = change_tags(context, arn, [&](StringMap& held) {
      for (const auto& key : input.TagKeys) held.erase(key);
    });
    if (!changed) return std::unexpected(changed.error());
  }
  return shape::RemoveTagsOutput{};
}

Outcome<shape::DescribeTagsOutput> Elbv2::describe_tags(Context& context,
                                                        const shape::DescribeTagsInput& input) {
  if (input.ResourceArns.size() > kMaxDescribed) {
    return validation(
        fmt::format("Tags of at most {} resources can be described at once", kMaxDescribed));
  }
  shape::DescribeTagsOutput reply;
  for (const auto& arn : input.ResourceArns) {
    const auto held = change_tags(context, arn, nullptr);
    if (!held) return std::unexpected(held.error());
    shape::TagDescription described;
    described.ResourceArn = arn;
    described.Tags.given = true;
    for (const auto& [key, value] : *held) described.Tags.push_back({key, value});
    reply.TagDescriptions.push_back(std::move(described));
  }
  return reply;
}

}  // namespace seatrial::services::elbv2
