// Objects' bytes: files in <world>/s3, encrypted, written once, never changed.
//
// Problem: an upload of many megabytes must be durable before its reply, and neither the control
// thread nor an HTTP thread may wait for the disk. Choice: two writer threads; a file is written
// under a name of its own and synced (its folder too) before any record names it, so that a crash
// leaves at worst a file nobody names, which the next start removes. Every blob has its own AES-256
// key in counter mode, so that ranges can be read, sealed by the world's vault: what S3 calls
// SSE-S3. Rejected: bytes in SQLite (copied three times, and the WAL doubles them).
//
// A blob that is being read is not removed: readers pin it.
#pragma once
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "room/room.h"
#include "services/s3/store.h"
#include "wire/message.h"

namespace seatrial::services::s3 {

constexpr std::size_t kReadChunk = 256 * 1024;
constexpr int kWriters = 2;

// Which blobs are being read. Outlives the room in the hands of readers.
class Pins {
 public:
  explicit Pins(std::filesystem::path folder) : folder_(std::move(folder)) {}
  void pin(const Segments& segments);
  void unpin(const Segments& segments);
  void remove(const std::string& blob);  // the file, now or when its last reader is done

 private:
  const std::filesystem::path folder_;
  std::mutex mutex_;
  std::map<std::string, int> pins_;
  std::set<std::string> doomed_;
};

// What was written or read to its end, with its digests. A blob that no record has taken by the
// time this goes is removed again.
struct Digested final : room::Prepared {
  ~Digested() override;

  Segments segments;
  std::uint64_t size = 0;
  std::string md5;                               // raw
  std::map<std::string, std::string> checksums;  // raw, by algorithm
  std::filesystem::path fresh;                   // the blob's file until a record has it
  std::shared_ptr<void> pinned;                  // keeps what was read from being removed
};

class Blobs {
 public:
  using Done = std::function<void(room::Outcome<std::shared_ptr<room::Prepared>>)>;

  Blobs(std::filesystem::path folder, room::Vault& vault, Rng& rng);
  ~Blobs();  // finishes what is queued

  // Any thread; `done` on a writer. Gives a Digested. Errors: those of check_digests when the bytes
  // are not what `declared` says, ServiceUnavailable when the disk will not take them.
  void write(std::string bytes, std::vector<std::string> algorithms, wire::Headers declared,
             Done done);
  // Reads segments for their digests alone. Error: InternalError when they cannot be read.
  void digest(Segments segments, std::vector<std::string> algorithms, Done done);
  // The bytes [offset, offset + length) of the segments put together. Any thread.
  std::shared_ptr<wire::BodyStream> read(const Segments& segments, std::uint64_t offset,
                                         std::uint64_t length);

  void remove(const std::string& blob) { pins_->remove(blob); }
  void sweep(const std::set<std::string>& named);  // at start: removes files nobody names

 private:
  friend class BlobReader;
  void run();
  void queue(std::function<void()> work);
  room::Outcome<Segment> store(std::string bytes);
  std::filesystem::path path_of(const std::string& blob) const { return folder_ / blob; }

  std::filesystem::path folder_;
  int folder_fd_ = -1;
  std::shared_ptr<Pins> pins_;
  room::Vault& vault_;
  Rng& rng_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> work_;
  bool stopping_ = false;
  std::vector<std::thread> writers_;
};

// A part of what segments hold.
Segments slice(const Segments& segments, std::uint64_t offset, std::uint64_t length);

}  // namespace seatrial::services::s3
