// See scalars.h.
//
// Times: the CLI tries float(), then python-dateutil, which reads nearly anything made of numbers
// and the names of months and days. Refused here are only texts with a word or sign that it knows
// not, and dates and times out of range; the rest is taken to be fine.
#include "awscli/scalars.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "awscli/foreign_digits.h"
#include "base/encoding.h"
#include "base/time.h"

namespace seatrial::awscli {
namespace {

constexpr double kFirstSecond = -62135596800.0;  // of year 1
constexpr double kEndOfTime = 253402300800.0;    // of year 9999

bool is_scalar_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

// Digits with single '_' between them, from `at` on, copied; false when there are none.
bool take_digits(std::string_view text, std::size_t& at, std::string& out) {
  const auto begin = at;
  while (at < text.size()) {
    const bool joint = text[at] == '_' && at > begin && text[at - 1] != '_' &&
                       at + 1 < text.size() && is_scalar_digit(text[at + 1]);
    if (!is_scalar_digit(text[at]) && !joint) break;
    if (!joint) out += text[at];
    ++at;
  }
  return at > begin;
}

void take_sign(std::string_view text, std::size_t& at, std::string& out) {
  if (at >= text.size() || (text[at] != '-' && text[at] != '+')) return;
  if (text[at] == '-') out += '-';
  ++at;
}

// A finite float's digits without '_', or empty.
std::string plain_float(std::string_view text) {
  std::string out;
  std::size_t at = 0;
  take_sign(text, at, out);
  bool some = take_digits(text, at, out);
  if (at < text.size() && text[at] == '.') {
    out += '.';
    ++at;
    some = take_digits(text, at, out) || some;
  }
  if (!some) return "";
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    out += 'e';
    ++at;
    take_sign(text, at, out);
    if (!take_digits(text, at, out)) return "";
  }
  return at == text.size() ? out : "";
}

std::optional<double> special_float(std::string_view text) {
  std::string name = lowered(text);
  const bool negative = name.starts_with('-');
  if (name.starts_with('-') || name.starts_with('+')) name.erase(0, 1);
  if (name == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (name != "inf" && name != "infinity") return std::nullopt;
  return negative ? -std::numeric_limits<double>::infinity()
                  : std::numeric_limits<double>::infinity();
}

// "2024-01-15T10:00:00.123Z" cut into numbers; the count of fields found. 0 = another form.
struct IsoFields {
  std::array<int, 6> field{};  // year month day hour minute second
  int count = 0;
};

bool iso_separator(char c, int after) {
  switch (after) {
    case 1:
    case 2:
      return c == '-';
    case 3:
      return c == 'T' || c == ' ' || c == 't';
    default:
      return c == ':';
  }
}

IsoFields iso_fields(std::string_view text) {
  IsoFields out;
  std::size_t at = 0;
  while (out.count < 6) {
    const std::size_t width = out.count == 0 ? 4 : 2;
    if (at + width > text.size()) return {};
    for (std::size_t i = 0; i < width; ++i)
      if (!is_scalar_digit(text[at + i])) return {};
    std::from_chars(text.data() + at, text.data() + at + width,
                    out.field[static_cast<std::size_t>(out.count)]);
    at += width;
    ++out.count;
    if (at >= text.size() || !iso_separator(text[at], out.count)) break;
    ++at;
  }
  const auto rest = text.substr(at);
  if (out.count < 2) return {};
  if (rest.empty()) return out;
  if (out.count < 5 || !std::string_view("Z.z+- ").contains(rest[0])) return {};
  return out;
}

// Neither as year-month-day nor as year-day-month a date, or no time of day.
bool out_of_range(const IsoFields& iso) {
  const auto& [year, month, day, hour, minute, second] = iso.field;
  constexpr std::array kDays = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const auto is_date = [&](int m, int d) {
    return m >= 1 && m <= 12 && d >= 1 && d <= kDays[static_cast<std::size_t>(m - 1)];
  };
  if (year == 0) return true;
  if (iso.count == 2) return false;
  if (!is_date(month, day) && !is_date(day, month)) return true;
  return hour > 23 || minute > 59 || second > 59;
}

bool known_word(std::string_view word, bool has_digit) {
  constexpr std::array kWords = {
      "at",  "on",  "and", "ad",     "m",     "t",      "of",      "st",     "nd",      "rd",
      "th",  "h",   "s",   "hour",   "hours", "minute", "minutes", "second", "seconds", "am",
      "a",   "pm",  "p",   "utc",    "gmt",   "z",      "mon",     "monday", "tue",     "tuesday",
      "wed", "thu", "fri", "friday", "sat",   "sun",    "sunday",  "sept",   "may",     "jan",
      "feb", "mar", "apr", "april",  "jun",   "june",   "jul",     "july",   "aug",     "march",
      "sep", "oct", "nov", "dec",    "e"};
  constexpr std::array kLong = {"wednesday", "thursday",  "saturday", "january",  "february",
                                "august",    "september", "october",  "november", "december"};
  const auto name = lowered(word);
  if (std::ranges::find(kWords, name) != kWords.end()) return true;
  if (std::ranges::find(kLong, name) != kLong.end()) return true;
  const bool upper = std::ranges::all_of(word, [](char c) { return c >= 'A' && c <= 'Z'; });
  return has_digit && upper && word.size() <= 5;  // may be a time zone's name
}

bool surely_no_date(std::string_view text) {
  const bool has_digit = std::ranges::any_of(text, is_scalar_digit);
  bool any = false;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) >= 0x80) return false;
    if (is_letter(c)) {
      auto end = i;
      while (end < text.size() && is_letter(text[end])) ++end;
      if (!known_word(text.substr(i, end - i), has_digit)) return true;
      any = true;
      i = end;
      continue;
    }
    any = any || is_scalar_digit(c);
    if (!is_scalar_digit(c) && std::isspace(static_cast<unsigned char>(c)) == 0 &&
        !std::string_view(".,;-/':+()").contains(c))
      return true;
    ++i;
  }
  return !any;
}

int value_of_base64(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (is_scalar_digit(c)) return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

}  // namespace

std::optional<Node> read_integer(std::string_view text) {
  if (has_foreign_digits_only(text)) return Node{};
  const auto inner = trimmed(text);
  Node node;
  std::size_t at = 0;
  take_sign(inner, at, node.text);
  if (!take_digits(inner, at, node.text) || at != inner.size()) return std::nullopt;
  node.kind = NodeKind::kInteger;
  node.number = std::strtod(node.text.c_str(), nullptr);
  const char* end = node.text.data() + node.text.size();
  if (std::from_chars(node.text.data(), end, node.integer).ec == std::errc::result_out_of_range)
    node.integer = node.text[0] == '-' ? std::numeric_limits<std::int64_t>::min()
                                       : std::numeric_limits<std::int64_t>::max();
  return node;
}

std::optional<Node> read_float(std::string_view text) {
  if (has_foreign_digits_only(text)) return Node{};
  const auto inner = trimmed(text);
  Node node;
  node.kind = NodeKind::kFloat;
  if (const auto special = special_float(inner)) {
    node.number = *special;
    node.text = inner;
    return node;
  }
  node.text = plain_float(inner);
  if (node.text.empty()) return std::nullopt;
  node.number = std::strtod(node.text.c_str(), nullptr);
  return node;
}

Moment timestamp_of_number(double seconds) {
  if (!(seconds >= kFirstSecond && seconds < kEndOfTime)) return {};
  return {true, static_cast<std::int64_t>(std::floor(seconds * 1000 + 0.5))};
}

Moment read_timestamp(std::string_view text) {
  if (const auto number = read_float(text)) {
    if (!number->is(NodeKind::kFloat)) return {true, std::nullopt};
    const auto moment = timestamp_of_number(number->number);
    if (moment.accepted) return moment;
    // YYYYMMDDhhmmss is a number too large for a time in seconds, and read as a date then.
    return {trimmed(text).size() == 14 && std::ranges::all_of(trimmed(text), is_scalar_digit), {}};
  }
  const auto inner = trimmed(text);
  if (const auto iso = iso_fields(inner); iso.count > 0) {
    if (out_of_range(iso)) return {};
    const auto time = parse_time(inner);
    return {true, time ? std::optional(to_ms(*time)) : std::nullopt};
  }
  return {!surely_no_date(text), std::nullopt};
}

Base64 look_at_base64(std::string_view text) {
  if (!is_ascii(text)) return Base64::kRefused;
  int filled = 0, pads = 0;
  bool clean = true, closed = false;
  for (const char c : text) {
    if (closed) {
      clean = clean && c == '\n';
    } else if (c == '=') {
      closed = filled >= 2 && filled + ++pads >= 4;
    } else if (value_of_base64(c) >= 0) {
      pads = 0;
      filled = (filled + 1) % 4;
    } else {
      clean = clean && (c == '\n' || c == '\r');
    }
  }
  if (filled != 0 && !closed) return Base64::kRefused;
  return clean ? Base64::kClean : Base64::kGarbage;
}

std::string bytes_of_base64(std::string_view text) {
  std::string plain;
  for (const char c : text)
    if (c != '\n' && c != '\r') plain += c;
  return base64_decode(plain).value_or("");
}

bool is_bucket_name(std::string_view text) {
  return !text.empty() && text.size() <= 255 && std::ranges::all_of(text, [](char c) {
    return is_letter(c) || is_scalar_digit(c) || c == '.' || c == '-' || c == '_';
  });
}

std::size_t code_points(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace seatrial::awscli
