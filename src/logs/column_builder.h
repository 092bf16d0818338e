// Gathers the members of a block's messages, one message after the other (logs/columns.h).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "logs/columns.h"

namespace seatrial::logs {

// A number as its text says it: mantissa / 10^digits.
struct Decimal {
  std::int64_t mantissa = 0;
  std::uint8_t digits = 0;
};

// Only texts that are the shortest of their double in plain notation: no exponent, no zero at the
// end of a fraction, no "-0", at most 15 digits, so that the text is known from the number.
std::optional<Decimal> canonical_decimal(std::string_view token);

// The different texts of a member, numbered from 1 in the order of their first coming.
class Dictionary {
 public:
  // 0 when it is full.
  std::uint16_t code_of(std::string_view token);
  const std::vector<std::string_view>& tokens() const { return tokens_; }

 private:
  static constexpr std::size_t kSlots = 2 * kMaxTokens;
  std::vector<std::string_view> tokens_;
  std::vector<std::uint16_t> slots_;
  std::size_t bytes_ = 0;
};

class ColumnBuilder {
 public:
  struct Encoded {
    std::string name;
    Column::Kind kind = Column::Kind::kAbsent;
    std::string raw;
  };

  explicit ColumnBuilder(std::size_t rows) : rows_(rows) {}
  // The views of `message` must outlive the builder. False when the block cannot have columns.
  bool add(std::size_t row, std::string_view message);
  bool nested() const { return nested_; }
  std::vector<Encoded> finish();

 private:
  struct Member {
    std::string_view name;
    std::size_t last_row = SIZE_MAX;
    bool tokens_kept = true, numbers_kept = true;
    Dictionary dictionary;
    std::vector<std::uint16_t> codes;
    std::vector<Decimal> numbers;
    std::vector<bool> there;

    void add(std::size_t row, std::string_view token);
    void add_token(std::size_t row, std::string_view token);
    void add_number(std::size_t row, std::string_view token);
    Encoded finish(std::size_t rows);
  };

  Member* find(std::string_view name);

  std::size_t rows_;
  bool nested_ = false;
  std::vector<Member> members_;
  std::size_t expected_ = 0;  // members mostly come in the order of the message before
};

}  // namespace seatrial::logs
