// Characters to tokens, as Python's lexer makes them. The other half: parser.cc.
//
// Two of its habits are kept because users rely on them: a literal that is no JSON is a string
// (`foo` in backquotes), and in a raw string a backslash escapes nothing but the quote.
#include "jmespath/lexer.h"

#include <charconv>
#include <limits>
#include <optional>

#include "jmespath/python_json.h"

namespace seatrial::jmespath {
namespace {

// Python refuses to read longer numbers.
constexpr std::size_t kMaxDigits = 4300;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_decimal_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<TokenKind> simple_token(char c) {
  switch (c) {
    case '.':
      return TokenKind::kDot;
    case '*':
      return TokenKind::kStar;
    case ']':
      return TokenKind::kRightBracket;
    case ',':
      return TokenKind::kComma;
    case ':':
      return TokenKind::kColon;
    case '@':
      return TokenKind::kCurrent;
    case '(':
      return TokenKind::kLeftParenthesis;
    case ')':
      return TokenKind::kRightParenthesis;
    case '{':
      return TokenKind::kLeftBrace;
    case '}':
      return TokenKind::kRightBrace;
    default:
      return std::nullopt;
  }
}

// Tokens that are one character, or two when the second follows.
struct Pair {
  char first, second;
  TokenKind together, alone;
};
constexpr Pair kPairs[] = {
    {'|', '|', TokenKind::kOr, TokenKind::kPipe},
    {'&', '&', TokenKind::kAnd, TokenKind::kAmpersand},
    {'<', '=', TokenKind::kLessOrEqual, TokenKind::kLess},
    {'>', '=', TokenKind::kGreaterOrEqual, TokenKind::kGreater},
    {'!', '=', TokenKind::kNotEqual, TokenKind::kNot},
    {'[', ']', TokenKind::kFlatten, TokenKind::kLeftBracket},
};

std::string with_unescaped(std::string_view text, char quote) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == quote) ++i;
    out.push_back(text[i]);
  }
  return out;
}

class Lexer {
 public:
  Lexer(std::string_view text, bool unknown_bytes) : text_(text), unknown_bytes_(unknown_bytes) {}

  std::expected<std::vector<Token>, SyntaxError> all() {
    while (at_ < text_.size() && !error_) {
      if (std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) {
        ++at_;
      } else {
        next();
      }
    }
    if (error_) return std::unexpected(std::move(*error_));
    add(TokenKind::kEnd, text_.size());
    return std::move(tokens_);
  }

 private:
  char peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  // The token from `start` to where the lexer stands.
  Token& add(TokenKind kind, std::size_t start) {
    Token& token = tokens_.emplace_back();
    token.kind = kind;
    token.range = {std::uint32_t(start), std::uint32_t(at_)};
    return token;
  }
  void fail(std::size_t begin, std::size_t end, std::string message) {
    error_ = SyntaxError{{std::uint32_t(begin), std::uint32_t(end)}, std::move(message)};
  }

  void next() {
    const char c = peek();
    if (const auto kind = simple_token(c)) return fixed(*kind, 1);
    if (is_letter(c)) return identifier();
    if (c == '\'' || c == '`' || c == '"') return quoted(c);
    if (is_decimal_digit(c) || c == '-') return number();
    if (c == '[' && peek(1) == '?') return fixed(TokenKind::kFilter, 2);
    if (c == '=' && peek(1) == '=') return fixed(TokenKind::kEqual, 2);
    for (const Pair& pair : kPairs) {
      if (c != pair.first) continue;
      return peek(1) == pair.second ? fixed(pair.together, 2) : fixed(pair.alone, 1);
    }
    unexpected(c);
  }

  void unexpected(char c) {
    const std::size_t size = code_point_size(text_.substr(at_));
    std::string message = "unexpected character '" + std::string(text_.substr(at_, size)) + "'";
    if (c == '=') message = "unexpected '=': equality is written '=='";
    fail(at_, at_ + size, std::move(message));
  }

  void fixed(TokenKind kind, std::size_t size) {
    at_ += size;
    add(kind, at_ - size);
  }

  void identifier() {
    const std::size_t start = at_;
    while (is_letter(peek()) || is_decimal_digit(peek())) ++at_;
    add(TokenKind::kIdentifier, start).text = text_.substr(start, at_ - start);
  }

  void number() {
    const std::size_t start = at_++;
    while (is_decimal_digit(peek())) ++at_;
    const std::string_view digits = text_.substr(start, at_ - start);
    if (digits == "-") return fail(start, at_, "unexpected '-': only numbers may begin with it");
    if (digits.size() > kMaxDigits) return fail(start, at_, "the number is too long");
    std::int64_t value = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (read.ec == std::errc::result_out_of_range) {
      using Limits = std::numeric_limits<std::int64_t>;
      value = digits.front() == '-' ? Limits::min() : Limits::max();
    }
    add(TokenKind::kNumber, start).number = value;
  }

  // What stands between the quotes, escapes kept; empty when the closing one is missing.
  std::optional<std::string_view> between(char quote) {
    const std::size_t start = at_ + 1;
    for (std::size_t i = start; i < text_.size(); ++i) {
      if (text_[i] == '\\') {
        ++i;
      } else if (text_[i] == quote) {
        at_ = i + 1;
        return text_.substr(start, i - start);
      }
    }
    return std::nullopt;
  }

  void quoted(char quote) {
    const std::size_t start = at_;
    const auto inside = between(quote);
    if (!inside) {
      return fail(start, text_.size(), std::string("the closing ") + quote + " is missing");
    }
    if (unknown_bytes_ && quote != '"' && inside->find(kUnknownByte) != std::string_view::npos) {
      add(TokenKind::kLiteral, start).unknown = true;
    } else if (quote == '\'') {
      add(TokenKind::kLiteral, start).literal = boost::json::string(with_unescaped(*inside, '\''));
    } else if (quote == '`') {
      literal(start, with_unescaped(*inside, '`'));
    } else {
      quoted_identifier(start, *inside);
    }
  }

  void literal(std::size_t start, const std::string& text) {
    auto value = parse_python_json(text);
    if (!value) value = parse_python_json('"' + std::string(left_stripped(text)) + '"');
    if (!value) return fail(start, at_, "the literal in backquotes is not JSON");
    add(TokenKind::kLiteral, start).literal = std::move(*value);
  }

  void quoted_identifier(std::size_t start, std::string_view inside) {
    const auto value = parse_python_json('"' + std::string(inside) + '"');
    if (!value) return fail(start, at_, "the name in double quotes is not a JSON string");
    add(TokenKind::kQuotedIdentifier, start).text = as_view(value->get_string());
  }

  std::string_view text_;
  bool unknown_bytes_;
  std::size_t at_ = 0;
  std::vector<Token> tokens_;
  std::optional<SyntaxError> error_;
};

}  // namespace

std::expected<std::vector<Token>, SyntaxError> tokenize(std::string_view expression,
                                                        bool unknown_bytes) {
  const auto size = std::uint32_t(expression.size());
  if (expression.empty()) return std::unexpected(SyntaxError{{}, "the expression is empty"});
  if (expression.size() > kMaxExpressionBytes) {
    return std::unexpected(SyntaxError{{0, size}, "the expression is too long"});
  }
  return Lexer(expression, unknown_bytes).all();
}

std::string_view token_name(TokenKind kind) {
  // In the order of TokenKind.
  constexpr std::string_view kNames[] = {"the end",   "a name",   "a name in double quotes",
                                         "a literal", "a number", "'.'",
                                         "'*'",       "'['",      "']'",
                                         "'[]'",      "'[?'",     "'{'",
                                         "'}'",       "'('",      "')'",
                                         "','",       "':'",      "'@'",
                                         "'&'",       "'|'",      "'||'",
                                         "'&&'",      "'!'",      "'=='",
                                         "'!='",      "'<'",      "'<='",
                                         "'>'",       "'>='"};
  return kNames[std::size_t(kind)];
}

}  // namespace seatrial::jmespath
