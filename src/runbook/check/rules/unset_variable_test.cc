#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using testing::check;
using testing::places;

std::vector<Finding> unset(std::string_view script) {
  return check("unset-variable", fmt::format("```bash\n{}\n```\n", script));
}

TEST(UnsetVariable, SetNowhere) {
  EXPECT_THAT(places(unset("aws x --id $ECS_SG \\\n  --h \"$DB_HOST\" $ECS_SG $ECS_SG")),
              ElementsAre("2:12 unset-variable", "3:8 unset-variable", "3:18 unset-variable"));
  EXPECT_THAT(unset("echo ${A_B}")[0].message, HasSubstr("set nowhere"));
}

TEST(UnsetVariable, TheOrderOfTheDocumentCounts) {
  EXPECT_THAT(places(check("unset-variable", "```sh\na $X\n```\n\n```sh\nX=1\nb $X\n```\n")),
              ElementsAre("2:3 unset-variable warning"));
  EXPECT_THAT(places(unset("a | read X\nb $X")), ElementsAre("3:3 unset-variable warning"));
  EXPECT_THAT(places(unset("(X=1)\nb $X; X=2 c $X")), ElementsAre("3:3 unset-variable warning"));
  EXPECT_THAT(places(unset("X=1 b $X")), ElementsAre("2:7 unset-variable"));
}

TEST(UnsetVariable, AnExcerptIsAWarning) {
  EXPECT_THAT(places(check("unset-variable", "Key script segments:\n\n```sh\na $X\n```\n")),
              ElementsAre("4:3 unset-variable warning"));
}

TEST(UnsetVariable, WhatRunsElsewhereIsTold) {
  const auto findings = unset("aws ecs execute-command --command \"nc -zv $DB_HOST 5432\"");
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_THAT(findings[0].message, HasSubstr("the shell at hand"));
  EXPECT_EQ(findings[0].suggestion, "\\$DB_HOST");
}

TEST(UnsetVariable, SetInAnyWay) {
  for (auto script :
       {"X=1; a $X", "export X=$(b); a $X", "for X in 1; do a $X; done", "read -r X; a $X",
        "while read X; do a $X; done < f", "b | while read X; do a $X; done", "((X = 1)); a $X",
        "mapfile -t X < f; a $X", "printf -v X y; a $X", ": ${X:=1}; a $X", "export X; a $X",
        "f() { a $X; }; X=1; f", "for i in 1; do a $X; X=$i; done", "X=(1 2); a $X",
        "for ((X=0; X<3; X++)); do a $X; done", "getopts ab X; a $X"})
    EXPECT_THAT(unset(script), IsEmpty()) << script;
}

TEST(UnsetVariable, WhatTheReaderOrTheEnvironmentSets) {
  for (auto script : {"a $HOME $AWS_REGION $1 $@ $? $RANDOM $_", "a ${X:-b} ${X:?}",
                      "[ -z \"$X\" ] && exit; a $X", "source .env; a $X", "eval \"$(b)\"; a $X",
                      "export $(cat .env); a $X", "# Set X_Y before\na $X_Y", "a '$X'", "a \\$X",
                      "cat <<'E'\n$X\nE"})
    EXPECT_THAT(unset(script), IsEmpty()) << script;
  EXPECT_THAT(check("unset-variable", "Set `name` and DB_HOST.\n\n```sh\na $name $DB_HOST\n```\n"),
              IsEmpty());
  EXPECT_THAT(check("unset-variable", "|v|\n|-|\n|DB_HOST|\n\n```sh\na $DB_HOST\n```\n"),
              IsEmpty());
  EXPECT_THAT(check("unset-variable", "```env\nDB_HOST=x\n```\n```sh\na $DB_HOST\n```\n"),
              IsEmpty());
}

TEST(UnsetVariable, UnreadableBlocksAreNotJudged) {
  EXPECT_THAT(unset("if a $X; then"), IsEmpty());
  EXPECT_THAT(check("unset-variable", "```sh\nX=1 (\n```\n```sh\na $X\n```\n"), IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check
