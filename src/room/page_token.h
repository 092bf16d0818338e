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

// Adds those records behind the key `after` that are wanted, `most` at most; the token of the next
// page when there are more. `rows` are of a store::Table, in order of their keys.
template <class Rows, class Wanted, class Add>
std::optional<std::string> add_page(const Rows& rows, std::string_view after, std::size_t most,
                                    Wanted&& wanted, Add&& add) {
  std::string_view last;
  std::size_t count = 0;
  for (const auto& [key, record] : rows) {
    if (key <= after || !wanted(record)) continue;
    if (count++ == most) return page_token(last);
    add(record);
    last = key;
  }
  return std::nullopt;
}
template <class Rows, class Add>
std::optional<std::string> add_page(const Rows& rows, std::string_view after, std::size_t most,
                                    Add&& add) {
  return add_page(rows, after, most, [](const auto&) { return true; }, add);
}

}  // namespace seatrial::room
