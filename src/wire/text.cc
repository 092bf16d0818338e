#include "wire/text.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>

#include "base/encoding.h"

namespace seatrial::wire {
std::size_t code_points(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

bool same_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : +c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return x == y || lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::string upper_first(std::string_view text) {
  std::string out(text);
  if (!out.empty()) out[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(out[0])));
  return out;
}

std::string lower_first(std::string_view text) {
  std::string out(text);
  if (!out.empty()) out[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(out[0])));
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t start = 0;;) {
    const auto end = text.find(separator, start);
    parts.push_back(text.substr(start, end - start));
    if (end == std::string_view::npos) return parts;
    start = end + 1;
  }
}

std::vector<std::pair<std::string_view, std::string_view>> split_form(std::string_view form) {
  std::vector<std::pair<std::string_view, std::string_view>> pairs;
  while (!form.empty()) {
    const auto end = std::min(form.find('&'), form.size());
    const std::string_view field = form.substr(0, end);
    form.remove_prefix(std::min(end + 1, form.size()));
    if (field.empty()) continue;
    const auto equals = field.find('=');
    const bool bare = equals == std::string_view::npos;
    pairs.emplace_back(field.substr(0, equals),
                       bare ? std::string_view{} : field.substr(equals + 1));
  }
  return pairs;
}

std::string form_value(std::string_view form, std::string_view name, bool* found) {
  if (found != nullptr) *found = false;
  while (!form.empty()) {
    const auto end = std::min(form.find('&'), form.size());
    const std::string_view field = form.substr(0, end);
    form.remove_prefix(std::min(end + 1, form.size()));
    if (!field.starts_with(name)) continue;
    if (field.size() > name.size() && field[name.size()] != '=') continue;
    if (found != nullptr) *found = true;
    return percent_decode(field.substr(std::min(field.size(), name.size() + 1)), true);
  }
  return {};
}

void append_integer(std::int64_t number, std::string& out) {
  char text[24];
  const auto end = std::to_chars(text, text + sizeof text, number).ptr;
  out.append(text, static_cast<std::size_t>(end - text));
}

namespace {

// Most metrics have few decimals. A number that is some thousandths exactly as division gives them
// has no shorter text than those (of at most 15 digits each double has one), which are cheap.
bool append_thousandths(double number, std::string& out) {
  constexpr double kMost = 1e12;
  if (!(std::abs(number) < kMost) || number == 0) return false;
  const auto thousandths = static_cast<std::int64_t>(std::nearbyint(number * 1000));
  if (thousandths == 0 || static_cast<double>(thousandths) / 1000 != number) return false;
  const auto magnitude = thousandths < 0 ? -thousandths : thousandths;
  if (thousandths < 0) out += '-';
  append_integer(magnitude / 1000, out);
  const auto rest = static_cast<int>(magnitude % 1000);
  out += '.';
  out += static_cast<char>('0' + rest / 100);
  if (rest % 100 != 0) out += static_cast<char>('0' + rest / 10 % 10);
  if (rest % 10 != 0) out += static_cast<char>('0' + rest % 10);
  return true;
}

}  // namespace

void append_double(double number, std::string& out) {
  if (append_thousandths(number, out)) return;
  if (std::isnan(number)) {
    out += "NaN";
  } else if (std::isinf(number)) {
    out += number > 0 ? "Infinity" : "-Infinity";
  } else {
    char text[40];
    const auto* end = fmt::format_to(text, FMT_COMPILE("{}"), number);
    const std::string_view written(text, static_cast<std::size_t>(end - text));
    out += written;
    if (written.find_first_of(".e") == std::string_view::npos) out += ".0";
  }
}

std::string format_double(double number) {
  std::string text;
  append_double(number, text);
  return text;
}

}  // namespace seatrial::wire
