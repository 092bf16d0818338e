// Text encodings and digests that several layers need: hex, base64, percent, SHA-256, HMAC.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace seatrial {

std::string hex_encode(std::string_view bytes);
std::string base64_encode(std::string_view bytes);
std::optional<std::string> base64_decode(std::string_view text);  // strict RFC 4648, padding needed
// RFC 3986: all but unreserved characters as %XX; '/' is kept when keep_slash.
std::string percent_encode(std::string_view text, bool keep_slash = false);
std::string percent_decode(std::string_view text, bool plus_is_space = false);
// The longest part of text that every writer of JSON leaves as it is: letters, digits and signs
// that are never escaped ('/', '&', '<' and what is not ASCII may be). Empty where there is none.
std::string_view longest_json_plain(std::string_view text);
std::string sha256(std::string_view bytes);                             // 32 raw bytes
std::string hmac_sha256(std::string_view key, std::string_view bytes);  // 32 raw bytes

}  // namespace seatrial
