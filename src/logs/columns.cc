#include "logs/columns.h"

#include <simdjson.h>

#include <cmath>
#include <limits>

#include "logs/block_format.h"
#include "logs/column_builder.h"

namespace seatrial::logs {
namespace {

constexpr std::uint8_t kNone = 0, kKept = 1, kNested = 2;  // flags of the section's first byte
constexpr int kMaxScale = 15;
constexpr std::size_t kMaxRawColumn = 64u << 20;

// --- one column -----------------------------------------------------------------------------

std::expected<void, std::string> read_tokens(ByteReader in, std::size_t events, ColumnData& out) {
  const std::size_t count = in.count();
  if (count > kMaxTokens) return std::unexpected("a column's dictionary is too large");
  for (std::size_t i = 0; i < count; ++i) out.tokens.push_back(in.text());
  const std::size_t width = count < 256 ? 1 : 2;
  const std::string_view codes = in.bytes(events * width);
  if (!in.ok() || !in.at_end()) return std::unexpected("a column of tokens is torn");
  out.codes.resize(events);
  if (width == 2) std::memcpy(out.codes.data(), codes.data(), codes.size());
  for (std::size_t i = 0; width == 1 && i < events; ++i) {
    out.codes[i] = static_cast<unsigned char>(codes[i]);
  }
  for (const std::uint16_t code : out.codes) {
    if (code > count) return std::unexpected("a column's code has no token");
  }
  return {};
}

template <class Word>
void widen(std::string_view planes, std::int64_t least, double scale, std::span<double> out) {
  const std::size_t events = out.size();
  for (std::size_t i = 0; i < events; ++i) {
    Word word = 0;
    for (std::size_t plane = 0; plane < sizeof(Word); ++plane) {
      const auto byte = static_cast<unsigned char>(planes[plane * events + i]);
      word = static_cast<Word>(word | (static_cast<Word>(byte) << (8 * plane)));
    }
    const auto scaled = static_cast<std::uint64_t>(least) + word;
    out[i] = static_cast<double>(static_cast<std::int64_t>(scaled)) / scale;
  }
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
  if (width == 1) widen<std::uint8_t>(planes, least, scale, out.numbers);
  if (width == 2) widen<std::uint16_t>(planes, least, scale, out.numbers);
  if (width == 4) widen<std::uint32_t>(planes, least, scale, out.numbers);
  if (width == 8) widen<std::uint64_t>(planes, least, scale, out.numbers);
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
  out.u8(static_cast<std::uint8_t>(kKept | (builder.nested() ? kNested : 0)));
  out.varint(columns.size());
  std::string payloads;
  for (const auto& column : columns) {
    const std::string stored = column.raw.empty() ? "" : compress(column.raw);
    out.text(column.name);
    out.u8(static_cast<std::uint8_t>(column.kind));
    out.varint(stored.size());
    out.varint(column.raw.size());
    payloads += stored;
  }
  return section + payloads;
}

std::expected<ColumnIndex, std::string> ColumnIndex::parse(std::string section,
                                                           std::size_t events) {
  ColumnIndex index;
  ByteReader in(section);
  const std::uint8_t flags = in.u8();
  index.events_ = events;
  index.kept_ = (flags & kKept) != 0;
  index.nested_ = (flags & kNested) != 0;
  if (index.kept_) index.entries_.resize(in.count(4));
  std::size_t offset = 0;
  for (Entry& entry : index.entries_) {
    entry.name = in.text();
    const std::uint8_t kind = in.u8();
    if (kind > static_cast<std::uint8_t>(Column::Kind::kNumbers)) {
      return std::unexpected("a column of an unknown kind");
    }
    entry.kind = static_cast<Column::Kind>(kind);
    entry.offset = offset;
    entry.stored = in.count();
    entry.raw = in.varint();
    offset += entry.stored;
  }
  if (!in.ok() || in.left() != offset) return std::unexpected("a block's columns are torn");
  for (Entry& entry : index.entries_) entry.offset += section.size() - offset;
  index.section_ = std::move(section);
  return index;
}

std::expected<std::unique_ptr<ColumnData>, std::string> ColumnIndex::read(
    std::string_view path) const {
  if (!kept_) return nullptr;
  auto data = std::make_unique<ColumnData>();
  const auto entry = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& e) { return e.name == path; });
  if (entry == entries_.end()) {
    const bool deep = path.find('.') != std::string_view::npos;
    if (deep && nested_) return nullptr;
    return data;
  }
  if (entry->kind == Column::Kind::kAbsent) return nullptr;
  if (entry->raw > kMaxRawColumn) return std::unexpected("a column is too large");
  data->kind = entry->kind;
  data->raw.resize(entry->raw);
  const auto stored = std::string_view(section_).substr(entry->offset, entry->stored);
  if (!decompress(stored, data->raw.data(), data->raw.size())) {
    return std::unexpected("a column does not decompress");
  }
  const ByteReader in(data->raw);
  const auto done = entry->kind == Column::Kind::kTokens ? read_tokens(in, events_, *data)
                                                         : read_numbers(in, events_, *data);
  if (!done) return std::unexpected(done.error());
  return data;
}

}  // namespace seatrial::logs
