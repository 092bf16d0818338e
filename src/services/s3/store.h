// What the room keeps of buckets, objects and uploads; the bytes are in blobs.h. Keys:
//   bucket   "name" (names are unique in the world, as in AWS)
//   version  "bucket/key\0" and the complement of its number in 16 hex digits: of one key the
//            newest comes first, and keys are in the order in which S3 lists them
//   upload   "bucket/upload id"; part "bucket/upload id/00042"
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/record.h"
#include "base/time.h"

namespace seatrial::services::s3 {

// A run of bytes of one blob. Several records may share a blob: a copy copies no bytes.
struct Segment {
  std::string blob;
  std::string sealed_key;  // its data key, sealed by the world's vault
  std::uint64_t offset = 0, size = 0;

  template <class F>
  static void fields(F&& f) {
    f("blob", &Segment::blob);
    f("key", &Segment::sealed_key);
    f("offset", &Segment::offset);
    f("size", &Segment::size);
  }
};
using Segments = std::vector<Segment>;

struct StoredChecksum {
  std::string algorithm;   // "CRC32"; empty: none
  std::string value;       // base64, of a composite with "-" and the number of parts
  bool composite = false;  // of the parts' digests, not of the bytes

  template <class F>
  static void fields(F&& f) {
    f("algorithm", &StoredChecksum::algorithm);
    f("value", &StoredChecksum::value);
    f("composite", &StoredChecksum::composite);
  }
};

struct BucketRecord {
  std::string name, region;
  Time created{};
  std::string versioning;  // "", "Enabled", "Suspended"
  std::map<std::string, std::string> tags;
  std::optional<Value> lifecycle;      // the configuration as the API has it
  std::optional<Value> public_access;  // PublicAccessBlockConfiguration; absent: removed
  std::optional<Value> encryption;     // ServerSideEncryptionConfiguration; absent: the default
  bool ownership_removed = false;
  std::optional<std::string> policy;

  template <class F>
  static void fields(F&& f) {
    f("name", &BucketRecord::name);
    f("region", &BucketRecord::region);
    f("created", &BucketRecord::created);
    f("versioning", &BucketRecord::versioning);
    f("tags", &BucketRecord::tags);
    f("lifecycle", &BucketRecord::lifecycle);
    f("public_access", &BucketRecord::public_access);
    f("encryption", &BucketRecord::encryption);
    f("ownership_removed", &BucketRecord::ownership_removed);
    f("policy", &BucketRecord::policy);
  }
};

// What a client says of an object beside its bytes.
struct Description {
  std::string content_type, cache_control, content_disposition, content_encoding, content_language;
  std::optional<Time> expires;
  std::string website_redirect, storage_class = "STANDARD";
  std::map<std::string, std::string> metadata, tags;

  template <class F>
  static void fields(F&& f) {
    f("content_type", &Description::content_type);
    f("cache_control", &Description::cache_control);
    f("content_disposition", &Description::content_disposition);
    f("content_encoding", &Description::content_encoding);
    f("content_language", &Description::content_language);
    f("expires", &Description::expires);
    f("website_redirect", &Description::website_redirect);
    f("storage_class", &Description::storage_class);
    f("metadata", &Description::metadata);
    f("tags", &Description::tags);
  }
};

struct VersionRecord {
  std::string key;
  std::string version_id;  // "null" for those of buckets that keep no versions
  std::uint64_t number = 0;
  bool delete_marker = false;
  Time modified{};
  std::uint64_t size = 0;
  std::string etag;  // without quotes
  StoredChecksum checksum;
  Segments segments;
  // Of a multipart upload: the parts' sizes and their checksums, in order.
  std::vector<std::uint64_t> part_sizes;
  std::vector<std::string> part_checksums;
  Description description;

  template <class F>
  static void fields(F&& f) {
    f("key", &VersionRecord::key);
    f("version_id", &VersionRecord::version_id);
    f("number", &VersionRecord::number);
    f("delete_marker", &VersionRecord::delete_marker);
    f("modified", &VersionRecord::modified);
    f("size", &VersionRecord::size);
    f("etag", &VersionRecord::etag);
    f("checksum", &VersionRecord::checksum);
    f("segments", &VersionRecord::segments);
    f("part_sizes", &VersionRecord::part_sizes);
    f("part_checksums", &VersionRecord::part_checksums);
    f("description", &VersionRecord::description);
  }
};

struct UploadRecord {
  std::string bucket, key, id;
  Time initiated{};
  std::string initiator;  // ARN
  std::string checksum_algorithm, checksum_type;
  bool checksum_chosen = false;  // by the client, not by default
  Description description;

  template <class F>
  static void fields(F&& f) {
    f("bucket", &UploadRecord::bucket);
    f("key", &UploadRecord::key);
    f("id", &UploadRecord::id);
    f("initiated", &UploadRecord::initiated);
    f("initiator", &UploadRecord::initiator);
    f("checksum_algorithm", &UploadRecord::checksum_algorithm);
    f("checksum_type", &UploadRecord::checksum_type);
    f("checksum_chosen", &UploadRecord::checksum_chosen);
    f("description", &UploadRecord::description);
  }
};

struct PartRecord {
  int number = 0;
  Time modified{};
  std::uint64_t size = 0;
  std::string etag;      // hex of the MD5
  std::string checksum;  // base64, of the upload's algorithm
  Segments segments;

  template <class F>
  static void fields(F&& f) {
    f("number", &PartRecord::number);
    f("modified", &PartRecord::modified);
    f("size", &PartRecord::size);
    f("etag", &PartRecord::etag);
    f("checksum", &PartRecord::checksum);
    f("segments", &PartRecord::segments);
  }
};

std::string version_prefix(std::string_view bucket, std::string_view key);  // of all its versions
std::string version_row(std::string_view bucket, std::string_view key, std::uint64_t number);
std::string upload_row(std::string_view bucket, std::string_view id);
std::string part_row(std::string_view bucket, std::string_view id, int number);
// The least text that is after all with this prefix; empty when there is none.
std::string after_prefix(std::string prefix);

}  // namespace seatrial::services::s3
