// Expressions. From loosest to tightest: or, and, not, comparisons (also like, in, =~), + -, * / %,
// ^ (to the right), minus sign, element[0].
#include <charconv>

#include "logs/query/parser.h"
#include "logs/query/regex.h"

namespace seatrial::logs::query {

class ExpressionParser {
 public:
  explicit ExpressionParser(Parser& parser) : parser_(parser) {}

  Expression any() {
    Deeper deeper(parser_);
    auto left = all();
    while (parser_.sees_word("or") || wrong_joint("||", "or")) {
      parser_.take();
      left = binary(Operator::kOr, std::move(left), all());
    }
    return left;
  }

 private:
  Expression all() {
    auto left = negation();
    while (parser_.sees_word("and") || wrong_joint("&&", "and")) {
      parser_.take();
      left = binary(Operator::kAnd, std::move(left), negation());
    }
    return left;
  }
  bool wrong_joint(std::string_view sign, std::string_view word) {
    if (parser_.peek().is(sign))
      parser_.fail(parser_.peek().span, fmt::format("conditions are joined by `{}`", word),
                   Certainty::kLikely, std::string(word));
    return false;
  }
  Expression negation() {
    const std::size_t begin = parser_.peek().span.begin;
    if (parser_.peek().is("!"))
      parser_.fail(parser_.peek().span, "a condition is negated by `not`", Certainty::kLikely,
                   "not");
    if (!parser_.accept_word("not")) return comparison();
    Deeper deeper(parser_);
    return single(Expression::Kind::kNot, begin, negation());
  }
  Expression comparison() {
    auto left = sum();
    while (!parser_.ends()) {
      if (const auto op = comparison_operator()) {
        const bool text =
            *op == Operator::kLike || *op == Operator::kNotLike || *op == Operator::kMatches;
        left = binary(*op, std::move(left), text ? text_operand(*op) : compared());
      } else if (parser_.sees_word("in") || parser_.sees_word("not")) {
        left = membership(std::move(left));
      } else {
        break;
      }
    }
    return left;
  }
  std::optional<Operator> comparison_operator() {
    struct Spelling {
      std::string_view sign;
      Operator op;
    };
    static constexpr Spelling kSpellings[] = {
        {"=", Operator::kEqual},      {"!=", Operator::kNotEqual}, {"<", Operator::kLess},
        {"<=", Operator::kLessEqual}, {">", Operator::kGreater},   {">=", Operator::kGreaterEqual},
        {"=~", Operator::kMatches}};
    for (const auto& [sign, op] : kSpellings)
      if (parser_.accept(sign)) return op;
    if (parser_.accept_word("like")) return Operator::kLike;
    if (parser_.sees_word("not")) {
      const Token before = parser_.peek();
      parser_.take();
      if (parser_.accept_word("like")) return Operator::kNotLike;
      parser_.rewind(before);
    }
    foreign_operator();
    return std::nullopt;
  }
  // Of other languages. guess: that AWS refuses them is not documented, only what it has instead.
  void foreign_operator() {
    const auto& token = parser_.peek();
    const auto instead = token.is("==")   ? "="
                         : token.is("<>") ? "!="
                         : token.is("!~") ? "not like"
                                          : "";
    if (*instead != '\0')
      parser_.fail(token.span, fmt::format("there is no operator {}", token.text),
                   Certainty::kLikely, instead);
  }
  // Behind = and the like a regular expression is a mistake for =~.
  Expression compared() {
    if (parser_.peek().is("/"))
      parser_.fail(parser_.peek().span, "a regular expression stands behind `like` or `=~`",
                   Certainty::kLikely);
    return sum();
  }
  // Behind like, not like and =~.
  Expression text_operand(Operator op) {
    const auto& token = parser_.peek();
    if (token.is("/")) return regex();
    if (token.kind == Token::Kind::kString && op != Operator::kMatches) return primary();
    // guess: another field's value is no pattern.
    parser_.fail(token.span,
                 op == Operator::kMatches
                     ? "a regular expression like /text/ is missing behind =~"
                     : "a text in quotation marks or a regular expression like /text/ is missing "
                       "behind `like`",
                 Certainty::kLikely);
    return {};
  }
  Expression membership(Expression left) {
    Expression out;
    out.kind = Expression::Kind::kIn;
    out.span.begin = left.span.begin;
    out.parts.push_back(std::move(left));
    out.negated = parser_.accept_word("not");
    if (!parser_.accept_word("in")) {
      parser_.unexpected("`not` goes with `in` and `like` here");
      return out;
    }
    if (parser_.peek().is("(")) {
      subquery(out);
    } else if (parser_.expect("[", "is missing behind `in`")) {
      if (!parser_.peek().is("]")) do
          out.parts.push_back(sum());
        while (parser_.accept(","));
      parser_.expect("]", "ends the list");
    }
    out.span = parser_.span_from(out.span.begin);
    return out;
  }
  void subquery(Expression& out) {
    const Token opened = parser_.peek();
    parser_.take();
    const auto first = parser_.peek().kind;
    if (first != Token::Kind::kWord) {
      parser_.fail(opened.span,
                   "a list is written in brackets behind `in`; parentheses hold a "
                   "subquery",
                   Certainty::kLikely, "[");
      return;
    }
    parser_.rewind(opened);
    out.query = parser_.subquery();
  }
  Expression sum() {
    auto left = product();
    while (true) {
      if (parser_.accept("+"))
        left = binary(Operator::kAdd, std::move(left), product());
      else if (parser_.accept("-"))
        left = binary(Operator::kSubtract, std::move(left), product());
      else
        return left;
    }
  }
  Expression product() {
    auto left = power();
    while (true) {
      if (parser_.accept("*"))
        left = binary(Operator::kMultiply, std::move(left), power());
      else if (parser_.accept("/"))
        left = binary(Operator::kDivide, std::move(left), power());
      else if (parser_.accept("%"))
        left = binary(Operator::kModulo, std::move(left), power());
      else
        return left;
    }
  }
  Expression power() {
    auto left = signed_value();
    if (!parser_.accept("^")) return left;
    Deeper deeper(parser_);
    return binary(Operator::kPower, std::move(left), power());
  }
  Expression signed_value() {
    const std::size_t begin = parser_.peek().span.begin;
    if (!parser_.peek().is("-") && !parser_.peek().is("+")) return element();
    const bool minus = parser_.take().is("-");
    Deeper deeper(parser_);
    auto value = signed_value();
    return minus ? single(Expression::Kind::kNegate, begin, std::move(value)) : value;
  }
  Expression element() {
    auto value = primary();
    while (parser_.accept("[")) {
      Expression out;
      out.kind = Expression::Kind::kElement;
      const std::size_t begin = value.span.begin;
      out.parts.push_back(std::move(value));
      out.parts.push_back(sum());
      parser_.expect("]", "ends the element's number");
      out.span = parser_.span_from(begin);
      value = std::move(out);
    }
    return value;
  }
  Expression primary() {
    Expression out;
    const Token token = parser_.peek();
    out.span = token.span, out.text = token.text;
    switch (token.kind) {
      case Token::Kind::kString:
        out.kind = Expression::Kind::kString;
        parser_.take();
        return out;
      case Token::Kind::kNumber:
        return number(std::move(out));
      case Token::Kind::kPeriod:
        return length_of_time(std::move(out));
      case Token::Kind::kName:
        parser_.take();
        return out;
      case Token::Kind::kWord:
        return word(std::move(out));
      default:
        break;
    }
    if (token.is("(")) return parenthesis();
    if (token.is("/")) return regex();
    parser_.unexpected("a value is missing");
    return out;
  }
  Expression number(Expression out) {
    out.kind = Expression::Kind::kNumber;
    std::from_chars(out.text.data(), out.text.data() + out.text.size(), out.number);
    parser_.take();
    return out;
  }
  Expression length_of_time(Expression out) {
    out.kind = Expression::Kind::kPeriod;
    if (const auto period = parse_period(out.text))
      out.period = *period;
    else
      // guess: names that begin with a digit need backquotes.
      parser_.fail(out.span, fmt::format("'{}' is neither a number nor a length of time", out.text),
                   Certainty::kLikely, fmt::format("`{}`", out.text));
    parser_.take();
    return out;
  }
  Expression parenthesis() {
    const Token opened = parser_.take();
    auto inner = any();
    if (!parser_.accept(")")) {
      if (parser_.ends() || parser_.peek().is("|"))
        parser_.fail(opened.span, "this parenthesis is not closed");
      else
        parser_.unexpected(") is missing before it");
    }
    inner.span = parser_.span_from(opened.span.begin);
    return inner;
  }
  Expression word(Expression out) {
    static constexpr std::string_view kStops[] = {"as", "by", "and", "or", "in", "like"};
    for (const auto stop : kStops)
      if (parser_.sees_word(stop)) {
        parser_.unexpected("a value is missing before it");
        return out;
      }
    parser_.take();
    if (parser_.peek().is("(")) return call(std::move(out));
    if (same_word(out.text, "true") || same_word(out.text, "false") || same_word(out.text, "null"))
      out.kind = Expression::Kind::kWord;
    return out;
  }
  Expression call(Expression out) {
    Deeper deeper(parser_);
    out.kind = Expression::Kind::kCall;
    out.name_span = out.span;
    out.function = find_function(out.text);
    const Token opened = parser_.take();
    if (!parser_.peek().is(")")) do
        out.parts.push_back(argument());
      while (parser_.accept(","));
    if (!parser_.accept(")")) {
      if (parser_.ends() || parser_.peek().is("|"))
        parser_.fail(opened.span, "this parenthesis is not closed");
      else
        parser_.unexpected("arguments are separated by commas");
    }
    out.span = parser_.span_from(out.span.begin);
    return out;
  }
  Expression argument() {
    if (!parser_.peek().is("*")) return any();
    Expression star;
    star.kind = Expression::Kind::kStar;
    star.span = parser_.take().span;
    return star;
  }
  Expression regex() {
    Expression out;
    out.kind = Expression::Kind::kRegex;
    const auto found = parser_.lexer_.regex(parser_.peek().span.begin);
    if (!found) {
      parser_.fail(parser_.peek().span, "no / closes this regular expression");
      return out;
    }
    out.text = found->text, out.span = found->span;
    if (const auto broken = regex_problem(out.text))
      parser_.fail(out.span, "the regular expression is malformed: " + *broken);
    parser_.last_end_ = found->span.end;
    parser_.token_ = *found;
    parser_.take();
    return out;
  }
  Expression binary(Operator op, Expression left, Expression right) {
    Expression out;
    out.kind = Expression::Kind::kBinary;
    out.op = op;
    out.span = {left.span.begin, std::max(right.span.end, left.span.end)};
    out.parts.push_back(std::move(left));
    out.parts.push_back(std::move(right));
    return out;
  }
  Expression single(Expression::Kind kind, std::size_t begin, Expression value) {
    Expression out;
    out.kind = kind;
    out.span = {begin, value.span.end};
    out.parts.push_back(std::move(value));
    return out;
  }

  Parser& parser_;
};

Expression Parser::expression() { return ExpressionParser(*this).any(); }

}  // namespace seatrial::logs::query
