// Expressions and what they make of documents, by the golden file; limits; who looks on.
#include "jmespath/evaluate.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "jmespath/parser.h"
#include "jmespath/python_json.h"

namespace seatrial::jmespath {
namespace {

std::string_view kind_text(EvaluateError::Kind kind) {
  constexpr std::string_view kNames[] = {"function", "arity", "type", "value", "limit"};
  return kNames[std::size_t(kind)];
}

// The result as JSON, or "! KIND".
std::string outcome(std::string_view expression, const Value& document) {
  const auto parsed = parse(expression);
  if (!parsed) return "! syntax";
  const auto result = evaluate(*parsed, document);
  if (!result) return "! " + std::string(kind_text(result.error().kind));
  return to_python_json(*result);
}

TEST(Evaluate, GoldenCases) {
  std::ifstream file(SEATRIAL_SOURCE "/tests/golden/jmespath_cases.txt");
  Value document;
  int cases = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    if (line.starts_with("given ")) {
      document = parse_python_json(line.substr(6)).value();
      continue;
    }
    const auto result = line.rfind(" => "), error = line.rfind(" =! ");
    const auto at = result == std::string::npos ? error : result;
    ASSERT_NE(at, std::string::npos) << line;
    const std::string right = line.substr(at + 4);
    const std::string want =
        at == error ? "! " + right : to_python_json(parse_python_json(right).value());
    EXPECT_EQ(outcome(line.substr(0, at), document), want) << line;
    ++cases;
  }
  EXPECT_GT(cases, 200);
}

EvaluateError error_of(std::string_view expression, const Value& document,
                       std::size_t max_steps = kMaxSteps) {
  const auto result = evaluate(parse(expression).value(), document, {.max_steps = max_steps});
  EXPECT_FALSE(result.has_value()) << expression;
  return result ? EvaluateError{} : result.error();
}

TEST(Evaluate, ErrorsPointAtTheirPart) {
  const auto error = error_of("[length(@), abs('x')]", Array{});
  EXPECT_EQ(error.range, (Range{12, 20}));
  EXPECT_EQ(error.message, "abs() takes a number, not string");
  EXPECT_EQ(error_of("a < 'b'", Object{{"a", 1}}).message,
            "a number and a string cannot be ordered");
  EXPECT_EQ(error_of("nope(@)", nullptr).message, "there is no function nope()");
  EXPECT_EQ(error_of("merge()", nullptr).message, "merge() takes at least 1 argument, not 0");
}

TEST(Evaluate, WorkThatDoublesEndsAtALimit) {
  constexpr std::size_t kSteps = 20'000;
  std::string expression = "[@,@]";
  for (int i = 0; i < 60; ++i) expression += "|[@,@]";
  for (const char* more : {"", "|to_string(@)", "|@[][][][][][][][][][][][][][][][]"}) {
    const auto error = error_of(expression + more, 1, kSteps);
    EXPECT_EQ(error.kind, EvaluateError::Kind::kLimit) << more;
  }
  EXPECT_EQ(outcome(expression + "|[0][1]|length(@)", 1), "2");
}

TEST(Evaluate, AReferenceThatAppliesItselfEndsAtALimit) {
  EXPECT_EQ(error_of("[&map(@[0], [@])] | map([0], [@])", 1).kind, EvaluateError::Kind::kLimit);
}

TEST(Evaluate, ResultsNestedTooDeeplyEndAtALimit) {
  std::string wrap = "@";
  for (int i = 0; i < 90; ++i) wrap = "[" + wrap + "]";
  std::string expression = wrap;
  for (int i = 0; i < 20; ++i) expression += "|" + wrap;
  EXPECT_EQ(error_of(expression, 1).kind, EvaluateError::Kind::kLimit);
}

TEST(Evaluate, IntegersKeepTheirDigits) {
  EXPECT_EQ(outcome("sum(`[9223372036854775807, 1]`)", nullptr), "9223372036854775808");
  EXPECT_EQ(outcome("abs(`-9223372036854775808`)", nullptr), "9223372036854775808");
  EXPECT_EQ(outcome("`9007199254740993` > `9007199254740992.0`", nullptr), "true");
  EXPECT_EQ(outcome("`18446744073709551615` == `-1`", nullptr), "false");
  EXPECT_EQ(outcome("sort(`[NaN, 2, 1]`)", nullptr), "[1,2,NaN]");
}

TEST(Evaluate, TextIsCountedInCodePoints) {
  EXPECT_EQ(outcome("length(@)", Value("\xc3\xa9\xf0\x9f\x98\x80")), "2");
  EXPECT_EQ(outcome("length(@)", Value("\xff\xc3")), "2");  // no UTF-8: bytes
  EXPECT_EQ(outcome("reverse(@)", Value("a\xff")), "\"\\u00ffa\"");
}

TEST(Evaluate, AnObserverSeesWhatNodesCameTo) {
  const auto expression = parse("a[?b == 'x'].c || length(d)").value();
  std::set<Outcome> comparator, function;
  EvaluateOptions options;
  options.observer = [&](const Node& node, Outcome outcome) {
    if (node.kind == NodeKind::kComparator) comparator.insert(outcome);
    if (node.kind == NodeKind::kFunction) function.insert(outcome);
  };
  const auto document = parse_python_json(R"({"a": [{"b": "y"}, {"b": 1}]})").value();
  EXPECT_FALSE(evaluate(expression, document, options).has_value());
  EXPECT_EQ(comparator, std::set{Outcome::kFalse});
  EXPECT_EQ(function, std::set{Outcome::kFailed});
}

}  // namespace
}  // namespace seatrial::jmespath
