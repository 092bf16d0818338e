#include "runbook/document.h"

#include <gmock/gmock.h>

namespace seatrial::runbook {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

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

}  // namespace
}  // namespace seatrial::runbook
