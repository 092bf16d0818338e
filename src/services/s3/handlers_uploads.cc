// Multipart uploads: a part is a blob, and the object is the list of its parts; nothing is copied
// when an upload completes. Sources: API_CreateMultipartUpload, API_UploadPart,
// API_CompleteMultipartUpload, "Checking object integrity".
#include <algorithm>

#include "base/encoding.h"
#include "services/s3/conditions.h"
#include "services/s3/errors.h"
#include "services/s3/service.h"
#include "wire/checksums.h"

namespace seatrial::services::s3 {
namespace {

using room::Outcome;

// Which kinds of checksum of the whole an algorithm can have; the first is the default.
std::vector<std::string_view> types_of(std::string_view algorithm) {
  if (algorithm == "CRC64NVME") return {"FULL_OBJECT"};
  if (wire::is_crc(algorithm)) return {"COMPOSITE", "FULL_OBJECT"};
  return {"COMPOSITE"};
}

Outcome<void> choose_checksum(const api::CreateMultipartUploadRequest& request,
                              UploadRecord& upload) {
  upload.checksum_chosen = request.ChecksumAlgorithm.has_value();
  upload.checksum_algorithm = request.ChecksumAlgorithm.value_or(kDefaultAlgorithm);
  if (upload.checksum_algorithm.starts_with("XXHASH"))
    return not_implemented("x-amz-checksum-algorithm", "XXHASH is not known here.");
  const auto types = types_of(upload.checksum_algorithm);
  upload.checksum_type = request.ChecksumType.value_or(std::string(types.front()));
  if (std::find(types.begin(), types.end(), upload.checksum_type) != types.end()) return {};
  return invalid_request(
      fmt::format("The {} checksum type cannot be used with the {} checksum "
                  "algorithm.",
                  upload.checksum_type, lower(upload.checksum_algorithm)));
}

auto invalid_part(const UploadRecord& upload, int number, const std::string& etag) {
  return refused("InvalidPart",
                 "One or more of the specified parts could not be found.  The part may not have "
                 "been uploaded, or the specified entity tag may not match the part's entity tag.",
                 400,
                 {{"UploadId", upload.id}, {"PartNumber", std::to_string(number)}, {"ETag", etag}});
}

// "md5 of the parts' md5s"-"number of parts": what AWS calls the object's ETag.
std::string etag_of(const std::vector<const PartRecord*>& parts) {
  wire::Checksum md5("MD5");
  for (const auto* part : parts) {
    for (std::size_t i = 0; i + 1 < part->etag.size(); i += 2) {
      const char byte = static_cast<char>(std::stoi(part->etag.substr(i, 2), nullptr, 16));
      md5.add({&byte, 1});
    }
  }
  return hex_encode(md5.digest()) + "-" + std::to_string(parts.size());
}

StoredChecksum checksum_of(const UploadRecord& upload,
                           const std::vector<const PartRecord*>& parts) {
  const std::string& algorithm = upload.checksum_algorithm;
  std::string digests, whole;
  for (const auto* part : parts) {
    const std::string raw = base64_decode(part->checksum).value_or("");
    digests += raw;
    if (upload.checksum_type == "FULL_OBJECT")
      whole = whole.empty() ? raw : wire::combined_crc(algorithm, whole, raw, part->size);
  }
  if (upload.checksum_type == "FULL_OBJECT") return {algorithm, base64_encode(whole), false};
  return {algorithm,
          base64_encode(wire::checksum_of(algorithm, digests)) + "-" + std::to_string(parts.size()),
          true};
}

// What a client says of the whole must be so; a composite may be given without its count.
Outcome<void> check_whole(const Declared& declared, const StoredChecksum& checksum,
                          const std::optional<std::int64_t>& expected, std::uint64_t size) {
  if (expected && static_cast<std::uint64_t>(*expected) != size) {
    return invalid_request(
        "The provided 'x-amz-mp-object-size' header value does not match what "
        "was computed.");
  }
  if (declared.value.empty()) return {};
  const bool same =
      declared.algorithm == checksum.algorithm &&
      (declared.value == checksum.value || checksum.value.starts_with(declared.value + "-"));
  if (same) return {};
  return refused("BadDigest",
                 fmt::format("The {} you specified did not match the calculated checksum.",
                             declared.algorithm),
                 400);
}

}  // namespace

Outcome<api::CreateMultipartUploadOutput> S3::create_upload(
    Context& context, const api::CreateMultipartUploadRequest& request) {
  if (const auto bucket = open(context, request); !bucket) return std::unexpected(bucket.error());
  if (auto ok = check_key(request.Key); !ok) return std::unexpected(ok.error());
  if (auto ok = check_unserved(request); !ok) return std::unexpected(ok.error());
  auto description = description_of(request);
  if (!description) return std::unexpected(description.error());
  UploadRecord upload;
  if (auto ok = choose_checksum(request, upload); !ok) return std::unexpected(ok.error());
  upload.bucket = request.Bucket;
  upload.key = request.Key;
  upload.id = base62(64);
  upload.initiated = context.now;
  upload.initiator = context.identity.arn;
  upload.description = *std::move(description);
  api::CreateMultipartUploadOutput out;
  out.Bucket = upload.bucket;
  out.Key = upload.key;
  out.UploadId = upload.id;
  out.ServerSideEncryption = "AES256";
  if (upload.checksum_chosen) {
    out.ChecksumAlgorithm = upload.checksum_algorithm;
    out.ChecksumType = upload.checksum_type;
  }
  const std::string row = upload_row(upload.bucket, upload.id);
  uploads_.put(row, std::move(upload));
  return out;
}

Outcome<const UploadRecord*> S3::find_upload(const std::string& bucket, const std::string& key,
                                             const std::string& id) const {
  const UploadRecord* upload = uploads_.find(upload_row(bucket, id));
  if (upload == nullptr || upload->key != key) return no_such_upload(id);
  return upload;
}

void S3::put_part(const UploadRecord& upload, PartRecord part) {
  const std::string row = part_row(upload.bucket, upload.id, part.number);
  if (const auto* old = parts_.find(row)) discard(old->segments);
  parts_.put(row, std::move(part));
}

Outcome<api::UploadPartOutput> S3::upload_part(Context& context,
                                               const api::UploadPartRequest& request) {
  if (const auto bucket = open(context, request); !bucket) return std::unexpected(bucket.error());
  if (auto ok = check_unserved(request); !ok) return std::unexpected(ok.error());
  if (request.PartNumber < 1 || request.PartNumber > kMaxParts) return bad_part_number();
  const auto upload = find_upload(request.Bucket, request.Key, request.UploadId);
  if (!upload) return std::unexpected(upload.error());
  const auto declared = declared_by(request);
  if (!declared) return std::unexpected(declared.error());
  const std::string& algorithm = (*upload)->checksum_algorithm;
  if ((*upload)->checksum_chosen && !declared->algorithm.empty() &&
      declared->algorithm != algorithm) {
    return invalid_request(
        fmt::format("Checksum Type mismatch occurred, expected checksum Type: {}, "
                    "actual checksum Type: {}",
                    lower(algorithm), lower(declared->algorithm)));
  }
  if (!context.prepared) {
    prepare_write(context, *declared, algorithm);
    return api::UploadPartOutput{};
  }
  auto& bytes = static_cast<Digested&>(*context.prepared);
  PartRecord part;
  part.number = request.PartNumber;
  part.modified = context.now;
  part.size = bytes.size;
  part.etag = hex_encode(bytes.md5);
  part.checksum = base64_encode(bytes.checksums.at(algorithm));
  part.segments = bytes.segments;
  api::UploadPartOutput out;
  out.ETag = in_quotes(part.etag);
  out.ServerSideEncryption = "AES256";
  show_checksum({declared->algorithm, declared->value, false}, out);
  put_part(**upload, std::move(part));
  bytes.fresh.clear();
  return out;
}

Outcome<std::vector<const PartRecord*>> S3::parts_of(
    const UploadRecord& upload, const api::CompletedMultipartUpload& listed) const {
  std::vector<const PartRecord*> parts;
  int before = 0;
  for (const auto& given : listed.Parts) {
    const int number = given.PartNumber.value_or(0);
    if (number < 1) return malformed_xml();
    if (number <= before) {
      return refused("InvalidPartOrder",
                     "The list of parts was not in ascending order. Parts must be ordered by part "
                     "number.",
                     400, {{"UploadId", upload.id}});
    }
    before = number;
    const PartRecord* part = parts_.find(part_row(upload.bucket, upload.id, number));
    const std::string etag = unquoted(given.ETag.value_or(""));
    if (part == nullptr || part->etag != etag) return invalid_part(upload, number, etag);
    const auto declared = declared_by(given);
    if (!declared) return std::unexpected(declared.error());
    if (declared->algorithm == upload.checksum_algorithm && declared->value != part->checksum)
      return invalid_part(upload, number, etag);
    parts.push_back(part);
  }
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    if (parts[i]->size >= kMinPartBytes) continue;
    return refused("EntityTooSmall",
                   "Your proposed upload is smaller than the minimum allowed size", 400,
                   {{"ProposedSize", std::to_string(parts[i]->size)},
                    {"MinSizeAllowed", std::to_string(kMinPartBytes)},
                    {"PartNumber", std::to_string(parts[i]->number)}});
  }
  return parts;
}

void S3::drop_upload(const UploadRecord& upload) {
  std::vector<std::string> rows;
  const std::string own = upload_row(upload.bucket, upload.id);
  for (const auto& [row, part] : parts_.with_prefix(own + "/")) {
    discard(part.segments);
    rows.push_back(row);
  }
  for (const auto& row : rows) parts_.erase(row);
  uploads_.erase(own);
}

Outcome<api::CompleteMultipartUploadOutput> S3::complete_upload(
    Context& context, const api::CompleteMultipartUploadRequest& request) {
  const auto bucket = open(context, request);
  if (!bucket) return std::unexpected(bucket.error());
  if (auto ok = check_unserved(request); !ok) return std::unexpected(ok.error());
  const auto found = find_upload(request.Bucket, request.Key, request.UploadId);
  if (!found) return std::unexpected(found.error());
  const UploadRecord upload = **found;
  if (!request.MultipartUpload || request.MultipartUpload->Parts.empty()) return malformed_xml();
  const auto declared = declared_by(request);
  if (!declared) return std::unexpected(declared.error());
  const auto parts = parts_of(upload, *request.MultipartUpload);
  if (!parts) return std::unexpected(parts.error());
  const VersionRecord* old = newest(request.Bucket, request.Key);
  if (auto ok = check_write(request.IfMatch, request.IfNoneMatch, old, request.Key); !ok)
    return std::unexpected(ok.error());
  VersionRecord version;
  version.key = upload.key;
  version.etag = etag_of(*parts);
  version.checksum = checksum_of(upload, *parts);
  version.description = upload.description;
  for (const auto* part : *parts) {
    version.size += part->size;
    version.part_sizes.push_back(part->size);
    if (upload.checksum_chosen) version.part_checksums.push_back(part->checksum);
    version.segments.insert(version.segments.end(), part->segments.begin(), part->segments.end());
  }
  if (auto ok = check_whole(*declared, version.checksum, request.MpuObjectSize, version.size); !ok)
    return std::unexpected(ok.error());
  api::CompleteMultipartUploadOutput out;
  out.Bucket = upload.bucket;
  out.Key = upload.key;
  out.Location = fmt::format("https://{}.s3.{}.amazonaws.com/{}", upload.bucket, (*bucket)->region,
                             percent_encode(upload.key, true));
  out.ETag = in_quotes(version.etag);
  out.ServerSideEncryption = "AES256";
  show_checksum(version.checksum, out);
  out.Expiration = expiration_header(**bucket, version);
  drop_upload(upload);  // parts that were left out; the others have a new name below
  if (auto id = add_version(**bucket, std::move(version)); !id.empty()) out.VersionId = id;
  return out;
}

Outcome<api::AbortMultipartUploadOutput> S3::abort_upload(
    Context& context, const api::AbortMultipartUploadRequest& request) {
  if (const auto bucket = open(context, request); !bucket) return std::unexpected(bucket.error());
  const auto upload = find_upload(request.Bucket, request.Key, request.UploadId);
  if (!upload) return std::unexpected(upload.error());
  if (request.IfMatchInitiatedTime)
    return not_implemented("x-amz-if-match-initiated-time", "it is a directory bucket's.");
  drop_upload(UploadRecord(**upload));
  return api::AbortMultipartUploadOutput{};
}

}  // namespace seatrial::services::s3
