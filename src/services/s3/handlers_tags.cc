// Objects' tags. Source: API_PutObjectTagging.
#include "services/s3/errors.h"
#include "services/s3/service.h"

namespace seatrial::services::s3 {

using room::Outcome;

Outcome<api::PutObjectTaggingOutput> S3::put_tags(Context& context,
                                                  const api::PutObjectTaggingRequest& request) {
  const auto bucket = open(context, request);
  if (!bucket) return std::unexpected(bucket.error());
  const auto version = readable(request.Bucket, request.Key, request.VersionId);
  if (!version) return std::unexpected(version.error());
  Tags tags;
  for (const auto& tag : request.Tagging.TagSet) {
    if (auto ok = check_tag(tag.Key, tag.Value); !ok) return std::unexpected(ok.error());
    if (!tags.emplace(tag.Key, tag.Value).second) {
      return refused("InvalidTag", "Cannot provide multiple Tags with the same key", 400,
                     {{"TagKey", tag.Key}});
    }
  }
  if (tags.size() > kObjectTags)
    return refused("BadRequest", "Object tags cannot be greater than 10", 400);
  api::PutObjectTaggingOutput out;
  if (!(*bucket)->versioning.empty()) out.VersionId = (*version)->version_id;
  versions_.update(version_row(request.Bucket, request.Key, (*version)->number),
                   [&](VersionRecord& v) { v.description.tags = std::move(tags); });
  return out;
}

Outcome<api::GetObjectTaggingOutput> S3::get_tags(Context& context,
                                                  const api::GetObjectTaggingRequest& request) {
  const auto bucket = open(context, request);
  if (!bucket) return std::unexpected(bucket.error());
  const auto version = readable(request.Bucket, request.Key, request.VersionId);
  if (!version) return std::unexpected(version.error());
  api::GetObjectTaggingOutput out;
  out.TagSet.given = true;
  for (const auto& [key, value] : (*version)->description.tags) out.TagSet.push_back({key, value});
  if (!(*bucket)->versioning.empty()) out.VersionId = (*version)->version_id;
  return out;
}

Outcome<api::DeleteObjectTaggingOutput> S3::delete_tags(
    Context& context, const api::DeleteObjectTaggingRequest& request) {
  const auto bucket = open(context, request);
  if (!bucket) return std::unexpected(bucket.error());
  const auto version = readable(request.Bucket, request.Key, request.VersionId);
  if (!version) return std::unexpected(version.error());
  api::DeleteObjectTaggingOutput out;
  if (!(*bucket)->versioning.empty()) out.VersionId = (*version)->version_id;
  versions_.update(version_row(request.Bucket, request.Key, (*version)->number),
                   [](VersionRecord& v) { v.description.tags.clear(); });
  return out;
}

}  // namespace seatrial::services::s3
