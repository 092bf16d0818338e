#include "logs/run/value.h"

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>

#include "logs/run/limits.h"

namespace seatrial::logs::run {
namespace {

constexpr std::size_t kBlock = 64 << 10;
constexpr double kWhole = 9.0e15;  // below it every whole number is exact and printed as one

int sign(double a, double b) { return a < b ? -1 : a > b ? 1 : 0; }
int sign(int order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Up to 15 digits without sign, point or exponent: most numbers in logs.
std::optional<double> small_whole(std::string_view text) {
  if (text.empty() || text.size() > 15) return std::nullopt;
  std::int64_t out = 0;
  for (const char c : text) {
    if (!is_digit(c)) return std::nullopt;
    out = out * 10 + (c - '0');
  }
  return static_cast<double>(out);
}

bool is_word(const Value& v, std::string_view word) {
  return v.kind == Value::Kind::kText && v.text == word;
}

// A truth value beside the word for it.
std::optional<bool> equal_words(const Value& truth, const Value& other) {
  if (truth.kind != Value::Kind::kBool || other.kind != Value::Kind::kText) return std::nullopt;
  if (is_word(other, "true")) return truth.number != 0;
  if (is_word(other, "false")) return truth.number == 0;
  return std::nullopt;
}

std::string shortest(double number) {
  char digits[32];
  const auto made = std::to_chars(digits, digits + sizeof digits, number);
  return {digits, made.ptr};
}

bool textual(const Value& v) {
  return v.kind == Value::Kind::kText || v.kind == Value::Kind::kJson;
}

}  // namespace

char* Arena::take(std::size_t size) {
  if (taken_ + size > kMaxScratchBytes) {
    exhausted_ = true;
    return nullptr;
  }
  taken_ += size;
  while (current_ < blocks_.size()) {
    auto& block = blocks_[current_];
    if (block.bytes.size() - block.used >= size) {
      char* out = block.bytes.data() + block.used;
      block.used += size;
      return out;
    }
    ++current_;
  }
  blocks_.push_back({std::vector<char>(std::max(size, kBlock)), size});
  current_ = blocks_.size() - 1;
  return blocks_.back().bytes.data();
}

std::string_view Arena::keep(std::string_view text) {
  if (text.empty()) return {};
  char* out = take(text.size());
  if (out == nullptr) return {};
  std::memcpy(out, text.data(), text.size());
  return {out, text.size()};
}

void Arena::reset() {
  if (taken_ == 0) return;
  if (blocks_.size() > 1 && blocks_.back().bytes.size() > kBlock) blocks_.resize(1);
  for (auto& block : blocks_) block.used = 0;
  current_ = taken_ = 0;
}

std::optional<double> parse_number(std::string_view text) {
  if (const auto whole = small_whole(text)) return whole;
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.empty() || (!is_digit(text[0]) && text[0] != '-' && text[0] != '.')) return std::nullopt;
  const char last = text.back();
  if (!is_digit(last) && last != '.') return std::nullopt;  // also inf and nan
  double out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

std::optional<double> number_of(const Value& value) {
  switch (value.kind) {
    case Value::Kind::kBool:
    case Value::Kind::kNumber:
    case Value::Kind::kLogNumber:
    case Value::Kind::kTime:
      return value.number;
    case Value::Kind::kText:
      return parse_number(value.text);
    default:
      return std::nullopt;
  }
}

std::string format_number(double number) {
  if (!std::isfinite(number)) return "";
  if (number == std::trunc(number) && std::abs(number) < kWhole)
    return std::to_string(static_cast<std::int64_t>(number));
  if (std::abs(number) >= kWhole) return fmt::format("{}", number);
  std::string out = fmt::format("{:.4f}", number);
  while (out.ends_with('0')) out.pop_back();
  if (out.ends_with('.')) out.pop_back();
  return out == "-0" ? "0" : out;
}

std::string format_time(double ms) {
  if (!std::isfinite(ms) || std::abs(ms) > 2.5e14) return "";  // within the years of four digits
  using namespace std::chrono;
  const sys_time<milliseconds> at{milliseconds{static_cast<std::int64_t>(std::floor(ms))}};
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss time{at - day};
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

std::string_view text_of(const Value& value, Arena& arena) {
  switch (value.kind) {
    case Value::Kind::kBool:
      return value.number != 0 ? "1" : "0";
    case Value::Kind::kNumber:
      return value.text.empty() ? arena.keep(format_number(value.number)) : value.text;
    case Value::Kind::kLogNumber:
      return arena.keep(shortest(value.number));
    case Value::Kind::kTime:
      return arena.keep(format_time(value.number));
    case Value::Kind::kText:
    case Value::Kind::kJson:
      return value.text;
    default:
      return {};
  }
}

// guess: a text is true when it is the word or a number that is not 0.
bool truth_of(const Value& value) {
  if (value.kind == Value::Kind::kJson) return true;
  if (is_word(value, "true")) return true;
  return number_of(value).value_or(0) != 0;
}

std::optional<int> compare(const Value& a, const Value& b, Arena&) {
  if (!a.present() || !b.present()) return std::nullopt;
  const auto left = number_of(a), right = number_of(b);
  if (left && right) return sign(*left, *right);
  if (textual(a) && textual(b)) return sign(a.text.compare(b.text));
  return std::nullopt;
}

bool equal(const Value& a, const Value& b, Arena&) {
  if (!a.present() || !b.present()) return false;
  if (textual(a) && textual(b)) return a.text == b.text;
  if (const auto same = equal_words(a, b)) return *same;
  if (const auto same = equal_words(b, a)) return *same;
  const auto left = number_of(a), right = number_of(b);
  return left && right && *left == *right;
}

int order(const Value& a, const Value& b, Arena&) {
  if (!a.present() || !b.present()) return static_cast<int>(a.present()) - b.present();
  const auto left = number_of(a), right = number_of(b);
  if (left && right) return sign(*left, *right);
  if (left || right) return left ? -1 : 1;
  return sign(a.text.compare(b.text));
}

}  // namespace seatrial::logs::run
