// The blocks of a scan in no particular order, made ready by two threads and shown by one.
//
// Problem: reading, checking and decompressing the columns of a block costs about as much as
// counting over them, and most machines have a core to spare. Choice: a second thread reads ahead
// what the request says will be asked for (ScanRequest::columns), up to kReadyBlocks; whoever shows
// the blocks reads one himself when none is ready, so that the second one is a help and never a
// wait. Rejected: whole pipelines side by side, whose groups and percentiles would have to be put
// together afterwards, in an order that the answers must not depend on.
#pragma once
#include <condition_variable>
#include <mutex>
#include <thread>

#include "logs/view.h"

namespace seatrial::logs {

class BlockReader {
 public:
  // All outlive the reader, which adds to the statistics what it has looked at.
  BlockReader(std::span<const GroupView> views, const ScanRequest& request,
              ScanStatistics& statistics);
  ~BlockReader();

  void read(const EventSource::TakeBlock& take);

 private:
  static constexpr std::size_t kReadyBlocks = 16;  // at most; the other thread then rests until
  static constexpr std::size_t kFewReady = 4;      // no more are left, for waking it takes time
  static constexpr std::size_t kLeastForTwo = 8;   // parts; with fewer one thread is done sooner

  struct Job {
    const GroupView* view;
    const Part* part;
  };
  struct Ready {
    std::shared_ptr<const Chunk> chunk;  // of rows
    std::unique_ptr<Block> block;        // null: the part has nothing that is wanted
  };
  const Job* next_job();
  Ready prepare(const Job& job, PartReader& reader, ScanStatistics& statistics) const;
  Ready next(bool& more);
  void read_ahead();
  void stop();

  const ScanRequest& request_;
  ScanStatistics& statistics_;
  std::vector<Job> jobs_;
  PartReader reader_;  // of the thread that shows the blocks

  std::mutex mutex_;  // guards:
  std::condition_variable changed_;
  std::size_t begun_ = 0;
  std::vector<Ready> ready_;
  bool busy_ = false, resting_ = false, waited_for_ = false, stopping_ = false;
  ScanStatistics ahead_;  // of the other thread
  std::thread thread_;
};

}  // namespace seatrial::logs
