#include "runbook/check/output/snippet.h"

#include <gmock/gmock.h>

#include "runbook/check/output/columns.h"
#include "runbook/check/output/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct Shown {
  std::string line, mark;
};

Shown shown(std::string_view line, std::string_view marked, std::size_t width = 100) {
  Document document;
  parse_document(line, document);
  const auto out = snippet(testing::finding_at(document, 1, marked), document, width);
  return {out.line, out.mark};
}

std::size_t columns(std::string_view text) {
  std::size_t out = 0;
  for (char c : text) out += (c & 0xC0) != 0x80;
  return out;
}

TEST(Snippet, MarksTheWord) {
  const auto [line, mark] = shown("aws ecs list-task --x", "list-task");
  EXPECT_EQ(line, "aws ecs list-task --x");
  EXPECT_EQ(mark, "        ^~~~~~~~~");
}

TEST(Snippet, TabsAreBlanksUpToTheNextStop) {
  const auto [line, mark] = shown("\tab\tlist", "list");
  EXPECT_EQ(line, "    ab  list");
  EXPECT_EQ(mark, "        ^~~~");
}

TEST(Snippet, WideCharactersTakeTwoColumns) {
  const auto [line, mark] = shown("重启 服务 now", "服务");
  EXPECT_EQ(line, "重启 服务 now");
  EXPECT_EQ(mark, "     ^~~~");
  EXPECT_EQ(shown("e\xCC\x81 x", "x").mark, "  ^");  // a combining accent takes none
  EXPECT_EQ(shown("\xF0\x9F\x9A\xA8 x", "x").mark, "   ^");
}

TEST(Snippet, ControlCharactersAreShownNotSent) {
  EXPECT_EQ(shown("a\x1b[31mred x", "x").line, "a␛[31mred x");
  EXPECT_EQ(shown("a\xE2\x80\xAE"
                  "b x",
                  "x")
                .line,
            "a\xEF\xBF\xBD"
            "b x");
  EXPECT_EQ(harmless("a\x1b[2J\nb\xff"), "a␛[2J␊b\xEF\xBF\xBD");
}

TEST(Snippet, LongLinesAreCutAroundTheMark) {
  const std::string before(5000, 'a'), after(5000, 'b');
  const auto [line, mark] = shown(before + " HERE " + after, "HERE", 80);
  EXPECT_THAT(line, StartsWith("...aaa"));
  EXPECT_THAT(line, EndsWith("bbb..."));
  EXPECT_EQ(columns(line), 80u);
  EXPECT_EQ(mark.find('^'), line.find("HERE"));
  EXPECT_THAT(mark, EndsWith("^~~~"));
}

TEST(Snippet, ALineOfWhichTheBeginningFitsKeepsIt) {
  const auto [line, mark] = shown("  aws HERE " + std::string(300, 'b'), "HERE", 80);
  EXPECT_THAT(line, StartsWith("  aws HERE bbb"));
  EXPECT_EQ(columns(line), 77u);
  EXPECT_EQ(mark, "      ^~~~");
}

TEST(Snippet, AMarkThatGoesOnBeyondTheCutEndsThere) {
  const auto [line, mark] = shown("aws " + std::string(300, 'x'), std::string(300, 'x'), 80);
  EXPECT_EQ(mark.size(), line.size() - 3);
}

TEST(Snippet, SeveralLinesAreMarkedToTheEndOfTheFirst) {
  Document document;
  parse_document("one two\nthree\n", document);
  auto finding = testing::finding_at(document, 1, "two");
  finding.end_line = 2, finding.end_column = 6;
  EXPECT_EQ(snippet(finding, document, 80).mark, "    ^~~");
}

TEST(Snippet, PlacesThatAreNotThereAreSurvived) {
  Document document;
  parse_document("one\n", document);
  auto finding = testing::finding_at(document, 1, "one");
  finding.column = 100, finding.end_column = 200;
  EXPECT_THAT(snippet(finding, document, 80).mark, HasSubstr("^"));
  finding.line = 7;
  EXPECT_EQ(snippet(finding, document, 80).line, "");
}

TEST(Columns, CountCharactersAndUnits) {
  Document document;
  parse_document(
      "a重\xF0\x9F\x9A\xA8"
      "b\n",
      document);
  Columns counted(document);
  EXPECT_EQ(counted.at(1, 8).characters, 3u);
  EXPECT_EQ(counted.at(1, 8).utf16, 4u);
  EXPECT_EQ(counted.at(1, 4).characters, 2u);
  EXPECT_EQ(counted.at(1, 100).characters, 4u);
  EXPECT_EQ(counted.at(9, 5).characters, 5u);
}

TEST(Columns, AreTheSameInWhateverOrderTheyAreAsked) {
  std::string line;
  for (int i = 0; i < 3000; ++i) line += i % 3 == 0 ? "重" : "x";
  Document document;
  parse_document(line, document);
  Columns rising(document);
  for (std::size_t byte = 0; byte < line.size(); byte += 617) {
    if ((line[byte] & 0xC0) == 0x80) continue;
    Columns fresh(document);
    EXPECT_EQ(rising.at(1, byte).characters, fresh.at(1, byte).characters) << byte;
    EXPECT_EQ(rising.at(1, byte / 2).utf16, Columns(document).at(1, byte / 2).utf16) << byte;
  }
}

}  // namespace
}  // namespace seatrial::runbook::check
