// Tags of functions, which these operations name by ARN.
#include "services/lambda/errors.h"
#include "services/lambda/service.h"

namespace seatrial::services::lambda {

using room::Outcome;

Outcome<shape::ListTagsResponse> Lambda::list_tags(Context& context,
                                                   const shape::ListTagsRequest& request) {
  const auto found = function(context, request.Resource, std::nullopt);
  if (!found) return std::unexpected(found.error());
  shape::ListTagsResponse reply;
  reply.Tags = model::Map<std::string>((*found)->tags);
  return reply;
}

Outcome<model::Empty> Lambda::tag_resource(Context& context,
                                           const shape::TagResourceRequest& request) {
  const auto found = function(context, request.Resource, std::nullopt);
  if (!found) return std::unexpected(found.error());
  FunctionRecord changed = **found;
  for (const auto& [name, value] : request.Tags) changed.tags[name] = value;
  if (changed.tags.size() > kMaxTags)
    return invalid_parameter("A function can have at most 50 tags.");
  const std::string key = changed.key();
  tables_.functions.put(key, std::move(changed));
  return model::Empty{};
}

Outcome<model::Empty> Lambda::untag_resource(Context& context,
                                             const shape::UntagResourceRequest& request) {
  const auto found = function(context, request.Resource, std::nullopt);
  if (!found) return std::unexpected(found.error());
  FunctionRecord changed = **found;
  for (const auto& name : request.TagKeys) changed.tags.erase(name);
  const std::string key = changed.key();
  tables_.functions.put(key, std::move(changed));
  return model::Empty{};
}

}  // namespace seatrial::services::lambda
