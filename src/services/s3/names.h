// S3's small grammars: bucket names, keys, ranges, copy sources, tag headers, the encoding of keys
// in listings. Pure functions.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "room/room.h"

namespace seatrial::services::s3 {

constexpr std::size_t kMaxKeyBytes = 1024, kMaxMetadataBytes = 2048;
constexpr std::size_t kObjectTags = 10, kBucketTags = 50;

using Tags = std::map<std::string, std::string>;

// The rules for general purpose buckets. Errors: InvalidBucketName.
room::Outcome<void> check_bucket_name(const std::string& name);
// Errors: KeyTooLongError, InvalidArgument.
room::Outcome<void> check_key(const std::string& key);
// Errors: InvalidTag.
room::Outcome<void> check_tag(const std::string& key, const std::string& value);
// "a=1&b=2" of x-amz-tagging. Errors: InvalidTag, InvalidArgument, BadRequest (too many).
room::Outcome<Tags> parse_tagging(std::string_view header);

struct Range {
  std::uint64_t offset = 0, length = 0;
};
// Of "bytes=0-9" and an object's size. Empty when the header is none that S3 heeds (several ranges,
// other units): the whole is meant then. Errors: InvalidRange.
room::Outcome<std::optional<Range>> parse_range(std::string_view header, std::uint64_t size);

struct CopySource {
  std::string bucket, key;
  std::optional<std::string> version_id;
};
// "/bucket/key?versionId=1", percent-encoded. Errors: InvalidArgument.
room::Outcome<CopySource> parse_copy_source(const std::string& text);

// Whether an If-Match or If-None-Match header means this entity ("*" means any).
bool etag_listed(std::string_view header, std::string_view etag);
std::string in_quotes(std::string_view etag);
std::string unquoted(std::string_view etag);
// As keys appear with encoding-type=url.
std::string encoded_key(std::string_view key);
// What AWS calls the canonical user of an account.
std::string canonical_user(std::string_view account);

}  // namespace seatrial::services::s3
