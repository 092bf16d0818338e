// A block: about a megabyte of events, sorted, compressed, with what is needed to skip it.
//
// Four sections lie one after the other, so that a reader takes only what it needs:
//   meta      times, sequences, streams and lengths, zstd        (who asks when and whose)
//   messages  each followed by a line feed, zstd                 (who reads)
//   columns   the JSON members by themselves, logs/columns.h     (who counts)
//   grams     logs/gram_filter.h                                 (who searches)
// What describes a block (BlockInfo) does not lie in it but in its segment's footer and in memory:
// a query decides without reading. Blocks end between events, never within one: cutting at a
// megabyte loses what stands across the cut.
#pragma once
#include <array>
#include <expected>
#include <string>
#include <vector>

#include "logs/bytes.h"
#include "logs/chunk.h"

namespace seatrial::logs {

inline constexpr std::size_t kBlockBytes = 1u << 20;       // a head this large is closed
inline constexpr std::size_t kMaxBlockBytes = 256u << 20;  // of messages; more is corruption
inline constexpr std::size_t kMaxBlockEvents = 16u << 20;  // likewise
inline constexpr std::size_t kEventOverhead = 26;          // AWS counts them (PutLogEvents)

struct Section {
  std::uint32_t stored = 0, raw = 0;  // bytes on disk, and decompressed
  std::uint32_t crc = 0;              // CRC-32C of the stored bytes
};

enum class SectionKind { kMeta, kMessages, kColumns, kGrams };
inline constexpr std::size_t kSections = 4;

// A stream's part in a block.
struct StreamSpan {
  std::uint32_t stream = 0;
  std::int64_t first_ms = 0, last_ms = 0;  // event times
};

struct BlockInfo {
  std::uint64_t events = 0;
  std::uint64_t message_bytes = 0;  // without the line feeds
  std::int64_t first_ms = 0, last_ms = 0;
  std::int64_t first_sequence = 0, last_sequence = 0;
  std::int64_t first_ingestion_ms = 0, last_ingestion_ms = 0;
  std::vector<StreamSpan> streams;  // by number
  std::array<Section, kSections> sections{};

  const Section& section(SectionKind kind) const {
    return sections[static_cast<std::size_t>(kind)];
  }
  std::uint64_t offset_of(SectionKind kind) const;  // from the block's beginning
  std::uint64_t stored_bytes() const;
  std::int64_t counted_bytes() const {  // as AWS counts stored bytes
    return static_cast<std::int64_t>(message_bytes + events * kEventOverhead);
  }
  const StreamSpan* find_stream(std::uint32_t stream) const;
};

// Without sections: what is known of any chunk.
BlockInfo describe(const Chunk& chunk);

struct SealedBlock {
  BlockInfo info;
  std::string bytes;
};

// Compresses a chunk whose messages are in order.
SealedBlock seal(const Chunk& chunk);

// The bytes of one section as stored, checked against its CRC, decompressed where it is compressed
// as a whole. The errors say what is wrong with the bytes.
using Decoded = std::expected<std::string, std::string>;
Decoded open_section(const BlockInfo& info, SectionKind kind, std::string_view stored);

// Events without messages; offsets and lengths are of the messages section.
std::expected<std::vector<EventMeta>, std::string> decode_meta(const BlockInfo& info,
                                                               std::string_view meta);
std::expected<Chunk, std::string> decode_chunk(const BlockInfo& info, std::string_view stored_meta,
                                               std::string_view stored_messages);

void write_info(const BlockInfo& info, ByteWriter& out);
std::expected<BlockInfo, std::string> read_info(ByteReader& in);

// zstd at level 1, and back to exactly `raw` bytes at `out`.
std::string compress(std::string_view bytes);
bool decompress(std::string_view stored, char* out, std::size_t raw);

}  // namespace seatrial::logs
