// The segments of a world and the one file that says which of them count.
//
// Problem: segments are made from the write-ahead log, merged and rolled up while the daemon may
// die at any moment, and no sample may be lost or counted twice. Choice: a manifest, replaced
// whole, names the segments and the first log whose samples are not in them; each step writes new
// segments, replaces the manifest, then removes what it no longer names. What the manifest does not
// name at start is left over from a step that was not finished, and is removed. Rejected: marking
// segments themselves (a merge would have to change several files at once).
#pragma once
#include <memory>
#include <mutex>
#include <vector>

#include "metrics/hot.h"
#include "metrics/segment.h"
#include "metrics/tiers.h"

namespace seatrial::metrics {

using Segments = std::vector<std::shared_ptr<Segment>>;

inline constexpr std::size_t kMaxAlike = 4;  // segments of a partition and size before they merge

class Shelf {
 public:
  // `mutex` covers what readers see.
  static std::expected<std::unique_ptr<Shelf>, std::string> open(
      const std::filesystem::path& folder, std::mutex& mutex);

  // With the mutex held, or on the worker's thread, which alone changes it.
  std::shared_ptr<const Segments> segments() const { return segments_; }
  std::uint64_t first_wal() const { return first_wal_; }

  // The worker's thread. A failed step leaves everything as it was. `sealed` is called with the
  // mutex held, in the moment the segments are there: no reader finds samples twice or not at all.
  Done seal(const Hot& hot, std::uint64_t next_wal, const std::function<void()>& sealed);
  Done roll_up(std::int64_t now_s);  // what is older than its tier is kept
  Done merge_alike();                // until no partition has kMaxAlike segments of like size

 private:
  Shelf(std::filesystem::path folder, std::mutex& mutex)
      : folder_(std::move(folder)), mutex_(mutex) {}
  Done read_manifest();
  Done write_manifest(const Segments& segments, std::uint64_t first_wal);
  void remove_leftovers() const;
  SegmentName next_name(int tier, std::uint32_t partition);
  // Replaces `old` by what the writers made.
  Done exchange(const Segments& old, std::vector<SegmentWriter>& made, std::uint64_t first_wal,
                const std::function<void()>& exchanged = nullptr);
  Done merge(const Segments& sources, int tier, int level);
  Segments expired(int tier, std::int64_t now_s) const;
  Segments alike() const;

  std::filesystem::path folder_;
  std::mutex& mutex_;
  std::shared_ptr<const Segments> segments_ = std::make_shared<Segments>();
  std::uint64_t first_wal_ = 1, next_number_ = 1;
};

}  // namespace seatrial::metrics
