#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace seatrial {

void fail_bug(const char* file, int line, std::string_view what) {
  std::fprintf(stderr, "BUG: %s:%d: %.*s\n", file, line, static_cast<int>(what.size()),
               what.data());
  std::abort();
}

void fail_corrupt(std::string_view path, std::string_view what) {
  std::fprintf(stderr, "FATAL: %.*s: %.*s\n", static_cast<int>(path.size()), path.data(),
               static_cast<int>(what.size()), what.data());
  std::abort();
}

}  // namespace seatrial
