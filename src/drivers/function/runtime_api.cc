#include "drivers/function/runtime_api.h"

#include "base/value.h"

namespace seatrial::drivers {
namespace {

constexpr std::string_view kRoot = "/2018-06-01/runtime/";

}  // namespace

RuntimeCall runtime_call(const wire::HttpRequest& request) {
  using Kind = RuntimeCall::Kind;
  std::string_view path = request.raw_path();
  if (!path.starts_with(kRoot)) return {};
  path.remove_prefix(kRoot.size());
  if (request.method == "GET") {
    if (path == "invocation/next") return {Kind::kNext, ""};
    return {};
  }
  if (request.method != "POST") return {};
  if (path == "init/error") return {Kind::kInitError, ""};
  constexpr std::string_view kInvocation = "invocation/";
  if (!path.starts_with(kInvocation)) return {};
  path.remove_prefix(kInvocation.size());
  const auto slash = path.find('/');
  if (slash == std::string_view::npos) return {};
  const std::string id(path.substr(0, slash));
  path.remove_prefix(slash + 1);
  if (path == "response") return {Kind::kResponse, id};
  if (path == "error") return {Kind::kError, id};
  return {};
}

wire::HttpResponse next_invocation(FunctionInvocation invocation,
                                   std::chrono::system_clock::time_point deadline) {
  const auto ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline.time_since_epoch()).count();
  wire::HttpResponse response;
  auto& headers = response.headers;
  headers.add("Content-Type", "application/json");
  headers.add("Lambda-Runtime-Aws-Request-Id", std::move(invocation.request_id));
  headers.add("Lambda-Runtime-Deadline-Ms", std::to_string(ms));
  headers.add("Lambda-Runtime-Invoked-Function-Arn", std::move(invocation.function_arn));
  if (!invocation.trace_id.empty())
    headers.add("Lambda-Runtime-Trace-Id", std::move(invocation.trace_id));
  if (!invocation.client_context.empty())
    headers.add("Lambda-Runtime-Client-Context", std::move(invocation.client_context));
  response.body = std::move(invocation.payload);
  return response;
}

wire::HttpResponse runtime_accepted() {
  wire::HttpResponse response{202, {}, R"({"status":"OK"})", nullptr};
  response.headers.add("Content-Type", "application/json");
  return response;
}

wire::HttpResponse runtime_refusal(int status, std::string_view type, std::string_view message) {
  wire::HttpResponse response;
  response.status = status;
  response.headers.add("Content-Type", "application/json");
  response.body = to_json(Object{{"errorMessage", message}, {"errorType", type}});
  return response;
}

std::string error_type_of(const wire::HttpRequest& request) {
  const auto type = request.headers.get("Lambda-Runtime-Function-Error-Type");
  return type.empty() ? "Runtime.Unknown" : std::string(type);
}

}  // namespace seatrial::drivers
