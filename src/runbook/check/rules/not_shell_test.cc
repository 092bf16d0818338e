#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using testing::check;
using testing::places;

TEST(NotShell, StandsAtTheFirstLineAndNoOtherRuleAddsToIt) {
  EXPECT_THAT(places(check("",
                           "```bash\n# query\nfields @timestamp, @message\n| filter x\n\n"
                           "# more\naws ecs list-tsks\n```\n")),
              ElementsAre("3:1 not-shell", "7:9 unknown-operation"));
  EXPECT_THAT(
      places(check("", "1. x\n   ```bash\n   SELECT 'it''s' FROM t\n   WHERE x;\n   ```\n")),
      ElementsAre("3:4 not-shell"));
  EXPECT_THAT(places(check("", "```sh\nif a; then\n  size = 3\nfi\n```\n")),
              ElementsAre("3:3 not-shell"));
}

TEST(NotShell, SaysWhatItIsAndWhereItBelongs) {
  const auto findings = check("not-shell", "```bash\nmemory = 2048  # from 1024\ncd x\n```\n");
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_THAT(findings[0].message, HasSubstr("Terraform"));
  EXPECT_THAT(findings[0].message, HasSubstr("'memory'"));
  EXPECT_THAT(findings[0].suggestion, HasSubstr("labelled hcl"));
}

TEST(NotShell, OfACrontabLineTheCommandIsStillRead) {
  EXPECT_THAT(places(check("", "```bash\n0 2 * * * /path/to/x >> /y 2>&1\n```\n")),
              ElementsAre("2:1 not-shell", "2:11 placeholder"));
}

TEST(NotShell, BlanksAroundAnEqualsSignAreMended) {
  const auto findings = check("not-shell", "```bash\nVERSION = 1.2\nNAME = a b\n```\n");
  ASSERT_EQ(findings.size(), 2u);
  ASSERT_EQ(findings[0].fix.size(), 1u);
  EXPECT_EQ(findings[0].fix[0].text, "VERSION=1.2");
  EXPECT_THAT(findings[1].fix, IsEmpty());
}

TEST(NotShell, BlocksOfOtherLabelsOrNoneMayHoldAnything) {
  EXPECT_THAT(check("not-shell", "```sql\nSELECT 1;\n```\n```\nx=1\ny = 2\n```\n"), IsEmpty());
  EXPECT_THAT(check("not-shell", "```bash\ncat > x.tf <<E\nmodule \"x\" {\n}\nE\n```\n"),
              IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check
