// HTTP/1.1 on one connection: requests in turn, kept alive, within limits, one log line each.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "server.h"

namespace omc {

inline constexpr size_t kMaxHeaderBytes = 8 * 1024;
inline constexpr size_t kMaxBodyBytes = 64 * 1024;
inline constexpr int kIdleTimeoutMs = 75'000;  // longer than a load balancer keeps its side
inline constexpr int kRequestTimeoutMs = 10'000;

struct Request {
  std::string method;
  std::string path;   // before the question mark
  std::string query;  // after it
  bool keep_alive = true;
};

struct Response {
  int status = 200;
  std::string body;
  std::string type = "application/json";
  std::string allow = {};                       // with 405: the methods that work
  std::optional<int> then_exit = std::nullopt;  // end the process with this code once answered
};

using Handler = std::function<Response(const Request&)>;

// Serves requests until the peer closes, a limit is broken or the server stops.
void serve_http(Connection& connection, const Handler& handler);

}  // namespace omc
