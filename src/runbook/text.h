// Small text helpers of the runbook's parsers. Pure.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace seatrial::runbook {

std::string lower(std::string_view text);                          // ASCII letters only
std::string_view trim(std::string_view text);                      // blanks, tabs, line ends
std::vector<std::string_view> split_lines(std::string_view text);  // without a last empty one
std::vector<std::string_view> split_blanks(std::string_view text);
std::string collapse_blanks(std::string_view text);  // runs of blanks become one
// Levenshtein distance with adjacent swaps counting one.
std::size_t edit_distance(std::string_view a, std::string_view b);
// The code point at the front and its length in bytes (1 and U+FFFD where it is invalid).
std::pair<char32_t, std::size_t> decode_utf8(std::string_view text);
std::string valid_utf8(std::string_view text);  // invalid bytes and NUL as U+FFFD
std::string strip_ansi(std::string_view text);  // without terminal control sequences
// First line, at most `length` bytes, with "..." where cut.
std::string shorten(std::string_view text, std::size_t length);

// For XML, also between quotes. What XML 1.0 cannot hold, most control characters, becomes '?'.
std::string xml_text(std::string_view text);

}  // namespace seatrial::runbook
