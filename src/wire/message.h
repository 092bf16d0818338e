// HTTP messages as the codecs see them: no sockets, no Beast.
#pragma once
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

  std::string_view raw_path() const;   // before '?'
  std::string_view raw_query() const;  // after '?', may be empty
};

struct HttpResponse {
  int status = 200;
  Headers headers;
  std::string body;
};

}  // namespace seatrial::wire
