// A part of a group's events, wherever it lies: raw in memory, sealed in memory, or in a segment.
// Parts never change; a reader that holds one reads it whatever happens to the group.
#pragma once
#include <atomic>
#include <memory>

#include "logs/block_format.h"
#include "logs/columns.h"
#include "logs/file.h"
#include "logs/segment.h"

namespace seatrial::logs {

struct Part {
  Part() = default;
  ~Part();
  Part(const Part&) = delete;
  Part& operator=(const Part&) = delete;

  BlockInfo info;
  // One of the three:
  std::shared_ptr<const Chunk> chunk;
  std::shared_ptr<const std::string> sealed;
  std::shared_ptr<SegmentFile> file;
  std::uint64_t offset = 0;  // in the file
  // Of a block in a file: its filter, once a search has read it, as long as all parts together hold
  // no more than kMaxFilterBytes. Else single bytes are read, for a search asks few of each; its
  // checksum was right when it was last read whole.
  mutable std::atomic<const std::string*> grams = nullptr;
  mutable std::atomic<bool> grams_checked = false;

  std::int64_t end_sequence() const { return info.last_sequence + 1; }
};
using PartPtr = std::shared_ptr<const Part>;

inline constexpr std::size_t kMaxFilterBytes = 32u << 20;  // of about 2 GB of messages

PartPtr make_part(Chunk chunk);

// Reads parts; what cannot be trusted on disk is FATAL. One thread; keeps the last file open.
class PartReader {
 public:
  std::shared_ptr<const Chunk> chunk(const Part& part);
  std::vector<EventMeta> meta(const Part& part);
  // Only of sealed parts.
  ColumnIndex columns(const Part& part);
  std::unique_ptr<ColumnData> column(const Part& part, const ColumnIndex& index,
                                     std::string_view path);  // null: only the messages tell
  // False when the part holds no event with all the needles.
  bool may_contain(const Part& part, const std::vector<std::string>& needles);

 private:
  std::string piece(const Part& part, SectionKind kind, std::size_t offset, std::size_t size);
  std::string stored(const Part& part, SectionKind kind);
  std::string open(const Part& part, SectionKind kind);
  const File& file_of(const Part& part);
  bool filter_holds(const Part& part, std::string_view needle);

  std::shared_ptr<SegmentFile> opened_;
  File file_;
};

}  // namespace seatrial::logs
