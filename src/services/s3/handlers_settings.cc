// A bucket's settings but its lifecycle: versioning, tags, public access block, encryption, object
// ownership. What a setting would have to bring about and cannot is refused.
#include "services/s3/errors.h"
#include "services/s3/service.h"

namespace seatrial::services::s3 {
namespace {

room::Outcome<Tags> checked_tags(const model::List<api::Tag>& list) {
  Tags tags;
  for (const auto& tag : list) {
    if (auto ok = check_tag(tag.Key, tag.Value); !ok) return std::unexpected(ok.error());
    if (!tags.emplace(tag.Key, tag.Value).second) {
      return refused("InvalidTag", "Cannot provide multiple Tags with the same key", 400,
                     {{"TagKey", tag.Key}});
    }
  }
  return tags;
}

api::ServerSideEncryptionConfiguration default_encryption() {
  api::ServerSideEncryptionRule rule;
  rule.ApplyServerSideEncryptionByDefault = api::ServerSideEncryptionByDefault{"AES256", {}};
  rule.BucketKeyEnabled = false;
  api::ServerSideEncryptionConfiguration configuration;
  configuration.Rules.push_back(std::move(rule));
  return configuration;
}

}  // namespace

room::Outcome<model::Empty> S3::put_versioning(Context& context,
                                               const api::PutBucketVersioningRequest& request) {
  if (const auto bucket = open(context, request); !bucket) return std::unexpected(bucket.error());
  const auto& wanted = request.VersioningConfiguration;
  if (request.MFA || wanted.MFADelete.value_or("Disabled") != "Disabled")
    return not_implemented("x-amz-mfa", "there are no MFA devices here.");
  if (!wanted.Status) {
    return refused("IllegalVersioningConfigurationException",
                   "The Versioning element must be specified", 400);
  }
  buckets_.update(request.Bucket, [&](BucketRecord& b) { b.versioning = *wanted.Status; });
  return {};
}

room::Outcome<api::GetBucketVersioningOutput> S3::get_versioning(
    Context& context, const api::GetBucketVersioningRequest& request) {
  const auto bucket = open(context, request);
  if (!bucket) return std::unexpected(bucket.error());
  api::GetBucketVersioningOutput out;
  if (!(*bucket)->versioning.empty()) out.Status = (*bucket)->versioning;
  return out;
}

room::Outcome<model::Empty> S3::put_bucket_tags(Context& context,
                                                const api::PutBucketTaggingRequest& request) {
  if (const auto bucket = open(context, request); !bucket) return std::unexpected(bucket.error());
  auto tags = checked_tags(request.Tagging.TagSet);
  if (!tags) return std::unexpected(tags.error());
  if (tags->size() > kBucketTags)
    return refused("BadRequest", "Bucket tag count cannot be greater than 50", 400);
  buckets_.update(request.Bucket, [&](BucketRecord& b) { b.tags = *std::move(tags); });
  return {};
}

room::Outcome<api::GetBucketTaggingOutput> S3::get_bucket_tags(
    Context& context, const api::GetBucketTaggingRequest& request) {
  const auto bucket = open(context, request);
  if (!bucket) return std::unexpected(bucket.error());
  if ((*bucket)->tags.empty()) {
    return refused("NoSuchTagSet", "The TagSet does not exist", 404,
                   {{"BucketName", request.Bucket}});
  }
  api::GetBucketTaggingOutput out;
  for (const auto& [key, value] : (*bucket)->tags) out.TagSet.push_back({key, value});
  return out;
}

room::Outcome<model::Empty> S3::delete_bucket_tags(Context& context,
                                                   const api::DeleteBucketTaggingRequest& request) {
  if (const auto bucket = open(context, request); !bucket) return std::unexpected(bucket.error());
  buckets_.update(request.Bucket, [](BucketRecord& b) { b.tags.clear(); });
  return {};
}

// Nothing here is public, so that what is blocked and what is not come to the same.
room::Outcome<model::Empty> S3::put_public_access(Context& context,
                                                  const api::PutPublicAccessBlockRequest& request) {
  if (const auto bucket = open(context, request); !bucket) return std::unexpected(bucket.error());
  api::PublicAccessBlockConfiguration block = request.PublicAccessBlockConfiguration;
  for (auto* flag : {&block.BlockPublicAcls, &block.IgnorePublicAcls, &block.BlockPublicPolicy,
                     &block.RestrictPublicBuckets}) {
    *flag = flag->value_or(false);
  }
  buckets_.update(request.Bucket, [&](BucketRecord& b) { b.public_access = to_value(block); });
  return {};
}

room::Outcome<api::GetPublicAccessBlockOutput> S3::get_public_access(
    Context& context, const api::GetPublicAccessBlockRequest& request) {
  const auto bucket = open(context, request);
  if (!bucket) return std::unexpected(bucket.error());
  if (!(*bucket)->public_access) {
    return refused("NoSuchPublicAccessBlockConfiguration",
                   "The public access block configuration was not found", 404,
                   {{"BucketName", request.Bucket}});
  }
  api::GetPublicAccessBlockOutput out;
  from_value(*(*bucket)->public_access, out.PublicAccessBlockConfiguration.emplace());
  return out;
}

room::Outcome<model::Empty> S3::delete_public_access(
    Context& context, const api::DeletePublicAccessBlockRequest& request) {
  if (const auto bucket = open(context, request); !bucket) return std::unexpected(bucket.error());
  buckets_.update(request.Bucket, [](BucketRecord& b) { b.public_access.reset(); });
  return {};
}

room::Outcome<model::Empty> S3::put_encryption(Context& context,
                                               const api::PutBucketEncryptionRequest& request) {
  if (const auto bucket = open(context, request); !bucket) return std::unexpected(bucket.error());
  const auto& rules = request.ServerSideEncryptionConfiguration.Rules;
  if (rules.size() != 1 || !rules.front().ApplyServerSideEncryptionByDefault)
    return malformed_xml();
  const auto& rule = *rules.front().ApplyServerSideEncryptionByDefault;
  if (auto ok = check_encryption(rule.SSEAlgorithm, rule.KMSMasterKeyID, {}); !ok)
    return std::unexpected(ok.error());
  if (rules.front().BlockedEncryptionTypes)
    return not_implemented("BlockedEncryptionTypes", "SSE-C is never taken here.");
  auto stored = to_value(request.ServerSideEncryptionConfiguration);
  buckets_.update(request.Bucket, [&](BucketRecord& b) { b.encryption = std::move(stored); });
  return {};
}

room::Outcome<api::GetBucketEncryptionOutput> S3::get_encryption(
    Context& context, const api::GetBucketEncryptionRequest& request) {
  const auto bucket = open(context, request);
  if (!bucket) return std::unexpected(bucket.error());
  api::GetBucketEncryptionOutput out;
  auto& shown = out.ServerSideEncryptionConfiguration.emplace();
  if ((*bucket)->encryption)
    from_value(*(*bucket)->encryption, shown);
  else
    shown = default_encryption();
  return out;
}

room::Outcome<model::Empty> S3::delete_encryption(
    Context& context, const api::DeleteBucketEncryptionRequest& request) {
  if (const auto bucket = open(context, request); !bucket) return std::unexpected(bucket.error());
  buckets_.update(request.Bucket, [](BucketRecord& b) { b.encryption.reset(); });
  return {};
}

room::Outcome<model::Empty> S3::put_ownership(
    Context& context, const api::PutBucketOwnershipControlsRequest& request) {
  if (const auto bucket = open(context, request); !bucket) return std::unexpected(bucket.error());
  const auto& rules = request.OwnershipControls.Rules;
  if (rules.size() != 1) return malformed_xml();
  if (rules.front().ObjectOwnership != "BucketOwnerEnforced")
    return not_implemented("ObjectOwnership", "ACLs are not served.");
  buckets_.update(request.Bucket, [](BucketRecord& b) { b.ownership_removed = false; });
  return {};
}

room::Outcome<api::GetBucketOwnershipControlsOutput> S3::get_ownership(
    Context& context, const api::GetBucketOwnershipControlsRequest& request) {
  const auto bucket = open(context, request);
  if (!bucket) return std::unexpected(bucket.error());
  if ((*bucket)->ownership_removed) {
    return refused("OwnershipControlsNotFoundError", "The bucket ownership controls were not found",
                   404, {{"BucketName", request.Bucket}});
  }
  api::GetBucketOwnershipControlsOutput out;
  out.OwnershipControls.emplace().Rules.push_back({"BucketOwnerEnforced"});
  return out;
}

room::Outcome<model::Empty> S3::delete_ownership(
    Context& context, const api::DeleteBucketOwnershipControlsRequest& request) {
  if (const auto bucket = open(context, request); !bucket) return std::unexpected(bucket.error());
  buckets_.update(request.Bucket, [](BucketRecord& b) { b.ownership_removed = true; });
  return {};
}

}  // namespace seatrial::services::s3
