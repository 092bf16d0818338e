// Amazon S3 on files in the world: general purpose buckets, objects with versions, multipart
// uploads, lifecycle. Records live in the store, bytes in blobs.h; a record is written only after
// its bytes are durable (Context::prepare), and bytes go only after no durable record names them
// (controller.cc).
//
// One table holds every version of every object, ordered as S3 lists: by key, newest first.
// Rejected: a table of current objects beside one of old versions, which every write would have to
// keep in step.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "decide/object_lifecycle/object_lifecycle.h"
#include "model/shapes/s3.h"
#include "room/room.h"
#include "services/s3/api.h"
#include "services/s3/blobs.h"
#include "services/s3/bucket_policy.h"
#include "services/s3/names.h"
#include "services/s3/requests.h"
#include "services/s3/store.h"

namespace seatrial::services::s3 {

namespace api = aws::s3;

constexpr int kPage = 1000;                          // of every listing
constexpr std::size_t kMaxBuckets = 10'000;          // of an account
constexpr int kMaxParts = 10'000;                    // of an upload
constexpr std::uint64_t kMinPartBytes = 5u << 20;    // but for the last
constexpr std::uint64_t kMaxCopyBytes = 5ull << 30;  // of one CopyObject or UploadPartCopy
constexpr std::size_t kMaxDeletedAtOnce = 1000;      // of DeleteObjects
constexpr std::size_t kMaxLifecycleRules = 1000;
constexpr std::string_view kBucketArn = "arn:aws:s3:::";
constexpr const char* kDefaultAlgorithm = "CRC64NVME";  // of bytes whose client names none

class S3 final : public room::Room, public ObjectSink, public ObjectSource, public BucketGrants {
 public:
  explicit S3(room::Env& env);

  void start() override;  // sweeps, then the ticks of lifecycle and of unused bytes
  void stop() override { stopped_ = true; }

  std::optional<std::string> region_of_bucket(const std::string& bucket) const override;
  bool lets_put(const std::string& bucket, const std::string& key, const std::string& service,
                const std::string& service_account, const std::string& source_arn) const override;
  void put_object(const std::string& bucket, const std::string& key, std::string bytes,
                  const std::string& content_type, const std::string& content_encoding,
                  ObjectSink::Done done) override;
  room::Outcome<std::shared_ptr<wire::BodyStream>> open_object(
      const std::string& bucket, const std::string& key, const std::string& version_id) override;

 private:
  using Context = room::Context;
  template <class T>
  using Reply = room::Outcome<T>;
  using Done = Reply<model::Empty>;

  // handlers_buckets.cc
  Reply<api::CreateBucketOutput> create_bucket(Context&, const api::CreateBucketRequest&);
  Done delete_bucket(Context&, const api::DeleteBucketRequest&);
  Reply<api::ListBucketsOutput> list_buckets(Context&, const api::ListBucketsRequest&);
  Reply<api::HeadBucketOutput> head_bucket(Context&, const api::HeadBucketRequest&);
  Reply<api::GetBucketLocationOutput> get_location(Context&, const api::GetBucketLocationRequest&);

  // handlers_settings.cc, handlers_lifecycle.cc
  Done put_versioning(Context&, const api::PutBucketVersioningRequest&);
  Reply<api::GetBucketVersioningOutput> get_versioning(Context&,
                                                       const api::GetBucketVersioningRequest&);
  Done put_bucket_tags(Context&, const api::PutBucketTaggingRequest&);
  Reply<api::GetBucketTaggingOutput> get_bucket_tags(Context&, const api::GetBucketTaggingRequest&);
  Done delete_bucket_tags(Context&, const api::DeleteBucketTaggingRequest&);
  Done put_public_access(Context&, const api::PutPublicAccessBlockRequest&);
  Reply<api::GetPublicAccessBlockOutput> get_public_access(Context&,
                                                           const api::GetPublicAccessBlockRequest&);
  Done delete_public_access(Context&, const api::DeletePublicAccessBlockRequest&);
  Done put_encryption(Context&, const api::PutBucketEncryptionRequest&);
  Reply<api::GetBucketEncryptionOutput> get_encryption(Context&,
                                                       const api::GetBucketEncryptionRequest&);
  Done delete_encryption(Context&, const api::DeleteBucketEncryptionRequest&);
  Done put_ownership(Context&, const api::PutBucketOwnershipControlsRequest&);
  Reply<api::GetBucketOwnershipControlsOutput> get_ownership(
      Context&, const api::GetBucketOwnershipControlsRequest&);
  Done delete_ownership(Context&, const api::DeleteBucketOwnershipControlsRequest&);
  Reply<api::PutBucketLifecycleConfigurationOutput> put_lifecycle(
      Context&, const api::PutBucketLifecycleConfigurationRequest&);
  Reply<api::GetBucketLifecycleConfigurationOutput> get_lifecycle(
      Context&, const api::GetBucketLifecycleConfigurationRequest&);
  Done delete_lifecycle(Context&, const api::DeleteBucketLifecycleRequest&);

  // handlers_policies.cc
  Handler guarded(std::string operation, Handler handler);
  // Errors: AccessDenied, where the bucket's policy denies it.
  Reply<void> check_access(const Context&, const Access&, const Value& input) const;
  bool denies_services(const BucketRecord& bucket, const std::string& key) const;
  Reply<const std::string*> policy_of(Context&, const std::string& bucket,
                                      const std::optional<std::string>& owner) const;
  Done put_policy(Context&, const api::PutBucketPolicyRequest&);
  Reply<api::GetBucketPolicyOutput> get_policy(Context&, const api::GetBucketPolicyRequest&);
  Reply<api::GetBucketPolicyStatusOutput> get_policy_status(
      Context&, const api::GetBucketPolicyStatusRequest&);
  Done delete_policy(Context&, const api::DeleteBucketPolicyRequest&);

  // handlers_objects.cc
  Reply<api::PutObjectOutput> put(Context&, const api::PutObjectRequest&);
  Reply<api::DeleteObjectOutput> delete_object(Context&, const api::DeleteObjectRequest&);
  Reply<api::DeleteObjectsOutput> delete_objects(Context&, const api::DeleteObjectsRequest&);

  // handlers_reads.cc
  Reply<api::GetObjectOutput> get(Context&, const api::GetObjectRequest&);
  Reply<api::HeadObjectOutput> head(Context&, const api::HeadObjectRequest&);
  template <class Output, class Request>
  Reply<Output> describe_object(Context&, const Request&, Segments* segments, Range* range);
  Reply<api::GetObjectAttributesOutput> get_attributes(Context&,
                                                       const api::GetObjectAttributesRequest&);

  // handlers_tags.cc
  Reply<api::PutObjectTaggingOutput> put_tags(Context&, const api::PutObjectTaggingRequest&);
  Reply<api::GetObjectTaggingOutput> get_tags(Context&, const api::GetObjectTaggingRequest&);
  Reply<api::DeleteObjectTaggingOutput> delete_tags(Context&,
                                                    const api::DeleteObjectTaggingRequest&);

  // handlers_copies.cc
  Reply<api::CopyObjectOutput> copy(Context&, const api::CopyObjectRequest&);
  Reply<api::UploadPartCopyOutput> copy_part(Context&, const api::UploadPartCopyRequest&);
  template <class Request>
  Reply<const VersionRecord*> copied(Context&, const Request&, CopySource* source);

  // handlers_listings.cc
  Reply<api::ListObjectsOutput> list(Context&, const api::ListObjectsRequest&);
  Reply<api::ListObjectsV2Output> list_v2(Context&, const api::ListObjectsV2Request&);
  Reply<api::ListObjectVersionsOutput> list_versions(Context&,
                                                     const api::ListObjectVersionsRequest&);
  struct Listing;
  std::string first_version_row(const api::ListObjectVersionsRequest&) const;
  Listing walk(const std::string& bucket, const std::string& prefix, const std::string& delimiter,
               const std::string& after, int limit) const;

  // handlers_uploads.cc, handlers_upload_lists.cc
  Reply<api::CreateMultipartUploadOutput> create_upload(Context&,
                                                        const api::CreateMultipartUploadRequest&);
  Reply<api::UploadPartOutput> upload_part(Context&, const api::UploadPartRequest&);
  Reply<api::CompleteMultipartUploadOutput> complete_upload(
      Context&, const api::CompleteMultipartUploadRequest&);
  Reply<api::AbortMultipartUploadOutput> abort_upload(Context&,
                                                      const api::AbortMultipartUploadRequest&);
  Reply<api::ListPartsOutput> list_parts(Context&, const api::ListPartsRequest&);
  Reply<api::ListMultipartUploadsOutput> list_uploads(Context&,
                                                      const api::ListMultipartUploadsRequest&);
  Reply<std::vector<const PartRecord*>> parts_of(const UploadRecord& upload,
                                                 const api::CompletedMultipartUpload& listed) const;
  void put_part(const UploadRecord& upload, PartRecord part);
  void drop_upload(const UploadRecord& upload);  // a copy: it is erased

  // The bucket a request names, in the region it was signed for and of the account it expects.
  // Errors: NoSuchBucket, AuthorizationHeaderMalformed (another region), AccessDenied.
  template <class Request>
  Reply<const BucketRecord*> open(Context& context, const Request& request) const {
    return find_bucket(context, request.Bucket, request.ExpectedBucketOwner);
  }
  Reply<const BucketRecord*> find_bucket(const Context&, const std::string& name,
                                         const std::optional<std::string>& expected_owner) const;
  Reply<const UploadRecord*> find_upload(const std::string& bucket, const std::string& key,
                                         const std::string& id) const;

  // The newest version (maybe a delete marker), or that of an id; null when there is none.
  const VersionRecord* newest(std::string_view bucket, std::string_view key) const;
  const VersionRecord* find_version(std::string_view bucket, std::string_view key,
                                    std::string_view version_id) const;
  // The object a request reads. Errors: NoSuchKey, NoSuchVersion, MethodNotAllowed (a marker).
  Reply<const VersionRecord*> readable(const std::string& bucket, const std::string& key,
                                       const std::optional<std::string>& version_id) const;

  // Puts a version on top, replacing the null version where the bucket keeps none. Gives the id
  // that the reply shows: empty in buckets that never kept versions.
  std::string add_version(const BucketRecord& bucket, VersionRecord version);
  void erase_version(const std::string& bucket, const VersionRecord& version);
  struct Deleted {
    std::string version_id;  // as the reply shows it
    bool marker = false;
  };
  Deleted remove_object(const BucketRecord& bucket, const std::string& key,
                        const std::optional<std::string>& version_id);
  std::string new_version_id() { return base62(32); }
  std::string base62(std::size_t length);

  // Has the bytes of the call written or read, held against what the client declares; the handler
  // is called again with a Digested.
  void prepare_write(Context& context, const Declared& declared, std::string also = {});

  // controller.cc
  void discard(const Segments& segments);  // bytes that a record named until now
  void collect();
  void remove_unnamed(const std::set<std::string>& blobs);
  template <class F>
  void each_segment(F&& f) const;
  void enforce_lifecycle();
  void enforce_lifecycle(const BucketRecord& bucket);
  void expire_key(const BucketRecord& bucket, const std::vector<decide::LifecycleRule>& rules,
                  const std::vector<VersionRecord>& versions);  // of one key, newest first
  std::optional<std::string> expiration_header(const BucketRecord& bucket,
                                               const VersionRecord& version) const;

  store::Table<BucketRecord> buckets_;
  store::Table<VersionRecord> versions_;
  store::Table<UploadRecord> uploads_;
  store::Table<PartRecord> parts_;
  Blobs blobs_;
  std::set<std::string> unused_;  // blobs that may have lost their last name
  bool stopped_ = false;
};

// The stored configuration as the rules that decide. Errors: as PutBucketLifecycleConfiguration.
room::Outcome<std::vector<decide::LifecycleRule>> lifecycle_rules(
    const model::List<api::LifecycleRule>& rules);

}  // namespace seatrial::services::s3
