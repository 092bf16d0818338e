// Counts traffic from HAProxy's own record of each request.
//
// HAProxy writes one line a request into a named pipe that it holds open itself, so that lines wait
// there (kPipeBytes, some 10,000 or, with all that an access log tells, 2,000; more where the
// daemon may have larger pipes) while the daemon is dead or slow. HAProxy drops what does not fit,
// counted. Counting lines is exact per status class and gives microsecond response times; `show
// stat` has averages only and forgets on reload.
#pragma once
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "drivers/proxy.h"

namespace seatrial::drivers {

class TrafficLog {
 public:
  static constexpr int kPipeBytes = 1 << 20, kLargePipeBytes = 8 << 20;
  static constexpr std::size_t kMaxLine = 4096;
  static constexpr std::size_t kMaxWaiting = 16 << 20;  // bytes of records that nobody took yet

  // Makes the pipe at `path` unless it is there, and reads it on a thread of its own.
  explicit TrafficLog(const std::string& path);
  ~TrafficLog();

  int write_end() const { return write_end_; }         // for the proxy; the log's own
  const std::string& error() const { return error_; }  // empty when the pipe works
  ProxyCounters snapshot() const;                      // any thread
  void count(std::string_view line);
  void record_to(RecordSink sink);  // ProxyDriver::record_requests

 private:
  void run();
  void take_record(std::string_view line, const std::vector<std::string_view>& words);
  void hand_over();
  void count_http(const std::vector<std::string_view>& words);
  void count_tcp(const std::vector<std::string_view>& words);

  int read_end_ = -1, write_end_ = -1, stop_ = -1;
  std::string error_;
  mutable std::mutex mutex_;
  ProxyCounters counters_;
  std::mutex sink_mutex_;
  std::vector<ProxyRecord> records_;  // of the lines at hand
  RecordSink sink_;
  std::string waiting_;  // lines with records, while there is no sink
  std::thread thread_;
};

}  // namespace seatrial::drivers
