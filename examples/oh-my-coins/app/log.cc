// Log lines; the contract is in log.h.
#include "log.h"

#include <unistd.h>

#include <ctime>

namespace omc {
namespace {

void write_line(int fd, std::string_view level, std::string_view text) {
  std::string line;
  line.append(level).append(" ").append(utc_now()).append(" ").append(text).append("\n");
  for (std::string_view rest = line; !rest.empty();) {
    const ssize_t n = ::write(fd, rest.data(), rest.size());
    if (n <= 0) return;  // nobody reads the log any more: the service goes on
    rest.remove_prefix(static_cast<size_t>(n));
  }
}

}  // namespace

void log_info(std::string_view text) { write_line(STDOUT_FILENO, "INFO", text); }
void log_error(std::string_view text) { write_line(STDERR_FILENO, "ERROR", text); }

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

}  // namespace omc
