#include "http/reply_head.h"

#include <boost/beast/http/status.hpp>
#include <charconv>
#include <optional>

namespace seatrial::http {
namespace {

// What a header's value may not hold would end it.
void append_value(std::string_view value, std::string& out) {
  const std::size_t from = out.size();
  out += value;
  for (std::size_t i = from; i < out.size(); ++i)
    if (out[i] == '\r' || out[i] == '\n') out[i] = ' ';
}

void append_number(std::uint64_t number, std::string& out) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

void append_length(const wire::HttpResponse& response, std::string& out) {
  if (response.status == 204 || response.status == 304) return;
  if (response.headers.has("Content-Length")) return;  // HEAD tells of a body that is not sent
  std::optional<std::uint64_t> size = response.body.size();
  if (response.stream) size = response.stream->size();
  if (!size) {
    out += "Transfer-Encoding: chunked\r\n";
    return;
  }
  out += "Content-Length: ";
  append_number(*size, out);
  out += "\r\n";
}

}  // namespace

std::string head_of(const wire::HttpResponse& response, bool keep_alive) {
  std::string out = "HTTP/1.1 ";
  out.reserve(256);
  const auto reason =
      boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(response.status));
  append_number(static_cast<std::uint64_t>(response.status), out);
  out += ' ';
  out.append(reason.data(), reason.size());
  out += "\r\n";
  for (const auto& [name, value] : response.headers.all()) {
    out += name;
    out += ": ";
    append_value(value, out);
    out += "\r\n";
  }
  append_length(response, out);
  if (!keep_alive) out += "Connection: close\r\n";
  out += "\r\n";
  return out;
}

}  // namespace seatrial::http
