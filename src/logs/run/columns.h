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
        return from.codes[event] == 0 ? Value{} : from.tokens[from.codes[event] - 1u];
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
  const std::vector<Value>& tokens(std::size_t slot) const { return slots_[slot].tokens; }

 private:
  enum class Kind { kTime, kToken, kNumber, kSame };
  struct Slot {
    Kind kind = Kind::kSame;
    Value same;
    std::vector<Value> tokens;
    std::span<const std::uint16_t> codes;
    std::span<const double> numbers;
  };
  static Value number(double value);
  bool load_column(Block& block, const std::string& name, Slot& slot);

  const EventFields& fields_;
  const Origin& origin_;
  Arena arena_;  // of the block
  std::span<const std::int64_t> times_;
  std::vector<Slot> slots_;
};

}  // namespace seatrial::logs::run
