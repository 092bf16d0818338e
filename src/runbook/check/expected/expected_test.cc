// JSON and tables as authors write them, with their places.
#include <gmock/gmock.h>

#include "runbook/check/expected/fit.h"
#include "runbook/check/expected/json_part.h"
#include "runbook/check/expected/table_part.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;

TEST(JsonPart, KnowsThePlacesOfItsParts) {
  const std::string text = "\n{\n  \"a\": [1, \"x\\ny\"],\n  \"b\": {\"c\": null}\n}\n";
  const auto part = parse_json_part(text);
  ASSERT_TRUE(part);
  ASSERT_EQ(part->members.size(), 2u);
  const JsonMember& a = part->members[0];
  EXPECT_EQ(text.substr(a.begin, a.end - a.begin), "a");
  const JsonPart& element = a.value.elements.at(1);
  EXPECT_EQ(text.substr(element.begin, element.end - element.begin), "\"x\\ny\"");
  EXPECT_EQ(element.text, "x\ny");
  EXPECT_EQ(part->members[1].value.members.at(0).value.kind, JsonPart::Kind::kNull);
}

TEST(JsonPart, TakesWhatAuthorsLeaveOut) {
  for (const char* text :
       {"{...}", "{\"a\": 1, ...}", "{\"a\": 1,\n ...\n}", "[...]", "[1, ..., 2]", "[1,]",
        "{\"a\": 1, // one\n \"b\": 2}", "{\"a\": [\xe2\x80\xa6]}", "[{\"a\": 1}, ...]"}) {
    EXPECT_TRUE(parse_json_part(text)) << text;
  }
}

TEST(JsonPart, OtherTextIsNone) {
  for (const char* text : {"", "{", "{a: 1}", "[1 2]", "{\"a\" 1}", "tru", "ACTIVE", "{} {}",
                           "{\"a\": 1} trailing", "\"open", "1.2.3", "{\"a\": }"}) {
    EXPECT_FALSE(parse_json_part(text)) << text;
  }
  EXPECT_FALSE(parse_json_part(std::string(100, '[') + std::string(100, ']')));
}

std::vector<std::string_view> texts(const std::vector<TableCell>& cells) {
  std::vector<std::string_view> out;
  for (const TableCell& cell : cells) out.push_back(cell.text);
  return out;
}

TEST(TablePart, OfTheCli) {
  const std::string text =
      "---------------------\n|    ListThings     |\n+--------+----------+\n"
      "|  Name  |   State  |\n+--------+----------+\n|  a b   |          |\n"
      "|  c     |  ACTIVE  |\n+--------+----------+\n";
  const auto table = parse_table_part(text);
  ASSERT_TRUE(table);
  EXPECT_EQ(table->title, "ListThings");
  EXPECT_THAT(texts(table->header), ElementsAre("Name", "State"));
  ASSERT_EQ(table->rows.size(), 2u);
  EXPECT_THAT(texts(table->rows[0]), ElementsAre("a b", ""));
  const TableCell& cell = table->rows[1][1];
  EXPECT_EQ(text.substr(cell.begin, cell.end - cell.begin), "ACTIVE");
}

TEST(TablePart, OfMarkdown) {
  const auto table = parse_table_part("| A | B |\n|---|---|\n| 1 | 2 |\n");
  ASSERT_TRUE(table);
  EXPECT_THAT(texts(table->header), ElementsAre("A", "B"));
  EXPECT_EQ(table->title, "");
}

TEST(TablePart, OthersAreNone) {
  for (const char* text :
       {"", "text", "| a | b |\n", "-----\n|  T  |\n+--+--+\n|  a | b |\n|  c | d |\n+--+--+\n",
        "| A | B |\n|---|---|\n| 1 |\n", "|  T  |\n+---+\n||  x  ||\n|+-----+|\n||  1  ||\n"}) {
    EXPECT_FALSE(parse_table_part(text)) << text;
  }
}

TEST(StandIn, WhatIsToBeReplaced) {
  for (const char* text : {"<arn>", "...", "$ID", "A | B", "[redacted]", "YOUR_ACCOUNT", "xxx-1",
                           "ACTIVE or DRAINING", "*", "perfect..", "example.com"}) {
    EXPECT_TRUE(is_stand_in(text)) << text;
  }
  for (const char* text : {"ACTIVE", "in-use", "1.2.3", ""})
    EXPECT_FALSE(is_stand_in(text)) << text;
}

}  // namespace
}  // namespace seatrial::runbook::check
