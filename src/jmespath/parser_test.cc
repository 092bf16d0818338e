// Trees, places and messages of the parser.
#include "jmespath/parser.h"

#include <gtest/gtest.h>

namespace seatrial::jmespath {
namespace {

std::string_view part(const Expression& expression, Range range) {
  return std::string_view(expression.text).substr(range.begin, range.end - range.begin);
}

// "what: place" of the error.
std::string parse_error_of(std::string_view text) {
  const auto parsed = parse(text);
  if (parsed) return "none";
  const Range range = parsed.error().range;
  return parsed.error().message + ": " + std::to_string(range.begin) + "-" +
         std::to_string(range.end);
}

TEST(Parser, EveryNodeKnowsItsBytes) {
  const auto expression = parse("a.\"b c\"[0].{x: length(d)} | [?e >= `1`]").value();
  const Node& pipe = expression.root;
  EXPECT_EQ(pipe.kind, NodeKind::kPipe);
  EXPECT_EQ(part(expression, pipe.range), expression.text);
  EXPECT_EQ(part(expression, pipe.mark), "|");
  const Node& chain = pipe.children[0];
  EXPECT_EQ(chain.kind, NodeKind::kSubexpression);
  EXPECT_EQ(part(expression, chain.range), "a.\"b c\"[0].{x: length(d)}");
  const Node& indexed = chain.children[1];
  EXPECT_EQ(indexed.kind, NodeKind::kIndexExpression);
  EXPECT_EQ(part(expression, indexed.mark), "[0]");
  EXPECT_EQ(part(expression, indexed.children[0].range), "\"b c\"");
  const Node& pair = chain.children[2].children[0];
  EXPECT_EQ(pair.text, "x");
  EXPECT_EQ(part(expression, pair.mark), "x");
  EXPECT_EQ(part(expression, pair.children[0].mark), "length");
  EXPECT_EQ(part(expression, pair.children[0].range), "length(d)");
  const Node& filter = pipe.children[1];
  EXPECT_EQ(filter.kind, NodeKind::kFilterProjection);
  EXPECT_EQ(part(expression, filter.mark), "[?e >= `1`]");
  EXPECT_EQ(part(expression, filter.children[2].mark), ">=");
}

TEST(Parser, PlacesAreBytes) {
  const auto expression = parse("'\u00e9'||b").value();
  EXPECT_EQ(expression.root.children[0].range, (Range{0, 4}));
  EXPECT_EQ(expression.root.children[1].range, (Range{6, 7}));
}

TEST(Parser, BindingPowers) {
  const auto kinds = [](std::string_view text) {
    const Node root = parse(text).value().root;
    return std::pair(root.kind, root.children.at(0).kind);
  };
  using enum NodeKind;
  EXPECT_EQ(kinds("a || b && c"), std::pair(kOr, kField));
  EXPECT_EQ(kinds("a && b || c"), std::pair(kOr, kAnd));
  EXPECT_EQ(kinds("a == b && c"), std::pair(kAnd, kComparator));
  EXPECT_EQ(kinds("!a == b"), std::pair(kComparator, kNot));
  EXPECT_EQ(kinds("!a.b"), std::pair(kSubexpression, kNot));
  EXPECT_EQ(kinds("a | b || c"), std::pair(kPipe, kField));
  EXPECT_EQ(kinds("a[].b[]"), std::pair(kProjection, kFlatten));
  EXPECT_EQ(kinds("a[*].b"), std::pair(kProjection, kField));
  EXPECT_EQ(kinds("&a | b"), std::pair(kExpressionReference, kPipe));
}

TEST(Parser, ErrorsSayWhereAndWhatWasExpected) {
  EXPECT_EQ(parse_error_of(""), "the expression is empty: 0-0");
  EXPECT_EQ(parse_error_of("a."),
            "the expression ends where a name, '*', '[' or '{' is expected: 2-2");
  EXPECT_EQ(parse_error_of("a.'b'"), "expected a name, '*', '[' or '{', found a literal: 2-5");
  EXPECT_EQ(parse_error_of("a[?b"), "the expression ends where ']' is expected: 4-4");
  EXPECT_EQ(parse_error_of("a[?b=='c')]"), "expected ']', found ')': 9-10");
  EXPECT_EQ(parse_error_of("a b"), "expected the end of the expression, found a name: 2-3");
  EXPECT_EQ(parse_error_of("a = 'b'"), "unexpected '=': equality is written '==': 2-3");
  EXPECT_EQ(parse_error_of("a#"), "unexpected character '#': 1-2");
  EXPECT_EQ(parse_error_of("\u00e9"), "unexpected character '\u00e9': 0-2");
  EXPECT_EQ(parse_error_of("a['b"), "the closing ' is missing: 2-4");
  EXPECT_EQ(parse_error_of("`\"a`"), "the literal in backquotes is not JSON: 0-4");
  EXPECT_EQ(parse_error_of("\"\\x\""), "the name in double quotes is not a JSON string: 0-4");
  EXPECT_EQ(parse_error_of("{a}"), "expected ':', found '}': 2-3");
  EXPECT_EQ(parse_error_of("{'a': b}"), "expected a member's name, found a literal: 1-4");
  EXPECT_EQ(parse_error_of("a[1:b]"), "expected a number, ':' or ']', found a name: 4-5");
  EXPECT_EQ(parse_error_of("\"f\"(a)"), "a function's name stands without quotes: 0-3");
  EXPECT_EQ(parse_error_of("f(a"), "the expression ends where an expression is expected: 3-3");
  EXPECT_EQ(parse_error_of("a[*]b"), "expected the end of the expression, found a name: 4-5");
  EXPECT_EQ(parse_error_of("a !b"), "expected an operator or the end, found '!': 2-3");
}

TEST(Parser, DepthIsLimited) {
  for (const auto& [before, after] : {std::pair("(", ")"), {"[", "]"}, {"!", ""}, {"a[?", "]"}}) {
    std::string text = "a";
    for (std::uint32_t i = 0; i < kMaxDepth; ++i) text = before + text + after;
    EXPECT_FALSE(parse(text).has_value()) << before;
  }
  std::string chain = "a";
  for (std::uint32_t i = 0; i < kMaxDepth; ++i) chain += "|a";
  EXPECT_NE(parse_error_of(chain).find("nested too deeply"), std::string::npos);
  std::string fields = "a";
  for (int i = 0; i < 5000; ++i) fields += ".a";  // one node, whatever its length
  EXPECT_TRUE(parse(fields).has_value());
}

TEST(Parser, LengthIsLimited) {
  const std::string text(kMaxExpressionBytes + 1, 'a');
  EXPECT_FALSE(parse(text).has_value());
  EXPECT_TRUE(parse(std::string_view(text).substr(1)).has_value());
  EXPECT_FALSE(parse("a[" + std::string(5000, '1') + "]").has_value());
}

}  // namespace
}  // namespace seatrial::jmespath
