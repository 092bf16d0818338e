#include "logs/columns.h"

#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "logs/block_format.h"
#include "logs/column_builder.h"
#include "logs/crc32c.h"

namespace seatrial::logs {
namespace {

// Flags of the section's first byte. Without kChecked nothing is kept that can be used.
constexpr std::uint8_t kNone = 0, kKept = 1, kNested = 2, kChecked = 4;
constexpr std::size_t kHeadBytes = 1024;  // read at once; mostly it holds the directory
constexpr double kMaxExactLeast = 1ll << 52;
constexpr int kMaxScale = 15;
constexpr std::size_t kMaxRawColumn = 64u << 20;

// --- one column -----------------------------------------------------------------------------

// The loops of this file are over whole columns, and simple, so that the compiler makes vectors
// of them; for that it wants to be told in a build that otherwise does without.
#if defined(__GNUC__) && !defined(__clang__)
#define SEATRIAL_VECTORS __attribute__((optimize("O3")))
#else
#define SEATRIAL_VECTORS
#endif

SEATRIAL_VECTORS std::uint16_t greatest(std::span<const std::uint16_t> codes) {
  std::uint16_t most = 0;
  for (const std::uint16_t code : codes) most = std::max(most, code);
  return most;
}

SEATRIAL_VECTORS void widen_codes(const unsigned char* codes, std::span<std::uint16_t> out) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = codes[i];
}

// Words of up to four bytes out of their planes; all bits that any of them has.
SEATRIAL_VECTORS std::uint32_t gather(const unsigned char* planes, unsigned width,
                                      std::span<std::uint32_t> out) {
  std::uint32_t bits = 0;
  for (unsigned plane = 0; plane < width; ++plane) {
    const unsigned char* from = planes + plane * out.size();
    const unsigned shift = 8 * plane;
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = (plane == 0 ? 0 : out[i]) | static_cast<std::uint32_t>(from[i]) << shift;
      bits |= out[i];
    }
  }
  return bits;
}

// Both sums are of integers below 2^53, so that nothing is rounded before the division.
SEATRIAL_VECTORS void scale_words(std::span<const std::uint32_t> words, double least, double scale,
                                  std::span<double> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = (least + static_cast<double>(static_cast<std::int32_t>(words[i]))) / scale;
  }
}

double scaled_word(std::uint64_t word, std::int64_t least, double scale) {
  const auto sum = static_cast<std::uint64_t>(least) + word;
  return static_cast<double>(static_cast<std::int64_t>(sum)) / scale;
}

void widen(std::string_view planes, unsigned width, std::int64_t least, double scale,
           std::span<double> out) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(planes.data());
  if (width <= 4) {
    thread_local std::vector<std::uint32_t> words;
    words.resize(out.size());
    const std::uint32_t bits = gather(bytes, width, words);
    const bool small = (bits >> 31) == 0 && std::abs(static_cast<double>(least)) < kMaxExactLeast;
    if (small) return scale_words(words, static_cast<double>(least), scale, out);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = scaled_word(words[i], least, scale);
    return;
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::uint64_t word = 0;
    for (unsigned plane = 0; plane < width; ++plane) {
      word |= static_cast<std::uint64_t>(bytes[plane * out.size() + i]) << (8 * plane);
    }
    out[i] = scaled_word(word, least, scale);
  }
}

std::expected<void, std::string> read_tokens(ByteReader in, std::size_t events, ColumnData& out) {
  const std::size_t count = in.count();
  if (count > kMaxTokens) return std::unexpected("a column's dictionary is too large");
  out.tokens.reserve(count);
  for (std::size_t i = 0; i < count; ++i) out.tokens.push_back(in.text());
  const std::size_t width = count < 256 ? 1 : 2;
  const std::string_view codes = in.bytes(events * width);
  if (!in.ok() || !in.at_end()) return std::unexpected("a column of tokens is torn");
  out.codes.resize(events);
  if (width == 2) std::memcpy(out.codes.data(), codes.data(), codes.size());
  if (width == 1) widen_codes(reinterpret_cast<const unsigned char*>(codes.data()), out.codes);
  if (greatest(out.codes) > count) return std::unexpected("a column's code has no token");
  return {};
}

std::expected<void, std::string> read_numbers(ByteReader in, std::size_t events, ColumnData& out) {
  const std::uint8_t digits = in.u8(), width = in.u8(), has_absent = in.u8();
  const auto least = static_cast<std::int64_t>(in.u64());
  const std::string_view absent = in.bytes(has_absent != 0 ? (events + 7) / 8 : 0);
  const std::string_view planes = in.bytes(events * width);
  const bool known = width == 1 || width == 2 || width == 4 || width == 8;
  if (!in.ok() || !in.at_end() || digits > kMaxScale || !known) {
    return std::unexpected("a column of numbers is torn");
  }
  out.numbers.resize(events);
  const double scale = std::pow(10.0, digits);
  widen(planes, width, least, scale, out.numbers);
  for (std::size_t i = 0; i < events && !absent.empty(); ++i) {
    if ((absent[i / 8] >> (i % 8) & 1) != 0) {
      out.numbers[i] = std::numeric_limits<double>::quiet_NaN();
    }
  }
  return {};
}

}  // namespace

std::string make_columns(const Chunk& chunk) {
  std::string section;
  ByteWriter out(section);
  const std::string_view text = chunk.bytes.view();
  ColumnBuilder builder(chunk.events.size());
  bool kept = simdjson::validate_utf8(text.data(), text.size());
  for (std::size_t i = 0; kept && i < chunk.events.size(); ++i) {
    kept = builder.add(i, chunk.message(chunk.events[i]));
  }
  if (!kept) {
    out.u8(kNone);
    return section;
  }
  const auto columns = builder.finish();
  std::string directory, payloads;
  ByteWriter entries(directory);
  entries.varint(columns.size());
  for (const auto& column : columns) {
    const std::string stored = column.raw.empty() ? "" : compress(column.raw);
    entries.text(column.name);
    entries.u8(static_cast<std::uint8_t>(column.kind));
    entries.varint(stored.size());
    entries.varint(column.raw.size());
    entries.u32(crc32c(stored));
    payloads += stored;
  }
  out.u8(static_cast<std::uint8_t>(kKept | kChecked | (builder.nested() ? kNested : 0)));
  out.u32(static_cast<std::uint32_t>(directory.size()));
  out.u32(crc32c(directory));
  return section + directory + payloads;
}

std::expected<ColumnIndex, std::string> ColumnIndex::open(const Read& read,
                                                          std::size_t section_bytes,
                                                          std::size_t events) {
  const std::string head = read(0, std::min(kHeadBytes, section_bytes));
  ByteReader in(head);
  const std::uint8_t flags = in.u8();
  if ((flags & kChecked) == 0) return parse(kNone, "", section_bytes, section_bytes, events);
  const std::size_t size = in.u32();
  const std::uint32_t crc = in.u32();
  const std::size_t begin = head.size() - in.left();
  if (!in.ok() || size > section_bytes - begin) return std::unexpected("a directory is torn");
  std::string rest;
  if (size > in.left()) rest = read(begin, size);
  const std::string_view directory = rest.empty() ? in.bytes(size) : std::string_view(rest);
  if (crc32c(directory) != crc) {
    return std::unexpected("a directory of columns does not have its checksum");
  }
  return parse(flags, directory, begin + size, section_bytes, events);
}

std::expected<ColumnIndex, std::string> ColumnIndex::parse(std::uint8_t flags,
                                                           std::string_view directory,
                                                           std::size_t base,
                                                           std::size_t section_bytes,
                                                           std::size_t events) {
  ColumnIndex index;
  ByteReader in(directory);
  index.events_ = events;
  index.kept_ = (flags & kKept) != 0;
  index.nested_ = (flags & kNested) != 0;
  if (index.kept_) index.entries_.resize(in.count(8));
  std::size_t offset = base;
  for (Entry& entry : index.entries_) {
    entry.name = in.text();
    const std::uint8_t kind = in.u8();
    if (kind > static_cast<std::uint8_t>(Column::Kind::kNumbers)) {
      return std::unexpected("a column of an unknown kind");
    }
    entry.kind = static_cast<Column::Kind>(kind);
    entry.offset = offset;
    entry.stored = in.varint();
    entry.raw = in.varint();
    entry.crc = in.u32();
    if (entry.stored > section_bytes - offset) return std::unexpected("a column beyond its block");
    offset += entry.stored;
  }
  if (!in.ok() || !in.at_end() || offset != section_bytes) {
    return std::unexpected("a block's columns are torn");
  }
  return index;
}

std::expected<std::unique_ptr<ColumnData>, std::string> ColumnIndex::read(std::string_view path,
                                                                          const Read& read) const {
  if (!kept_) return nullptr;
  const auto entry = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& e) { return e.name == path; });
  if (entry == entries_.end()) {
    const bool deep = path.find('.') != std::string_view::npos;
    if (deep && nested_) return nullptr;
    return std::make_unique<ColumnData>();
  }
  if (entry->kind == Column::Kind::kAbsent) return nullptr;
  const std::string stored = read(entry->offset, entry->stored);
  if (crc32c(stored) != entry->crc) {
    return std::unexpected("a column does not have its checksum");
  }
  return decode(*entry, stored, events_);
}

std::expected<std::unique_ptr<ColumnData>, std::string> ColumnIndex::decode(const Entry& entry,
                                                                            std::string_view stored,
                                                                            std::size_t events) {
  if (entry.raw > kMaxRawColumn) return std::unexpected("a column is too large");
  auto data = std::make_unique<ColumnData>();
  data->kind = entry.kind;
  data->raw.resize(entry.raw);
  if (!decompress(stored, data->raw.data(), data->raw.size())) {
    return std::unexpected("a column does not decompress");
  }
  const ByteReader in(data->raw);
  const auto done = entry.kind == Column::Kind::kTokens ? read_tokens(in, events, *data)
                                                        : read_numbers(in, events, *data);
  if (!done) return std::unexpected(done.error());
  return data;
}

}  // namespace seatrial::logs
