// Always-on checks. A failed check is a bug of ours: it says where and aborts, because a control
// plane that goes on with a broken invariant answers success for what was not done.
#pragma once
#include <string_view>

namespace seatrial {

// Prints "BUG: file:line: what" to stderr and aborts.
[[noreturn]] void fail_bug(const char* file, int line, std::string_view what);

// Prints "FATAL: path: what" to stderr and aborts: state on disk that cannot be trusted.
[[noreturn]] void fail_corrupt(std::string_view path, std::string_view what);

}  // namespace seatrial

#define ST_CHECK(condition, what)                                       \
  do {                                                                  \
    if (!(condition)) ::seatrial::fail_bug(__FILE__, __LINE__, (what)); \
  } while (false)
