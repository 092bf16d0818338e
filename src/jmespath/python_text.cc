// Text in Python's way: code points, repr() of floats, int() and float() of text. The other half:
// python_json.h, python_json.cc.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "jmespath/python_json.h"

namespace seatrial::jmespath {
namespace {

// The zero of each row of decimal digits in Unicode 14, which int() and float() read.
constexpr std::array<std::uint32_t, 65> kZeros = {
    0x660,   0x6f0,   0x7c0,   0x966,   0x9e6,   0xa66,   0xae6,   0xb66,   0xbe6,   0xc66,
    0xce6,   0xd66,   0xde6,   0xe50,   0xed0,   0xf20,   0x1040,  0x1090,  0x17e0,  0x1810,
    0x1946,  0x19d0,  0x1a80,  0x1a90,  0x1b50,  0x1bb0,  0x1c40,  0x1c50,  0xa620,  0xa8d0,
    0xa900,  0xa9d0,  0xa9f0,  0xaa50,  0xabf0,  0xff10,  0x104a0, 0x10d30, 0x11066, 0x110f0,
    0x11136, 0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950,
    0x11c50, 0x11d50, 0x11da0, 0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec,
    0x1d7f6, 0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0};

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

std::uint32_t front_code_point(std::string_view text, std::size_t size) {
  const auto byte = [&](std::size_t i) { return std::uint32_t(std::uint8_t(text[i])); };
  if (size == 1) return byte(0);
  std::uint32_t c = byte(0) & (0xffu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) c = c << 6 | (byte(i) & 0x3f);
  return c;
}

bool is_python_space(std::uint32_t c) {
  if (c < 0x80) return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20);
  return c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 ||
         c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

// Digits of other scripts as 0 to 9.
std::optional<char> other_digit(std::uint32_t c) {
  const auto after = std::upper_bound(kZeros.begin(), kZeros.end(), c);
  if (after == kZeros.begin() || c - *(after - 1) > 9) return std::nullopt;
  return char('0' + (c - *(after - 1)));
}

bool digit(char c) { return c >= '0' && c <= '9'; }

// In ASCII and without the underscores that may stand between digits; empty where one may not.
std::optional<std::string> plain_number(std::string_view text) {
  std::string out;
  bool underscore = false;
  while (!text.empty()) {
    const std::size_t size = code_point_size(text);
    char c = text.front();
    if (size > 1) c = other_digit(front_code_point(text, size)).value_or('?');
    text.remove_prefix(size);
    if (underscore && !digit(c)) return std::nullopt;
    underscore = c == '_';
    if (underscore && (out.empty() || !digit(out.back()))) return std::nullopt;
    if (!underscore) out.push_back(c);
  }
  if (underscore) return std::nullopt;
  return out;
}

std::string_view unsigned_part(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return text;
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), digit);
}

bool is_special_float(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
  return lower == "nan" || lower == "inf" || lower == "infinity";
}

// Decimal notation: "1.", ".5", "1e5", "1.5E-3".
bool is_decimal_float(std::string_view text) {
  const auto exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) {
    if (!all_digits(unsigned_part(text.substr(exponent + 1)))) return false;
    text = text.substr(0, exponent);
  }
  const auto point = text.find('.');
  if (point == std::string_view::npos) return all_digits(text);
  const std::string_view whole = text.substr(0, point), fraction = text.substr(point + 1);
  if (whole.empty() && fraction.empty()) return false;
  return (whole.empty() || all_digits(whole)) && (fraction.empty() || all_digits(fraction));
}

Value integer_of(const std::string& text) {
  const char* begin = text.data() + (text.front() == '+');
  const char* end = text.data() + text.size();
  std::int64_t whole = 0;
  if (std::from_chars(begin, end, whole).ec == std::errc{}) return whole;
  std::uint64_t positive = 0;
  if (std::from_chars(begin, end, positive).ec == std::errc{}) return positive;
  return std::strtod(text.c_str(), nullptr);
}

}  // namespace

std::size_t code_point_size(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = lead >= 0xf0 && lead <= 0xf4   ? 4
                           : lead >= 0xe0 && lead <= 0xef ? 3
                           : lead >= 0xc2 && lead <= 0xdf ? 2
                                                          : 1;
  if (size > text.size()) return 1;
  return std::all_of(text.begin() + 1, text.begin() + std::ptrdiff_t(size), continues) ? size : 1;
}

std::size_t code_point_count(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(code_point_size(text));
  return count;
}

std::string reversed_text(std::string_view text) {
  std::string out(text.size(), '\0');
  for (std::size_t end = text.size(); !text.empty();) {
    const std::size_t size = code_point_size(text);
    end -= size;
    std::copy_n(text.begin(), size, out.begin() + std::ptrdiff_t(end));
    text.remove_prefix(size);
  }
  return out;
}

std::string_view left_stripped(std::string_view text) {
  while (!text.empty()) {
    const std::size_t size = code_point_size(text);
    const bool stray = size == 1 && static_cast<unsigned char>(text.front()) >= 0x80;
    if (stray || !is_python_space(front_code_point(text, size))) break;
    text.remove_prefix(size);
  }
  return text;
}

std::string_view stripped(std::string_view text) {
  text = left_stripped(text);
  std::size_t kept = 0;  // bytes up to the end of the last code point that is no space
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = code_point_size(text.substr(at));
    at += size;
    if (left_stripped(text.substr(at - size, size)).empty()) continue;
    kept = at;
  }
  return text.substr(0, kept);
}

std::optional<Value> python_number(std::string_view text) {
  const auto plain = plain_number(stripped(text));
  if (!plain || plain->empty()) return std::nullopt;
  const std::string_view magnitude = unsigned_part(*plain);
  if (all_digits(magnitude)) return integer_of(*plain);
  if (!is_special_float(magnitude) && !is_decimal_float(magnitude)) return std::nullopt;
  return std::strtod(plain->c_str(), nullptr);
}

std::string python_float(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number > 0 ? "inf" : "-inf";
  std::array<char, 400> buffer;
  const double magnitude = std::abs(number);
  // repr() changes notation where the exponent leaves -4 .. 15.
  const bool scientific = magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e16);
  const auto format = scientific ? std::chars_format::scientific : std::chars_format::fixed;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, format).ptr;
  std::string text(buffer.data(), end);
  if (!scientific && text.find('.') == std::string::npos) text += ".0";
  return text;
}

}  // namespace seatrial::jmespath
