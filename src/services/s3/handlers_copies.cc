// Objects and parts made of what is there already. No bytes are copied: records share blobs. They
// are read once where the copy needs a digest that its source does not have (a part, a multipart
// source). Sources: API_CopyObject, API_UploadPartCopy.
#include "base/encoding.h"
#include "services/s3/conditions.h"
#include "services/s3/errors.h"
#include "services/s3/service.h"

namespace seatrial::services::s3 {
namespace {

using room::Outcome;

bool replaces(const std::optional<std::string>& directive) {
  return directive.value_or("COPY") == "REPLACE";
}

// Metadata and tags come from the source or from the request, as the directives say.
Outcome<Description> description_of_copy(const VersionRecord& source,
                                         const api::CopyObjectRequest& request) {
  auto own = description_of(request);
  if (!own) return own;
  Description out = replaces(request.MetadataDirective) ? *own : source.description;
  out.tags = replaces(request.TaggingDirective) ? own->tags : source.description.tags;
  out.website_redirect = own->website_redirect;
  out.storage_class = own->storage_class;
  return out;
}

bool changes_nothing(const api::CopyObjectRequest& request, const CopySource& source,
                     const VersionRecord& version) {
  return source.bucket == request.Bucket && source.key == request.Key && !source.version_id &&
         !replaces(request.MetadataDirective) && !request.WebsiteRedirectLocation &&
         !request.ServerSideEncryption &&
         request.StorageClass.value_or("STANDARD") == version.description.storage_class;
}

}  // namespace

template <class Request>
Outcome<const VersionRecord*> S3::copied(Context& context, const Request& request,
                                         CopySource* source) {
  auto parsed = parse_copy_source(request.CopySource);
  if (!parsed) return std::unexpected(parsed.error());
  *source = *std::move(parsed);
  Context anywhere = context;  // the source may be in another region
  anywhere.region.clear();
  const auto bucket = find_bucket(anywhere, source->bucket, request.ExpectedSourceBucketOwner);
  if (!bucket) return std::unexpected(bucket.error());
  const auto version = readable(source->bucket, source->key, source->version_id);
  if (!version) return version;
  const ReadConditions conditions{request.CopySourceIfMatch, request.CopySourceIfNoneMatch,
                                  request.CopySourceIfModifiedSince,
                                  request.CopySourceIfUnmodifiedSince};
  if (auto ok = check_copied(conditions, **version); !ok) return std::unexpected(ok.error());
  return version;
}

Outcome<api::CopyObjectOutput> S3::copy(Context& context, const api::CopyObjectRequest& request) {
  const auto bucket = open(context, request);
  if (!bucket) return std::unexpected(bucket.error());
  if (auto ok = check_key(request.Key); !ok) return std::unexpected(ok.error());
  if (auto ok = check_unserved(request); !ok) return std::unexpected(ok.error());
  CopySource source;
  const auto found = copied(context, request, &source);
  if (!found) return std::unexpected(found.error());
  const VersionRecord& original = **found;
  const VersionRecord* old = newest(request.Bucket, request.Key);
  if (auto ok = check_write(request.IfMatch, request.IfNoneMatch, old, request.Key); !ok)
    return std::unexpected(ok.error());
  if (changes_nothing(request, source, original)) {
    return invalid_request(
        "This copy request is illegal because it is trying to copy an object to itself without "
        "changing the object's metadata, storage class, website redirect location or encryption "
        "attributes.");
  }
  if (original.size > kMaxCopyBytes) {
    return invalid_request(
        "The specified copy source is larger than the maximum allowable size for a copy source: "
        "5368709120");
  }
  auto description = description_of_copy(original, request);
  if (!description) return std::unexpected(description.error());
  const std::string algorithm = request.ChecksumAlgorithm.value_or(
      original.checksum.algorithm.empty() ? kDefaultAlgorithm : original.checksum.algorithm);
  const bool digests_known =
      original.part_sizes.empty() && original.checksum.algorithm == algorithm;
  if (!digests_known && !context.prepared) {
    context.prepare = [this, segments = original.segments, algorithm](Blobs::Done done) {
      blobs_.digest(segments, {algorithm}, std::move(done));
    };
    return api::CopyObjectOutput{};
  }
  VersionRecord version;
  version.key = request.Key;
  version.size = original.size;
  version.segments = original.segments;
  version.etag = original.etag;
  version.checksum = original.checksum;
  if (context.prepared) {
    const auto& bytes = static_cast<const Digested&>(*context.prepared);
    version.segments = bytes.segments;
    version.size = bytes.size;
    version.etag = hex_encode(bytes.md5);
    version.checksum = checksum_of(bytes);
  }
  version.description = *std::move(description);
  api::CopyObjectOutput out;
  out.ServerSideEncryption = "AES256";
  if (original.version_id != "null") out.CopySourceVersionId = original.version_id;
  auto& result = out.CopyObjectResult.emplace();
  result.ETag = in_quotes(version.etag);
  result.LastModified = env_.clock.now();
  show_checksum(version.checksum, result);
  out.Expiration = expiration_header(**bucket, version);
  if (auto id = add_version(**bucket, std::move(version)); !id.empty()) out.VersionId = id;
  return out;
}

Outcome<api::UploadPartCopyOutput> S3::copy_part(Context& context,
                                                 const api::UploadPartCopyRequest& request) {
  if (const auto bucket = open(context, request); !bucket) return std::unexpected(bucket.error());
  if (auto ok = check_unserved(request); !ok) return std::unexpected(ok.error());
  const auto upload = find_upload(request.Bucket, request.Key, request.UploadId);
  if (!upload) return std::unexpected(upload.error());
  if (request.PartNumber < 1 || request.PartNumber > kMaxParts) return bad_part_number();
  CopySource source;
  const auto found = copied(context, request, &source);
  if (!found) return std::unexpected(found.error());
  const VersionRecord& original = **found;
  Range range{0, original.size};
  if (request.CopySourceRange) {
    const auto wanted = parse_range(*request.CopySourceRange, original.size);
    if (!wanted || !*wanted) {
      return invalid_argument(
          "The x-amz-copy-source-range value must be of the form bytes=first-last where first and "
          "last are the zero-based offsets of the first and last bytes to copy",
          "x-amz-copy-source-range", *request.CopySourceRange);
    }
    range = **wanted;
  }
  if (range.length > kMaxCopyBytes)
    return refused("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", 400);
  if (!context.prepared) {
    context.prepare = [this, segments = slice(original.segments, range.offset, range.length),
                       algorithm = (*upload)->checksum_algorithm](Blobs::Done done) {
      blobs_.digest(segments, {algorithm}, std::move(done));
    };
    return api::UploadPartCopyOutput{};
  }
  const auto& bytes = static_cast<const Digested&>(*context.prepared);
  PartRecord part;
  part.number = request.PartNumber;
  part.modified = context.now;
  part.size = bytes.size;
  part.etag = hex_encode(bytes.md5);
  part.checksum = base64_encode(bytes.checksums.at((*upload)->checksum_algorithm));
  part.segments = bytes.segments;
  api::UploadPartCopyOutput out;
  out.ServerSideEncryption = "AES256";
  if (original.version_id != "null") out.CopySourceVersionId = original.version_id;
  auto& result = out.CopyPartResult.emplace();
  result.ETag = in_quotes(part.etag);
  result.LastModified = part.modified;
  if ((*upload)->checksum_chosen)
    show_checksum({(*upload)->checksum_algorithm, part.checksum, false}, result);
  put_part(**upload, std::move(part));
  return out;
}

}  // namespace seatrial::services::s3
