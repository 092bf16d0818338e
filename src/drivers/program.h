// Runs a short-lived helper program (ip, haproxy -c) to its end, without a shell.
//
// posix_spawn, because a fork of a daemon with many threads and much memory is slow. Long-lived
// children (tasks) are not started here: see drivers/process.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace seatrial::drivers {

struct ProgramResult {
  int exit_code = -1;  // 128 + signal when killed by one; 127 when it could not be started
  std::string output;  // stdout and stderr together, at most kMaxProgramOutput bytes
};

inline constexpr std::size_t kMaxProgramOutput = 64 * 1024;

// Blocks until the program ends. `argv[0]` is looked up on PATH, then in /usr/sbin and /sbin (a
// plain user's PATH has neither). `input` is its stdin. When `kept_fd` is not negative the program
// gets that descriptor as number 3; all others are closed. Any thread.
ProgramResult run_program(const std::vector<std::string>& argv, std::string_view input = {},
                          int kept_fd = -1);

// The program's full path as run_program would find it; empty when there is none.
std::string find_program(const std::string& name);

}  // namespace seatrial::drivers
