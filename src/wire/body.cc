#include "wire/body.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <charconv>

#include "base/check.h"
#include "wire/text.h"

namespace seatrial::wire {
namespace {

using model::fail;

// Reads "5;chunk-signature=..." up to its CRLF; false when it is none.
bool take_chunk_head(std::string_view& rest, std::size_t& size) {
  const auto end = rest.find("\r\n");
  if (end == std::string_view::npos) return false;
  const std::string_view digits = rest.substr(0, std::min(end, rest.find(';')));
  const auto [stop, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
  if (digits.empty() || error != std::errc{} || stop != digits.data() + digits.size()) return false;
  rest.remove_prefix(end + 2);
  return true;
}

// "name:value" lines up to the end; the empty one before it is optional, as clients differ.
void read_trailers(std::string_view rest, Headers& trailers) {
  while (!rest.empty()) {
    const auto end = std::min(rest.find("\r\n"), rest.size());
    const std::string_view line = rest.substr(0, end);
    const auto colon = line.find(':');
    if (colon != std::string_view::npos && colon > 0) {
      trailers.add(std::string(trim(line.substr(0, colon))),
                   std::string(trim(line.substr(colon + 1))));
    }
    rest.remove_prefix(std::min(end + 2, rest.size()));
  }
}

model::Outcome<void> undo(std::string_view encoding, Body& body) {
  const bool gzip = same_ignoring_case(encoding, "gzip");
  if (!gzip && !same_ignoring_case(encoding, "aws-chunked")) return {};
  auto bytes = gzip ? gunzip(body.view()) : unchunk(body.view(), &body.trailers);
  if (!bytes) return std::unexpected(std::move(bytes).error());
  body.own(*std::move(bytes));
  return {};
}

}  // namespace

Body& Body::operator=(Body&& other) noexcept {
  trailers = std::move(other.trailers);
  view_ = other.view_;
  owned_ = std::move(other.owned_);
  owning_ = other.owning_;
  return *this;
}

void Body::own(std::string bytes) {
  owned_ = std::move(bytes);
  owning_ = true;
}

std::string gzip(std::string_view bytes, int level) {
  constexpr int kGzipWindow = 15 + 16, kMemory = 8;
  z_stream stream{};
  const int started =
      deflateInit2(&stream, level, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY);
  ST_CHECK(started == Z_OK, "zlib did not start");
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int ended = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  ST_CHECK(ended == Z_STREAM_END, "zlib did not finish");
  return out;
}

model::Outcome<std::string> gunzip(std::string_view bytes, std::size_t limit) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK)
    return fail("InternalFailure", "zlib did not start", 500);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  int result = Z_OK;
  while (result == Z_OK && out.size() <= limit) {
    const std::size_t before = out.size();
    out.resize(before +
               std::min<std::size_t>(std::max<std::size_t>(bytes.size() * 4, 4096), 1 << 20));
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream.avail_out = static_cast<uInt>(out.size() - before);
    result = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (out.size() > limit) {
    return fail("RequestEntityTooLargeException",
                fmt::format("The gzip body inflates to more than {} bytes.", limit), 413);
  }
  if (result != Z_STREAM_END) return fail("SerializationException", "The gzip body is damaged.");
  return out;
}

model::Outcome<std::string> unchunk(std::string_view rest, Headers* trailers) {
  const auto damaged = [] { return fail("IncompleteBody", "The aws-chunked body is damaged."); };
  std::string out;
  out.reserve(rest.size());
  for (;;) {
    std::size_t size = 0;
    if (!take_chunk_head(rest, size)) return damaged();
    if (size == 0) {
      if (trailers != nullptr) read_trailers(rest, *trailers);
      return out;
    }
    if (rest.size() < size || rest.size() - size < 2 || rest.substr(size, 2) != "\r\n")
      return damaged();
    out.append(rest.substr(0, size));
    rest.remove_prefix(size + 2);
  }
}

model::Outcome<Body> decoded_body(const HttpRequest& request, bool undo_gzip) {
  Body body(request.body);
  const std::string_view header = request.headers.get("Content-Encoding");
  const bool streaming = request.headers.get("x-amz-content-sha256").starts_with("STREAMING-");
  if (header.empty() && !streaming) return body;
  bool chunked = streaming;
  std::vector<std::string_view> encodings;
  for (const auto encoding : split(header, ',')) {
    if (same_ignoring_case(trim(encoding), "aws-chunked"))
      chunked = true;
    else
      encodings.push_back(trim(encoding));
  }
  // aws-chunked is always outermost on the wire, wherever clients list it.
  if (chunked) {
    if (auto done = undo("aws-chunked", body); !done) return std::unexpected(done.error());
  }
  if (!undo_gzip) return body;
  for (auto it = encodings.rbegin(); it != encodings.rend(); ++it) {
    if (auto done = undo(*it, body); !done) return std::unexpected(done.error());
  }
  return body;
}

}  // namespace seatrial::wire
