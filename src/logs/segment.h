// A segment: blocks of one group in one file, up to kSegmentBytes.
//
// Blocks are appended, each time followed by a footer that describes those new ones and says where
// the footer before it is. Nothing written is ever changed; which footer counts says the manifest,
// so that bytes a crash left behind the last one are nobody's. Rejected: one file a flush (a small
// group would have thousands), and merging files later (every byte written twice).
#pragma once
#include <atomic>
#include <memory>
#include <vector>

#include "logs/block_format.h"
#include "logs/file.h"

namespace seatrial::logs {

inline constexpr std::uint64_t kSegmentBytes = 64u << 20;

// A file that goes with its last user once it is doomed: a scan may still be reading it.
struct SegmentFile {
  SegmentFile(std::uint64_t id, std::filesystem::path path) : id(id), path(std::move(path)) {}
  ~SegmentFile();
  SegmentFile(const SegmentFile&) = delete;
  SegmentFile& operator=(const SegmentFile&) = delete;

  const std::uint64_t id;
  const std::filesystem::path path;
  std::atomic<bool> doomed = false;
};

struct FooterRef {
  std::uint64_t offset = 0;
  std::uint32_t size = 0, crc = 0;  // size 0: there is none
  std::uint64_t end() const { return offset + size; }
};

struct PlacedBlock {
  std::uint64_t offset = 0;
  BlockInfo info;
};

std::string encode_footer(const FooterRef& before, std::span<const PlacedBlock> blocks);
struct Footer {
  FooterRef before;
  std::vector<PlacedBlock> blocks;
};
// `offset` is where the footer lies: what it tells of must lie before it.
std::expected<Footer, std::string> decode_footer(std::string_view bytes, std::uint64_t offset);

// Appends blocks and their footer behind `last`, durably; fills the offsets in.
std::expected<FooterRef, std::string> append_blocks(const std::filesystem::path& path,
                                                    const FooterRef& last,
                                                    std::span<const std::string* const> bytes,
                                                    std::span<PlacedBlock> blocks);

// All blocks up to the footer, oldest first.
std::expected<std::vector<PlacedBlock>, std::string> read_footers(const std::filesystem::path& path,
                                                                  FooterRef last);

}  // namespace seatrial::logs
