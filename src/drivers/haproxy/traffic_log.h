// Counts traffic from HAProxy's own record of each request.
//
// HAProxy writes one line a request into a named pipe that it holds open itself, so that lines wait
// there (kPipeBytes, some 10,000) while the daemon is dead. Counting lines is exact per status
// class and gives microsecond response times; `show stat` has averages only and forgets on reload.
#pragma once
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "drivers/proxy.h"

namespace seatrial::drivers {

class TrafficLog {
 public:
  static constexpr int kPipeBytes = 1 << 20;
  static constexpr std::size_t kMaxLine = 4096;

  // Makes the pipe at `path` unless it is there, and reads it on a thread of its own.
  explicit TrafficLog(const std::string& path);
  ~TrafficLog();

  int write_end() const { return write_end_; }         // for the proxy; the log's own
  const std::string& error() const { return error_; }  // empty when the pipe works
  ProxyCounters snapshot() const;                      // any thread
  void count(std::string_view line);

 private:
  void run();
  void count_http(const std::vector<std::string_view>& words);
  void count_tcp(const std::vector<std::string_view>& words);

  int read_end_ = -1, write_end_ = -1, stop_ = -1;
  std::string error_;
  mutable std::mutex mutex_;
  ProxyCounters counters_;
  std::thread thread_;
};

}  // namespace seatrial::drivers
