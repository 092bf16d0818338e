// See foreign_digits.h. The tables are Unicode's: general category Nd by the zero of each run of
// ten, and what Python's str.isspace() takes.
#include "awscli/foreign_digits.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/utf8.h"

namespace seatrial::awscli {
namespace {

constexpr std::array<char32_t, 65> kZeros = {
    0x660,   0x6F0,   0x7C0,   0x966,   0x9E6,   0xA66,   0xAE6,   0xB66,   0xBE6,   0xC66,
    0xCE6,   0xD66,   0xDE6,   0xE50,   0xED0,   0xF20,   0x1040,  0x1090,  0x17E0,  0x1810,
    0x1946,  0x19D0,  0x1A80,  0x1A90,  0x1B50,  0x1BB0,  0x1C40,  0x1C50,  0xA620,  0xA8D0,
    0xA900,  0xA9D0,  0xA9F0,  0xAA50,  0xABF0,  0xFF10,  0x104A0, 0x10D30, 0x11066, 0x110F0,
    0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950,
    0x11C50, 0x11D50, 0x11DA0, 0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC,
    0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0};

bool is_digit(char32_t c) {
  const auto after = std::ranges::upper_bound(kZeros, c);
  return after != kZeros.begin() && c - *(after - 1) < 10;
}

bool is_blank(char32_t c) {
  return c == 0x85 || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 ||
         c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

// Of well-formed UTF-8: the code point at `at`, which moves behind it.
char32_t take_code_point(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<unsigned char>(text[at++]);
  if (lead < 0x80) return lead;
  const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  char32_t point = lead & (0x3F >> more);
  for (int i = 0; i < more; ++i)
    point = (point << 6) | (static_cast<unsigned char>(text[at++]) & 0x3F);
  return point;
}

}  // namespace

bool has_foreign_digits_only(std::string_view text) {
  if (!valid_utf8(text)) return false;
  bool foreign = false;
  for (std::size_t at = 0; at < text.size();) {
    const auto point = take_code_point(text, at);
    if (point < 0x80) continue;
    if (!is_digit(point) && !is_blank(point)) return false;
    foreign = true;
  }
  return foreign;
}

}  // namespace seatrial::awscli
