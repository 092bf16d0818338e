// Fields of events out of a block that is kept by columns: no message is read, no JSON looked at.
//
// Only for queries that ask for nothing but members of JSON, @timestamp and @log, and whose rows
// are no events; program.cc decides. A block without one of the columns is read by rows, with the
// same result.
#pragma once
#include <optional>
#include <vector>

#include "logs/run/fields.h"
#include "logs/scan.h"

namespace seatrial::logs::run {

class ColumnFields {
 public:
  ColumnFields(const EventFields& fields, const Origin& origin);
  // Whether the fields can come of columns at all.
  static bool serve(const EventFields& fields);

  // False when a column is not kept. What it gave last is valid until the next call.
  bool load(Block& block);
  Value value(std::size_t slot, std::size_t event) const {
    const auto& from = slots_[slot];
    switch (from.kind) {
      case Kind::kTime:
        return Value::time(static_cast<double>(times_[event]));
      case Kind::kToken:
        return token(slot, from.codes[event]);
      case Kind::kNumber:
        return number(from.numbers[event]);
      case Kind::kSame:
        return from.same;
    }
    return {};
  }

  // A column of numbers, NaN where an event has none; empty when the slot's is none.
  std::span<const double> numbers(std::size_t slot) const {
    return slots_[slot].kind == Kind::kNumber ? slots_[slot].numbers : std::span<const double>{};
  }
  // A column of few values: the code of each event, 0 where it has none; empty when it is none.
  std::span<const std::uint16_t> codes(std::size_t slot) const {
    return slots_[slot].kind == Kind::kToken ? slots_[slot].codes
                                             : std::span<const std::uint16_t>{};
  }
  // Of such a column: how many different texts, each one's JSON, and its value. Codes begin at 1.
  std::size_t token_count(std::size_t slot) const { return slots_[slot].raw.size(); }
  std::string_view raw_token(std::size_t slot, std::size_t code) const {
    return slots_[slot].raw[code - 1];
  }
  Value token(std::size_t slot, std::size_t code) const {
    if (code == 0) return {};
    auto& value = slots_[slot].tokens[code - 1];
    if (value.kind == Value::Kind::kUnread) value = json_value(slots_[slot].raw[code - 1], arena_);
    return value;
  }

 private:
  enum class Kind { kTime, kToken, kNumber, kSame };
  struct Slot {
    Kind kind = Kind::kSame;
    Value same;
    std::span<const std::string_view> raw;
    std::vector<Value> tokens;  // what they say, read when first asked for
    std::span<const std::uint16_t> codes;
    std::span<const double> numbers;
  };
  static Value number(double value);
  bool load_column(Block& block, const std::string& name, Slot& slot);

  const EventFields& fields_;
  const Origin& origin_;
  mutable Arena arena_;  // of the block
  std::span<const std::int64_t> times_;
  mutable std::vector<Slot> slots_;
};

}  // namespace seatrial::logs::run
