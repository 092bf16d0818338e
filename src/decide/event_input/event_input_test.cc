#include "decide/event_input/event_input.h"

#include <gtest/gtest.h>

namespace seatrial::decide {
namespace {

const Value kEvent = *parse_json(
    R"({"detail-type":"t","resources":["arn:1","arn:2"],"detail":{"state":"run\"ning","n":3,"o":{"a":[1]}}})");

std::string at(std::string_view path) {
  const auto steps = parse_input_path(path);
  if (!steps) return "refused";
  const auto* found = part_of(kEvent, *steps);
  return found == nullptr ? "nothing" : to_json(*found);
}

TEST(EventInput, Paths) {
  EXPECT_EQ(at("$.detail.n"), "3");
  EXPECT_EQ(at("$.resources[1]"), "\"arn:2\"");
  EXPECT_EQ(at("$['detail-type']"), "\"t\"");
  EXPECT_EQ(at("$.detail-type"), "\"t\"");
  EXPECT_EQ(at("$.resources[2]"), "nothing");
  EXPECT_EQ(at("$.none.more"), "nothing");
  EXPECT_EQ(at("$"), to_json(kEvent));
  for (const char* path : {"", "detail", "$.", "$..a", "$.a[", "$.a[*]", "$.*", "$.a[]", "$x"})
    EXPECT_EQ(at(path), "refused") << path;
}

TEST(EventInput, Templates) {
  const auto variable = [](std::string_view path) {
    return variable_of(part_of(kEvent, *parse_input_path(path)));
  };
  const std::map<std::string, InputVariable, std::less<>> variables{
      {"s", variable("$.detail.state")},
      {"n", variable("$.detail.n")},
      {"o", variable("$.detail.o")},
      {"none", variable("$.none")}};
  EXPECT_EQ(fill_template(R"("it is <s> <n>")", variables), R"("it is run\"ning 3")");
  EXPECT_EQ(fill_template(R"({"s":<s>,"n":<n>,"o":<o>,"x":<none>})", variables),
            R"({"s":"run\"ning","n":3,"o":{"a":[1]},"x":null})");
  EXPECT_EQ(fill_template(R"("<o>")", variables), R"("{\"a\":[1]}")");
  EXPECT_EQ(fill_template("a < b > <else> <s", variables), "a < b > <else> <s");
  EXPECT_EQ(template_names(R"("\"<a>" <b.c>)"), (std::vector<std::string>{"a", "b.c"}));
}

}  // namespace
}  // namespace seatrial::decide
