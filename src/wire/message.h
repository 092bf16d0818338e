// HTTP messages as the codecs see them: no sockets, no Beast.
#pragma once
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace seatrial::wire {

// Header fields in order of arrival; look-ups ignore case.
class Headers {
 public:
  void add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
  }
  void set(std::string_view name, std::string value);
  std::string_view get(std::string_view name) const;  // the first, or empty
  bool has(std::string_view name) const;
  void erase(std::string_view name);
  const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

struct HttpRequest {
  std::string method;
  std::string target;  // as on the request line: raw path and query, percent-encoded
  Headers headers;
  std::string body;             // after transfer decoding; content encodings still on it
  bool body_too_large = false;  // over the limit: the body was not read
  std::string sent_target;      // what was signed, when `target` was rewritten since; else empty
  bool secure = false;          // came over TLS

  std::string_view raw_path() const;   // before '?'
  std::string_view raw_query() const;  // after '?', may be empty
  std::string_view sent_path() const;  // before '?' of what was signed
};

// A body made while it is sent: the bytes of a large file, the events of a stream.
class BodyStream {
 public:
  // A chunk; empty at the end. The error ends the connection, for the status is out already.
  using Chunk = std::expected<std::string, std::string>;

  virtual ~BodyStream() = default;
  // The whole length where it is known (Content-Length), else the body goes out in HTTP chunks.
  virtual std::optional<std::uint64_t> size() const = 0;
  // Calls `ready` exactly once, from any thread, now or later. Called on the connection's thread,
  // not again before the chunk is sent.
  virtual void next(std::function<void(Chunk)> ready) = 0;
};

struct HttpResponse {
  int status = 200;
  Headers headers;
  std::string body;
  std::shared_ptr<BodyStream> stream;  // instead of `body`
};

}  // namespace seatrial::wire
