// See times.h. Everything read here is short; numbers are bounded by their digits.
#include "runbook/check/reading/times.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "runbook/check/reading/story.h"
#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

constexpr int kMaxDepth = 6;            // of parentheses, and of variables behind variables
constexpr std::size_t kMaxDigits = 14;  // of a number
constexpr std::int64_t kYearSeconds = 365 * kDaySeconds;

std::optional<std::int64_t> number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool all = error == std::errc() && end == text.data() + text.size();
  return all && text.size() <= kMaxDigits ? std::optional(value) : std::nullopt;
}

std::int64_t days_from_civil(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const auto era = (year >= 0 ? year : year - 399) / 400;
  const auto of_era = year - era * 400;
  const auto of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

// "10:00", "10:00:30.5", with "Z" or "+02:00" behind: seconds of the day, zone.
struct Clock {
  std::int64_t seconds = 0;
  bool zone = false;
};
std::optional<Clock> clock_of(std::string_view text) {
  Clock clock;
  if (text.ends_with('Z')) text.remove_suffix(1), clock.zone = true;
  const auto sign = text.find_first_of("+-");
  if (sign != std::string_view::npos) {
    const auto hours = number(text.substr(sign + 1, 2));
    if (!hours) return std::nullopt;
    clock.seconds -= (text[sign] == '-' ? -1 : 1) * *hours * kHourSeconds;
    text = text.substr(0, sign), clock.zone = true;
  }
  text = text.substr(0, text.find('.'));
  std::int64_t unit = kHourSeconds;
  for (; unit > 0; unit /= 60) {
    const auto part = number(text.substr(0, 2));
    if (!part) return std::nullopt;
    clock.seconds += *part * unit;
    if (text.size() == 2) return clock;
    if (text[2] != ':') return std::nullopt;
    text.remove_prefix(3);
  }
  return std::nullopt;
}

// "2024-01-20", "2024-01-20T10:00:00Z".
std::optional<Moment> literal_date(std::string_view text) {
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = number(text.substr(0, 4)), month = number(text.substr(5, 2)),
             day = number(text.substr(8, 2));
  if (!year || !month || !day || *month < 1 || *month > 12) return std::nullopt;
  Moment moment;
  moment.seconds = days_from_civil(*year, *month, *day) * kDaySeconds;
  if (text.size() == 10) return moment;
  if (text[10] != 'T' && text[10] != ' ') return std::nullopt;
  const auto clock = clock_of(text.substr(11));
  if (!clock) return std::nullopt;
  moment.seconds += clock->seconds, moment.zone = moment.utc = clock->zone;
  return moment;
}

std::optional<Moment> literal(std::string_view text) {
  if (const auto value = number(text)) {
    const bool millis = text.size() > 11;
    if (text.size() < 9) return std::nullopt;
    return Moment{.form = millis ? Moment::Form::kMillis : Moment::Form::kSeconds,
                  .seconds = millis ? *value / 1000 : *value};
  }
  return literal_date(text);
}

struct Unit {
  std::string_view name;
  std::int64_t seconds;
  bool exact;
};
constexpr std::array kUnits = {Unit{"second", 1, true},
                               Unit{"sec", 1, true},
                               Unit{"minute", 60, true},
                               Unit{"min", 60, true},
                               Unit{"hour", kHourSeconds, true},
                               Unit{"day", kDaySeconds, true},
                               Unit{"week", 7 * kDaySeconds, true},
                               Unit{"month", kMonthSeconds, false},
                               Unit{"year", kYearSeconds, false}};

const Unit* find_unit(std::string_view name) {
  if (name.ends_with('s')) name.remove_suffix(1);
  const auto* unit = std::ranges::find(kUnits, name, &Unit::name);
  return unit == kUnits.end() ? nullptr : unit;
}

// GNU date's -d: "1 hour ago", "-2 days", "yesterday", "2024-01-20", "@1700000000".
std::optional<Moment> gnu_date(std::string_view text) {
  if (text.starts_with('@')) text.remove_prefix(1);
  if (const auto date = literal(text)) return Moment{.seconds = date->seconds, .utc = date->utc};
  Moment moment{.relative = true};
  const auto lowered = lower(text);
  const auto words = split_blanks(lowered);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "now" || words[i] == "today" || words[i] == "utc") continue;
    if (words[i] == "yesterday" || words[i] == "tomorrow") {
      moment.seconds += words[i] == "yesterday" ? -kDaySeconds : kDaySeconds;
      continue;
    }
    auto count = number(words[i]);
    if (words[i] == "last" || words[i] == "next") count = words[i] == "last" ? -1 : 1;
    std::string_view name = count && i + 1 < words.size() ? words[++i] : words[i];
    // "-1hour" is one word.
    const auto letters = name.find_first_of("abcdefghijklmnopqrstuvwxyz");
    if (!count && letters != std::string_view::npos && letters > 0)
      count = number(name.substr(0, letters)), name = name.substr(letters);
    const auto* unit = find_unit(name);
    if (unit == nullptr || !count) return std::nullopt;
    const bool ago = i + 1 < words.size() && words[i + 1] == "ago";
    if (ago) ++i;
    moment.seconds += (ago ? -1 : 1) * *count * unit->seconds;
    moment.exact = moment.exact && unit->exact;
  }
  return moment;
}

// BSD date's -v: "-1H", "+2d".
std::optional<Moment> bsd_date(std::string_view text) {
  if (text.size() < 3 || (text[0] != '-' && text[0] != '+')) return std::nullopt;
  const auto count = number(text.substr(0, text.size() - 1));
  constexpr std::string_view kLetters = "SMHdwmy";
  constexpr std::array<std::int64_t, 7> kSeconds = {
      1, 60, kHourSeconds, kDaySeconds, 7 * kDaySeconds, kMonthSeconds, kYearSeconds};
  const auto at = kLetters.find(text.back());
  if (!count || at == std::string_view::npos) return std::nullopt;
  return Moment{.relative = true, .seconds = *count * kSeconds[at], .exact = at < 5};
}

// What a +FORMAT leaves of a time.
bool apply_format(std::string_view format, Moment& moment) {
  if (format == "%s") return moment.form = Moment::Form::kSeconds, true;
  if (format == "%s000" || format == "%s%3N") return moment.form = Moment::Form::kMillis, true;
  const bool date = format.starts_with("%Y-%m-") || format.starts_with("%F");
  if (!date) return false;
  moment.zone = format.ends_with('Z') || format.contains("%z") || format.contains("%:z");
  auto rest = format.substr(format.starts_with("%F") ? 2 : 6);
  if (format.starts_with("%Y-%m-")) {
    if (rest.starts_with("01")) moment.step = kMonthSeconds;
    if (!rest.starts_with("01") && !rest.starts_with("%d")) return false;
    rest.remove_prefix(2);
  }
  if (moment.step == 1 && !rest.contains('%')) moment.step = kDaySeconds;
  if (rest.empty()) return true;
  if (!rest.starts_with('T') && !rest.starts_with(' ')) return false;
  if (rest.contains("%S") || rest.contains("%T")) return true;
  if (rest.contains("%M") || rest.contains("%R")) return moment.step = 60, true;
  if (rest.contains("%H")) return moment.step = kHourSeconds, true;
  const auto clock = clock_of(rest.substr(1));
  if (clock) moment.within = clock->seconds;
  return clock.has_value();
}

bool apply_iso(std::string_view precision, Moment& moment) {
  moment.step = precision.empty() || precision == "date" ? kDaySeconds
                : precision.starts_with("hour")          ? kHourSeconds
                : precision.starts_with("minute")        ? 60
                                                         : 1;
  moment.zone = moment.step < kDaySeconds;
  return true;
}

// The value of an option that is written "-d X", "-dX" or "--date=X".
std::optional<std::string_view> date_argument(const std::vector<ShellWord>& words, std::size_t& i,
                                              std::string_view letter, std::string_view name) {
  const std::string_view text = words[i].text;
  if (!name.empty() && text.starts_with(name) && text.substr(name.size()).starts_with('='))
    return text.substr(name.size() + 1);
  if (text == letter || text == name)
    return i + 1 < words.size() ? std::optional<std::string_view>(words[++i].text) : std::nullopt;
  if (text.starts_with(letter) && !text.starts_with("--")) return text.substr(letter.size());
  return std::nullopt;
}

// What a `date` command prints.
std::optional<Moment> printed_by(const Command& command) {
  Moment moment{.relative = true};
  bool utc =
      command.shell.begin >= 4 &&
      std::string_view(command.fence->script).substr(0, command.shell.begin).ends_with("UTC ");
  bool formatted = false;
  const auto& words = command.shell.words;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (!words[i].known) return std::nullopt;
    std::string_view text = words[i].text;
    // "-ud X" is "-u -d X".
    const bool joined = text.starts_with("-u") && text.size() > 2 && text[2] != '-';
    if (text == "-u" || text == "--utc" || text == "--universal" || joined) utc = true;
    if (text == "-u" || text == "--utc" || text == "--universal") continue;
    if (joined) return std::nullopt;
    std::optional<Moment> base;
    if (const auto gnu = date_argument(words, i, "-d", "--date")) {
      base = gnu_date(*gnu);
    } else if (const auto bsd = date_argument(words, i, "-v", "")) {
      base = bsd_date(*bsd);
      if (base && moment.relative) base->seconds += moment.seconds;
    } else if (text.starts_with('+')) {
      if (!apply_format(text.substr(1), moment)) return std::nullopt;
      formatted = true;
      continue;
    } else if (text.starts_with("--iso-8601")) {
      formatted = apply_iso(text.substr(std::min<std::size_t>(text.size(), 11)), moment);
      continue;
    } else if (text.starts_with("-I")) {
      formatted = apply_iso(text.substr(2), moment);
      continue;
    }
    if (!base) return std::nullopt;
    moment.relative = base->relative, moment.seconds = base->seconds, moment.exact = base->exact;
  }
  moment.utc = utc;
  return formatted ? std::optional(moment) : std::nullopt;
}

// The one command that a byte range of the script consists of, or null.
const Command* only_command(const Fence& fence, std::size_t begin, std::size_t end) {
  const Command* found = nullptr;
  for (const auto& command : fence.commands) {
    if (command.shell.begin < begin || command.shell.end > end) continue;
    if (found != nullptr) return nullptr;
    found = &command;
  }
  return found != nullptr && (found->name == "date" || found->name == "gdate") ? found : nullptr;
}

// A sum in $(( )) as `now * factor + constant`: `$(date +%s) - 3600`.
class Sum {
 public:
  struct Linear {
    std::int64_t factor = 0;
    std::int64_t constant = 0;
  };

  Sum(const Fence& fence, std::size_t begin, std::size_t end)
      : fence_(fence), at_(begin), end_(end) {}

  std::optional<Linear> read() {
    auto value = sum(0);
    skip();
    return at_ == end_ ? value : std::nullopt;
  }

 private:
  void skip() {
    while (at_ < end_ && std::string_view(" \t\n").contains(fence_.script[at_])) ++at_;
  }
  bool take(char c) {
    skip();
    if (at_ >= end_ || fence_.script[at_] != c) return false;
    return ++at_, true;
  }

  std::optional<Linear> sum(int depth) {
    auto left = product(depth);
    while (left) {
      const bool plus = take('+');
      if (!plus && !take('-')) return left;
      const auto right = product(depth);
      if (!right) return std::nullopt;
      left->factor += plus ? right->factor : -right->factor;
      left->constant += plus ? right->constant : -right->constant;
    }
    return left;
  }

  std::optional<Linear> product(int depth) {
    auto left = factor(depth);
    while (left && take('*')) {
      const auto right = factor(depth);
      if (!right || (left->factor != 0 && right->factor != 0)) return std::nullopt;
      if (!small(*left) || !small(*right)) return std::nullopt;
      *left = {left->factor * right->constant + left->constant * right->factor,
               left->constant * right->constant};
    }
    return left;
  }

  // Products of such numbers do not overflow.
  static bool small(const Linear& value) {
    constexpr std::int64_t kSmall = 1'000'000'000;
    return std::abs(value.factor) < kSmall && std::abs(value.constant) < kSmall;
  }

  std::optional<Linear> factor(int depth) {
    if (depth > kMaxDepth) return std::nullopt;
    skip();
    if (take('(')) {
      auto inner = sum(depth + 1);
      return take(')') ? inner : std::nullopt;
    }
    if (at_ < end_ && fence_.script[at_] == '$') return date();
    const auto begin = at_;
    while (at_ < end_ && std::isdigit(static_cast<unsigned char>(fence_.script[at_]))) ++at_;
    const auto value = number(std::string_view(fence_.script).substr(begin, at_ - begin));
    return value ? std::optional(Linear{0, *value}) : std::nullopt;
  }

  // `$(date ...)` up to the bracket that closes it.
  std::optional<Linear> date() {
    const auto close = fence_.script.find(')', at_);
    if (close == std::string::npos || close >= end_) return std::nullopt;
    const auto* command = only_command(fence_, at_, close + 1);
    const auto printed = command == nullptr ? std::nullopt : printed_by(*command);
    at_ = close + 1;
    if (!printed || printed->form != Moment::Form::kSeconds || !printed->relative)
      return std::nullopt;
    return Linear{1, printed->seconds};
  }

  const Fence& fence_;
  std::size_t at_;
  std::size_t end_;
};

std::optional<Moment> moment_in(const Analysis& analysis, const Fence& fence, const ShellWord& word,
                                std::size_t begin, std::size_t end, int depth);

std::optional<Moment> expanded(const Analysis& analysis, const Fence& fence,
                               const ShellExpansion& expansion, int depth) {
  using Kind = ShellExpansion::Kind;
  if (expansion.kind == Kind::kVariable) {
    const auto [home, assignment] =
        assigned_before(analysis, fence, expansion.begin, expansion.name);
    if (assignment == nullptr || !assignment->has_value || depth >= kMaxDepth) return std::nullopt;
    const auto& value = assignment->value;
    return moment_in(analysis, *home, value, 0, value.text.size(), depth + 1);
  }
  if (expansion.kind == Kind::kArithmetic && expansion.end - expansion.begin > 5) {
    const auto value = Sum(fence, expansion.begin + 3, expansion.end - 2).read();
    if (!value || (value->factor != 1 && value->factor != 1000)) return std::nullopt;
    const bool millis = value->factor == 1000;
    return Moment{.form = millis ? Moment::Form::kMillis : Moment::Form::kSeconds,
                  .relative = true,
                  .seconds = value->constant / value->factor};
  }
  const auto* command = only_command(fence, expansion.begin, expansion.end);
  return command == nullptr ? std::nullopt : printed_by(*command);
}

// What is written behind an expansion: "000", "Z", "T23:59:59Z".
bool apply_suffix(std::string_view suffix, Moment& moment) {
  if (suffix.empty()) return true;
  if (suffix == "000" && moment.form == Moment::Form::kSeconds)
    return moment.form = Moment::Form::kMillis, true;
  if (moment.form != Moment::Form::kText) return false;
  if (suffix == "Z") return moment.zone = true;
  if (!suffix.starts_with('T') || moment.step < kDaySeconds) return false;
  const auto clock = clock_of(suffix.substr(1));
  if (clock) moment.within = clock->seconds, moment.zone = clock->zone;
  return clock.has_value();
}

std::optional<Moment> moment_in(const Analysis& analysis, const Fence& fence, const ShellWord& word,
                                std::size_t begin, std::size_t end, int depth) {
  end = std::min(end, word.text.size());
  const auto text = std::string_view(word.text).substr(begin, end - begin);
  const auto mark = text.find(ShellWord::kUnknown);
  if (mark == std::string_view::npos) return literal(text);
  const auto expansion = std::ranges::find(word.expansions, begin + mark, &ShellExpansion::at);
  if (mark != 0 || expansion == word.expansions.end()) return std::nullopt;
  auto moment = expanded(analysis, fence, *expansion, depth);
  if (!moment || !apply_suffix(text.substr(1), *moment)) return std::nullopt;
  return moment;
}

// Of two distances from now.
double fraction_behind(const Moment& start, const Moment& end, bool or_equal) {
  const auto apart = static_cast<double>(end.seconds - start.seconds);
  if (apart < 0) return 1;
  if (start.step == 1 && end.step == 1) return or_equal && apart == 0 ? 1 : 0;
  // Both cut alike: equal unless a boundary lies between them, never truly behind.
  if (start.step == end.step)
    return or_equal ? std::max(0.0, 1 - apart / static_cast<double>(end.step)) : 0;
  // The first of a month and the day of today are equal on the first day.
  if (end.step < start.step)
    return or_equal && apart < kDaySeconds && start.step == kMonthSeconds && end.step == kDaySeconds
               ? 1.0 / 30
               : 0;
  return std::max(0.0, 1 - apart / static_cast<double>(end.step));
}

}  // namespace

std::optional<Moment> moment_of(const Analysis& analysis, const Command& command, std::size_t word,
                                std::size_t begin, std::size_t end) {
  if (word >= command.shell.words.size()) return std::nullopt;
  return moment_in(analysis, *command.fence, command.shell.words[word], begin, end, 0);
}

std::optional<double> wrong_order(const Moment& start, const Moment& end, bool or_equal) {
  if (start.relative != end.relative) return std::nullopt;
  if (start.relative) {
    if (start.within == 0 && end.within == 0) return fraction_behind(start, end, or_equal);
    const bool ordered = end.seconds >= start.seconds && end.within > start.within;
    return ordered ? std::optional(0.0) : std::nullopt;
  }
  if (start.seconds != end.seconds) return start.seconds > end.seconds ? 1 : 0;
  return or_equal ? 1 : 0;
}

}  // namespace seatrial::runbook::check
