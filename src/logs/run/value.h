// What an expression gives for one event: a view, valid as long as the event and its Arena are.
//
// The choice: 40 bytes passed by value, texts as views of the log itself wherever possible; maps
// and lists stay the JSON text they are, looked into only when a path asks. Rejected: a tree per
// event, which costs more than the scan of the whole log.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial::logs::run {

// Memory of one event's values; all of it is given back at once.
class Arena {
 public:
  // Room for `size` bytes; null when the event has used up kMaxScratchBytes.
  char* take(std::size_t size);
  std::string_view keep(std::string_view text);
  void reset();
  bool exhausted() const { return exhausted_; }  // since the beginning

 private:
  struct Block {
    std::vector<char> bytes;
    std::size_t used = 0;
  };
  std::vector<Block> blocks_;
  std::size_t current_ = 0, taken_ = 0;
  bool exhausted_ = false;
};

struct Value {
  enum class Kind : std::uint8_t {
    kUnread,  // in a row: a field of the event that nobody asked for yet
    kNone,    // there is no such field
    kBool,
    kNumber,
    kLogNumber,  // a number of the log whose text is the shortest one
    kTime,       // number: milliseconds since the epoch
    kText,
    kJson,  // text: a map or list
  };
  Kind kind = Kind::kNone;
  double number = 0;
  std::string_view text;  // of a number: as the log writes it; empty when it was computed

  static Value of(double number) { return {Kind::kNumber, number, {}}; }
  static Value of(bool truth) { return {Kind::kBool, truth ? 1.0 : 0.0, {}}; }
  static Value of(std::string_view text) { return {Kind::kText, 0, text}; }
  static Value of(const char* text) { return of(std::string_view(text)); }
  static Value time(double ms) { return {Kind::kTime, ms, {}}; }
  static Value json(std::string_view text) { return {Kind::kJson, 0, text}; }

  bool present() const { return kind != Kind::kNone; }
};

// The whole text as a decimal number: 12, -0.5, 1e3. No blanks, no hexadecimal, no infinity.
std::optional<double> parse_number(std::string_view text);
// Of numbers, times, truth values, and texts that are one.
std::optional<double> number_of(const Value& value);
// As a result shows it; empty for what is not there.
std::string_view text_of(const Value& value, Arena& arena);
bool truth_of(const Value& value);

// At most four decimals, as AWS's examples show (122.0703).
std::string format_number(double number);
// "2026-11-30 19:10:00.000"
std::string format_time(double ms);

// <0, 0, >0; nothing where there is no order (one of them is absent, a number beside a word). Two
// texts that are both numbers are ordered as such.
std::optional<int> compare(const Value& a, const Value& b, Arena& arena);
// Texts are equal when their bytes are, so that an id like "00e1" is no number.
bool equal(const Value& a, const Value& b, Arena& arena);
// For sort and min/max: absent first, numbers before texts, then as compare().
int order(const Value& a, const Value& b, Arena& arena);

}  // namespace seatrial::logs::run
