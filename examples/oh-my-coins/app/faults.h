// Faults a rehearsal can switch on: by request (/faults/slow?ms=300) or at start (FAULT=slow:300).
//
// Every fault does the real thing: memory is allocated and touched until the task's limit kills it,
// a crash is a process that ends. Switched on they stay on until /faults/off (memory is given
// back).
#pragma once

#include <atomic>
#include <expected>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace omc {

inline constexpr long kMaxSlowMs = 600'000;
inline constexpr long kMaxLeakMb = 16'384;

class Faults {
 public:
  // Switches one on. `name` is crash, slow, leak, errors, unhealthy, exit or off; `amount` is ms,
  // MB, percent or the exit code, where the fault has one. The error says what is wrong. Any
  // thread.
  std::expected<void, std::string> set(std::string_view name, std::string_view amount);
  // The same from FAULT's form name[:amount]; an empty text sets nothing.
  std::expected<void, std::string> set_from(std::string_view text);

  // What an answer must do. Any thread.
  int delay_ms() const { return slow_ms_; }
  bool unhealthy() const { return unhealthy_; }
  // Set once the next answer is to be the last.
  bool crash() const { return crash_; }
  // Set when the process is not to start at all.
  std::optional<int> exit_at_start() const;
  // True for the given share of calls, evenly spread: with 25, every fourth.
  bool next_is_error();

 private:
  std::expected<void, std::string> leak(long mb);
  void off();

  std::atomic<bool> crash_ = false;
  std::atomic<bool> unhealthy_ = false;
  std::atomic<int> slow_ms_ = 0;
  std::atomic<int> error_percent_ = 0;
  std::atomic<unsigned long> answers_ = 0;
  std::atomic<int> exit_code_ = -1;
  std::mutex mutex_;
  std::vector<std::unique_ptr<char[]>> leaked_;  // guarded by mutex_
};

}  // namespace omc
