// Page tokens of listings in order of a key: a token holds the key of the last item given, so that
// items which come and go between two calls neither repeat nor hide others.
//
// A token that is none of ours must be refused: answered with an empty page, it would look like the
// end of the list. Hence the mark, for most short words are good base64.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/encoding.h"

namespace seatrial::room {

inline constexpr std::string_view kPageTokenMark = "after:";

inline std::string page_token(std::string_view last_key) {
  return base64_encode(std::string(kPageTokenMark).append(last_key));
}

// The key in a token; nothing when the token is not of page_token's making.
inline std::optional<std::string> page_token_key(std::string_view token) {
  const auto text = base64_decode(token);
  if (!text || !text->starts_with(kPageTokenMark)) return std::nullopt;
  return text->substr(kPageTokenMark.size());
}

}  // namespace seatrial::room
