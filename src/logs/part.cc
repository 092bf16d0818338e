#include "logs/part.h"

#include <algorithm>

#include "base/check.h"
#include "logs/gram_filter.h"

namespace seatrial::logs {
namespace {

[[noreturn]] void corrupt(const Part& part, std::string_view what) {
  fail_corrupt(part.file ? part.file->path.string() : "a sealed block in memory", what);
}

std::atomic<std::size_t> held_filter_bytes = 0;  // of all parts

// Keeps a filter with its part, if there is room.
void hold_filter(const Part& part, std::string filter) {
  const auto size = filter.size();
  if (held_filter_bytes.fetch_add(size) + size > kMaxFilterBytes) {
    held_filter_bytes -= size;
    return;
  }
  const auto* made = new std::string(std::move(filter));
  const std::string* none = nullptr;
  if (part.grams.compare_exchange_strong(none, made)) return;
  held_filter_bytes -= size;
  delete made;
}

}  // namespace

Part::~Part() {
  const auto* held = grams.load();
  if (held == nullptr) return;
  held_filter_bytes -= held->size();
  delete held;
}

PartPtr make_part(Chunk chunk) {
  auto part = std::make_shared<Part>();
  part->info = describe(chunk);
  part->chunk = std::make_shared<const Chunk>(std::move(chunk));
  return part;
}

const File& PartReader::file_of(const Part& part) {
  if (opened_ != part.file) {
    auto file = File::open(part.file->path, File::Mode::kRead);
    if (!file) corrupt(part, file.error());
    file_ = std::move(*file);
    opened_ = part.file;
  }
  return file_;
}

std::string PartReader::piece(const Part& part, SectionKind kind, std::size_t offset,
                              std::size_t size) {
  const std::uint64_t at = part.info.offset_of(kind) + offset;
  if (part.sealed) return part.sealed->substr(at, size);
  auto bytes = file_of(part).read(part.offset + at, size);
  if (!bytes) corrupt(part, bytes.error());
  return std::move(*bytes);
}

std::string PartReader::stored(const Part& part, SectionKind kind) {
  return piece(part, kind, 0, part.info.section(kind).stored);
}

std::string PartReader::open(const Part& part, SectionKind kind) {
  auto bytes = open_section(part.info, kind, stored(part, kind));
  if (!bytes) corrupt(part, bytes.error());
  return std::move(*bytes);
}

std::shared_ptr<const Chunk> PartReader::chunk(const Part& part) {
  if (part.chunk) return part.chunk;
  auto chunk = decode_chunk(part.info, stored(part, SectionKind::kMeta),
                            stored(part, SectionKind::kMessages));
  if (!chunk) corrupt(part, chunk.error());
  return std::make_shared<const Chunk>(std::move(*chunk));
}

std::vector<EventMeta> PartReader::meta(const Part& part) {
  if (part.chunk) return part.chunk->events;
  auto events = decode_meta(part.info, open(part, SectionKind::kMeta));
  if (!events) corrupt(part, events.error());
  return std::move(*events);
}

ColumnIndex PartReader::columns(const Part& part) {
  const auto read = [&](std::size_t offset, std::size_t size) {
    return piece(part, SectionKind::kColumns, offset, size);
  };
  auto index =
      ColumnIndex::open(read, part.info.section(SectionKind::kColumns).stored, part.info.events);
  if (!index) corrupt(part, index.error());
  return std::move(*index);
}

std::unique_ptr<ColumnData> PartReader::column(const Part& part, const ColumnIndex& index,
                                               std::string_view path) {
  const auto read = [&](std::size_t offset, std::size_t size) {
    return piece(part, SectionKind::kColumns, offset, size);
  };
  auto data = index.read(path, read);
  if (!data) corrupt(part, data.error());
  return std::move(*data);
}

bool PartReader::may_contain(const Part& part, const std::vector<std::string>& needles) {
  const bool useful = std::any_of(needles.begin(), needles.end(),
                                  [](const auto& needle) { return needle.size() >= kGram; });
  if (!useful || part.chunk) return true;
  if (const auto* held = part.grams.load(std::memory_order_acquire)) {
    return std::all_of(needles.begin(), needles.end(),
                       [&](const auto& needle) { return logs::may_contain(*held, needle); });
  }
  if (part.grams_checked || part.sealed) {
    return std::all_of(needles.begin(), needles.end(),
                       [&](const auto& needle) { return filter_holds(part, needle); });
  }
  std::string filter = open(part, SectionKind::kGrams);
  part.grams_checked = true;
  const bool may = std::all_of(needles.begin(), needles.end(), [&](const auto& needle) {
    return logs::may_contain(filter, needle);
  });
  hold_filter(part, std::move(filter));
  return may;
}

bool PartReader::filter_holds(const Part& part, std::string_view needle) {
  const std::uint64_t at = part.info.offset_of(SectionKind::kGrams);
  if (part.sealed) {
    const auto size = part.info.section(SectionKind::kGrams).stored;
    return logs::may_contain(std::string_view(*part.sealed).substr(at, size), needle);
  }
  const File& file = file_of(part);
  const auto read = [&](std::size_t place) {
    char byte = 0;
    if (auto done = file.read_into(part.offset + at + place, &byte, 1); !done)
      corrupt(part, done.error());
    return byte;
  };
  return logs::may_contain(part.info.section(SectionKind::kGrams).stored, read, needle);
}

}  // namespace seatrial::logs
