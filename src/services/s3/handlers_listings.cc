// What is in a bucket. Sources: API_ListObjects, API_ListObjectsV2, API_ListObjectVersions,
// "Organizing objects using prefixes".
//
// A listing steps from key to key: old versions, deleted objects and what a common prefix stands
// for are jumped over, so that its cost is that of the page it gives.
#include <algorithm>

#include "room/page_token.h"
#include "services/s3/errors.h"
#include "services/s3/service.h"

namespace seatrial::services::s3 {

using room::Outcome;

struct S3::Listing {
  std::vector<const VersionRecord*> objects;
  std::vector<std::string> prefixes;
  bool truncated = false;
  std::string last;  // key or common prefix
};

namespace {

// The common prefix a key falls under; empty when none.
std::string common_prefix(const std::string& key, const std::string& prefix,
                          const std::string& delimiter) {
  if (delimiter.empty()) return {};
  const auto at = key.find(delimiter, prefix.size());
  return at == std::string::npos ? std::string() : key.substr(0, at + delimiter.size());
}

// Where a listing goes on behind a marker, which is a key or a common prefix of the page before.
std::string row_after(const std::string& bucket, const std::string& marker,
                      const std::string& prefix, const std::string& delimiter) {
  if (!delimiter.empty() && common_prefix(marker, prefix, delimiter) == marker)
    return after_prefix(bucket + "/" + marker);
  return after_prefix(version_prefix(bucket, marker));
}

Outcome<int> page_size(std::optional<int> wanted, const char* name) {
  if (wanted.value_or(kPage) < 0) {
    return invalid_argument(
        fmt::format("Argument {} must be an integer between 0 and 2147483647", name), name,
        std::to_string(*wanted));
  }
  return std::min(wanted.value_or(kPage), kPage);
}

// Writes keys as the request wants them.
class Encoding {
 public:
  explicit Encoding(const std::optional<std::string>& type) : url_(type.has_value()) {}
  std::string operator()(const std::string& key) const { return url_ ? encoded_key(key) : key; }
  std::optional<std::string> operator()(const std::optional<std::string>& key) const {
    return key ? std::optional((*this)(*key)) : key;
  }

 private:
  bool url_;
};

void show_prefixes(const std::vector<std::string>& prefixes, const Encoding& encoded,
                   model::List<api::CommonPrefix>& out) {
  for (const auto& prefix : prefixes) out.push_back({encoded(prefix)});
}

api::Object shown(const VersionRecord& version, const Encoding& encoded,
                  const std::optional<std::string>& owner) {
  api::Object out;
  out.Key = encoded(version.key);
  out.LastModified = version.modified;
  out.ETag = in_quotes(version.etag);
  out.Size = static_cast<std::int64_t>(version.size);
  out.StorageClass = version.description.storage_class;
  if (!version.checksum.algorithm.empty()) {
    out.ChecksumAlgorithm.push_back(version.checksum.algorithm);
    out.ChecksumType = version.checksum.composite ? "COMPOSITE" : "FULL_OBJECT";
  }
  if (owner) out.Owner = api::Owner{std::nullopt, owner};
  return out;
}

}  // namespace

S3::Listing S3::walk(const std::string& bucket, const std::string& prefix,
                     const std::string& delimiter, const std::string& after, int limit) const {
  Listing out;
  if (limit == 0) return out;
  const std::string inside = bucket + "/" + prefix;
  std::string row = inside;
  if (!after.empty()) row = std::max(row, row_after(bucket, after, prefix, delimiter));
  for (;;) {
    const auto rows = versions_.from(row);
    if (rows.empty() || !rows.begin()->first.starts_with(inside)) return out;
    const VersionRecord& top = rows.begin()->second;
    row = after_prefix(version_prefix(bucket, top.key));
    if (top.delete_marker) continue;
    if (static_cast<int>(out.objects.size() + out.prefixes.size()) == limit) {
      out.truncated = true;
      return out;
    }
    if (auto common = common_prefix(top.key, prefix, delimiter); !common.empty()) {
      row = after_prefix(bucket + "/" + common);
      out.last = common;
      out.prefixes.push_back(std::move(common));
    } else {
      out.last = top.key;
      out.objects.push_back(&top);
    }
  }
}

Outcome<api::ListObjectsOutput> S3::list(Context& context, const api::ListObjectsRequest& request) {
  if (const auto bucket = open(context, request); !bucket) return std::unexpected(bucket.error());
  const auto limit = page_size(request.MaxKeys, "max-keys");
  if (!limit) return std::unexpected(limit.error());
  const std::string delimiter = request.Delimiter.value_or("");
  const Listing listing = walk(request.Bucket, request.Prefix.value_or(""), delimiter,
                               request.Marker.value_or(""), *limit);
  const Encoding encoded(request.EncodingType);
  api::ListObjectsOutput out;
  out.Name = request.Bucket;
  out.Prefix = encoded(request.Prefix.value_or(""));
  out.Marker = encoded(request.Marker.value_or(""));
  out.MaxKeys = request.MaxKeys.value_or(kPage);
  out.Delimiter = encoded(request.Delimiter);
  out.EncodingType = request.EncodingType;
  out.IsTruncated = listing.truncated;
  if (listing.truncated && !delimiter.empty()) out.NextMarker = encoded(listing.last);
  for (const auto* object : listing.objects)
    out.Contents.push_back(shown(*object, encoded, canonical_user(context.account)));
  show_prefixes(listing.prefixes, encoded, out.CommonPrefixes);
  return out;
}

Outcome<api::ListObjectsV2Output> S3::list_v2(Context& context,
                                              const api::ListObjectsV2Request& request) {
  if (const auto bucket = open(context, request); !bucket) return std::unexpected(bucket.error());
  const auto limit = page_size(request.MaxKeys, "max-keys");
  if (!limit) return std::unexpected(limit.error());
  std::string after = request.StartAfter.value_or("");
  if (request.ContinuationToken) {
    const auto key = room::page_token_key(*request.ContinuationToken);
    if (!key) {
      return invalid_argument("The continuation token provided is incorrect", "continuation-token",
                              *request.ContinuationToken);
    }
    after = *key;
  }
  const Listing listing = walk(request.Bucket, request.Prefix.value_or(""),
                               request.Delimiter.value_or(""), after, *limit);
  const Encoding encoded(request.EncodingType);
  api::ListObjectsV2Output out;
  out.Name = request.Bucket;
  out.Prefix = encoded(request.Prefix.value_or(""));
  out.MaxKeys = request.MaxKeys.value_or(kPage);
  out.Delimiter = encoded(request.Delimiter);
  out.EncodingType = request.EncodingType;
  out.StartAfter = encoded(request.StartAfter);
  out.ContinuationToken = request.ContinuationToken;
  out.IsTruncated = listing.truncated;
  out.KeyCount = static_cast<int>(listing.objects.size() + listing.prefixes.size());
  if (listing.truncated) out.NextContinuationToken = room::page_token(listing.last);
  std::optional<std::string> owner;
  if (request.FetchOwner.value_or(false)) owner = canonical_user(context.account);
  for (const auto* object : listing.objects) out.Contents.push_back(shown(*object, encoded, owner));
  show_prefixes(listing.prefixes, encoded, out.CommonPrefixes);
  return out;
}

namespace {

void show_version(const VersionRecord& version, bool latest, const Encoding& encoded,
                  const std::string& owner, api::ListObjectVersionsOutput& out) {
  if (version.delete_marker) {
    api::DeleteMarkerEntry entry;
    entry.Owner = api::Owner{std::nullopt, owner};
    entry.Key = encoded(version.key);
    entry.VersionId = version.version_id;
    entry.IsLatest = latest;
    entry.LastModified = version.modified;
    out.DeleteMarkers.push_back(std::move(entry));
    return;
  }
  const api::Object object = shown(version, encoded, owner);
  api::ObjectVersion entry;
  entry.ETag = object.ETag;
  entry.ChecksumAlgorithm = object.ChecksumAlgorithm;
  entry.ChecksumType = object.ChecksumType;
  entry.Size = object.Size;
  entry.StorageClass = object.StorageClass;
  entry.Key = object.Key;
  entry.VersionId = version.version_id;
  entry.IsLatest = latest;
  entry.LastModified = object.LastModified;
  entry.Owner = object.Owner;
  out.Versions.push_back(std::move(entry));
}

}  // namespace

// Where the page begins: behind the version that the markers name, or behind all of the key's.
std::string S3::first_version_row(const api::ListObjectVersionsRequest& request) const {
  const std::string prefix = request.Prefix.value_or("");
  const std::string inside = request.Bucket + "/" + prefix;
  const std::string key = request.KeyMarker.value_or("");
  if (key.empty()) return inside;
  const VersionRecord* marked = nullptr;
  if (request.VersionIdMarker) marked = find_version(request.Bucket, key, *request.VersionIdMarker);
  if (marked != nullptr)
    return std::max(inside, version_row(request.Bucket, key, marked->number) + '\0');
  return std::max(inside, row_after(request.Bucket, key, prefix, request.Delimiter.value_or("")));
}

Outcome<api::ListObjectVersionsOutput> S3::list_versions(
    Context& context, const api::ListObjectVersionsRequest& request) {
  if (const auto bucket = open(context, request); !bucket) return std::unexpected(bucket.error());
  const auto limit = page_size(request.MaxKeys, "max-keys");
  if (!limit) return std::unexpected(limit.error());
  if (request.VersionIdMarker && !request.KeyMarker) {
    return invalid_argument("A version-id marker cannot be specified without a key marker.",
                            "version-id-marker", *request.VersionIdMarker);
  }
  const std::string prefix = request.Prefix.value_or("");
  const std::string delimiter = request.Delimiter.value_or("");
  const Encoding encoded(request.EncodingType);
  api::ListObjectVersionsOutput out;
  out.Name = request.Bucket;
  out.Prefix = encoded(prefix);
  out.KeyMarker = encoded(request.KeyMarker.value_or(""));
  out.VersionIdMarker = request.VersionIdMarker.value_or("");
  out.MaxKeys = request.MaxKeys.value_or(kPage);
  out.Delimiter = encoded(request.Delimiter);
  out.EncodingType = request.EncodingType;
  out.IsTruncated = false;
  const std::string inside = request.Bucket + "/" + prefix;
  std::string row = first_version_row(request);
  std::vector<std::string> prefixes;
  std::string last_key, last_version;
  int count = 0;
  const std::string owner = canonical_user(context.account);
  for (auto rows = versions_.from(row);
       *limit > 0 && !rows.empty() && rows.begin()->first.starts_with(inside);
       rows = versions_.from(row)) {
    const VersionRecord& version = rows.begin()->second;
    if (count++ == *limit) {
      out.IsTruncated = true;
      out.NextKeyMarker = encoded(last_key);
      if (!last_version.empty()) out.NextVersionIdMarker = last_version;
      break;
    }
    if (auto common = common_prefix(version.key, prefix, delimiter); !common.empty()) {
      row = after_prefix(request.Bucket + "/" + common);
      last_key = common;
      last_version.clear();
      prefixes.push_back(std::move(common));
      continue;
    }
    row = rows.begin()->first + '\0';
    last_key = version.key;
    last_version = version.version_id;
    const bool latest = newest(request.Bucket, version.key) == &version;
    show_version(version, latest, encoded, owner, out);
  }
  show_prefixes(prefixes, encoded, out.CommonPrefixes);
  return out;
}

}  // namespace seatrial::services::s3
