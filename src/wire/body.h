// A request's body without its content encodings: gzip and aws-chunked (signed or not, with
// trailers). The chunk signatures themselves are not verified; the seed signature is (sigv4.h).
#pragma once
#include <string>
#include <string_view>

#include "model/aws_error.h"
#include "wire/message.h"

namespace seatrial::wire {

constexpr std::size_t kMaxInflatedBytes = 64 << 20;  // of one gzip request body

// Views the request's body, or owns what was decoded from it.
class Body {
 public:
  explicit Body(std::string_view raw) : view_(raw) {}
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;
  Body(Body&& other) noexcept { *this = std::move(other); }
  Body& operator=(Body&& other) noexcept;

  std::string_view view() const { return owning_ ? std::string_view(owned_) : view_; }
  void own(std::string bytes);
  bool owning() const { return owning_; }
  std::string take() { return std::move(owned_); }

  Headers trailers;  // of an aws-chunked body

 private:
  std::string_view view_;
  std::string owned_;
  bool owning_ = false;
};

// Undoes Content-Encoding, gzip only if told to. Errors: SerializationException,
// RequestEntityTooLargeException (413), IncompleteBody.
model::Outcome<Body> decoded_body(const HttpRequest& request, bool undo_gzip = true);

std::string gzip(std::string_view bytes, int level = 6);  // zlib's levels 1-9
model::Outcome<std::string> gunzip(std::string_view bytes, std::size_t limit = kMaxInflatedBytes);
// `trailers` gets the fields behind the last chunk.
model::Outcome<std::string> unchunk(std::string_view bytes, Headers* trailers = nullptr);

}  // namespace seatrial::wire
