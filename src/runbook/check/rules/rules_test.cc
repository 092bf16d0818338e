#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::check;
using testing::places;

// The first rules are tested together: a document with one defect has one finding.
std::vector<Finding> check_cli(std::string_view markdown) {
  std::vector<Finding> out;
  for (auto rule : {"unknown-service", "unknown-operation", "unknown-option", "missing-option",
                    "missing-value", "bad-enum"})
    for (auto& finding : check(rule, markdown)) out.push_back(std::move(finding));
  std::ranges::stable_sort(out, {}, &Finding::line);
  return out;
}

TEST(Check, EachRuleWithItsPlace) {
  EXPECT_THAT(places(check_cli("# a\n```bash\naws esc list-tasks\n```\n")),
              ElementsAre("3:5 unknown-service"));
  EXPECT_THAT(places(check_cli("```bash\naws ecs list-task\n```\n")),
              ElementsAre("2:9 unknown-operation"));
  EXPECT_THAT(
      places(check_cli("1. x\n   ```sh\n   aws ecs update-service \\\n     --service s \\\n    "
                       " --desired-cuont 2\n   ```\n")),
      ElementsAre("5:6 unknown-option"));
  EXPECT_THAT(places(check_cli("```\naws ecs update-service --cluster c\n```\n")),
              ElementsAre("2:1 missing-option"));
  EXPECT_THAT(places(check_cli("```bash\naws ecs list-tasks --cluster\n```\n")),
              ElementsAre("2:20 missing-value"));
  EXPECT_THAT(
      places(check_cli("```bash\naws cloudwatch describe-alarms --state-value ALRM\n```\n")),
      ElementsAre("2:46 bad-enum"));
}

TEST(Check, LooksIntoPipelinesSubstitutionsAndStarters) {
  EXPECT_THAT(
      places(check_cli(
          "```bash\nX=$(aws ecs list-task | jq .)\nls | xargs -I {} aws ecs describe-task "
          "--tasks {}\n"
          "watch -n 5 'aws ecs lst-tasks'\n```\n")),
      ElementsAre("2:13 unknown-operation", "3:26 unknown-operation", "4:21 unknown-operation"));
}

TEST(Check, ConsolePromptsKeepColumns) {
  EXPECT_THAT(places(check_cli("```console\n$ aws ecs list-task\noutput aws ecs nothing\n```\n")),
              ElementsAre("2:11 unknown-operation"));
}

TEST(Check, UnknownValuesAreNeverJudged) {
  EXPECT_THAT(
      places(check_cli("```bash\naws ecs update-service $ARGS\naws $SVC x\naws ecs list-tasks "
                       "--desired-status $S\n"
                       "aws elbv2 describe-target-health --target-group-arn <the-arn>\n"
                       "aws ecs describe-tasks --cluster <c> --tasks <task-id>\n"
                       "aws ecs list-tasks | xargs aws ecs describe-tasks --cluster c --tasks\n"
                       "echo 'aws ecs list-task'\n# aws ecs list-task\n```\n"
                       "```yaml\naws ecs list-task\n```\n")),
      IsEmpty());
}

TEST(Check, ARepeatedWordIsCutShort) {
  const auto findings =
      check("unknown-operation", "```bash\naws ecs " + std::string(100'000, 'q') + "\n```\n");
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_LT(findings[0].message.size(), 700u);
}

TEST(CheckFuzz, MutatedDocumentsNeverBreakIt) {
  const std::string book =
      "# a\n\n1. b\n   ```bash\n   X=$(aws ecs list-tasks --cluster \"c $Y\" | jq -r '.a[]')\n   "
      "aws ecs update-service \\\n"
      "     --service <s> --desired-count 2\n   ```\n```console\n$ aws s3 cp a b \\\n> "
      "--recursive\n```\n";
  std::uint64_t seed = 99;
  auto next = [&] { return seed = seed * 6364136223846793005u + 1442695040888963407u, seed >> 33; };
  constexpr std::string_view kPieces[] = {"```", "\n",   "--",   "$(", "'", "\"",
                                          "\\",  "\xff", "aws ", "=",  "|", "{}"};
  for (int round = 0; round < 800; ++round) {
    std::string text = book;
    for (int i = 0; i < 8; ++i) {
      const auto at = next() % text.size();
      if (next() % 2)
        text.erase(at, next() % 12);
      else
        text.insert(at, kPieces[next() % std::size(kPieces)]);
    }
    for (const auto& finding : check("", text)) {
      ASSERT_GE(finding.line, 1);
      ASSERT_GE(finding.column, 1) << text;
      ASSERT_GE(finding.end_line, finding.line);
      ASSERT_FALSE(finding.message.empty());
    }
  }
}

}  // namespace
}  // namespace seatrial::runbook::check
