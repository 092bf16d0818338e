// The JSON members of a block's messages by themselves, so that counting and averaging read a
// hundredth of the bytes.
//
// Choice: a member's JSON text is kept, not a value of ours: few different texts become a
// dictionary and a code an event, numbers whose text is canonical become scaled integers. What a
// member means stays with whoever asks. A block has columns only if every message is one JSON
// object without repeated names; then a column says exactly what parsing each message would.
// Members with too many different texts, and objects and arrays, are named but not kept.
// Rejected: a schema for a group (streams of one group disagree, and change).
#pragma once
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "logs/chunk.h"
#include "logs/scan.h"

namespace seatrial::logs {

inline constexpr std::size_t kMaxMembers = 128;          // different ones in a block with columns
inline constexpr std::size_t kMaxTokens = 4096;          // in a dictionary
inline constexpr std::size_t kMaxTokenBytes = 1u << 16;  // of a dictionary's texts
inline constexpr std::size_t kMaxNumberTokens = 256;  // more different numbers are kept as numbers

// Never empty; the chunk's messages are in order.
std::string make_columns(const Chunk& chunk);

struct ColumnData {
  Column::Kind kind = Column::Kind::kAbsent;
  std::string raw;  // what the tokens are views of
  std::vector<std::string_view> tokens;
  std::vector<std::uint16_t> codes;
  std::vector<double> numbers;

  ColumnData() = default;
  ColumnData(ColumnData&&) = delete;  // the tokens would be of another string
  Column view() const { return {kind, tokens, codes, numbers}; }
};

// What make_columns wrote about a block of `events` events.
class ColumnIndex {
 public:
  static std::expected<ColumnIndex, std::string> parse(std::string section, std::size_t events);

  // Null where only the messages can tell.
  std::expected<std::unique_ptr<ColumnData>, std::string> read(std::string_view path) const;

 private:
  struct Entry {
    std::string name;
    Column::Kind kind = Column::Kind::kAbsent;  // absent: named but not kept
    std::size_t offset = 0, stored = 0, raw = 0;
  };
  std::string section_;
  std::size_t events_ = 0;
  bool kept_ = false, nested_ = false;
  std::vector<Entry> entries_;
};

}  // namespace seatrial::logs
