// Objects written and removed. Sources: API_PutObject, API_DeleteObject, API_DeleteObjects;
// versions as in "How S3 Versioning works".
#include "base/encoding.h"
#include "services/s3/conditions.h"
#include "services/s3/errors.h"
#include "services/s3/service.h"

namespace seatrial::services::s3 {

using room::Outcome;

Outcome<api::PutObjectOutput> S3::put(Context& context, const api::PutObjectRequest& request) {
  const auto bucket = open(context, request);
  if (!bucket) return std::unexpected(bucket.error());
  if (auto ok = check_key(request.Key); !ok) return std::unexpected(ok.error());
  if (auto ok = check_unserved(request); !ok) return std::unexpected(ok.error());
  auto description = description_of(request);
  if (!description) return std::unexpected(description.error());
  const auto declared = declared_by(request);
  if (!declared) return std::unexpected(declared.error());
  const VersionRecord* old = newest(request.Bucket, request.Key);
  if (auto ok = check_write(request.IfMatch, request.IfNoneMatch, old, request.Key); !ok)
    return std::unexpected(ok.error());
  if (!context.prepared) {
    prepare_write(context, *declared);
    return api::PutObjectOutput{};
  }
  auto& bytes = static_cast<Digested&>(*context.prepared);
  VersionRecord version;
  version.key = request.Key;
  version.size = bytes.size;
  version.etag = hex_encode(bytes.md5);
  version.checksum = checksum_of(bytes);
  version.segments = bytes.segments;
  version.description = *std::move(description);
  api::PutObjectOutput out;
  out.ETag = in_quotes(version.etag);
  out.ServerSideEncryption = "AES256";
  show_checksum(version.checksum, out);
  out.Expiration = expiration_header(**bucket, version);
  if (auto id = add_version(**bucket, std::move(version)); !id.empty()) out.VersionId = id;
  bytes.fresh.clear();
  return out;
}

S3::Deleted S3::remove_object(const BucketRecord& bucket, const std::string& key,
                              const std::optional<std::string>& version_id) {
  if (version_id) {
    const VersionRecord* version = find_version(bucket.name, key, *version_id);
    if (version == nullptr) return {*version_id, false};
    const bool marker = version->delete_marker;
    erase_version(bucket.name, VersionRecord(*version));
    return {*version_id, marker};
  }
  if (bucket.versioning.empty()) {
    const VersionRecord* version = find_version(bucket.name, key, "null");
    if (version != nullptr) erase_version(bucket.name, VersionRecord(*version));
    return {};
  }
  VersionRecord marker;
  marker.key = key;
  marker.delete_marker = true;
  return {add_version(bucket, std::move(marker)), true};
}

Outcome<api::DeleteObjectOutput> S3::delete_object(Context& context,
                                                   const api::DeleteObjectRequest& request) {
  const auto bucket = open(context, request);
  if (!bucket) return std::unexpected(bucket.error());
  if (request.MFA) return not_implemented("x-amz-mfa", "there are no MFA devices here.");
  if (request.IfMatchLastModifiedTime || request.IfMatchSize)
    return not_implemented("x-amz-if-match-size", "it is a directory bucket's.");
  if (request.IfMatch) {
    const VersionRecord* old = newest(request.Bucket, request.Key);
    if (auto ok = check_write(request.IfMatch, {}, old, request.Key); !ok)
      return std::unexpected(ok.error());
  }
  const Deleted deleted = remove_object(**bucket, request.Key, request.VersionId);
  api::DeleteObjectOutput out;
  if (!deleted.version_id.empty()) out.VersionId = deleted.version_id;
  if (deleted.marker) out.DeleteMarker = true;
  return out;
}

Outcome<api::DeleteObjectsOutput> S3::delete_objects(Context& context,
                                                     const api::DeleteObjectsRequest& request) {
  const auto bucket = open(context, request);
  if (!bucket) return std::unexpected(bucket.error());
  if (request.MFA) return not_implemented("x-amz-mfa", "there are no MFA devices here.");
  if (request.Delete.Objects.empty() || request.Delete.Objects.size() > kMaxDeletedAtOnce)
    return malformed_xml();
  const bool quiet = request.Delete.Quiet.value_or(false);
  api::DeleteObjectsOutput out;
  for (const auto& object : request.Delete.Objects) {
    if (object.LastModifiedTime || object.Size)
      return not_implemented("Size", "conditions but the ETag are a directory bucket's.");
    const Access access{object.VersionId ? "s3:DeleteObjectVersion" : "s3:DeleteObject",
                        std::string(kBucketArn) + request.Bucket + "/" + object.Key};
    if (auto ok = check_access(context, access, {}); !ok) {
      out.Errors.push_back({object.Key, object.VersionId, ok.error().code, ok.error().message});
      continue;
    }
    const VersionRecord* old = newest(request.Bucket, object.Key);
    if (auto ok = check_write(object.ETag, {}, old, object.Key); object.ETag && !ok) {
      out.Errors.push_back({object.Key, object.VersionId, ok.error().code, ok.error().message});
      continue;
    }
    const Deleted deleted = remove_object(**bucket, object.Key, object.VersionId);
    if (quiet) continue;
    api::DeletedObject shown;
    shown.Key = object.Key;
    shown.VersionId = object.VersionId;
    if (deleted.marker) {
      shown.DeleteMarker = true;
      shown.DeleteMarkerVersionId = deleted.version_id;
    }
    out.Deleted.push_back(std::move(shown));
  }
  return out;
}

}  // namespace seatrial::services::s3
