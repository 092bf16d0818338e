#include "runbook/document.h"

#include <gmock/gmock.h>

#include "runbook/plan.h"
#include "runbook/tame_markdown.h"

namespace seatrial::runbook {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Read {
  Document document;
  explicit Read(std::string_view text) { parse_document(text, document); }
  const Document* operator->() const { return &document; }

  // "LINE:COLUMN TARGET" of each link; columns as an editor counts them.
  std::vector<std::string> links() const {
    std::vector<std::string> out;
    for (const auto& link : document.links) {
      const auto line = document.lines[static_cast<std::size_t>(link.line - 1)];
      out.push_back(fmt::format("{}:{} {}{}", link.line, link.column + 1, link.image ? "!" : "",
                                line.substr(static_cast<std::size_t>(link.column),
                                            static_cast<std::size_t>(link.length))));
    }
    return out;
  }
};

TEST(Document, LinksStandWhereTheirTargetsAreWritten) {
  const Read read(
      "# See [a](#x)\n\n1. one [two](#a) and\n   more [three](b.md \"t\") ![img](c.png)\n"
      "   - nested [broken\n     text](<d e.md>)\n\n| h |\n|---|\n| [cell](#z) |\n");
  EXPECT_THAT(read.links(), ElementsAre("1:11 #x", "3:14 #a", "4:17 b.md", "4:34 !c.png",
                                        "6:13 d e.md", "10:10 #z"));
  EXPECT_EQ(read->links[0].text, "a");
  EXPECT_EQ(read->links[0].heading, 0);
  EXPECT_EQ(read->links[4].text, "broken text");
}

TEST(Document, ReferencesStandWhereTheyAreUsed) {
  const Read read("a [r][ref] and <https://x.y/>\n\n[ref]: d.md\n");
  ASSERT_EQ(read->links.size(), 2u);
  EXPECT_EQ(read->links[0].target, "d.md");
  EXPECT_EQ(read->links[0].line, 1);
  EXPECT_EQ(read->links[0].column, 2);
  EXPECT_EQ(read->links[1].target, "https://x.y/");
}

TEST(Document, CodeHoldsNoLinks) {
  EXPECT_THAT(Read("`[a](#b)`\n\n```\n[a](#b)\n```\n").links(), IsEmpty());
}

TEST(Document, AnchorsOfHtml) {
  const Read read("<a name=\"old\"></a> text <span id='k'></span>\n\n<div id=foo>\n</div>\n");
  EXPECT_THAT(read->anchors, ElementsAre("old", "k", "foo"));
}

TEST(Document, ItemsNestAndCount) {
  const Read read(
      "# h\n3. three\n\n   ```bash\n   ls\n   ```\n   - [ ] inner\n4. four\n\nbehind\n");
  ASSERT_EQ(read->items.size(), 3u);
  EXPECT_EQ(read->items[0].number, 3);
  EXPECT_EQ(read->items[1].parent, 0);
  EXPECT_EQ(read->items[1].number, 0);
  EXPECT_EQ(read->items[2].number, 4);
  EXPECT_EQ(read->items[2].parent, -1);
  EXPECT_EQ(read->items[2].line, 8);
  ASSERT_EQ(read->blocks.size(), 5u);
  EXPECT_EQ(read->blocks[1].kind, Block::Kind::kFence);
  EXPECT_EQ(read->blocks[1].item, 0);
  EXPECT_EQ(read->blocks[2].item, 1);
  EXPECT_EQ(read->blocks[4].item, -1);
}

TEST(Document, RowsOfTables) {
  const Read read("# h\n\n| a | b |\n|---|---|\n| `c` | [d](#e) |\n");
  ASSERT_EQ(read->rows.size(), 2u);
  EXPECT_TRUE(read->rows[0].head);
  EXPECT_THAT(read->rows[1].cells, ElementsAre("c", "d"));
  EXPECT_EQ(read->rows[1].line, 5);
  EXPECT_EQ(read->rows[1].heading, 0);
}

std::string repeat(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

TEST(Document, AParagraphThatEndsInATablesHeadKeepsItsLine) {
  const Read read("# a\n\none\ntwo *x*\n| a | b |\n|---|---|\n| 1 | 2 |\n");
  ASSERT_THAT(read->blocks, SizeIs(1));
  EXPECT_EQ(read->blocks[0].line, 3);
  ASSERT_THAT(read->rows, SizeIs(2));
  EXPECT_EQ(read->rows[0].line, 5);
  EXPECT_EQ(read->rows[1].line, 7);
}

// "LINE-END text -> TARGET-END" of each.
std::vector<std::string> directives(std::string_view markdown) {
  Document document;
  parse_document(markdown, document);
  std::vector<std::string> out;
  for (const auto& d : document.directives)
    out.push_back(fmt::format("{}:{}-{} {} -> {}-{}", d.line, d.column, d.end_line, d.text,
                              d.target_line, d.target_end_line));
  return out;
}

TEST(Directives, StandBeforeABlockOrInALine) {
  EXPECT_THAT(directives("# a\n\n<!-- seatrial: ignore x y -->\n```bash\nls\n```\n"),
              ElementsAre("3:0-3 seatrial: ignore x y -> 4-6"));
  EXPECT_THAT(directives("a\nb <!-- seatrial: one --> c\nd <!-- seatrial: two -->\n"),
              ElementsAre("2:2-2 seatrial: one -> 0-0", "3:2-3 seatrial: two -> 0-0"));
  EXPECT_THAT(directives("- a\n\n  <!-- seatrial: one -->\n\n  ```\n  ls\n  ```\n"),
              ElementsAre("3:2-3 seatrial: one -> 5-7"));
  EXPECT_THAT(directives("<!-- seatrial: ignore\n  x -->\n\n# h\n"),
              ElementsAre("1:0-2 seatrial: ignore\n  x -> 4-4"));
}

TEST(Directives, SameTextTwiceStandsTwice) {
  EXPECT_THAT(directives("a <!-- seatrial: x --> <!-- seatrial: x -->\n"),
              ElementsAre("1:2-1 seatrial: x -> 0-0", "1:23-1 seatrial: x -> 0-0"));
}

TEST(Directives, StackedCommentsSpeakOfTheSameBlock) {
  EXPECT_THAT(directives("<!-- seatrial: a -->\n<!-- note -->\n<!-- seatrial: b -->\n\ntext\n"),
              ElementsAre("1:0-1 seatrial: a -> 5-5", "3:0-3 seatrial: b -> 5-5"));
}

TEST(Directives, InATableTheySpeakOfTheirLine) {
  EXPECT_THAT(directives("|a|b|\n|-|-|\n|1|2|\n|3|4 <!-- seatrial: x -->|\n"),
              ElementsAre("4:5-4 seatrial: x -> 0-0"));
}

TEST(Directives, OtherCommentsAndShownOnesAreNone) {
  EXPECT_THAT(directives("<!-- ignore -->\n`<!-- seatrial: x -->`\n\n```\n<!-- seatrial: y -->\n"
                         "```\n<!-- seatrial: never closed\n"),
              IsEmpty());
}

TEST(Script, IsOneFenceFromItsFirstLine) {
  Document document;
  parse_script("\xEF\xBB\xBF#!/bin/sh\r\n# $ not a prompt\r\nls\r\n", "sh", document);
  ASSERT_THAT(document.blocks, SizeIs(1));
  EXPECT_EQ(document.blocks[0].line, 1);
  EXPECT_TRUE(is_shell_fence(document.blocks[0]));
  EXPECT_EQ(fence_script(document.blocks[0]), "#!/bin/sh\n# $ not a prompt\nls\n");
  EXPECT_THAT(make_plan(document).steps, SizeIs(1));
}

TEST(Tame, LeavesOrdinaryDocumentsAlone) {
  EXPECT_FALSE(
      tame_markdown("# a\n\n> > - 1. text <?xml version=\"1.0\"?>\n\n|a|b|\n|-|-|\n|1|\n"));
  EXPECT_FALSE(tame_markdown(repeat("* ", 500) + "\n" + repeat("- ", 500) + "\n"));
  EXPECT_FALSE(tame_markdown(repeat("a <?php b ?> c <!DOCTYPE x> <![CDATA[ y ]]>\n", 300)));
  EXPECT_FALSE(tame_markdown(""));
}

TEST(Tame, BlanksInPlace) {
  const auto nested = repeat("> ", kMaxContainersInLine) + "> x\n";
  EXPECT_EQ(tame_markdown(nested), repeat("> ", kMaxContainersInLine) + "x x\n");
  const auto unclosed = repeat("a<?", kMaxUnclosedDeclarations + 1);
  EXPECT_EQ(tame_markdown(unclosed), repeat("ax?", kMaxUnclosedDeclarations + 1));
  const auto wide = "a\n" + repeat("|-", kMaxTableColumns) + "|\nb\n";
  EXPECT_EQ(tame_markdown(wide), "a\n" + std::string(2 * kMaxTableColumns + 1, 'x') + "\nb\n");
}

// Each would keep cmark busy for minutes, or fill the memory, as it stands.
TEST(Tame, KnownQuadraticInputsAreRead) {
  const std::string inputs[] = {
      repeat(" -", 100'000) + " > ```" + repeat("\n", 100'000),
      repeat("> ", 100'000) + "a\n" + repeat("b\n", 100'000),
      repeat("1. ", 100'000) + "x\n",
      repeat("a<?", 250'000),
      repeat("a<![CDATA[", 250'000),
      repeat("a<!A ", 250'000),
      repeat("|a", 100'000) + "|\n" + repeat("|-", 100'000) + "|\n",
      repeat("|a", 900) + "|\n" + repeat("|-", 900) + "|\n" + repeat("|x|\n", 250'000),
      repeat("[", 1'000'000),
      repeat("*a _", 250'000),
      repeat("a<!--", 250'000),
  };
  for (const auto& input : inputs) {
    Document document;
    parse_document(input + "\n\n```bash\nls\n```\n", document);
    EXPECT_EQ(document.source.size(), input.size() + 17);
  }
}

}  // namespace
}  // namespace seatrial::runbook
