// Uploads under way and their parts. Sources: API_ListParts, API_ListMultipartUploads.
#include <algorithm>
#include <map>

#include "services/s3/errors.h"
#include "services/s3/service.h"

namespace seatrial::services::s3 {

using room::Outcome;

Outcome<api::ListPartsOutput> S3::list_parts(Context& context,
                                             const api::ListPartsRequest& request) {
  if (const auto bucket = open(context, request); !bucket) return std::unexpected(bucket.error());
  if (auto ok = check_unserved(request); !ok) return std::unexpected(ok.error());
  const auto found = find_upload(request.Bucket, request.Key, request.UploadId);
  if (!found) return std::unexpected(found.error());
  const UploadRecord& upload = **found;
  const int limit = std::clamp(request.MaxParts.value_or(kPage), 0, kPage);
  const int after = request.PartNumberMarker.value_or(0);
  api::ListPartsOutput out;
  out.Bucket = upload.bucket;
  out.Key = upload.key;
  out.UploadId = upload.id;
  out.PartNumberMarker = after;
  out.MaxParts = limit;
  out.IsTruncated = false;
  out.StorageClass = upload.description.storage_class;
  out.Owner = api::Owner{std::nullopt, canonical_user(context.account)};
  out.Initiator = api::Initiator{upload.initiator, std::nullopt};
  if (upload.checksum_chosen) {
    out.ChecksumAlgorithm = upload.checksum_algorithm;
    out.ChecksumType = upload.checksum_type;
  }
  int last = 0;
  for (const auto& [row, part] : parts_.with_prefix(upload_row(upload.bucket, upload.id) + "/")) {
    if (part.number <= after) continue;
    if (static_cast<int>(out.Parts.size()) == limit) {
      out.IsTruncated = true;
      break;
    }
    api::Part shown_upload;
    shown_upload.PartNumber = last = part.number;
    shown_upload.LastModified = part.modified;
    shown_upload.ETag = in_quotes(part.etag);
    shown_upload.Size = static_cast<std::int64_t>(part.size);
    if (upload.checksum_chosen)
      show_checksum({upload.checksum_algorithm, part.checksum, false}, shown_upload);
    out.Parts.push_back(std::move(shown_upload));
  }
  out.NextPartNumberMarker = last;
  return out;
}

namespace {

api::MultipartUpload shown_upload(const UploadRecord& upload, const std::string& account,
                                  bool url) {
  api::MultipartUpload out;
  out.UploadId = upload.id;
  out.Key = url ? encoded_key(upload.key) : upload.key;
  out.Initiated = upload.initiated;
  out.StorageClass = upload.description.storage_class;
  out.Owner = api::Owner{std::nullopt, canonical_user(account)};
  out.Initiator = api::Initiator{upload.initiator, std::nullopt};
  if (upload.checksum_chosen) {
    out.ChecksumAlgorithm = upload.checksum_algorithm;
    out.ChecksumType = upload.checksum_type;
  }
  return out;
}

// By key, those of one key by the time they were begun.
using Sorted = std::multimap<std::tuple<std::string, Time, std::string>, const UploadRecord*>;

bool is_after(const UploadRecord& upload, const std::string& key_marker,
              const std::string& id_marker, const UploadRecord* marked) {
  if (key_marker.empty() || upload.key > key_marker) return true;
  if (upload.key < key_marker || id_marker.empty() || marked == nullptr) return false;
  return std::tuple(upload.initiated, upload.id) > std::tuple(marked->initiated, marked->id);
}

}  // namespace

Outcome<api::ListMultipartUploadsOutput> S3::list_uploads(
    Context& context, const api::ListMultipartUploadsRequest& request) {
  if (const auto bucket = open(context, request); !bucket) return std::unexpected(bucket.error());
  const std::string prefix = request.Prefix.value_or(""),
                    delimiter = request.Delimiter.value_or("");
  const std::string key_marker = request.KeyMarker.value_or("");
  const std::string id_marker = request.UploadIdMarker.value_or("");
  const UploadRecord* marked = uploads_.find(upload_row(request.Bucket, id_marker));
  const bool url = request.EncodingType.has_value();
  const auto encoded = [&](const std::string& key) { return url ? encoded_key(key) : key; };
  const int limit = std::clamp(request.MaxUploads.value_or(kPage), 0, kPage);
  api::ListMultipartUploadsOutput out;
  out.Bucket = request.Bucket;
  out.KeyMarker = encoded(key_marker);
  out.UploadIdMarker = id_marker;
  out.Prefix = encoded(prefix);
  if (request.Delimiter) out.Delimiter = encoded(delimiter);
  out.EncodingType = request.EncodingType;
  out.MaxUploads = limit;
  out.IsTruncated = false;
  Sorted sorted;
  for (const auto& [row, upload] : uploads_.with_prefix(request.Bucket + "/")) {
    if (!upload.key.starts_with(prefix) || !is_after(upload, key_marker, id_marker, marked))
      continue;
    sorted.emplace(std::tuple(upload.key, upload.initiated, upload.id), &upload);
  }
  std::string common;
  int count = 0;
  for (const auto& [order, upload] : sorted) {
    const auto at =
        delimiter.empty() ? std::string::npos : upload->key.find(delimiter, prefix.size());
    const std::string under =
        at == std::string::npos ? "" : upload->key.substr(0, at + delimiter.size());
    if (!under.empty() && (under == common || under == key_marker)) continue;
    if (count++ == limit) {
      out.IsTruncated = limit > 0;
      break;
    }
    common = under;
    out.NextKeyMarker = encoded(under.empty() ? upload->key : under);
    out.NextUploadIdMarker = under.empty() ? upload->id : "";
    if (under.empty())
      out.Uploads.push_back(shown_upload(*upload, context.account, url));
    else
      out.CommonPrefixes.push_back({encoded(under)});
  }
  return out;
}

}  // namespace seatrial::services::s3
