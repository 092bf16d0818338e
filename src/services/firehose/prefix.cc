#include "services/firehose/prefix.h"

#include <fmt/format.h>

#include <array>
#include <functional>

namespace seatrial::services::firehose {
namespace {

constexpr std::string_view kDefaultTime = "yyyy/MM/dd/HH/";
constexpr std::size_t kMaxEvaluated = 512;  // characters of an evaluated prefix, as AWS has it
constexpr std::size_t kRandomLetters = 11;  // of !{firehose:random-string}
constexpr std::array<const char*, 12> kMonths{"January",   "February", "March",    "April",
                                              "May",       "June",     "July",     "August",
                                              "September", "October",  "November", "December"};
constexpr std::array<const char*, 7> kDays{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                           "Thursday", "Friday", "Saturday"};

using Evaluated = std::expected<std::string, std::string>;

struct Calendar {
  explicit Calendar(Time at)
      : day(std::chrono::floor<std::chrono::days>(at)), date(day), clock(at - day) {}
  std::chrono::sys_days day;
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<Millis> clock;
};

std::string padded(std::int64_t value, std::size_t width) {
  return fmt::format("{:0{}}", value, width);
}

std::string month_text(const Calendar& c, std::size_t width) {
  const auto month = static_cast<unsigned>(c.date.month());
  if (width <= 2) return padded(month, width);
  const std::string name = kMonths[month - 1];
  return width == 3 ? name.substr(0, 3) : name;
}

std::string day_text(const Calendar& c, std::size_t width) {
  const std::string name = kDays[std::chrono::weekday(c.day).c_encoding()];
  return width <= 3 ? name.substr(0, 3) : name;
}

std::string field(char letter, std::size_t width, const Calendar& c) {
  const auto year = static_cast<int>(c.date.year());
  const auto hour = c.clock.hours().count();
  const std::chrono::sys_days first{c.date.year() / std::chrono::January / 1};
  switch (letter) {
    case 'y':
    case 'u':
      return width == 2 ? padded(year % 100, 2) : padded(year, width);
    case 'M':
      return month_text(c, width);
    case 'd':
      return padded(static_cast<unsigned>(c.date.day()), width);
    case 'D':
      return padded((c.day - first).count() + 1, width);
    case 'H':
      return padded(hour, width);
    case 'h':
      return padded(hour % 12 == 0 ? 12 : hour % 12, width);
    case 'm':
      return padded(c.clock.minutes().count(), width);
    case 's':
      return padded(c.clock.seconds().count(), width);
    case 'S':
      return padded(c.clock.subseconds().count(), 3).append(width, '0').substr(0, width);
    case 'a':
      return hour < 12 ? "AM" : "PM";
    default:
      return day_text(c, width);
  }
}

// Calls `expression(namespace, value)` for each !{...} and copies the rest.
Evaluated evaluate(std::string_view prefix,
                   const std::function<Evaluated(std::string_view, std::string_view)>& expression) {
  std::string out;
  while (true) {
    const auto open = prefix.find("!{");
    out += prefix.substr(0, open);
    if (open == std::string_view::npos) return out;
    const auto close = prefix.find('}', open);
    if (close == std::string_view::npos) return std::unexpected("an expression '!{' is not closed");
    const auto inside = prefix.substr(open + 2, close - open - 2);
    const auto colon = inside.find(':');
    if (colon == std::string_view::npos)
      return std::unexpected(fmt::format("'!{{{}}}' has no namespace", inside));
    auto value = expression(inside.substr(0, colon), inside.substr(colon + 1));
    if (!value) return value;
    out += *value;
    prefix.remove_prefix(close + 1);
  }
}

Evaluated evaluate_at(std::string_view prefix, std::string_view error_type, Time at, Rng* rng) {
  auto out = evaluate(prefix, [&](std::string_view space, std::string_view value) -> Evaluated {
    if (space == "timestamp") return format_pattern(value, at);
    if (space == "firehose" && value == "random-string")
      return rng != nullptr ? rng->alphanumeric(kRandomLetters) : std::string(kRandomLetters, 'x');
    if (space == "firehose" && value == "error-output-type" && !error_type.empty())
      return std::string(error_type);
    return std::unexpected(fmt::format("'!{{{}:{}}}' is not valid here", space, value));
  });
  if (out && out->size() > kMaxEvaluated)
    return std::unexpected("the evaluated prefix is longer than 512 characters");
  return out;
}

bool has_expression(std::string_view prefix) { return prefix.contains("!{"); }
bool has_time(std::string_view prefix) { return prefix.contains("!{timestamp:"); }

// A prefix without a time gets the default one behind it.
std::string with_time(const std::string& prefix) {
  return has_time(prefix) ? prefix : prefix + "!{timestamp:" + std::string(kDefaultTime) + "}";
}

}  // namespace

std::expected<std::string, std::string> format_pattern(std::string_view pattern, Time at) {
  const Calendar calendar(at);
  std::string out;
  for (std::size_t i = 0; i < pattern.size();) {
    const char c = pattern[i];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (c == '\'') {
      const auto close = pattern.find('\'', i + 1);
      if (close == std::string_view::npos) return std::unexpected("a quote is not closed");
      out += close == i + 1 ? "'" : pattern.substr(i + 1, close - i - 1);
      i = close + 1;
    } else if (!letter) {
      out += c;
      ++i;
    } else if (std::string_view("yuMdDHhmsSaE").contains(c)) {
      const auto end = std::min(pattern.find_first_not_of(c, i), pattern.size());
      out += field(c, end - i, calendar);
      i = end;
    } else {
      return std::unexpected(fmt::format("Seatrial does not serve the pattern letter '{}'", c));
    }
  }
  return out;
}

std::expected<void, std::string> Prefixes::check() const {
  if (has_expression(prefix) && error_prefix.empty())
    return std::unexpected("ErrorOutputPrefix is required when Prefix contains expressions");
  if (!error_prefix.empty() && has_expression(error_prefix) &&
      !error_prefix.contains("!{firehose:error-output-type}"))
    return std::unexpected(
        "ErrorOutputPrefix must contain !{firehose:error-output-type} when it contains "
        "expressions");
  if (auto ok = evaluate_at(prefix, "", Time{}, nullptr); !ok) return std::unexpected(ok.error());
  if (auto ok = evaluate_at(error_prefix, "x", Time{}, nullptr); !ok)
    return std::unexpected(ok.error());
  return {};
}

std::string data_prefix(const Prefixes& prefixes, Time at, Rng& rng) {
  return evaluate_at(with_time(prefixes.prefix), "", at, &rng).value_or("");
}

// guess: without an error prefix the type stands behind the data's prefix, and the time behind it.
std::string failure_prefix(const Prefixes& prefixes, std::string_view type, Time at, Rng& rng) {
  std::string prefix = prefixes.error_prefix;
  if (prefix.empty()) prefix = prefixes.prefix + std::string(type) + "/";
  if (!prefixes.error_prefix.empty() && !has_expression(prefix)) prefix += std::string(type) + "/";
  return evaluate_at(with_time(prefix), type, at, &rng).value_or("");
}

std::string object_name(std::string_view stream, Time at, std::string_view extension, Rng& rng) {
  return fmt::format("{}-1-{}-{}{}", stream, format_pattern("yyyy-MM-dd-HH-mm-ss", at).value_or(""),
                     rng.uuid(), extension);
}

}  // namespace seatrial::services::firehose
