// Tags of clusters, services, tasks and task definitions, by ARN.
#include <map>

#include "services/ecs/service.h"

namespace seatrial::services::ecs {
namespace {

constexpr std::size_t kMaxTags = 50;

using Tags = std::vector<shape::Tag>;

Error resource_not_found() {
  return invalid_parameter(
      "The specified resource was not found. Specify a valid resource and try again.");
}

// Calls `change` with the resource's tags and keeps what it makes of them; false when no such one.
template <class F>
bool with_tags(State& state, const Arn& arn, F&& change) {
  const auto apply = [&](auto& tags) {
    Tags plain(tags.begin(), tags.end());
    change(plain);
    tags = std::move(plain);
  };
  const std::string kind = arn.resource.substr(0, arn.resource.find('/'));
  const std::string key = arn.region + "/" + std::string(arn.resource_name());
  if (kind == "cluster") {
    return state.clusters.update(key, [&](shape::Cluster& c) { apply(c.tags); });
  }
  if (kind == "service") {
    return state.services.update(key, [&](ServiceRecord& s) { apply(s.service.tags); });
  }
  if (kind == "task") return state.tasks.update(key, [&](TaskRecord& t) { apply(t.task.tags); });
  if (kind != "task-definition") return false;
  const auto name = parse_definition_name(arn.text());
  return state.definitions.update(definition_key(arn.region, name.family, name.revision),
                                  [&](TaskDefinitionRecord& d) { apply(d.tags); });
}

std::optional<Arn> own_arn(const room::Context& context, const std::string& text) {
  auto arn = parse_arn(text);
  if (!arn || arn->service != "ecs" || arn->region != context.region) return std::nullopt;
  return arn;
}

void put_tag(Tags& tags, const shape::Tag& tag) {
  const auto found = std::ranges::find(tags, tag.key, &shape::Tag::key);
  if (found == tags.end())
    tags.push_back(tag);
  else
    *found = tag;
}

}  // namespace

Outcome<shape::TagResourceResponse> Ecs::tag_resource(room::Context& context,
                                                      const shape::TagResourceRequest& request) {
  const auto arn = own_arn(context, request.resourceArn);
  if (!arn) return resource_not_found();
  std::size_t count = 0;
  const bool found = with_tags(state_, *arn, [&](Tags& tags) {
    for (const auto& tag : request.tags) put_tag(tags, tag);
    count = tags.size();
  });
  if (!found) return resource_not_found();
  if (count > kMaxTags) return invalid_parameter("The maximum number of tags is 50.");
  return shape::TagResourceResponse{};
}

Outcome<shape::UntagResourceResponse> Ecs::untag_resource(
    room::Context& context, const shape::UntagResourceRequest& request) {
  const auto arn = own_arn(context, request.resourceArn);
  const bool found =
      arn && with_tags(state_, *arn, [&](Tags& tags) {
        std::erase_if(tags, [&](const shape::Tag& tag) {
          return std::ranges::find(request.tagKeys, tag.key) != request.tagKeys.end();
        });
      });
  if (!found) return resource_not_found();
  return shape::UntagResourceResponse{};
}

Outcome<shape::ListTagsForResourceResponse> Ecs::list_tags_for_resource(
    room::Context& context, const shape::ListTagsForResourceRequest& request) {
  const auto arn = own_arn(context, request.resourceArn);
  Tags all;
  const bool found = arn && with_tags(state_, *arn, [&](Tags& tags) { all = tags; });
  if (!found) return resource_not_found();
  return shape::ListTagsForResourceResponse{.tags = all};
}

}  // namespace seatrial::services::ecs
