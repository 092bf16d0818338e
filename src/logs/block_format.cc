#include "logs/block_format.h"

#include <zstd.h>

#include <algorithm>
#include <map>
#include <memory>

#include "base/check.h"
#include "logs/columns.h"
#include "logs/crc32c.h"
#include "logs/gram_filter.h"

namespace seatrial::logs {
namespace {

constexpr int kLevel = 1;

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// Column by column, so that like stands beside like and compresses.
std::string encode_meta(const Chunk& chunk, const BlockInfo& info) {
  std::string bytes;
  ByteWriter out(bytes);
  std::int64_t last = info.first_ms;
  for (const auto& event : chunk.events) {
    out.varint(static_cast<std::uint64_t>(event.timestamp_ms - last));
    last = event.timestamp_ms;
  }
  last = info.first_sequence;
  for (const auto& event : chunk.events) {
    out.zigzag(event.sequence - last);
    last = event.sequence;
  }
  last = info.first_ingestion_ms;
  for (const auto& event : chunk.events) {
    out.zigzag(event.ingestion_ms - last);
    last = event.ingestion_ms;
  }
  for (const auto& event : chunk.events) {
    out.varint(static_cast<std::uint64_t>(info.find_stream(event.stream) - info.streams.data()));
  }
  for (const auto& event : chunk.events) out.varint(event.length);
  return bytes;
}

void add_section(SealedBlock& block, SectionKind kind, std::string_view stored, std::size_t raw) {
  block.info.sections[static_cast<std::size_t>(kind)] = {
      static_cast<std::uint32_t>(stored.size()), static_cast<std::uint32_t>(raw), crc32c(stored)};
  block.bytes += stored;
}

bool is_compressed(SectionKind kind) {
  return kind == SectionKind::kMeta || kind == SectionKind::kMessages;
}

// What read_info cannot tell from the numbers alone.
bool is_sane(const BlockInfo& info) {
  if (info.events == 0 || info.events > kMaxBlockEvents || info.streams.empty()) return false;
  if (info.first_ms > info.last_ms || info.first_sequence > info.last_sequence) return false;
  const auto& messages = info.section(SectionKind::kMessages);
  return messages.raw <= kMaxBlockBytes && messages.raw == info.message_bytes + info.events &&
         info.section(SectionKind::kMeta).raw <= kMaxBlockBytes;
}

}  // namespace

std::uint64_t BlockInfo::offset_of(SectionKind kind) const {
  std::uint64_t offset = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(kind); ++i) offset += sections[i].stored;
  return offset;
}

std::uint64_t BlockInfo::stored_bytes() const {
  return offset_of(SectionKind::kGrams) + section(SectionKind::kGrams).stored;
}

const StreamSpan* BlockInfo::find_stream(std::uint32_t stream) const {
  const auto found =
      std::lower_bound(streams.begin(), streams.end(), stream,
                       [](const StreamSpan& span, std::uint32_t n) { return span.stream < n; });
  return found == streams.end() || found->stream != stream ? nullptr : &*found;
}

BlockInfo describe(const Chunk& chunk) {
  const EventMeta& first = chunk.events.front();
  BlockInfo info{chunk.events.size(), 0,
                 first.timestamp_ms,  chunk.events.back().timestamp_ms,
                 first.sequence,      first.sequence,
                 first.ingestion_ms,  first.ingestion_ms};
  std::map<std::uint32_t, StreamSpan> streams;
  StreamSpan* span = nullptr;
  for (const auto& event : chunk.events) {
    info.message_bytes += event.length;
    info.first_sequence = std::min(info.first_sequence, event.sequence);
    info.last_sequence = std::max(info.last_sequence, event.sequence);
    info.first_ingestion_ms = std::min(info.first_ingestion_ms, event.ingestion_ms);
    info.last_ingestion_ms = std::max(info.last_ingestion_ms, event.ingestion_ms);
    if (span == nullptr || span->stream != event.stream) {
      const StreamSpan fresh{event.stream, event.timestamp_ms, event.timestamp_ms};
      span = &streams.try_emplace(event.stream, fresh).first->second;
    }
    span->last_ms = event.timestamp_ms;  // the events are sorted
  }
  for (const auto& [number, part] : streams) info.streams.push_back(part);
  return info;
}

SealedBlock seal(const Chunk& chunk) {
  ST_CHECK(chunk.in_order, "a chunk whose messages are not in order cannot be sealed");
  SealedBlock block{describe(chunk), {}};
  const std::string meta = encode_meta(chunk, block.info);
  add_section(block, SectionKind::kMeta, compress(meta), meta.size());
  const std::string_view messages = chunk.bytes.view();
  add_section(block, SectionKind::kMessages, compress(messages), messages.size());
  const std::string columns = make_columns(chunk);
  add_section(block, SectionKind::kColumns, columns, columns.size());
  const std::string grams = make_gram_filter(messages);
  add_section(block, SectionKind::kGrams, grams, grams.size());
  return block;
}

std::string compress(std::string_view bytes) {
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const std::size_t size =
      ZSTD_compressCCtx(context.get(), out.data(), out.size(), bytes.data(), bytes.size(), kLevel);
  ST_CHECK(ZSTD_isError(size) == 0, "zstd refuses to compress");
  out.resize(size);
  return out;
}

bool decompress(std::string_view stored, char* out, std::size_t raw) {
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  return ZSTD_decompressDCtx(context.get(), out, raw, stored.data(), stored.size()) == raw;
}

Decoded open_section(const BlockInfo& info, SectionKind kind, std::string_view stored) {
  const Section& section = info.section(kind);
  if (stored.size() != section.stored || crc32c(stored) != section.crc) {
    return std::unexpected("a block's section does not have its checksum");
  }
  if (!is_compressed(kind)) return std::string(stored);
  std::string raw(section.raw, '\0');
  if (!decompress(stored, raw.data(), raw.size())) {
    return std::unexpected("a block's section does not decompress");
  }
  return raw;
}

std::expected<std::vector<EventMeta>, std::string> decode_meta(const BlockInfo& info,
                                                               std::string_view meta) {
  ByteReader in(meta);
  if (meta.size() < info.events) return std::unexpected("a block lacks events");
  std::vector<EventMeta> events(info.events);
  std::int64_t last = info.first_ms;
  for (auto& event : events)
    last = event.timestamp_ms = wrapping_add(last, std::int64_t(in.varint()));
  last = info.first_sequence;
  for (auto& event : events) last = event.sequence = wrapping_add(last, in.zigzag());
  last = info.first_ingestion_ms;
  for (auto& event : events) last = event.ingestion_ms = wrapping_add(last, in.zigzag());
  for (auto& event : events) {
    const std::uint64_t index = in.varint();
    if (index >= info.streams.size()) return std::unexpected("an event of no stream");
    event.stream = info.streams[index].stream;
  }
  std::uint64_t offset = 0;
  const std::uint64_t end = info.section(SectionKind::kMessages).raw;
  for (auto& event : events) {
    const std::uint64_t length = in.varint();
    if (length >= end - std::min(offset, end)) return std::unexpected("an event beyond its block");
    event.offset = static_cast<std::uint32_t>(offset);
    event.length = static_cast<std::uint32_t>(length);
    offset += length + 1;
  }
  if (!in.ok() || !in.at_end() || offset != end) return std::unexpected("a block's meta is torn");
  return events;
}

std::expected<Chunk, std::string> decode_chunk(const BlockInfo& info, std::string_view stored_meta,
                                               std::string_view stored_messages) {
  const auto meta = open_section(info, SectionKind::kMeta, stored_meta);
  if (!meta) return std::unexpected(meta.error());
  auto events = decode_meta(info, *meta);
  if (!events) return std::unexpected(events.error());
  const Section& messages = info.section(SectionKind::kMessages);
  if (stored_messages.size() != messages.stored || crc32c(stored_messages) != messages.crc) {
    return std::unexpected("a block's messages do not have their checksum");
  }
  Chunk chunk;
  chunk.events = std::move(*events);
  chunk.bytes.reserve(messages.raw);
  if (!decompress(stored_messages, chunk.bytes.data(), messages.raw)) {
    return std::unexpected("a block's messages do not decompress");
  }
  chunk.bytes.set_size(messages.raw);
  chunk.in_order = true;
  return chunk;
}

void write_info(const BlockInfo& info, ByteWriter& out) {
  out.varint(info.events);
  out.varint(info.message_bytes);
  for (const std::int64_t value :
       {info.first_ms, info.last_ms, info.first_sequence, info.last_sequence,
        info.first_ingestion_ms, info.last_ingestion_ms}) {
    out.u64(static_cast<std::uint64_t>(value));
  }
  out.varint(info.streams.size());
  for (const auto& span : info.streams) {
    out.varint(span.stream);
    out.zigzag(span.first_ms);
    out.zigzag(span.last_ms);
  }
  for (const auto& section : info.sections) {
    out.u32(section.stored);
    out.u32(section.raw);
    out.u32(section.crc);
  }
}

std::expected<BlockInfo, std::string> read_info(ByteReader& in) {
  BlockInfo info;
  info.events = in.varint();
  info.message_bytes = in.varint();
  for (std::int64_t* value :
       {&info.first_ms, &info.last_ms, &info.first_sequence, &info.last_sequence,
        &info.first_ingestion_ms, &info.last_ingestion_ms}) {
    *value = static_cast<std::int64_t>(in.u64());
  }
  info.streams.resize(in.count(3));
  for (auto& span : info.streams) {
    span.stream = static_cast<std::uint32_t>(in.varint());
    span.first_ms = in.zigzag();
    span.last_ms = in.zigzag();
  }
  for (auto& section : info.sections) {
    section.stored = in.u32();
    section.raw = in.u32();
    section.crc = in.u32();
  }
  const bool sorted =
      std::is_sorted(info.streams.begin(), info.streams.end(),
                     [](const StreamSpan& a, const StreamSpan& b) { return a.stream <= b.stream; });
  if (!in.ok() || !sorted || !is_sane(info)) {
    return std::unexpected("a block is described wrongly");
  }
  return info;
}

}  // namespace seatrial::logs
