#include "metrics/math/parser.h"

#include <fmt/format.h>

#include "metrics/math/functions.h"
#include "metrics/math/lexer.h"

namespace seatrial::metrics::math {
namespace {

using Parsed = std::expected<Node, std::string>;

struct Level {  // one precedence: its signs and words
  std::vector<std::pair<std::string_view, Operator>> operators;
};

const std::vector<Level>& levels() {
  static const std::vector<Level> kLevels{{{{"||", Operator::kOr}, {"OR", Operator::kOr}}},
                                          {{{"&&", Operator::kAnd}, {"AND", Operator::kAnd}}},
                                          {{{"==", Operator::kEqual},
                                            {"!=", Operator::kNotEqual},
                                            {"<=", Operator::kLessOrEqual},
                                            {">=", Operator::kGreaterOrEqual},
                                            {"<", Operator::kLess},
                                            {">", Operator::kGreater}}},
                                          {{{"+", Operator::kAdd}, {"-", Operator::kSubtract}}},
                                          {{{"*", Operator::kMultiply}, {"/", Operator::kDivide}}}};
  return kLevels;
}

bool is_upper_name(std::string_view name) { return name[0] >= 'A' && name[0] <= 'Z'; }

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) { token_ = lexer_.next(); }

  Parsed whole() {
    auto node = binary(0);
    if (node && token_.kind != Token::Kind::kEnd) return unexpected();
    return node;
  }

 private:
  Token take() {
    Token taken = std::move(token_);
    token_ = lexer_.next();
    return taken;
  }

  Parsed unexpected() const {
    if (token_.kind == Token::Kind::kEnd) {
      return std::unexpected("Unexpected end of the expression");
    }
    return std::unexpected(
        fmt::format("Unexpected '{}' at position {}", token_.text, token_.at + 1));
  }

  const Operator* operator_of(const Level& level) const {
    if (token_.kind != Token::Kind::kSign && token_.kind != Token::Kind::kName) return nullptr;
    for (const auto& [text, op] : level.operators)
      if (token_.text == text) return &op;
    return nullptr;
  }

  Parsed binary(std::size_t level) {
    if (level == levels().size()) return negated();
    auto left = binary(level + 1);
    while (left) {
      const Operator* op = operator_of(levels()[level]);
      if (op == nullptr) return left;
      Node node{Node::Kind::kBinary, token_.at, 0, token_.text, *op, {}};
      take();
      auto right = binary(level + 1);
      if (!right) return right;
      node.children.push_back(std::move(*left));
      node.children.push_back(std::move(*right));
      left = std::move(node);
    }
    return left;
  }

  Parsed negated() {
    if (!token_.is("-") && !token_.is("+")) return power();
    const auto sign = take();
    const Deeper deeper(*this);
    if (depth_ > kMaxDepth) return too_deep();
    auto inner = negated();
    if (!inner || sign.text == "+") return inner;
    Node node{Node::Kind::kNegate, sign.at, 0, "-", {}, {}};
    node.children.push_back(std::move(*inner));
    return node;
  }

  // guess: powers group to the right and bind over a minus before them, as in mathematics.
  Parsed power() {
    auto base = primary();
    if (!base || !token_.is("^")) return base;
    Node node{Node::Kind::kBinary, token_.at, 0, "^", Operator::kPower, {}};
    take();
    const Deeper deeper(*this);
    if (depth_ > kMaxDepth) return too_deep();
    auto exponent = negated();
    if (!exponent) return exponent;
    node.children.push_back(std::move(*base));
    node.children.push_back(std::move(*exponent));
    return node;
  }

  Parsed primary() {
    const Deeper deeper(*this);
    if (depth_ > kMaxDepth) return too_deep();
    if (token_.kind == Token::Kind::kNumber) {
      const auto token = take();
      return Node{Node::Kind::kNumber, token.at, token.number, token.text, {}, {}};
    }
    if (token_.kind == Token::Kind::kString) {
      const auto token = take();
      return Node{Node::Kind::kString, token.at, 0, token.text, {}, {}};
    }
    if (token_.kind == Token::Kind::kName) return named();
    if (token_.is("[")) {
      Node node{Node::Kind::kArray, take().at, 0, "", {}, {}};
      return items(std::move(node), "]");
    }
    if (!token_.is("(")) return unexpected();
    take();
    auto inner = binary(0);
    if (inner && !token_.is(")")) return unexpected();
    if (inner) take();
    return inner;
  }

  Parsed named() {
    auto name = take();
    if (!token_.is("(")) {
      const auto kind = is_upper_name(name.text) ? Node::Kind::kWord : Node::Kind::kId;
      return Node{kind, name.at, 0, std::move(name.text), {}, {}};
    }
    if (!is_function(name.text)) {  // observed message of AWS
      return std::unexpected("Function '" + name.text + "' not found");
    }
    take();
    return items(Node{Node::Kind::kCall, name.at, 0, std::move(name.text), {}, {}}, ")");
  }

  Parsed items(Node node, std::string_view close) {
    while (!token_.is(close)) {
      auto item = binary(0);
      if (!item) return item;
      node.children.push_back(std::move(*item));
      if (token_.is(close)) break;
      if (!token_.is(",")) return unexpected();
      take();
      if (token_.is(close)) return unexpected();
    }
    take();
    return node;
  }

  struct Deeper {
    explicit Deeper(Parser& parser) : parser_(parser) { ++parser_.depth_; }
    ~Deeper() { --parser_.depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;
    Parser& parser_;
  };
  static Parsed too_deep() { return std::unexpected("The expression is nested too deeply"); }

  Lexer lexer_;
  Token token_;
  int depth_ = 0;
};

}  // namespace

std::expected<Node, std::string> parse(std::string_view expression) {
  if (expression.size() > kMaxExpression) {
    return std::unexpected(
        fmt::format("The expression is longer than {} characters", kMaxExpression));
  }
  return Parser(expression).whole();
}

void collect_ids(const Node& node, std::set<std::string>& ids) {
  if (node.kind == Node::Kind::kId) ids.insert(node.text);
  for (const auto& child : node.children) collect_ids(child, ids);
}

bool calls(const Node& node, std::string_view function) {
  if (node.kind == Node::Kind::kCall && node.text == function) return true;
  for (const auto& child : node.children)
    if (calls(child, function)) return true;
  return false;
}

}  // namespace seatrial::metrics::math
