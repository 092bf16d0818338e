// Top-down operator precedence, with the binding powers and the leniences of Python's parser: the
// comma between arguments and between members may be missing, a last argument may have one after
// it, `[1 2:3]`'s earlier number loses, a name in parentheses may be called.
//
// A first error ends parsing: fail() moves to the end token, where every loop stops, and later
// errors are ignored. Rejected: std::expected through thirty functions that only pass it on.
// The other half: lexer.cc (tokens), ast.h (the tree).
#include "jmespath/parser.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace seatrial::jmespath {
namespace {

// Binding powers; anything below kProjectionStop ends a projection.
constexpr int kPipePower = 1, kOrPower = 2, kAndPower = 3, kComparatorPower = 5, kFlattenPower = 9,
              kProjectionStop = 10, kStarPower = 20, kFilterPower = 21, kDotPower = 40,
              kNotPower = 45, kBracePower = 50, kBracketPower = 55, kCallPower = 60;

int binding_power(TokenKind kind) {
  switch (kind) {
    case TokenKind::kPipe:
      return kPipePower;
    case TokenKind::kOr:
      return kOrPower;
    case TokenKind::kAnd:
      return kAndPower;
    case TokenKind::kEqual:
    case TokenKind::kNotEqual:
    case TokenKind::kLess:
    case TokenKind::kLessOrEqual:
    case TokenKind::kGreater:
    case TokenKind::kGreaterOrEqual:
      return kComparatorPower;
    case TokenKind::kFlatten:
      return kFlattenPower;
    case TokenKind::kStar:
      return kStarPower;
    case TokenKind::kFilter:
      return kFilterPower;
    case TokenKind::kDot:
      return kDotPower;
    case TokenKind::kNot:
      return kNotPower;
    case TokenKind::kLeftBrace:
      return kBracePower;
    case TokenKind::kLeftBracket:
      return kBracketPower;
    case TokenKind::kLeftParenthesis:
      return kCallPower;
    default:
      return 0;
  }
}

Comparator comparator_of(TokenKind kind) {
  switch (kind) {
    case TokenKind::kEqual:
      return Comparator::kEqual;
    case TokenKind::kNotEqual:
      return Comparator::kNotEqual;
    case TokenKind::kLess:
      return Comparator::kLess;
    case TokenKind::kLessOrEqual:
      return Comparator::kLessOrEqual;
    case TokenKind::kGreater:
      return Comparator::kGreater;
    default:
      return Comparator::kGreaterOrEqual;
  }
}

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  std::expected<Node, SyntaxError> whole() {
    Node root = expression(0);
    if (!at(TokenKind::kEnd)) unexpected("the end of the expression");
    if (error_) return std::unexpected(std::move(*error_));
    return root;
  }

 private:
  const Token& ahead(std::size_t count = 0) const {
    return tokens_[std::min(index_ + count, tokens_.size() - 1)];
  }
  bool at(TokenKind kind) const { return ahead().kind == kind; }
  Token take() {
    Token token = ahead();
    if (index_ + 1 < tokens_.size()) ++index_;
    return token;
  }
  // The range of the token taken, empty after reporting that another stands there.
  Range expect(TokenKind kind) {
    if (at(kind)) return take().range;
    unexpected(token_name(kind));
    return ahead().range;
  }

  void fail(Range range, std::string message) {
    if (!error_) error_ = SyntaxError{range, std::move(message)};
    index_ = tokens_.size() - 1;
  }
  void unexpected(std::string_view expected) { unexpected(ahead(), expected); }
  void unexpected(const Token& token, std::string_view expected) {
    const bool end = token.kind == TokenKind::kEnd;
    fail(token.range, end ? "the expression ends where " + std::string(expected) + " is expected"
                          : "expected " + std::string(expected) + ", found " +
                                std::string(token_name(token.kind)));
  }

  // A node over its children; what it covers is widened by the caller where there is more.
  Node make(NodeKind kind, Range mark, std::vector<Node> children = {}) {
    Node node;
    node.kind = kind;
    node.range = node.mark = mark;
    for (const Node& child : children) {
      node.depth = std::max(node.depth, child.depth + 1);
      if (child.kind == NodeKind::kIdentity) continue;
      node.range.begin = std::min(node.range.begin, child.range.begin);
      node.range.end = std::max(node.range.end, child.range.end);
    }
    node.children = std::move(children);
    if (node.depth > kMaxDepth) fail(mark, "the expression is nested too deeply");
    return node;
  }
  Node identity(std::uint32_t place) { return make(NodeKind::kIdentity, {place, place}); }
  Node make1(NodeKind kind, Range mark, Node child) {
    std::vector<Node> children;
    children.push_back(std::move(child));
    return make(kind, mark, std::move(children));
  }
  Node make2(NodeKind kind, Range mark, Node left, Node right) {
    std::vector<Node> children;
    children.reserve(2);
    children.push_back(std::move(left));
    children.push_back(std::move(right));
    return make(kind, mark, std::move(children));
  }

  Node expression(int power) {
    if (nesting_ >= kMaxDepth) {
      fail(ahead().range, "the expression is nested too deeply");
      return {};
    }
    ++nesting_;
    Node left = beginning(take());
    while (!error_ && power < binding_power(ahead().kind)) left = continued(std::move(left));
    --nesting_;
    return left;
  }

  // What a token means at the beginning of an expression.
  Node beginning(Token token) {
    switch (token.kind) {
      case TokenKind::kLiteral:
        return literal(std::move(token));
      case TokenKind::kIdentifier:
      case TokenKind::kQuotedIdentifier:
        return field(std::move(token));
      case TokenKind::kCurrent:
        return make(NodeKind::kCurrent, token.range);
      case TokenKind::kStar:
        return leading_star(token.range);
      case TokenKind::kFilter:
        return filter(identity(token.range.begin), token.range);
      case TokenKind::kFlatten:
        return flatten(identity(token.range.begin), token.range);
      case TokenKind::kLeftBracket:
        return leading_bracket(token.range);
      case TokenKind::kLeftBrace:
        return multi_select_hash(token.range);
      case TokenKind::kLeftParenthesis:
        return parenthesized();
      case TokenKind::kNot:
        return make1(NodeKind::kNot, token.range, expression(kNotPower));
      case TokenKind::kAmpersand:
        return make1(NodeKind::kExpressionReference, token.range, expression(0));
      default:
        unexpected(token, "an expression");
        return {};
    }
  }

  // What the next token makes of what stands left of it.
  Node continued(Node left) {
    const Token token = take();
    switch (token.kind) {
      case TokenKind::kDot:
        return dot(std::move(left), token.range);
      case TokenKind::kPipe:
        return make2(NodeKind::kPipe, token.range, std::move(left), expression(kPipePower));
      case TokenKind::kOr:
        return make2(NodeKind::kOr, token.range, std::move(left), expression(kOrPower));
      case TokenKind::kAnd:
        return make2(NodeKind::kAnd, token.range, std::move(left), expression(kAndPower));
      case TokenKind::kLeftParenthesis:
        return call(std::move(left));
      case TokenKind::kFilter:
        return filter(std::move(left), token.range);
      case TokenKind::kFlatten:
        return flatten(std::move(left), token.range);
      case TokenKind::kLeftBracket:
        return bracket(std::move(left), token.range);
      default:
        return comparison_or_error(std::move(left), token);
    }
  }

  Node comparison_or_error(Node left, const Token& token) {
    if (binding_power(token.kind) != kComparatorPower) {
      unexpected(token, "an operator or the end");
      return {};
    }
    Node node =
        make2(NodeKind::kComparator, token.range, std::move(left), expression(kComparatorPower));
    node.comparator = comparator_of(token.kind);
    return node;
  }

  Node literal(Token token) {
    Node node = make(NodeKind::kLiteral, token.range);
    node.literal = std::move(token.literal);
    node.unknown = token.unknown;
    return node;
  }

  Node field(Token token) {
    Node node = make(NodeKind::kField, token.range);
    node.text = std::move(token.text);
    node.quoted = token.kind == TokenKind::kQuotedIdentifier;
    if (node.quoted && at(TokenKind::kLeftParenthesis)) {
      fail(token.range, "a function's name stands without quotes");
    }
    return node;
  }

  Node parenthesized() {
    Node inner = expression(0);
    expect(TokenKind::kRightParenthesis);
    return inner;
  }

  Node leading_star(Range star) {
    Node right = at(TokenKind::kRightBracket) ? identity(star.end) : projected(kStarPower);
    return make2(NodeKind::kValueProjection, star, identity(star.begin), std::move(right));
  }

  Node flatten(Node left, Range mark) {
    Node list = make1(NodeKind::kFlatten, mark, std::move(left));
    return make2(NodeKind::kProjection, mark, std::move(list), projected(kFlattenPower));
  }

  Node filter(Node left, Range mark) {
    Node condition = expression(0);
    mark.end = expect(TokenKind::kRightBracket).end;
    Node right = at(TokenKind::kFlatten) ? identity(mark.end) : projected(kFilterPower);
    std::vector<Node> children;
    children.reserve(3);
    children.push_back(std::move(left));
    children.push_back(std::move(right));
    children.push_back(std::move(condition));
    return make(NodeKind::kFilterProjection, mark, std::move(children));
  }

  bool star_in_brackets() const {
    return at(TokenKind::kStar) && ahead(1).kind == TokenKind::kRightBracket;
  }

  Node list_projection(Node left, Range mark) {
    expect(TokenKind::kStar);
    mark.end = expect(TokenKind::kRightBracket).end;
    return make2(NodeKind::kProjection, mark, std::move(left), projected(kStarPower));
  }

  Node leading_bracket(Range mark) {
    if (at(TokenKind::kNumber) || at(TokenKind::kColon)) {
      return projected_if_slice(identity(mark.begin), index_or_slice(mark));
    }
    if (star_in_brackets()) return list_projection(identity(mark.begin), mark);
    return multi_select_list(mark);
  }

  Node bracket(Node left, Range mark) {
    if (!at(TokenKind::kNumber) && !at(TokenKind::kColon)) {
      return list_projection(std::move(left), mark);
    }
    Node right = index_or_slice(mark);
    if (left.kind != NodeKind::kIndexExpression) {
      return projected_if_slice(std::move(left), std::move(right));
    }
    left.range.end = right.range.end;  // as in Python: a slice here does not project
    left.mark = right.mark;
    left.children.push_back(std::move(right));
    return left;
  }

  Node projected_if_slice(Node left, Node right) {
    const bool slice = right.kind == NodeKind::kSlice;
    const Range mark = right.mark;
    Node node = make2(NodeKind::kIndexExpression, mark, std::move(left), std::move(right));
    if (!slice) return node;
    return make2(NodeKind::kProjection, mark, std::move(node), projected(kStarPower));
  }

  Node index_or_slice(Range mark) {
    if (at(TokenKind::kColon) || ahead(1).kind == TokenKind::kColon) return slice(mark);
    const std::int64_t index = take().number;
    mark.end = expect(TokenKind::kRightBracket).end;
    Node node = make(NodeKind::kIndex, mark);
    node.index = index;
    return node;
  }

  Node slice(Range mark) {
    std::optional<std::int64_t> parts[3];
    std::size_t part = 0;
    while (!at(TokenKind::kRightBracket) && !error_) {
      if (at(TokenKind::kNumber)) {
        parts[part] = take().number;
      } else if (at(TokenKind::kColon) && part < 2) {
        ++part;
        take();
      } else {
        unexpected(part < 2 ? "a number, ':' or ']'" : "a number or ']'");
      }
    }
    mark.end = expect(TokenKind::kRightBracket).end;
    Node node = make(NodeKind::kSlice, mark);
    node.slice = {parts[0], parts[1], parts[2]};
    return node;
  }

  Node dot(Node left, Range mark) {
    if (at(TokenKind::kStar)) {
      const Range star = take().range;
      return make2(NodeKind::kValueProjection, star, std::move(left), projected(kDotPower));
    }
    Node right = after_dot(kDotPower);
    if (left.kind != NodeKind::kSubexpression) {
      return make2(NodeKind::kSubexpression, mark, std::move(left), std::move(right));
    }
    left.range.end = right.range.end;
    left.depth = std::max(left.depth, right.depth + 1);
    left.children.push_back(std::move(right));
    return left;
  }

  Node after_dot(int power) {
    switch (ahead().kind) {
      case TokenKind::kIdentifier:
      case TokenKind::kQuotedIdentifier:
      case TokenKind::kStar:
        return expression(power);
      case TokenKind::kLeftBracket:
        return multi_select_list(take().range);
      case TokenKind::kLeftBrace:
        return multi_select_hash(take().range);
      default:
        unexpected("a name, '*', '[' or '{'");
        return {};
    }
  }

  // What a projection applies to each element.
  Node projected(int power) {
    if (binding_power(ahead().kind) < kProjectionStop) return identity(ahead().range.begin);
    if (at(TokenKind::kLeftBracket) || at(TokenKind::kFilter)) return expression(power);
    if (at(TokenKind::kDot)) {
      take();
      return after_dot(power);
    }
    unexpected("'.', '[' or an operator");
    return {};
  }

  Node multi_select_list(Range mark) {
    std::vector<Node> children;
    while (!error_) {
      children.push_back(expression(0));
      if (!at(TokenKind::kComma)) break;
      take();
    }
    const Range end = expect(TokenKind::kRightBracket);
    Node node = make(NodeKind::kMultiSelectList, mark, std::move(children));
    node.range.end = end.end;
    return node;
  }

  Node key_value() {
    if (!at(TokenKind::kIdentifier) && !at(TokenKind::kQuotedIdentifier)) {
      unexpected("a member's name");
      return {};
    }
    Token key = take();
    expect(TokenKind::kColon);
    Node node = make1(NodeKind::kKeyValue, key.range, expression(0));
    node.text = std::move(key.text);
    return node;
  }

  Node multi_select_hash(Range mark) {
    std::vector<Node> children;
    while (!error_) {
      children.push_back(key_value());
      if (at(TokenKind::kComma)) {
        take();
      } else if (at(TokenKind::kRightBrace)) {
        break;
      } else if (at(TokenKind::kEnd)) {
        unexpected("',' or '}'");
      }
    }
    const Range end = expect(TokenKind::kRightBrace);
    Node node = make(NodeKind::kMultiSelectHash, mark, std::move(children));
    node.range.end = end.end;
    return node;
  }

  Node call(Node left) {
    if (left.kind != NodeKind::kField) {
      fail(tokens_[index_ - 2].range, "only a function's name may stand before '('");
      return {};
    }
    std::vector<Node> arguments;
    while (!error_ && !at(TokenKind::kRightParenthesis)) {
      arguments.push_back(expression(0));
      if (at(TokenKind::kComma)) take();
    }
    const Range end = expect(TokenKind::kRightParenthesis);
    Node node = make(NodeKind::kFunction, left.mark, std::move(arguments));
    node.text = std::move(left.text);
    node.range.end = end.end;
    return node;
  }

  std::vector<Token> tokens_;
  std::size_t index_ = 0;
  std::uint32_t nesting_ = 0;
  std::optional<SyntaxError> error_;
};

}  // namespace

std::expected<Expression, SyntaxError> parse(std::string_view expression, bool unknown_bytes) {
  auto tokens = tokenize(expression, unknown_bytes);
  if (!tokens) return std::unexpected(std::move(tokens.error()));
  auto root = Parser(std::move(*tokens)).whole();
  if (!root) return std::unexpected(std::move(root.error()));
  return Expression{std::string(expression), std::move(*root)};
}

}  // namespace seatrial::jmespath
