// Parsing and answering for http.h. A request this small subset does not understand is answered
// with the status that says so, and its connection is closed: where the next request would begin
// is then not known.
#include "http.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <expected>

#include "log.h"
#include "metrics.h"

namespace omc {
namespace {

using SteadyClock = std::chrono::steady_clock;

struct Parsed {
  Request request;
  size_t body_bytes = 0;
};

const char* reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 202:
      return "Accepted";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    default:
      return "Unknown";
  }
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes up to the next CRLF, or all that is left.
std::string_view take_line(std::string_view& text) {
  const size_t end = std::min(text.find("\r\n"), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 2, text.size()));
  return line;
}

// The int is the status that refuses the request.
std::expected<Parsed, int> parse_request_line(std::string_view line) {
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == 0 || first == std::string_view::npos || first == last) return std::unexpected(400);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  const auto printable = [](char c) { return c > ' ' && c < 127; };
  if (!target.starts_with('/') || !std::ranges::all_of(target, printable))
    return std::unexpected(400);
  if (!std::ranges::all_of(line.substr(0, first), [](char c) { return c >= 'A' && c <= 'Z'; }) ||
      (version != "HTTP/1.1" && version != "HTTP/1.0")) {
    return std::unexpected(400);
  }
  const size_t mark = std::min(target.find('?'), target.size());
  return Parsed{.request = {.method = std::string(line.substr(0, first)),
                            .path = std::string(target.substr(0, mark)),
                            .query = std::string(target.substr(std::min(mark + 1, target.size()))),
                            .keep_alive = version == "HTTP/1.1"}};
}

std::expected<size_t, int> parse_length(std::string_view value) {
  size_t bytes = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), bytes);
  if (error == std::errc::result_out_of_range) return std::unexpected(413);
  if (error != std::errc() || end != value.data() + value.size()) return std::unexpected(400);
  if (bytes > kMaxBodyBytes) return std::unexpected(413);
  return bytes;
}

std::expected<Parsed, int> parse_head(std::string_view head) {
  auto parsed = parse_request_line(take_line(head));
  if (!parsed) return parsed;
  bool length_seen = false;
  while (!head.empty()) {
    const std::string_view line = take_line(head);
    const size_t colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos) return std::unexpected(400);
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (equal_ignoring_case(name, "transfer-encoding")) return std::unexpected(501);
    if (equal_ignoring_case(name, "content-length")) {
      const auto length = parse_length(value);
      if (!length) return std::unexpected(length.error());
      if (length_seen && *length != parsed->body_bytes) return std::unexpected(400);
      parsed->body_bytes = *length;
      length_seen = true;
    }
    if (equal_ignoring_case(name, "connection")) {
      if (equal_ignoring_case(value, "close")) parsed->request.keep_alive = false;
      if (equal_ignoring_case(value, "keep-alive")) parsed->request.keep_alive = true;
    }
  }
  return parsed;
}

std::string render(const Response& response, bool with_body, bool keep_alive) {
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + " " +
                     reason_of(response.status) + "\r\nContent-Type: " + response.type +
                     "\r\nContent-Length: " + std::to_string(response.body.size()) + "\r\n";
  if (!response.allow.empty()) text += "Allow: " + response.allow + "\r\n";
  text += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  if (with_body) text += response.body;
  return text;
}

void log_answer(const Request& request, int status, SteadyClock::duration took) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
  const std::string line = std::to_string(status) + " " + request.method + " " + request.path +
                           " response_time_ms=" + std::to_string(ms);
  // The systems of the examples do not agree on the name of the time: both are given.
  const std::vector<Field> fields{{"type", "request"},
                                  {"method", request.method},
                                  {"path", request.path},
                                  {"status", std::to_string(status), true},
                                  {"response_time", std::to_string(ms), true},
                                  {"responseTime", std::to_string(ms), true}};
  (status >= 500 ? log_error : log_info)(line, fields);
  if (publisher != nullptr) publisher->event("request", fields);
}

// One connection's conversation: the bytes read and not yet used live here.
class Conversation {
 public:
  Conversation(Connection& connection, const Handler& handler)
      : connection_(connection), handler_(handler) {}

  // True when the connection can take another request.
  bool serve_one() {
    const auto parsed = receive();
    if (!parsed) {
      if (parsed.error() != 0) refuse(parsed.error());
      return false;
    }
    return answer(parsed->request);
  }

 private:
  // Reads one whole request; the error is a status to refuse it with, or 0: nobody is there.
  std::expected<Parsed, int> receive() {
    size_t end = std::string::npos;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (buffer_.size() > kMaxHeaderBytes) return std::unexpected(431);
      if (const int status = read_more(); status >= 0) return std::unexpected(status);
    }
    if (end > kMaxHeaderBytes) return std::unexpected(431);
    began_ = begun() ? began_ : SteadyClock::now();
    auto parsed = parse_head(std::string_view(buffer_).substr(0, end));
    if (!parsed) return parsed;
    const size_t whole = end + 4 + parsed->body_bytes;
    while (buffer_.size() < whole) {
      if (const int status = read_more(); status >= 0) return std::unexpected(status);
    }
    buffer_.erase(0, whole);
    return parsed;
  }

  bool begun() const { return began_ != SteadyClock::time_point(); }

  // -1 when bytes came, else the status that ends the conversation.
  int read_more() {
    using std::chrono::milliseconds;
    const bool idle = buffer_.empty() && !begun();
    int timeout_ms = kIdleTimeoutMs;
    if (!idle) {
      if (!begun()) began_ = SteadyClock::now();
      const auto left = began_ + milliseconds(kRequestTimeoutMs) - SteadyClock::now();
      timeout_ms = static_cast<int>(std::chrono::duration_cast<milliseconds>(left).count());
      if (timeout_ms <= 0) return 408;
    }
    switch (connection_.read(buffer_, timeout_ms, idle)) {
      case Connection::Got::kBytes:
        return -1;
      case Connection::Got::kTimeout:
        return idle ? 0 : 408;
      case Connection::Got::kClosed:
        return 0;
    }
    return 0;
  }

  void refuse(int status) {
    const Response response{.status = status,
                            .body = std::string("{\"detail\": \"") + reason_of(status) + "\"}"};
    log_info(std::to_string(status) + " request refused: " + reason_of(status));
    connection_.write(render(response, true, false));
    drain();
  }

  // Reads off what the peer still sends, so that closing does not reset the refusal away.
  void drain() {
    constexpr int kDrainReads = 64;
    constexpr int kDrainTimeoutMs = 50;
    for (int i = 0; i < kDrainReads; ++i) {
      buffer_.clear();
      if (connection_.read(buffer_, kDrainTimeoutMs, false) != Connection::Got::kBytes) return;
    }
  }

  bool answer(const Request& request) {
    const Response response = handler_(request);
    const bool keep_alive = request.keep_alive && !response.then_exit && !connection_.stopping();
    const bool sent = connection_.write(render(response, request.method != "HEAD", keep_alive));
    log_answer(request, response.status, SteadyClock::now() - began_);
    if (response.then_exit) {
      log_error("fault: exiting with code " + std::to_string(*response.then_exit));
      ::_exit(*response.then_exit);
    }
    began_ = {};
    return sent && keep_alive;
  }

  Connection& connection_;
  const Handler& handler_;
  std::string buffer_;
  SteadyClock::time_point began_;  // of the request being read; unset between requests
};

}  // namespace

void serve_http(Connection& connection, const Handler& handler) {
  Conversation conversation(connection, handler);
  while (conversation.serve_one()) {
  }
}

}  // namespace omc
