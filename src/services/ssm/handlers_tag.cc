// Tags of parameters.
#include <algorithm>

#include "services/ssm/errors.h"
#include "services/ssm/service.h"

namespace seatrial::services::ssm {

room::Outcome<std::string> Ssm::tagged(const Context& context, const std::string& type,
                                       const std::string& id) const {
  if (type != api::ResourceTypeForTagging::Parameter) {
    return model::fail("InvalidResourceType",
                       "Only resources of type Parameter are served here, not " + type + ".");
  }
  const auto found = find(context.region, parse_reference(id));
  if (!found) {
    return model::fail("InvalidResourceId",
                       "The resource ID is not valid. Verify that you entered the correct ID and "
                       "try again.");
  }
  return found->key;
}

room::Outcome<api::AddTagsToResourceResult> Ssm::add_tags_to_resource(
    Context& context, const api::AddTagsToResourceRequest& request) {
  const auto key = tagged(context, request.ResourceType, request.ResourceId);
  if (!key) return std::unexpected(key.error());
  ParameterRecord record = *parameters_.find(*key);
  for (const auto& tag : request.Tags) {
    const auto old = std::ranges::find(record.tags, tag.Key, &api::Tag::Key);
    if (old == record.tags.end()) {
      record.tags.push_back(tag);
    } else {
      *old = tag;
    }
  }
  if (record.tags.size() > kTagsPerParameter) {
    return model::fail("TooManyTagsError", "A parameter can have at most 50 tags.");
  }
  parameters_.put(*key, std::move(record));
  return api::AddTagsToResourceResult{};
}

room::Outcome<api::RemoveTagsFromResourceResult> Ssm::remove_tags_from_resource(
    Context& context, const api::RemoveTagsFromResourceRequest& request) {
  const auto key = tagged(context, request.ResourceType, request.ResourceId);
  if (!key) return std::unexpected(key.error());
  parameters_.update(*key, [&](ParameterRecord& record) {
    for (const auto& name : request.TagKeys) {
      std::erase_if(record.tags, [&](const api::Tag& tag) { return tag.Key == name; });
    }
  });
  return api::RemoveTagsFromResourceResult{};
}

room::Outcome<api::ListTagsForResourceResult> Ssm::list_tags_for_resource(
    Context& context, const api::ListTagsForResourceRequest& request) {
  const auto key = tagged(context, request.ResourceType, request.ResourceId);
  if (!key) return std::unexpected(key.error());
  api::ListTagsForResourceResult reply;
  reply.TagList = parameters_.find(*key)->tags;
  return reply;
}

}  // namespace seatrial::services::ssm
