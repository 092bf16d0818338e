#include "services/s3/service.h"

#include <algorithm>

#include "base/encoding.h"
#include "services/s3/errors.h"
#include "wire/checksums.h"

namespace seatrial::services::s3 {

S3::S3(room::Env& env)
    : Room(env, "s3"),
      buckets_(env.store, "s3.bucket"),
      versions_(env.store, "s3.version"),
      uploads_(env.store, "s3.upload"),
      parts_(env.store, "s3.part"),
      blobs_(env.world / "s3", env.vault, env.rng) {
  serve<api::CreateBucketOp>(&S3::create_bucket);
  serve<api::DeleteBucketOp>(&S3::delete_bucket);
  serve<api::ListBucketsOp>(&S3::list_buckets);
  serve<api::HeadBucketOp>(&S3::head_bucket);
  serve<api::GetBucketLocationOp>(&S3::get_location);
  serve<api::PutBucketVersioningOp>(&S3::put_versioning);
  serve<api::GetBucketVersioningOp>(&S3::get_versioning);
  serve<api::PutBucketTaggingOp>(&S3::put_bucket_tags);
  serve<api::GetBucketTaggingOp>(&S3::get_bucket_tags);
  serve<api::DeleteBucketTaggingOp>(&S3::delete_bucket_tags);
  serve<api::PutPublicAccessBlockOp>(&S3::put_public_access);
  serve<api::GetPublicAccessBlockOp>(&S3::get_public_access);
  serve<api::DeletePublicAccessBlockOp>(&S3::delete_public_access);
  serve<api::PutBucketEncryptionOp>(&S3::put_encryption);
  serve<api::GetBucketEncryptionOp>(&S3::get_encryption);
  serve<api::DeleteBucketEncryptionOp>(&S3::delete_encryption);
  serve<api::PutBucketOwnershipControlsOp>(&S3::put_ownership);
  serve<api::GetBucketOwnershipControlsOp>(&S3::get_ownership);
  serve<api::DeleteBucketOwnershipControlsOp>(&S3::delete_ownership);
  serve<api::PutBucketLifecycleConfigurationOp>(&S3::put_lifecycle);
  serve<api::GetBucketLifecycleConfigurationOp>(&S3::get_lifecycle);
  serve<api::DeleteBucketLifecycleOp>(&S3::delete_lifecycle);
  serve<api::PutBucketPolicyOp>(&S3::put_policy);
  serve<api::GetBucketPolicyOp>(&S3::get_policy);
  serve<api::GetBucketPolicyStatusOp>(&S3::get_policy_status);
  serve<api::DeleteBucketPolicyOp>(&S3::delete_policy);
  serve_payload<api::PutObjectOp>(&S3::put);
  serve<api::DeleteObjectOp>(&S3::delete_object);
  serve<api::DeleteObjectsOp>(&S3::delete_objects);
  serve<api::GetObjectOp>(&S3::get);
  serve<api::HeadObjectOp>(&S3::head);
  serve<api::GetObjectAttributesOp>(&S3::get_attributes);
  serve<api::PutObjectTaggingOp>(&S3::put_tags);
  serve<api::GetObjectTaggingOp>(&S3::get_tags);
  serve<api::DeleteObjectTaggingOp>(&S3::delete_tags);
  serve<api::CopyObjectOp>(&S3::copy);
  serve<api::UploadPartCopyOp>(&S3::copy_part);
  serve<api::ListObjectsOp>(&S3::list);
  serve<api::ListObjectsV2Op>(&S3::list_v2);
  serve<api::ListObjectVersionsOp>(&S3::list_versions);
  serve<api::CreateMultipartUploadOp>(&S3::create_upload);
  serve_payload<api::UploadPartOp>(&S3::upload_part);
  serve<api::CompleteMultipartUploadOp>(&S3::complete_upload);
  serve<api::AbortMultipartUploadOp>(&S3::abort_upload);
  serve<api::ListPartsOp>(&S3::list_parts);
  serve<api::ListMultipartUploadsOp>(&S3::list_uploads);
  wrap_handlers([this](const std::string& operation, Handler handler) {
    return guarded(operation, std::move(handler));
  });
}

std::string S3::base62(std::size_t length) {
  constexpr std::string_view kDigits =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string out;
  while (out.size() < length) out += kDigits[env_.rng.below(kDigits.size())];
  return out;
}

room::Outcome<const BucketRecord*> S3::find_bucket(
    const Context& context, const std::string& name,
    const std::optional<std::string>& expected_owner) const {
  const BucketRecord* bucket = buckets_.find(name);
  if (bucket == nullptr) return no_such_bucket(name);
  if (expected_owner && *expected_owner != context.account) return access_denied();
  // A region that the signature does not say (SigV2) is no wrong one.
  if (context.region.empty() || bucket->region == context.region) return bucket;
  return refused("AuthorizationHeaderMalformed",
                 fmt::format("The authorization header is malformed; the region '{}' is wrong; "
                             "expecting '{}'",
                             context.region, bucket->region),
                 400, {{"Region", bucket->region}, {"x-amz-bucket-region", bucket->region}});
}

const VersionRecord* S3::newest(std::string_view bucket, std::string_view key) const {
  const auto rows = versions_.with_prefix(version_prefix(bucket, key));
  return rows.empty() ? nullptr : &rows.begin()->second;
}

const VersionRecord* S3::find_version(std::string_view bucket, std::string_view key,
                                      std::string_view version_id) const {
  for (const auto& [row, version] : versions_.with_prefix(version_prefix(bucket, key))) {
    if (version.version_id == version_id) return &version;
  }
  return nullptr;
}

room::Outcome<const VersionRecord*> S3::readable(
    const std::string& bucket, const std::string& key,
    const std::optional<std::string>& version_id) const {
  const VersionRecord* version =
      version_id ? find_version(bucket, key, *version_id) : newest(bucket, key);
  if (version == nullptr) {
    if (version_id) return no_such_version(key, *version_id);
    return no_such_key(key);
  }
  if (!version->delete_marker) return version;
  Object details{
      {"Key", key}, {"x-amz-delete-marker", "true"}, {"x-amz-version-id", version->version_id}};
  if (!version_id)
    return refused("NoSuchKey", "The specified key does not exist.", 404, std::move(details));
  details["Last-Modified"] = format_http_date(version->modified);
  return refused("MethodNotAllowed", "The specified method is not allowed against this resource.",
                 405, std::move(details));
}

void S3::erase_version(const std::string& bucket, const VersionRecord& version) {
  discard(version.segments);
  versions_.erase(version_row(bucket, version.key, version.number));
}

std::string S3::add_version(const BucketRecord& bucket, VersionRecord version) {
  const VersionRecord* top = newest(bucket.name, version.key);
  const std::uint64_t next = top == nullptr ? 1 : top->number + 1;
  version.modified = env_.clock.now();
  if (bucket.versioning == "Enabled") {
    version.version_id = new_version_id();
  } else {
    version.version_id = "null";
    const VersionRecord* old = find_version(bucket.name, version.key, "null");
    if (old != nullptr) erase_version(bucket.name, VersionRecord(*old));
  }
  version.number = next;
  const std::string id = version.version_id;
  const std::string row = version_row(bucket.name, version.key, next);
  versions_.put(row, std::move(version));
  return bucket.versioning.empty() ? std::string() : id;
}

// Checked on the writer's thread, before the handler goes on.
void S3::prepare_write(Context& context, const Declared& declared, std::string also) {
  wire::Headers headers;
  if (!declared.md5.empty()) headers.add("Content-MD5", declared.md5);
  if (!declared.value.empty())
    headers.add(wire::checksum_header(declared.algorithm), declared.value);
  std::vector<std::string> algorithms;
  for (const std::string& wanted : {declared.algorithm, also}) {
    if (!wanted.empty() &&
        std::find(algorithms.begin(), algorithms.end(), wanted) == algorithms.end())
      algorithms.push_back(wanted);
  }
  if (algorithms.empty()) algorithms.emplace_back(kDefaultAlgorithm);
  context.prepare = [this, headers = std::move(headers), algorithms = std::move(algorithms),
                     bytes = std::move(context.payload)](Blobs::Done done) mutable {
    blobs_.write(std::move(bytes), std::move(algorithms), std::move(headers), std::move(done));
  };
}

}  // namespace seatrial::services::s3
