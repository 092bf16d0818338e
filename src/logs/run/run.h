// One run of a query over the events of a source.
//
// run() works on its caller's thread, usually one made for it; the other calls are for any thread.
// While it runs, whoever wants partial results asks for them and gets those of the last time that
// somebody asked: nothing is copied that nobody reads.
#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "logs/run/program.h"

namespace seatrial::logs::run {

struct Statistics {
  std::int64_t records_matched = 0, records_scanned = 0, bytes_scanned = 0;
  std::int64_t records_skipped = 0, bytes_skipped = 0;
  std::int64_t groups_scanned = 0;
};

struct Result {
  std::vector<ResultRow> rows;
  Statistics statistics;
  std::size_t bytes = 0;  // of memory, about
};

struct Times {
  std::int64_t start_ms = 0, end_ms = 0;  // inclusive both
  std::int64_t now_ms = 0;                // when the query was started
};

class Execution {
 public:
  enum class State { kRunning, kComplete, kFailed, kStopped };

  // `source` must outlive run().
  Execution(std::shared_ptr<const Program> program, EventSource& source, Origin origin,
            Times times);

  void run();
  void stop() { stopped_ = true; }

  State state() const;
  std::string failure() const;  // of kFailed
  // What there is: everything once it is complete, else what was found when this was last called.
  std::shared_ptr<const Result> result();
  const Program& program() const { return *program_; }
  std::shared_ptr<const Program> shared_program() const { return program_; }

 private:
  class Runner;
  bool stopping();
  void publish(Result result, State state, std::string failure);

  std::shared_ptr<const Program> program_;
  EventSource& source_;
  Origin origin_;
  Times times_;
  std::atomic<bool> stopped_ = false, wanted_ = false;
  const std::atomic<bool>* parent_stop_ = nullptr;  // of the run that this one is a part of
  mutable std::mutex mutex_;
  State state_ = State::kRunning;
  std::string failure_;
  std::shared_ptr<const Result> result_;
};

}  // namespace seatrial::logs::run
