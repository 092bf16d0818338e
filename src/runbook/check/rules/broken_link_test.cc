#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::check;
using testing::places;

std::vector<std::string> broken_link_in(std::string_view markdown,
                                        const Surroundings& around = {}) {
  return places(check("broken-link", markdown, {.surroundings = around}));
}

Surroundings with_files(std::set<std::string, std::less<>> files) {
  return {.has_file = [files](std::string_view path) { return files.contains(path); }};
}

TEST(BrokenLink, AnchorsOfHeadings) {
  EXPECT_THAT(broken_link_in("# One\n- [x](#one)\n- [y](#tow)\n## Two & more\n[z](#two--more)\n"),
              ElementsAre("3:7 broken-link warning"));
  EXPECT_EQ(check("broken-link", "# Backups\n[b](#backup)\n").at(0).suggestion, "#backups");
}

TEST(BrokenLink, AnchorsThatARendererMayMakeAreLeftAlone) {
  EXPECT_THAT(broken_link_in("# Two & more\n[z](#two-more) [y](#Two--More) [t](#top) [e](#)\n"
                             "<a name=\"old\"></a>[o](#old) [f](#fn1) [p](#%74wo--more)\n"),
              IsEmpty());
}

TEST(BrokenLink, FilesWhereTheyAreKnown) {
  EXPECT_THAT(
      broken_link_in("[a](../README.md) and [b](x%20y.md#z) ![c](c.png)\n", with_files({"x y.md"})),
      ElementsAre("1:5 broken-link warning", "1:44 broken-link warning"));
  EXPECT_THAT(broken_link_in("[a](../README.md)\n"), IsEmpty());
  EXPECT_THAT(broken_link_in("[a](/README.md) [b](https://x.y/z) [c](mailto:a@b) [d](//x.y/z)\n",
                             with_files({})),
              IsEmpty());
}

TEST(BrokenLink, CodeIsNoLink) {
  EXPECT_THAT(broken_link_in("`[a](#none)`\n\n```markdown\n[a](#none)\n```\n"), IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check
