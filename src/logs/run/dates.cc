// Functions of times. Source: CWL_QuerySyntax-operations-functions, "Datetime functions".
//
// guess: formats with % are those of strftime, others those of Java (yyyy-MM-dd HH:mm:ss.SSS);
// zones are UTC and offsets like +10:00, for there is no list of names here: a name fails the
// query.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

#include "base/time.h"
#include "logs/run/node.h"
#include "logs/run/time_units.h"

namespace seatrial::logs::run {
namespace {

using namespace std::chrono;

constexpr double kLatest = 2.5e14;  // year 9892

// Milliseconds: of a time, of a number, of a text that is a date.
std::optional<std::int64_t> time_of(const Value& value) {
  if (const auto number = number_of(value)) {
    if (!(std::abs(*number) < kLatest)) return std::nullopt;
    return static_cast<std::int64_t>(std::floor(*number));
  }
  if (value.kind != Value::Kind::kText) return std::nullopt;
  std::string text(value.text);
  if (text.size() > 10 && text[10] == ' ') text[10] = 'T';
  if (const auto time = parse_time(text)) return to_ms(*time);
  if (const auto time = parse_time(text + "Z")) return to_ms(*time);
  return std::nullopt;
}

Value at(std::int64_t ms) { return Value::time(static_cast<double>(ms)); }

Value date_floor(const Call& call) {
  const auto time = time_of(call.value(0));
  return time ? at(floor_time(*time, call.period(1))) : Value{};
}
Value date_ceil(const Call& call) {
  const auto time = time_of(call.value(0));
  return time ? at(ceil_time(*time, call.period(1))) : Value{};
}
Value from_millis(const Call& call) {
  const auto number = call.number(0);
  return number && std::abs(*number) < kLatest ? Value::time(std::floor(*number)) : Value{};
}
Value to_millis(const Call& call) {
  const auto time = time_of(call.value(0));
  return time ? Value::of(static_cast<double>(*time)) : Value{};
}
// In seconds, as the guide says.
Value now(const Call& call) {
  return Value::of(std::floor(static_cast<double>(call.context().now_ms) / 1000));
}

// Minutes east of UTC. A zone that is none of those known fails the query.
std::optional<int> zone_of(const Call& call, std::size_t i) {
  if (call.size() <= i) return 0;
  const auto text = call.text(i);
  if (text.empty() || text == "UTC" || text == "GMT" || text == "Z") return 0;
  int hours = 0, minutes = 0;
  const auto digits = [&](std::size_t from, int& out) {
    return text.size() >= from + 2 &&
           std::from_chars(text.data() + from, text.data() + from + 2, out).ptr ==
               text.data() + from + 2;
  };
  const std::size_t colon = text.size() == 6 && text[3] == ':' ? 1 : 0;
  if ((text[0] == '+' || text[0] == '-') && text.size() == 5 + colon && digits(1, hours) &&
      digits(3 + colon, minutes) && hours < 24 && minutes < 60)
    return (text[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
  call.context().fail(fmt::format(
      "{} takes UTC or an offset like +10:00 as its time zone here, not '{}'.", call.name(), text));
  return std::nullopt;
}

// One part of a format, with the digits it has when it is written.
struct DatePart {
  enum class Kind { kLiteral, kYear, kMonth, kDay, kHour, kMinute, kSecond, kMillis, kZone, kName };
  Kind kind = Kind::kLiteral;
  int digits = 0;
  std::string text;  // of a literal
};

std::optional<DatePart> strftime_part(char c) {
  switch (c) {
    case 'Y':
      return DatePart{DatePart::Kind::kYear, 4, ""};
    case 'm':
      return DatePart{DatePart::Kind::kMonth, 2, ""};
    case 'd':
      return DatePart{DatePart::Kind::kDay, 2, ""};
    case 'H':
      return DatePart{DatePart::Kind::kHour, 2, ""};
    case 'M':
      return DatePart{DatePart::Kind::kMinute, 2, ""};
    case 'S':
      return DatePart{DatePart::Kind::kSecond, 2, ""};
    case 'f':
    case 'L':
      return DatePart{DatePart::Kind::kMillis, 3, ""};
    case 'z':
    case 'Z':
      return DatePart{DatePart::Kind::kZone, 0, ""};
    case 'b':
      return DatePart{DatePart::Kind::kName, 3, ""};
    case '%':
      return DatePart{DatePart::Kind::kLiteral, 0, "%"};
    default:
      return std::nullopt;
  }
}

std::optional<DatePart> java_part(char c, int count) {
  switch (c) {
    case 'y':
    case 'u':
      return DatePart{DatePart::Kind::kYear, std::max(count, 4), ""};
    case 'M':
      return count == 3 ? DatePart{DatePart::Kind::kName, 3, ""}
                        : DatePart{DatePart::Kind::kMonth, count, ""};
    case 'd':
      return DatePart{DatePart::Kind::kDay, count, ""};
    case 'H':
      return DatePart{DatePart::Kind::kHour, count, ""};
    case 'm':
      return DatePart{DatePart::Kind::kMinute, count, ""};
    case 's':
      return DatePart{DatePart::Kind::kSecond, count, ""};
    case 'S':
      return DatePart{DatePart::Kind::kMillis, count, ""};
    case 'X':
    case 'Z':
    case 'z':
      return DatePart{DatePart::Kind::kZone, 0, ""};
    default:
      return std::nullopt;
  }
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

void literal(std::vector<DatePart>& out, char c) {
  if (out.empty() || out.back().kind != DatePart::Kind::kLiteral) out.push_back({});
  out.back().text += c;
}

// Nothing when a letter of it is unknown.
std::optional<std::vector<DatePart>> parts_of(std::string_view format) {
  std::vector<DatePart> out;
  const bool percent = format.find('%') != std::string_view::npos;
  bool quoted = false;
  for (std::size_t i = 0; i < format.size(); ++i) {
    const char c = format[i];
    std::optional<DatePart> part;
    if (percent && c == '%' && i + 1 < format.size()) {
      part = strftime_part(format[++i]);
    } else if (!percent && c == '\'') {
      quoted = !quoted;
      continue;
    } else if (!percent && !quoted && is_letter(c)) {
      const auto end = std::min(format.find_first_not_of(c, i), format.size());
      part = java_part(c, static_cast<int>(end - i));
      i = end - 1;
    } else {
      literal(out, c);
      continue;
    }
    if (!part) return std::nullopt;
    out.push_back(*part);
  }
  return out;
}

std::optional<std::vector<DatePart>> format_of(const Call& call, std::size_t i) {
  auto parts = parts_of(call.text(i));
  if (!parts)
    call.context().fail(
        fmt::format("{} does not know the format '{}'.", call.name(), call.text(i)));
  return parts;
}

constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";

std::string zone_text(int minutes) {
  if (minutes == 0) return "Z";
  const int size = std::abs(minutes);
  return fmt::format("{}{:02}:{:02}", minutes < 0 ? '-' : '+', size / 60, size % 60);
}

Value format_date(const Call& call) {
  const auto time = time_of(call.value(0));
  const auto parts = format_of(call, 1);
  const auto zone = zone_of(call, 2);
  if (!time || !parts || !zone) return {};
  const sys_time<milliseconds> local{milliseconds{*time} + minutes{*zone}};
  const auto midnight = floor<days>(local);
  const year_month_day date{midnight};
  const hh_mm_ss clock{local - midnight};
  const long values[] = {0,
                         static_cast<int>(date.year()),
                         static_cast<long>(static_cast<unsigned>(date.month())),
                         static_cast<long>(static_cast<unsigned>(date.day())),
                         clock.hours().count(),
                         clock.minutes().count(),
                         static_cast<long>(clock.seconds().count()),
                         static_cast<long>(clock.subseconds().count())};
  std::string out;
  for (const auto& part : *parts) {
    if (part.kind == DatePart::Kind::kLiteral)
      out += part.text;
    else if (part.kind == DatePart::Kind::kZone)
      out += zone_text(*zone);
    else if (part.kind == DatePart::Kind::kName)
      out += kMonths.substr(static_cast<std::size_t>(values[2] - 1) * 3, 3);
    else
      out += fmt::format("{:0{}}", values[static_cast<int>(part.kind)], std::min(part.digits, 9));
  }
  return call.made(out);
}

// Reads one part off `text`; its values go to `values`, by kind.
bool read_part(const DatePart& part, std::string_view& text, int (&values)[8], int& zone) {
  if (part.kind == DatePart::Kind::kLiteral) {
    if (!text.starts_with(part.text)) return false;
    text.remove_prefix(part.text.size());
    return true;
  }
  if (part.kind == DatePart::Kind::kName) {
    const auto found = text.size() < 3 ? std::string_view::npos : kMonths.find(text.substr(0, 3));
    if (found == std::string_view::npos || found % 3 != 0) return false;
    values[2] = static_cast<int>(found / 3) + 1;
    text.remove_prefix(3);
    return true;
  }
  if (part.kind == DatePart::Kind::kZone) {
    if (text.starts_with('Z')) return text.remove_prefix(1), true;
    const auto sign = text.empty() ? 0 : text[0] == '+' ? 1 : text[0] == '-' ? -1 : 0;
    int hours = 0, mins = 0;
    const std::size_t colon = text.size() > 3 && text[3] == ':' ? 1 : 0;
    if (sign == 0 || text.size() < 5 + colon) return false;
    std::from_chars(text.data() + 1, text.data() + 3, hours);
    std::from_chars(text.data() + 3 + colon, text.data() + 5 + colon, mins);
    zone = sign * (hours * 60 + mins);
    return text.remove_prefix(5 + colon), true;
  }
  const std::size_t most = part.kind == DatePart::Kind::kYear ? 4 : std::max(part.digits, 2);
  const char* end = text.data() + std::min(text.size(), most);
  const auto [at, error] = std::from_chars(text.data(), end, values[static_cast<int>(part.kind)]);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(at - text.data()));
  return true;
}

Value parse_date(const Call& call) {
  const auto value = call.value(0);
  const auto parts = format_of(call, 1);
  auto zone = zone_of(call, 2);
  if (!value.present() || !parts || !zone) return {};
  auto text = text_of(value, call.row().arena());
  int values[8] = {0, 1970, 1, 1, 0, 0, 0, 0};
  for (const auto& part : *parts)
    if (!read_part(part, text, values, *zone)) return {};
  const year_month_day date{year{values[1]}, month{static_cast<unsigned>(values[2])},
                            day{static_cast<unsigned>(values[3])}};
  if (!text.empty() || !date.ok() || values[4] > 23 || values[5] > 59 || values[6] > 60) return {};
  const auto time = sys_days{date} + hours{values[4]} + minutes{values[5] - *zone} +
                    seconds{values[6]} + milliseconds{values[7]};
  return at(duration_cast<milliseconds>(time.time_since_epoch()).count());
}

constexpr Builtin kDatesTable[] = {
    {"datefloor", date_floor},
    {"dateceil", date_ceil},
    {"fromMillis", from_millis},
    {"toMillis", to_millis},
    {"now", now},
    {"parseDate", parse_date},
    {"formatDate", format_date},
    {"strftime", format_date},
};

}  // namespace

const std::span<const Builtin> kDatetimeBuiltins = kDatesTable;

}  // namespace seatrial::logs::run
