// limit [any] N; head N and tail N are its older names, tail from the end.
#include <charconv>

#include "logs/query/commands.h"

namespace seatrial::logs::query {
namespace {

// The command's page of today; it said 10,000 for long.
constexpr std::int64_t kMaxRows = 100'000;

}  // namespace

Body parse_limit(Parser& parser, const CommandKind& kind) {
  LimitCommand out;
  out.tail = kind.name == "tail";
  out.any = kind.name == "limit" && parser.accept_word("any");
  const Token token = parser.peek();
  const auto [end, error] =
      std::from_chars(token.text.data(), token.text.data() + token.text.size(), out.count);
  if (token.kind != Token::Kind::kNumber || end != token.text.data() + token.text.size()) {
    parser.unexpected("a whole number is missing");
    return out;
  }
  if (error != std::errc{} || out.count < 1 || out.count > kMaxRows)
    parser.fail(token.span, fmt::format("a query returns 1 to {} rows", kMaxRows),
                Certainty::kLikely);
  parser.take();
  return out;
}

}  // namespace seatrial::logs::query
