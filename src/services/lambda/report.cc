#include "services/lambda/report.h"

#include <fmt/format.h>

#include <cmath>

#include "base/value.h"

namespace seatrial::services::lambda {
namespace {

constexpr int kKill = 9;

std::string signal_name(int number) {
  return number == kKill ? "killed" : number == 11 ? "segmentation fault" : std::to_string(number);
}

}  // namespace

std::string start_line(const std::string& request_id, const std::string& version) {
  return fmt::format("START RequestId: {} Version: {}\n", request_id, version);
}

std::string end_line(const std::string& request_id) {
  return fmt::format("END RequestId: {}\n", request_id);
}

int used_mb(std::int64_t bytes) {
  constexpr double kMiB = 1024.0 * 1024.0;
  return static_cast<int>(std::ceil(static_cast<double>(bytes) / kMiB));
}

// The time of the init phase is billed: AWS does so since August 2025.
std::string report_line(const Report& report) {
  std::string out = fmt::format(
      "REPORT RequestId: {}\tDuration: {:.2f} ms\tBilled Duration: {} ms\tMemory Size: {} MB\tMax "
      "Memory Used: {} MB\t",
      report.request_id, report.duration_ms,
      static_cast<std::int64_t>(std::ceil(report.duration_ms + report.init_ms)), report.memory_mb,
      report.used_mb);
  if (report.init_ms > 0) out += fmt::format("Init Duration: {:.2f} ms\t", report.init_ms);
  if (!report.status.empty()) out += "Status: " + report.status;
  if (!report.error_type.empty()) out += "\tError Type: " + report.error_type;
  return out + "\n";
}

Failure failure_of(const drivers::FunctionEnd& end, const std::string& request_id, int timeout_s,
                   Time now) {
  const auto document = [&](const std::string& what) {
    return fmt::format("RequestId: {} Error: {}", request_id, what);
  };
  if (end.timed_out) {
    const auto what = fmt::format("Task timed out after {:.2f} seconds", double(timeout_s));
    return {"Sandbox.Timedout", document(what),
            fmt::format("{} {} {}\n\n", format_iso8601(now), request_id, what)};
  }
  std::string type = "Runtime.ExitError", what;
  if (!end.start_error.empty()) {
    type = "Runtime.InvalidEntrypoint";
    what = end.start_error;
  } else if (end.signal != 0) {
    what = "Runtime exited with error: signal: " + signal_name(end.signal);
  } else if (end.exit_code != 0) {
    what = fmt::format("Runtime exited with error: exit status {}", end.exit_code);
  } else {
    what = "Runtime exited without providing a reason";
  }
  return {type, document(what), document(what) + "\n" + type + "\n"};
}

std::string error_document(const Failure& failure) {
  return to_json(Object{{"errorType", failure.error_type}, {"errorMessage", failure.message}});
}

}  // namespace seatrial::services::lambda
