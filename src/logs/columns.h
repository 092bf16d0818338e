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
#include <functional>
#include <memory>
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
//
//   u8 flags, u32 size and u32 CRC-32C of the directory, the directory, the columns
// The directory has each column's place and CRC, so that a reader takes from the disk only what it
// is asked for, and checks that alone.
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

// Which columns make_columns wrote about a block of `events` events, and where.
class ColumnIndex {
 public:
  struct Entry {
    std::string name;
    Column::Kind kind = Column::Kind::kAbsent;  // absent: named but not kept
    std::size_t offset = 0, stored = 0, raw = 0;
    std::uint32_t crc = 0;
  };
  // Reads bytes of the section.
  using Read = std::function<std::string(std::size_t offset, std::size_t size)>;

  static std::expected<ColumnIndex, std::string> open(const Read& read, std::size_t section_bytes,
                                                      std::size_t events);
  // The parts of open(), without the checksum. `base`: where in the section the columns begin.
  static std::expected<ColumnIndex, std::string> parse(std::uint8_t flags,
                                                       std::string_view directory, std::size_t base,
                                                       std::size_t section_bytes,
                                                       std::size_t events);

  // Null where only the messages can tell.
  std::expected<std::unique_ptr<ColumnData>, std::string> read(std::string_view path,
                                                               const Read& read) const;
  const std::vector<Entry>& entries() const { return entries_; }
  static std::expected<std::unique_ptr<ColumnData>, std::string> decode(const Entry& entry,
                                                                        std::string_view stored,
                                                                        std::size_t events);

 private:
  std::size_t events_ = 0;
  bool kept_ = false, nested_ = false;
  std::vector<Entry> entries_;
};

}  // namespace seatrial::logs
