// The tokens of a JMESPath expression, with their bytes. Pure. Any thread.
#pragma once
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/value.h"
#include "jmespath/ast.h"

namespace seatrial::jmespath {

enum class TokenKind : std::uint8_t {
  kEnd,
  kIdentifier,
  kQuotedIdentifier,
  kLiteral,
  kNumber,
  kDot,
  kStar,
  kLeftBracket,
  kRightBracket,
  kFlatten,  // []
  kFilter,   // [?
  kLeftBrace,
  kRightBrace,
  kLeftParenthesis,
  kRightParenthesis,
  kComma,
  kColon,
  kCurrent,
  kAmpersand,
  kPipe,
  kOr,
  kAnd,
  kNot,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  Range range;
  std::string text;         // identifiers: the name
  std::int64_t number = 0;  // beyond 64 bits: the nearest that fits
  Value literal;
};

// What is wrong with an expression, and where. At its end for what is missing there.
struct SyntaxError {
  Range range;
  std::string message;
};

// Bytes of an expression; the longest argument that Linux gives to a program is twice this.
inline constexpr std::size_t kMaxExpressionBytes = 64 * 1024;

// All tokens, kEnd last.
std::expected<std::vector<Token>, SyntaxError> tokenize(std::string_view expression);

// What a token is called in messages: "']'", "a name".
std::string_view token_name(TokenKind kind);

}  // namespace seatrial::jmespath
