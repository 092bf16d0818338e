// The daemon's own log (not CloudWatch Logs): one line an event on stderr or the world's
// seatrial.log. Secrets never reach it: callers pass masked values.
#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>

namespace seatrial::log {

enum class Level { kDebug, kInfo, kWarning, kError };

void set_level(Level level);
// Sends all further lines to this file (appended) instead of stderr; empty on success, else why
// not.
std::string set_file(const std::string& path);
void write(Level level, std::string_view line);

template <class... A>
void debug(fmt::format_string<A...> f, A&&... a) {
  write(Level::kDebug, fmt::format(f, std::forward<A>(a)...));
}
template <class... A>
void info(fmt::format_string<A...> f, A&&... a) {
  write(Level::kInfo, fmt::format(f, std::forward<A>(a)...));
}
template <class... A>
void warning(fmt::format_string<A...> f, A&&... a) {
  write(Level::kWarning, fmt::format(f, std::forward<A>(a)...));
}
template <class... A>
void error(fmt::format_string<A...> f, A&&... a) {
  write(Level::kError, fmt::format(f, std::forward<A>(a)...));
}

}  // namespace seatrial::log
