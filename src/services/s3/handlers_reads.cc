// Objects read. Sources: API_GetObject, API_HeadObject, API_GetObjectAttributes.
#include <algorithm>

#include "services/s3/conditions.h"
#include "services/s3/errors.h"
#include "services/s3/service.h"

namespace seatrial::services::s3 {
namespace {

using room::Outcome;

constexpr int kPartialContent = 206;

void set(std::optional<std::string>& member, const std::string& value) {
  if (!value.empty()) member = value;
}

// What was said of the object when it was made, unless the request wants other headers.
template <class Output, class Request>
void show_description(const Description& d, const Request& request, Output& out) {
  set(out.ContentType, request.ResponseContentType.value_or(d.content_type));
  set(out.CacheControl, request.ResponseCacheControl.value_or(d.cache_control));
  set(out.ContentDisposition, request.ResponseContentDisposition.value_or(d.content_disposition));
  set(out.ContentEncoding, request.ResponseContentEncoding.value_or(d.content_encoding));
  set(out.ContentLanguage, request.ResponseContentLanguage.value_or(d.content_language));
  out.Expires = request.ResponseExpires ? request.ResponseExpires : d.expires;
  set(out.WebsiteRedirectLocation, d.website_redirect);
  if (d.storage_class != "STANDARD") out.StorageClass = d.storage_class;
  for (const auto& [name, value] : d.metadata) out.Metadata[name] = value;
  if (!d.tags.empty()) out.TagCount = static_cast<int>(d.tags.size());
}

// The bytes of one part. An object of one piece is its own part 1.
Outcome<Range> range_of_part(const VersionRecord& version, int number) {
  const auto count = std::max<std::size_t>(version.part_sizes.size(), 1);
  const auto index = static_cast<std::size_t>(number - 1);
  if (number < 1 || index >= count) {
    return refused("InvalidPartNumber", "The requested partnumber is not satisfiable", 416,
                   {{"PartNumberRequested", std::to_string(number)},
                    {"ActualPartCount", std::to_string(count)}});
  }
  if (version.part_sizes.empty()) return Range{0, version.size};
  Range range;
  for (std::size_t i = 0; i < index; ++i) range.offset += version.part_sizes[i];
  range.length = version.part_sizes[index];
  return range;
}

// Which bytes a request asks for; empty when all.
template <class Request>
Outcome<std::optional<Range>> wanted_range(const VersionRecord& version, const Request& request) {
  if (request.Range && request.PartNumber)
    return invalid_request("Cannot specify both Range header and partNumber query parameter");
  if (request.Range) return parse_range(*request.Range, version.size);
  if (!request.PartNumber) return std::nullopt;
  const auto range = range_of_part(version, *request.PartNumber);
  if (!range) return std::unexpected(range.error());
  return *range;
}

}  // namespace

template <class Output, class Request>
Outcome<Output> S3::describe_object(Context& context, const Request& request, Segments* segments,
                                    Range* range) {
  const auto bucket = open(context, request);
  if (!bucket) return std::unexpected(bucket.error());
  if (auto ok = check_unserved(request); !ok) return std::unexpected(ok.error());
  const auto found = readable(request.Bucket, request.Key, request.VersionId);
  if (!found) return std::unexpected(found.error());
  const VersionRecord& version = **found;
  const ReadConditions conditions{request.IfMatch, request.IfNoneMatch, request.IfModifiedSince,
                                  request.IfUnmodifiedSince};
  if (auto ok = check_read(conditions, version); !ok) return std::unexpected(ok.error());
  const auto wanted = wanted_range(version, request);
  if (!wanted) return std::unexpected(wanted.error());
  *range = wanted->value_or(Range{0, version.size});
  if (segments != nullptr) *segments = version.segments;
  Output out;
  show_description(version.description, request, out);
  out.AcceptRanges = "bytes";
  out.LastModified = version.modified;
  out.ETag = in_quotes(version.etag);
  out.ContentLength = static_cast<std::int64_t>(range->length);
  out.ServerSideEncryption = "AES256";
  out.Expiration = expiration_header(**bucket, version);
  if (!(*bucket)->versioning.empty()) out.VersionId = version.version_id;
  if (request.PartNumber && !version.part_sizes.empty())
    out.PartsCount = static_cast<int>(version.part_sizes.size());
  if (*wanted) {
    context.status = kPartialContent;
    if (version.size > 0) {
      out.ContentRange = fmt::format("bytes {}-{}/{}", range->offset,
                                     range->offset + range->length - 1, version.size);
    }
  }
  const bool whole = range->length == version.size;
  if (request.ChecksumMode && whole) show_checksum(version.checksum, out);
  return out;
}

Outcome<api::GetObjectOutput> S3::get(Context& context, const api::GetObjectRequest& request) {
  Segments segments;
  Range range;
  auto out = describe_object<api::GetObjectOutput>(context, request, &segments, &range);
  if (out) context.stream = blobs_.read(segments, range.offset, range.length);
  return out;
}

Outcome<api::HeadObjectOutput> S3::head(Context& context, const api::HeadObjectRequest& request) {
  Range range;
  return describe_object<api::HeadObjectOutput>(context, request, nullptr, &range);
}

namespace {

api::GetObjectAttributesParts shown_parts(const VersionRecord& version,
                                          const api::GetObjectAttributesRequest& request) {
  api::GetObjectAttributesParts out;
  const int count = static_cast<int>(version.part_sizes.size());
  const int after = request.PartNumberMarker.value_or(0);
  const int limit = std::min(request.MaxParts.value_or(kPage), kPage);
  const int last = std::min(count, after + limit);
  out.TotalPartsCount = count;
  out.PartNumberMarker = after;
  out.MaxParts = limit;
  out.IsTruncated = last < count;
  out.NextPartNumberMarker = last;
  if (version.part_checksums.empty()) return out;  // as AWS: parts only with their checksums
  for (int i = after; i < last; ++i) {
    api::ObjectPart part;
    part.PartNumber = i + 1;
    part.Size = static_cast<std::int64_t>(version.part_sizes[static_cast<std::size_t>(i)]);
    show_checksum(
        {version.checksum.algorithm, version.part_checksums[static_cast<std::size_t>(i)], false},
        part);
    out.Parts.push_back(std::move(part));
  }
  return out;
}

}  // namespace

Outcome<api::GetObjectAttributesOutput> S3::get_attributes(
    Context& context, const api::GetObjectAttributesRequest& request) {
  const auto bucket = open(context, request);
  if (!bucket) return std::unexpected(bucket.error());
  if (auto ok = check_unserved(request); !ok) return std::unexpected(ok.error());
  const auto found = readable(request.Bucket, request.Key, request.VersionId);
  if (!found) return std::unexpected(found.error());
  const VersionRecord& version = **found;
  const auto wanted = [&](std::string_view attribute) {
    return std::find(request.ObjectAttributes.begin(), request.ObjectAttributes.end(), attribute) !=
           request.ObjectAttributes.end();
  };
  api::GetObjectAttributesOutput out;
  out.LastModified = version.modified;
  if (!(*bucket)->versioning.empty()) out.VersionId = version.version_id;
  if (wanted("ETag")) out.ETag = version.etag;
  if (wanted("ObjectSize")) out.ObjectSize = static_cast<std::int64_t>(version.size);
  if (wanted("StorageClass")) out.StorageClass = version.description.storage_class;
  if (wanted("Checksum")) show_checksum(version.checksum, out.Checksum.emplace());
  if (wanted("ObjectParts") && !version.part_sizes.empty())
    out.ObjectParts = shown_parts(version, request);
  return out;
}

Outcome<std::shared_ptr<wire::BodyStream>> S3::open_object(const std::string& bucket,
                                                           const std::string& key,
                                                           const std::string& version_id) {
  if (!buckets_.contains(bucket))
    return refused("NoSuchBucket", "The specified bucket does not exist", 404,
                   {{"BucketName", bucket}});
  const auto found =
      readable(bucket, key, version_id.empty() ? std::nullopt : std::optional(version_id));
  if (!found) return std::unexpected(found.error());
  return blobs_.read((*found)->segments, 0, (*found)->size);
}

}  // namespace seatrial::services::s3
