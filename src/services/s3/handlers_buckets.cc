// Buckets made, listed and removed. Sources: API_CreateBucket, API_DeleteBucket, API_ListBuckets,
// API_HeadBucket, API_GetBucketLocation.
#include "room/page_token.h"
#include "services/s3/errors.h"
#include "services/s3/service.h"

namespace seatrial::services::s3 {
namespace {

constexpr std::string_view kFirstRegion = "us-east-1";

room::Outcome<std::string> region_of(const room::Context& context,
                                     const api::CreateBucketRequest& request) {
  std::string wanted;
  if (request.CreateBucketConfiguration)
    wanted = request.CreateBucketConfiguration->LocationConstraint.value_or("");
  if (wanted == "EU") wanted = "eu-west-1";
  if (wanted.empty() && context.region == kFirstRegion) return context.region;
  if (wanted == context.region || (context.region == kFirstRegion && wanted != kFirstRegion))
    return wanted;
  return refused("IllegalLocationConstraintException",
                 fmt::format("The {} location constraint is incompatible for the region specific "
                             "endpoint this request was sent to.",
                             wanted.empty() ? "unspecified" : wanted),
                 400);
}

room::Outcome<void> check_new_bucket(const api::CreateBucketRequest& request) {
  if (auto ok = check_bucket_name(request.Bucket); !ok) return ok;
  const bool grants = request.GrantFullControl || request.GrantRead || request.GrantReadACP ||
                      request.GrantWrite || request.GrantWriteACP;
  if (request.ACL.value_or("private") != "private" || grants) {
    return refused("InvalidBucketAclWithObjectOwnership",
                   "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
                   400);
  }
  if (request.ObjectLockEnabledForBucket.value_or(false))
    return not_implemented("x-amz-bucket-object-lock-enabled", "objects cannot be locked here.");
  if (request.ObjectOwnership.value_or("BucketOwnerEnforced") != "BucketOwnerEnforced")
    return not_implemented("x-amz-object-ownership", "ACLs are not served.");
  if (request.BucketNamespace.value_or("global") != "global")
    return not_implemented("x-amz-bucket-namespace", "there is one namespace of buckets here.");
  const auto& configuration = request.CreateBucketConfiguration;
  if (configuration && (configuration->Location || configuration->Bucket))
    return not_implemented("CreateBucketConfiguration", "there are no directory buckets here.");
  return {};
}

room::Outcome<Tags> tags_of(const api::CreateBucketRequest& request) {
  Tags tags;
  if (!request.CreateBucketConfiguration) return tags;
  for (const auto& tag : request.CreateBucketConfiguration->Tags) {
    if (auto ok = check_tag(tag.Key, tag.Value); !ok) return std::unexpected(ok.error());
    tags[tag.Key] = tag.Value;
  }
  return tags;
}

}  // namespace

// In us-east-1 a bucket that is one's own already is no error.
room::Outcome<api::CreateBucketOutput> S3::create_bucket(Context& context,
                                                         const api::CreateBucketRequest& request) {
  if (auto ok = check_new_bucket(request); !ok) return std::unexpected(ok.error());
  const auto region = region_of(context, request);
  if (!region) return std::unexpected(region.error());
  auto tags = tags_of(request);
  if (!tags) return std::unexpected(tags.error());
  api::CreateBucketOutput out;
  out.BucketArn = "arn:aws:s3:::" + request.Bucket;
  out.Location = context.region == kFirstRegion && *region == kFirstRegion
                     ? "/" + request.Bucket
                     : "http://" + request.Bucket + ".s3.amazonaws.com/";
  if (const BucketRecord* old = buckets_.find(request.Bucket)) {
    if (old->region == kFirstRegion && *region == kFirstRegion) return out;
    return refused("BucketAlreadyOwnedByYou",
                   "Your previous request to create the named bucket succeeded and you already own "
                   "it.",
                   409, {{"BucketName", request.Bucket}});
  }
  if (buckets_.size() >= kMaxBuckets) {
    return refused("TooManyBuckets", "You have attempted to create more buckets than allowed", 400);
  }
  BucketRecord bucket;
  bucket.name = request.Bucket;
  bucket.region = *region;
  bucket.created = context.now;
  bucket.tags = *std::move(tags);
  bucket.public_access = to_value(api::PublicAccessBlockConfiguration{true, true, true, true});
  buckets_.put(bucket.name, bucket);
  return out;
}

room::Outcome<model::Empty> S3::delete_bucket(Context& context,
                                              const api::DeleteBucketRequest& request) {
  const auto bucket = open(context, request);
  if (!bucket) return std::unexpected(bucket.error());
  const std::string inside = request.Bucket + "/";
  if (!versions_.with_prefix(inside).empty()) {
    const bool versioned = !(*bucket)->versioning.empty();
    return refused("BucketNotEmpty",
                   versioned ? "The bucket you tried to delete is not empty. You must delete all "
                               "versions in the bucket."
                             : "The bucket you tried to delete is not empty",
                   409, {{"BucketName", request.Bucket}});
  }
  std::vector<UploadRecord> uploads;
  for (const auto& [row, upload] : uploads_.with_prefix(inside)) uploads.push_back(upload);
  for (const auto& upload : uploads) drop_upload(upload);
  buckets_.erase(request.Bucket);
  return {};
}

room::Outcome<api::ListBucketsOutput> S3::list_buckets(Context& context,
                                                       const api::ListBucketsRequest& request) {
  api::ListBucketsOutput out;
  out.Owner = api::Owner{std::nullopt, canonical_user(context.account)};
  out.Prefix = request.Prefix;
  out.Buckets.given = true;
  std::string after;
  if (request.ContinuationToken) {
    const auto key = room::page_token_key(*request.ContinuationToken);
    if (!key) {
      return invalid_argument("The continuation token provided is incorrect", "continuation-token",
                              *request.ContinuationToken);
    }
    after = *key;
  }
  const auto limit = static_cast<std::size_t>(request.MaxBuckets.value_or(kMaxBuckets));
  for (const auto& [name, bucket] : buckets_.with_prefix(request.Prefix.value_or(""))) {
    if (name <= after && !after.empty()) continue;
    if (request.BucketRegion && *request.BucketRegion != bucket.region) continue;
    if (out.Buckets.size() == limit) {
      out.ContinuationToken = room::page_token(*out.Buckets.back().Name);
      break;
    }
    api::Bucket shown;
    shown.Name = name;
    shown.CreationDate = bucket.created;
    // The region is part of the paged form only, as AWS has it.
    if (request.MaxBuckets || request.Prefix || request.BucketRegion)
      shown.BucketRegion = bucket.region;
    out.Buckets.push_back(std::move(shown));
  }
  return out;
}

room::Outcome<api::HeadBucketOutput> S3::head_bucket(Context& context,
                                                     const api::HeadBucketRequest& request) {
  const auto bucket = open(context, request);
  if (!bucket) return std::unexpected(bucket.error());
  api::HeadBucketOutput out;
  out.BucketRegion = (*bucket)->region;
  out.BucketArn = "arn:aws:s3:::" + request.Bucket;
  out.AccessPointAlias = false;
  return out;
}

room::Outcome<api::GetBucketLocationOutput> S3::get_location(
    Context& context, const api::GetBucketLocationRequest& request) {
  // Answered from any region: clients ask it to learn the bucket's.
  Context anywhere = context;
  anywhere.region.clear();
  const auto bucket = open(anywhere, request);
  if (!bucket) return std::unexpected(bucket.error());
  api::GetBucketLocationOutput out;
  if ((*bucket)->region != kFirstRegion) out.LocationConstraint = (*bucket)->region;
  return out;
}

}  // namespace seatrial::services::s3
