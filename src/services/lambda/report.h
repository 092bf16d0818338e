// The lines and error documents by which Lambda tells of an invocation. Pure.
// docs.aws.amazon.com/lambda/latest/dg/python-logging.html, troubleshooting-invocation.html
#pragma once
#include <string>

#include "drivers/function.h"

namespace seatrial::services::lambda {

struct Report {
  std::string request_id;
  double duration_ms = 0;
  double init_ms = 0;  // 0: the process was there already
  int memory_mb = 0, used_mb = 0;
  std::string status;      // "", "timeout", "error"
  std::string error_type;  // of "error"
};

std::string start_line(const std::string& request_id, const std::string& version);
std::string end_line(const std::string& request_id);
std::string report_line(const Report& report);
int used_mb(std::int64_t bytes);  // as REPORT rounds

// How an invocation ended whose process did not answer.
struct Failure {
  std::string error_type, message;  // of the document that the caller gets
  std::string log_line;
};
Failure failure_of(const drivers::FunctionEnd& end, const std::string& request_id, int timeout_s,
                   Time now);
std::string error_document(const Failure& failure);

}  // namespace seatrial::services::lambda
