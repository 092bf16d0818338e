// What lies in segments, and from where on the write-ahead log counts: the engine's root.
//
// Rewritten whole at each flush (write, sync, rename). It lists the blocks of everything before its
// log files; streams, removals and marks are those of the moment, for replaying the log over them
// again changes nothing.
#pragma once
#include <expected>
#include <string>
#include <vector>

#include "logs/group.h"
#include "logs/segment.h"

namespace seatrial::logs {

struct ManifestSegment {
  std::uint64_t id = 0;
  FooterRef footer;
  std::vector<std::int64_t> dead_bytes;  // of each block, in order
};

struct ManifestGroup {
  std::string name;
  std::vector<Stream> streams;  // by number
  std::vector<DropMark> marks;
  std::vector<ManifestSegment> segments;
};

struct Manifest {
  std::uint64_t first_wal = 0, first_frame = 0;
  std::int64_t next_sequence = 1;
  std::uint64_t next_segment = 0;
  std::vector<ManifestGroup> groups;
};

std::string encode_manifest(const Manifest& manifest);
std::expected<Manifest, std::string> decode_manifest(std::string_view bytes);

}  // namespace seatrial::logs
