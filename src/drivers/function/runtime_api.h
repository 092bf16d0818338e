// The Lambda Runtime API as a function's process sees it: which request is what, and the answers.
// Pure. docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "drivers/function.h"
#include "wire/message.h"

namespace seatrial::drivers {

struct RuntimeCall {
  enum class Kind { kNext, kResponse, kError, kInitError, kUnknown } kind = Kind::kUnknown;
  std::string request_id;  // of kResponse and kError
};

RuntimeCall runtime_call(const wire::HttpRequest& request);

// The answer to .../next.
wire::HttpResponse next_invocation(FunctionInvocation invocation,
                                   std::chrono::system_clock::time_point deadline);
wire::HttpResponse runtime_accepted();  // 202
// An error as the API words it; the body is {"errorMessage", "errorType"}.
wire::HttpResponse runtime_refusal(int status, std::string_view type, std::string_view message);

// The error type that a runtime names in its header, "Runtime.Unknown" when it names none.
std::string error_type_of(const wire::HttpRequest& request);

}  // namespace seatrial::drivers
