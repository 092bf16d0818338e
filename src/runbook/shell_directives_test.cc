#include "runbook/shell_directives.h"

#include <gmock/gmock.h>

namespace seatrial::runbook {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "BYTE text FIRST-LAST" of each; lines 0-based.
std::vector<std::string> shell_directives_in(const std::vector<ShellDirective>& directives) {
  std::vector<std::string> out;
  for (const auto& d : directives)
    out.push_back(fmt::format("{} {} {}-{}", d.begin, d.text, d.first_line, d.last_line));
  return out;
}

TEST(ShellDirectives, AloneTheySpeakOfTheNextStatement) {
  EXPECT_THAT(
      shell_directives_in(shell_directives("ls\n# seatrial: a\n# why\naws x \\\n  --b c\nls\n")),
      ElementsAre("5 seatrial: a 3-4"));
  EXPECT_THAT(
      shell_directives_in(shell_directives("if true; then\n  # seatrial: a\n  ls\n  pwd\nfi\n")),
      ElementsAre("18 seatrial: a 2-2"));
  EXPECT_THAT(shell_directives_in(shell_directives("#seatrial: a\nfor i in 1 2; do\n  ls\ndone\n")),
              ElementsAre("1 seatrial: a 1-3"));
  EXPECT_THAT(shell_directives_in(shell_directives("ls\n# seatrial: last\n")),
              ElementsAre("5 seatrial: last 1-0"));
}

TEST(ShellDirectives, BehindACommandTheySpeakOfIt) {
  EXPECT_THAT(
      shell_directives_in(shell_directives("ls # seatrial: a\naws x \\\n  --b c # seatrial: b\n")),
      ElementsAre("5 seatrial: a 0-0", "35 seatrial: b 1-2"));
  EXPECT_THAT(shell_directives_in(shell_directives("aws x | # seatrial: a\n  jq .\n")),
              ElementsAre("10 seatrial: a 0-0"));
}

TEST(ShellDirectives, WhereTheGrammarFailsJoinedLinesStayTogether) {
  EXPECT_THAT(shell_directives_in(
                  shell_directives("# seatrial: a\naws x --a <b> \\\n  --c <d> \\\n  --e f\n")),
              ElementsAre("2 seatrial: a 1-3"));
}

TEST(ShellDirectives, QuotedTextAndHereDocumentsHoldNone) {
  EXPECT_THAT(shell_directives("echo '# seatrial: a'\ncat <<E\n# seatrial: b\nE\n"), IsEmpty());
  EXPECT_THAT(shell_directives("echo a#seatrial: b # about seatrial: c\n"), IsEmpty());
}

TEST(LineDirectives, SpeakOfTheNextLine) {
  EXPECT_THAT(shell_directives_in(
                  line_directives("fields a\n  # seatrial: x\n| sort b\nlimit # seatrial: y\n")),
              ElementsAre("13 seatrial: x 2-2"));
}

}  // namespace
}  // namespace seatrial::runbook
