// Immutable files of buckets: one resolution (tier), one stretch of time (partition).
//
//   blocks      zstd, each the columns of several series (series_column.h), about kBlockBytes raw
//   directory   zstd: per block where it is and its checksum; per series its block, place, last
//   time trailer     where the directory is, its checksum, the mark
//
// A segment is written beside, synced, and counts only once the manifest names it (engine.cc).
// Several segments of one partition may hold the same series and even the same second: readers
// merge buckets. Rejected: one file per series (10,000 files an hour), and RocksDB (measured three
// times slower to write than blocks like these).
#pragma once
#include <map>
#include <memory>

#include "metrics/bucket.h"
#include "metrics/file.h"
#include "metrics/registry.h"

namespace seatrial::metrics {

inline constexpr std::size_t kBlockBytes = 64 << 10;  // raw; a longer series has a block of its own

struct SegmentName {
  int tier = 0;
  std::uint32_t partition = 0;  // its start, seconds since the epoch
  std::uint64_t number = 0;     // unique in the world
  std::string file() const;     // "60-1767225600-17.segment"
  auto operator<=>(const SegmentName&) const = default;
};

class SegmentWriter {
 public:
  static std::expected<SegmentWriter, std::string> create(const std::filesystem::path& folder,
                                                          SegmentName name, int level);
  // Series in ascending order of number, each once.
  Done add(SeriesNumber series, const std::vector<Bucket>& ascending);
  Done finish();  // synced
  const SegmentName& name() const { return name_; }

 private:
  struct Block {
    std::uint64_t at;
    std::uint32_t size, raw, checksum;
  };
  struct Place {
    SeriesNumber series;
    std::uint32_t block, at, size, last;
  };
  SegmentWriter(File file, SegmentName name, int level)
      : file_(std::move(file)), name_(name), level_(level) {}
  Done end_block();
  std::string directory() const;

  File file_;
  SegmentName name_;
  int level_;
  std::string raw_;
  std::vector<Block> blocks_;
  std::vector<Place> places_;
};

class Segment {
 public:
  static std::expected<std::shared_ptr<Segment>, std::string> open(
      const std::filesystem::path& folder, SegmentName name);

  struct Place {
    SeriesNumber series;
    std::uint32_t block, at, size, last;  // last: the start of its latest bucket
  };
  const SegmentName& name() const { return name_; }
  std::uint64_t bytes() const { return file_.size(); }
  const std::vector<Place>& places() const { return places_; }  // ascending by series
  const Place* find(SeriesNumber series) const;

  std::expected<std::string, std::string> block(std::uint32_t index) const;  // raw
  std::size_t block_bytes(std::uint32_t index) const { return blocks_[index].raw; }

 private:
  struct Block {
    std::uint64_t at;
    std::uint32_t size, raw, checksum;
  };
  Segment(File file, SegmentName name) : file_(std::move(file)), name_(name) {}
  Done read_directory();
  bool parse_directory(std::string_view raw);

  File file_;
  SegmentName name_;
  std::vector<Block> blocks_;
  std::vector<Place> places_;
};

}  // namespace seatrial::metrics
