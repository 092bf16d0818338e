#include "services/s3/names.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "base/encoding.h"
#include "base/utf8.h"
#include "services/s3/errors.h"
#include "wire/text.h"

namespace seatrial::services::s3 {
namespace {

using room::Outcome;

constexpr std::size_t kMaxTagKey = 128, kMaxTagValue = 256;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

bool is_alphanumeric(char c) { return is_name_character(c) && c != '.' && c != '-'; }

bool is_address(const std::string& text) {
  in_addr ignored{};
  return inet_pton(AF_INET, text.c_str(), &ignored) == 1;
}

bool valid_bucket_name(const std::string& name) {
  if (name.size() < 3 || name.size() > 63) return false;
  if (!std::all_of(name.begin(), name.end(), is_name_character)) return false;
  if (!is_alphanumeric(name.front()) || !is_alphanumeric(name.back())) return false;
  if (name.find("..") != std::string::npos || is_address(name)) return false;
  for (const std::string_view start : {"xn--", "sthree-", "amzn-s3-demo-"}) {
    if (name.starts_with(start)) return false;
  }
  for (const std::string_view end : {"-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"}) {
    if (name.ends_with(end)) return false;
  }
  return true;
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

auto unsatisfiable(std::string_view header, std::uint64_t size) {
  return refused("InvalidRange", "The requested range is not satisfiable", 416,
                 {{"RangeRequested", header},
                  {"ActualObjectSize", std::to_string(size)},
                  {"Content-Range", "bytes */" + std::to_string(size)}});
}

}  // namespace

Outcome<void> check_bucket_name(const std::string& name) {
  if (valid_bucket_name(name)) return {};
  return refused("InvalidBucketName", "The specified bucket is not valid.", 400,
                 {{"BucketName", name}});
}

Outcome<void> check_key(const std::string& key) {
  if (key.size() > kMaxKeyBytes) {
    return refused(
        "KeyTooLongError", "Your key is too long", 400,
        {{"Size", std::to_string(key.size())}, {"MaxSizeAllowed", std::to_string(kMaxKeyBytes)}});
  }
  if (key.find('\0') != std::string::npos || !valid_utf8(key)) {
    return invalid_argument("Object keys must be valid UTF-8 without NUL.", "Key", "");
  }
  return {};
}

Outcome<void> check_tag(const std::string& key, const std::string& value) {
  if (key.empty() || wire::code_points(key) > kMaxTagKey)
    return refused("InvalidTag", "The TagKey you have provided is invalid", 400, {{"TagKey", key}});
  if (wire::code_points(value) > kMaxTagValue) {
    return refused("InvalidTag", "The TagValue you have provided is invalid", 400,
                   {{"TagKey", key}, {"TagValue", value}});
  }
  if (key.starts_with("aws:")) {
    return refused("InvalidTag", "System tags cannot be added/updated by requester", 400,
                   {{"TagKey", key}});
  }
  return {};
}

Outcome<Tags> parse_tagging(std::string_view header) {
  Tags tags;
  for (const auto& [name, text] : wire::split_form(header)) {
    const std::string key = percent_decode(name, true), value = percent_decode(text, true);
    if (auto ok = check_tag(key, value); !ok) return std::unexpected(ok.error());
    if (!tags.emplace(key, value).second) {
      return invalid_argument(
          "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded "
          "URL query parameters without tag name duplicates.",
          "x-amz-tagging", std::string(header));
    }
  }
  if (tags.size() > kObjectTags)
    return refused("BadRequest", "Object tags cannot be greater than 10", 400);
  return tags;
}

Outcome<std::optional<Range>> parse_range(std::string_view header, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return std::nullopt;
  const std::string_view spec = wire::trim(header.substr(kUnit.size()));
  const auto dash = spec.find('-');
  if (dash == std::string_view::npos || spec.find(',') != std::string_view::npos)
    return std::nullopt;
  const auto first = number_of(spec.substr(0, dash)), last = number_of(spec.substr(dash + 1));
  if (dash == 0) {
    if (!last) return std::nullopt;
    if (*last == 0 || size == 0) return unsatisfiable(header, size);
    const std::uint64_t length = std::min(*last, size);
    return Range{size - length, length};
  }
  const bool open = dash + 1 == spec.size();
  if (!first || (!last && !open) || (last && *last < *first)) return std::nullopt;
  if (*first >= size) return unsatisfiable(header, size);
  const std::uint64_t end = open ? size - 1 : std::min(*last, size - 1);
  return Range{*first, end - *first + 1};
}

Outcome<CopySource> parse_copy_source(const std::string& text) {
  const auto damaged = [&] {
    return invalid_argument(
        "Copy Source must mention the source bucket and key: "
        "sourcebucket/sourcekey",
        "x-amz-copy-source", text);
  };
  CopySource source;
  std::string_view path = text;
  constexpr std::string_view kVersion = "?versionId=";
  if (const auto mark = path.rfind(kVersion); mark != std::string_view::npos) {
    source.version_id = percent_decode(path.substr(mark + kVersion.size()));
    path = path.substr(0, mark);
  }
  const std::string whole = percent_decode(path);
  if (whole.starts_with("arn:")) {
    return not_implemented("x-amz-copy-source", "there are no access points here.");
  }
  const std::size_t start = whole.starts_with('/') ? 1 : 0, slash = whole.find('/', start);
  if (slash == std::string::npos || slash == start || slash + 1 == whole.size()) return damaged();
  source.bucket = whole.substr(start, slash - start);
  source.key = whole.substr(slash + 1);
  return source;
}

bool etag_listed(std::string_view header, std::string_view etag) {
  for (const std::string_view item : wire::split(header, ',')) {
    std::string_view text = wire::trim(item);
    if (text.starts_with("W/")) text.remove_prefix(2);
    if (text == "*" || unquoted(text) == etag) return true;
  }
  return false;
}

std::string in_quotes(std::string_view etag) { return '"' + std::string(etag) + '"'; }

std::string unquoted(std::string_view etag) {
  if (etag.size() >= 2 && etag.starts_with('"') && etag.ends_with('"'))
    etag = etag.substr(1, etag.size() - 2);
  return std::string(etag);
}

std::string encoded_key(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (c == ' ')
      out += '+';
    else if (c == '*')
      out += c;
    else
      out += percent_encode({&c, 1}, true);
  }
  return out;
}

std::string canonical_user(std::string_view account) {
  return hex_encode(sha256("canonical user of " + std::string(account)));
}

}  // namespace seatrial::services::s3
