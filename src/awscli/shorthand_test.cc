#include "awscli/shorthand.h"

#include <gmock/gmock.h>

#include "awscli/json_text.h"

namespace seatrial::awscli {
namespace {

// The tree as compact text: texts in quotes, structures and lists as in JSON.
std::string text_of(const Node& node) {
  std::string out;
  switch (node.kind) {
    case NodeKind::kUnknown:
      return "?";
    case NodeKind::kNull:
      return "null";
    case NodeKind::kBoolean:
      return node.boolean ? "true" : "false";
    case NodeKind::kInteger:
    case NodeKind::kFloat:
      return node.text;
    case NodeKind::kText:
      return "'" + node.text + "'";
    case NodeKind::kList:
      for (const auto& item : node.items) out += (out.empty() ? "" : ",") + text_of(item);
      return "[" + out + "]";
    case NodeKind::kMap:
      for (std::size_t i = 0; i < node.keys.size(); ++i)
        out += (out.empty() ? "" : ",") + node.keys[i].text + ":" + text_of(node.items[i]);
      return "{" + out + "}";
  }
  return out;
}

std::string shorthand(std::string_view text, Cli cli = Cli::kV2) {
  const auto read = read_shorthand(text, cli);
  if (!read) return fmt::format("{}{}", read.error().unsure ? "unsure " : "", read.error().at);
  return text_of(*read);
}

std::string json(std::string_view text) {
  const auto read = read_json(text);
  if (!read) return fmt::format("{}{}", read.error().unsure ? "unsure " : "", read.error().at);
  return text_of(*read);
}

TEST(Shorthand, KeysAndValues) {
  EXPECT_EQ(shorthand("a=b"), "{a:'b'}");
  EXPECT_EQ(shorthand("a=b,c=d"), "{a:'b',c:'d'}");
  EXPECT_EQ(shorthand("a=b,c"), "{a:['b','c']}");
  EXPECT_EQ(shorthand("a=b,c,d=e"), "{a:['b','c'],d:'e'}");
  EXPECT_EQ(shorthand("a="), "{a:''}");
  EXPECT_EQ(shorthand("a=,b=c"), "{a:'',b:'c'}");
  EXPECT_EQ(shorthand("a = b , c = d"), "{a:'b',c:'d'}");
  EXPECT_EQ(shorthand("tag:Env=x"), "{tag:Env:'x'}");
  EXPECT_EQ(shorthand("a=b=c"), "{a:'b=c'}");
  EXPECT_EQ(shorthand("a=b\\,c"), "{a:'b,c'}");
}

TEST(Shorthand, ListsAndStructures) {
  EXPECT_EQ(shorthand("a=[b,c]"), "{a:['b','c']}");
  EXPECT_EQ(shorthand("a=[]"), "{a:[]}");
  EXPECT_EQ(shorthand("a={b=c,d=[e,{f=g}]}"), "{a:{b:'c',d:['e',{f:'g'}]}}");
  EXPECT_EQ(shorthand("a={b=c,b=d}"), "{a:{b:'d'}}");
  EXPECT_EQ(shorthand("a=]x"), "{a:']x'}");
}

TEST(Shorthand, Quotes) {
  EXPECT_EQ(shorthand("a='b, c'"), "{a:'b, c'}");
  EXPECT_EQ(shorthand("a=\"b=c\",d=e"), "{a:'b=c',d:'e'}");
  EXPECT_EQ(shorthand("a='it\\'s'"), "{a:'it's'}");
  EXPECT_EQ(shorthand("a=\"b\\\\\"", Cli::kV2), "{a:'b\\'}");
}

TEST(Shorthand, BreaksWhereTheCliStops) {
  EXPECT_EQ(shorthand(""), "0");
  EXPECT_EQ(shorthand("a"), "1");
  EXPECT_EQ(shorthand("a=b,"), "4");
  EXPECT_EQ(shorthand("a=[b"), "4");
  EXPECT_EQ(shorthand("a={b=c"), "6");
  EXPECT_EQ(shorthand("a='b"), "2");
  EXPECT_EQ(shorthand("a=b,a=c"), "4");
  EXPECT_EQ(shorthand("a=\xF0\x9F\x98\x80"), "2");
}

TEST(Shorthand, WhatTheShellPutsInIsNotJudged) {
  EXPECT_EQ(shorthand("a=\x01,b=c"), "{a:'\x01',b:'c'}");
  EXPECT_EQ(shorthand("a=x\x01y"), "{a:'x\x01y'}");
  EXPECT_EQ(shorthand("\x01"), "unsure 1");
  EXPECT_EQ(shorthand("a=\x01 {"), "{a:'\x01 {'}");
  EXPECT_EQ(shorthand("a=[\x01"), "unsure 4");
  EXPECT_EQ(shorthand("k\x01=b"), "{}");
}

TEST(Shorthand, FilesAreNotJudged) {
  EXPECT_EQ(shorthand("a@=file://x"), "{a:?}");
  EXPECT_EQ(shorthand("a@=x"), "{a:'x'}");
}

TEST(Shorthand, DeepNestingIsNotJudged) {
  std::string text = "a=";
  for (int i = 0; i < 100000; ++i) text += '[';
  EXPECT_TRUE(shorthand(text).starts_with("unsure"));
}

TEST(JsonText, ReadsAsPython) {
  EXPECT_EQ(json(R"({"a": [1, -2.5, "x", true, null], "b": {}})"),
            "{a:[1,-2.5,'x',true,null],b:{}}");
  EXPECT_EQ(json(R"("é\n\ud83d\ude00")"), "'\xC3\xA9\n\xF0\x9F\x98\x80'");
  EXPECT_EQ(json("[NaN, Infinity, -Infinity, 1e400]"), "[NaN,Infinity,-Infinity,1e400]");
  EXPECT_EQ(json(R"({"a": 1, "a": 2})"), "{a:2}");
}

TEST(JsonText, SaysWhereItBreaks) {
  EXPECT_EQ(json("{'a': 1}"), "1");
  EXPECT_EQ(json("[1,]"), "3");
  EXPECT_EQ(json(R"({"a" 1})"), "5");
  EXPECT_EQ(json(R"({"a": 1} x)"), "9");
  EXPECT_EQ(json("[1"), "2");
  EXPECT_EQ(json(R"(["a)"), "1");
  EXPECT_EQ(json("[01]"), "2");
  EXPECT_EQ(json(R"(["\x"])"), "2");
  EXPECT_EQ(json("[\"a\nb\"]"), "3");
  EXPECT_EQ(json(""), "0");
}

TEST(JsonText, WhatTheShellPutsInIsNotJudged) {
  EXPECT_EQ(json("{\"a\": \x01, \"b\": \"x\x01\"}"), "{a:?,b:'x\x01'}");
  EXPECT_EQ(json("[1\x01]"), "[?]");
  EXPECT_EQ(json("{\x01}"), "unsure 1");
  EXPECT_EQ(json("\x01 {"), "unsure 2");
}

TEST(JsonText, PlacesAreBytesOfTheText) {
  const auto read = read_json(R"({"key": ["ab", 12]})");
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->keys[0].begin, 1u);
  EXPECT_EQ(read->keys[0].end, 6u);
  const auto& list = read->items[0];
  EXPECT_EQ(list.items[1].begin, 15u);
  EXPECT_EQ(list.items[1].end, 17u);
}

}  // namespace
}  // namespace seatrial::awscli
