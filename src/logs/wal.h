// The write-ahead log: what was acknowledged but does not lie in a segment yet.
//
// One log for all groups, so that one fdatasync makes everything durable that came at the same
// moment. Each commit is one frame: magic, number, length, CRC-32C of header and of payload. Frames
// are numbered without gaps over all files, so a lost one is noticed.
//
// A crash may leave the last frame torn: it was never acknowledged and is cut off. A frame that is
// damaged although a valid one follows was acknowledged: the world's disk cannot be trusted, which
// is FATAL. A commit that the disk refuses is cut off at once, and its number used again.
//
// Rejected: a log for each group (a sync each), and the SQLite that was here before (three times
// the work a byte, and one writer for all).
#pragma once
#include <expected>
#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

#include "logs/file.h"

namespace seatrial::logs {

inline constexpr std::size_t kFrameHeader = 32;

// Frames of one file's bytes, in order. `next` is the number the first must have, and becomes the
// one after the last. The error is what is wrong with acknowledged bytes; the value is where the
// valid frames end (a torn tail may follow).
using TakeFrame = std::function<std::expected<void, std::string>(std::string_view payload)>;
std::expected<std::uint64_t, std::string> read_frames(std::string_view bytes, std::uint64_t& next,
                                                      const TakeFrame& take);

class Wal {
 public:
  // The log's files lie in `folder`, "wal-<number>". Replays those from `first` on and leaves the
  // last one open for more, cut behind its last valid frame. FATAL when acknowledged bytes are
  // damaged.
  static std::expected<Wal, std::string> open(const std::filesystem::path& folder,
                                              std::uint64_t first, std::uint64_t next_frame,
                                              const TakeFrame& take);

  // Durable on return. On an error nothing of it is there.
  Done append(std::vector<iovec> payload);
  std::uint64_t bytes() const { return bytes_; }  // since the last rotation
  std::uint64_t number() const { return number_; }
  std::uint64_t next_frame() const { return next_frame_; }
  Done rotate();  // goes on in a new file

 private:
  std::expected<void, std::string> replay(const TakeFrame& take);
  std::expected<void, std::string> open_file();

  std::filesystem::path folder_;
  std::uint64_t number_ = 0, next_frame_ = 0;
  std::uint64_t end_ = 0, bytes_ = 0;
  File file_;
};

// The files before `number`: their events lie in segments.
void remove_log_files(const std::filesystem::path& folder, std::uint64_t number);

}  // namespace seatrial::logs
