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
  bool unknown = false;  // a literal with kUnknownByte in it
};

// What is wrong with an expression, and where. At its end for what is missing there.
struct SyntaxError {
  Range range;
  std::string message;
};

// Bytes of an expression; the longest argument that Linux gives to a program is twice this.
inline constexpr std::size_t kMaxExpressionBytes = 64 * 1024;

// Stands for text that is not known yet, such as what the shell puts there. Whoever knows better
// has none of them in expressions: JMESPath itself takes this byte in raw strings only.
inline constexpr char kUnknownByte = '\x01';

// All tokens, kEnd last. With `unknown_bytes`, literals may have kUnknownByte in them.
std::expected<std::vector<Token>, SyntaxError> tokenize(std::string_view expression,
                                                        bool unknown_bytes = false);

// What a token is called in messages: "']'", "a name".
std::string_view token_name(TokenKind kind);

}  // namespace seatrial::jmespath
