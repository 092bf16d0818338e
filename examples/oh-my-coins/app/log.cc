// Log lines; the contract is in log.h.
#include "log.h"

#include <unistd.h>

#include <ctime>

#include "json.h"

namespace omc {
namespace {

bool as_json = false;
std::string environment_of_all;

std::string json_line(std::string_view level, std::string_view text,
                      const std::vector<Field>& fields) {
  std::string line = "{\"level\":" + quoted(level) + ",\"time\":" + quoted(utc_now());
  if (!environment_of_all.empty()) line += ",\"Environment\":" + quoted(environment_of_all);
  for (const Field& field : fields) {
    line += "," + quoted(field.name) + ":" + (field.number ? field.value : quoted(field.value));
  }
  return line + ",\"message\":" + quoted(text) + "}\n";
}

std::string text_line(std::string_view level, std::string_view text) {
  std::string line;
  line.append(level).append(" ").append(utc_now()).append(" ").append(text).append("\n");
  return line;
}

void write_line(int fd, std::string_view level, std::string_view text,
                const std::vector<Field>& fields) {
  const std::string line = as_json ? json_line(level, text, fields) : text_line(level, text);
  for (std::string_view rest = line; !rest.empty();) {
    const ssize_t n = ::write(fd, rest.data(), rest.size());
    if (n <= 0) return;  // nobody reads the log any more: the service goes on
    rest.remove_prefix(static_cast<size_t>(n));
  }
}

}  // namespace

void use_json_log(std::string environment) {
  as_json = true;
  environment_of_all = std::move(environment);
}

void log_info(std::string_view text, const std::vector<Field>& fields) {
  write_line(STDOUT_FILENO, "INFO", text, fields);
}
void log_error(std::string_view text, const std::vector<Field>& fields) {
  write_line(STDERR_FILENO, "ERROR", text, fields);
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

}  // namespace omc
