#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using testing::check;
using testing::places;

std::vector<Finding> syntax(std::string_view script, std::string_view label = "bash") {
  return check("shell-syntax", fmt::format("```{}\n{}\n```\n", label, script));
}

TEST(ShellSyntax, StandsWhereBashStops) {
  EXPECT_THAT(places(syntax("a\nb | | c")), ElementsAre("3:5 shell-syntax"));
  EXPECT_THAT(places(syntax("if a; then\n  b\n")), ElementsAre("2:1 shell-syntax"));
  EXPECT_THAT(places(syntax("a >\nb")), ElementsAre("2:4 shell-syntax"));
  EXPECT_THAT(places(syntax("echo \"x\necho y")), ElementsAre("2:6 shell-syntax"));
  EXPECT_THAT(places(syntax("$ a\nout\n$ b ;; c", "console")), ElementsAre("4:5 shell-syntax"));
  EXPECT_THAT(syntax("if a; then\n  b\n")[0].message, HasSubstr("'fi' is missing"));
  EXPECT_THAT(syntax("[ a ] && [[ b c ]]")[0].message, HasSubstr("[[ ]]"));
}

TEST(ShellSyntax, WhatOtherRulesReportIsLeftToThem) {
  EXPECT_THAT(syntax("aws x --arn <the-arn>\ngit revert <hash>"), IsEmpty());
  EXPECT_THAT(syntax("fields @message\n| filter x\naws y"), IsEmpty());
  EXPECT_THAT(places(syntax("git revert <hash>\na | | b")), ElementsAre("3:5 shell-syntax"));
}

TEST(ShellSyntax, AHereDocumentWithoutEndIsAWarning) {
  EXPECT_THAT(places(syntax("cat <<EOF\nx\n  EOF\nls")), ElementsAre("2:7 shell-syntax warning"));
  EXPECT_THAT(syntax("cat <<-EOF\n\tx\n\tEOF\nls"), IsEmpty());
}

TEST(ShellSyntax, OtherShellsAndBlocksWithoutALabelAreNotJudged) {
  EXPECT_THAT(syntax("for x (a b) echo $x", "zsh"), IsEmpty());
  EXPECT_THAT(check("shell-syntax", "```\naws x (\n```\n"), IsEmpty());
  EXPECT_THAT(syntax("echo !(a|b)\nx=(a\nb)\nfunction f { a; }"), IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check
