#include "runbook/plan.h"

#include <gmock/gmock.h>

#include "runbook/destructive.h"
#include "runbook/follow.h"

namespace seatrial::runbook {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::unique_ptr<Document> parsed(std::string_view text) {
  auto document = std::make_unique<Document>();
  parse_document(text, *document);
  return document;
}

constexpr std::string_view kDocument =
    "\xEF\xBB\xBF# Ship's log\r\n\r\nHello\r\n\r\n## Morning (5 min)\r\n\r\n1. **Look**\r\n"
    "   ```bash\r\n   # See the tasks\r\n   aws ecs list-tasks \\\r\n     --cluster c\r\n\r\n   "
    "ls\r\n   ```\r\n\r\n"
    "   **Expected Output:**\r\n   ```json\r\n   {\"a\": 1}\r\n   ```\r\n\r\n"
    "## Scale - Method 2: Up\n\n```\njust text\n```\n\n~~~sh\ncurl -I http://x/\n# Expected: HTTP "
    "200 OK\n~~~\n"
    "\n**Expected:** `\"stopping\"` or `\"stopped\"`\n\n### Deep\n\n```console\n$ echo "
    "hi\nhi\n```\n\n## Scale - Method 3\n";

TEST(Document, ReadsCarriageReturnsNestedFencesAndSlugs) {
  const auto d = parsed(kDocument);
  std::vector<std::string> slugs;
  for (auto& h : d->headings) slugs.push_back(h.slug);
  EXPECT_THAT(slugs, ElementsAre("ships-log", "morning-5-min", "scale---method-2-up", "deep",
                                 "scale---method-3"));
  const auto plan = make_plan(*d);
  ASSERT_EQ(plan.steps.size(), 4u);
  EXPECT_EQ(plan.steps[0].line, 10);
  EXPECT_EQ(plan.steps[0].end_line, 11);
  EXPECT_EQ(plan.steps[0].title, "See the tasks");
  EXPECT_EQ(plan.steps[0].text, "aws ecs list-tasks \\\n  --cluster c");
  EXPECT_EQ(plan.steps[1].line, 13);
  EXPECT_EQ(plan.steps[0].section, "Morning (5 min)");
}

TEST(Document, ColumnsPointIntoTheSource) {
  const auto d = parsed("- x\n  ```sh\n  aws\n\n    two\n  ```\n");
  for (auto& block : d->blocks) {
    if (block.kind != Block::Kind::kFence) continue;
    EXPECT_THAT(block.columns, ElementsAre(2, 0, 2));
  }
}

TEST(Document, AnyBytesAreAccepted) {
  const auto d = parsed(std::string_view("# a\xff\0b\n```bash\necho \xc3\x28\n```", 24));
  EXPECT_EQ(d->headings.size(), 1u);
  EXPECT_THAT(d->source, HasSubstr("\xEF\xBF\xBD"));
}

TEST(FindSection, BySlugTextAndPrefix) {
  const auto d = parsed(kDocument);
  EXPECT_EQ(find_section(*d, "morning-5-min")->first, 1);
  EXPECT_EQ(find_section(*d, "SCALE - method 2: up")->first, 2);
  EXPECT_EQ(find_section(*d, "Scale - Method 2")->end, 4);
  EXPECT_THAT(find_section(*d, "Scale").error(), HasSubstr("#scale---method-3"));
  EXPECT_THAT(find_section(*d, "mornin-5-mim").error(), HasSubstr("#morning-5-min"));
  EXPECT_THAT(find_section(*d, "").error(), HasSubstr("near names"));
}

TEST(Plan, BindsExpectationsToTheBlockBefore) {
  const auto d = parsed(kDocument);
  const auto plan = make_plan(*d);
  ASSERT_EQ(plan.blocks.size(), 3u);
  ASSERT_EQ(plan.blocks[0].expectations.size(), 1u);
  EXPECT_EQ(plan.blocks[0].expectations[0].text, "{\"a\": 1}\n");
  ASSERT_EQ(plan.blocks[1].expectations.size(), 2u);
  EXPECT_EQ(plan.blocks[1].expectations[0].kind, Expectation::Kind::kHttpStatus);
  EXPECT_EQ(plan.blocks[1].expectations[0].text, "200");
  EXPECT_THAT(plan.blocks[1].expectations[1].alternatives,
              ElementsAre("\"stopping\"", "\"stopped\""));
  EXPECT_EQ(plan.blocks[2].expectations[0].text, "hi\n");
}

TEST(Plan, AnExpectationDoesNotCrossAHeading) {
  const auto d = parsed("# a\n```sh\nls\n```\n# b\nExpected Output:\n```\nx\n```\n");
  EXPECT_THAT(make_plan(*d).blocks[0].expectations, IsEmpty());
}

TEST(Plan, ErrorCasesAreNeitherStepsNorExpectations) {
  const auto d = parsed(
      "# a\n```sh\nls\n```\nError case: if credentials are invalid, you'll see:\n```\nAn "
      "error\n```\n"
      "Error case: if it failed:\n```\n# more\naws ecs list-tasks\n```\nExpected Output (when any "
      "exist):\n```\nx\n```\n");
  const auto plan = make_plan(*d);
  EXPECT_EQ(plan.steps.size(), 1u);
  ASSERT_EQ(plan.blocks[0].expectations.size(), 1u);
  EXPECT_TRUE(plan.blocks[0].expectations[0].when_any);
}

TEST(Plan, UnlabelledFencesCountWhenTheyLookLikeShell) {
  EXPECT_TRUE(looks_like_shell("# get it\naws ecs list-tasks"));
  EXPECT_TRUE(looks_like_shell("X=1\n"));
  EXPECT_FALSE(looks_like_shell("Deployment failed?\n|- yes"));
  EXPECT_FALSE(looks_like_shell("{ \"a\": 1 }"));
}

TEST(Destructive, SaysWhichWordAndHowBad) {
  const auto found = [](std::string_view text) {
    return destruction_of(find_commands(text).at(0)).value_or(Destruction{});
  };
  EXPECT_EQ(found("redis-cli -h x FLUSHALL").word, 3u);
  EXPECT_EQ(found("redis-cli -h x FLUSHALL").what, "redis-cli x FLUSHALL");
  EXPECT_EQ(found("aws s3 rm s3://b --recursive").word, 2u);
  EXPECT_EQ(found("aws ecs update-service --service s --desired-count 0").word, 5u);
  EXPECT_EQ(found("aws rds delete-db-instance").damage, Damage::kLoses);
  EXPECT_EQ(found("aws iam delete-role").damage, Damage::kRemoves);
  EXPECT_EQ(found("aws rds stop-db-instance").damage, Damage::kInterrupts);
  EXPECT_EQ(found("psql -c 'delete from a where b'").damage, Damage::kLittle);
  EXPECT_EQ(found("psql -c 'delete from a'").damage, Damage::kLoses);
  EXPECT_FALSE(destruction_in("aws s3 rm s3://b --recursive --dryrun"));
  EXPECT_FALSE(destruction_in("kubectl delete pod a --dry-run=client"));
}

TEST(Destructive, TableMatches) {
  for (auto text :
       {"aws ecs delete-service --x", "sudo rm -rf /tmp/x",
        "aws ecs update-service --desired-count 0", "redis-cli -h x FLUSHALL",
        "psql -c 'DROP TABLE a'", "x | xargs aws ecs stop-task --task", "terraform apply p",
        "watch 'aws rds reboot-db-instance'", "echo $(aws s3 rm s3://b)"})
    EXPECT_TRUE(destruction_in(text)) << text;
  for (auto text :
       {"aws ecs describe-services", "rm file", "aws ecs update-service --desired-count 4",
        "echo 'aws ecs delete-service'", "terraform plan", "grep -r delete-x .", "docker push x"})
    EXPECT_FALSE(destruction_in(text)) << text;
}

TEST(Follow, KnowsWhatNeverEnds) {
  for (auto text :
       {"aws logs tail /x --follow", "watch -n 5 'ls'", "tail -f x | grep y", "kubectl get pods -w",
        "aws ecs execute-command --cluster c --interactive --command \"/bin/bash\""})
    EXPECT_TRUE(follows_for_ever(text)) << text;
  for (auto text : {"aws logs tail /x", "tail -n 5 x", "tail -f x | head -3", "timeout 5 tail -f x",
                    "aws ecs execute-command --interactive --command \"python -c 1\""})
    EXPECT_FALSE(follows_for_ever(text)) << text;
}

TEST(PlanFuzz, MutatedDocumentsNeverBreakIt) {
  std::uint64_t seed = 12345;
  auto next = [&] { return seed = seed * 6364136223846793005u + 1442695040888963407u, seed >> 33; };
  constexpr std::string_view kPieces[] = {"```",     "\n",   "~~~bash\n", "$(", "'", "\"",
                                          "<<EOF\n", "\xff", "#",         "- ", "|", "\0"};
  for (int round = 0; round < 500; ++round) {
    std::string text(kDocument);
    for (int i = 0; i < 8; ++i) {
      const auto at = next() % text.size();
      if (next() % 2)
        text.erase(at, next() % 20);
      else
        text.insert(at, kPieces[next() % std::size(kPieces)]);
    }
    const auto d = parsed(text);
    const auto plan = make_plan(*d);
    for (const auto& step : plan.steps) {
      ASSERT_GE(step.line, 1) << text;
      ASSERT_LE(step.line, static_cast<int>(d->lines.size()) + 1) << text;
      ASSERT_FALSE(step.text.empty());
    }
  }
}

}  // namespace
}  // namespace seatrial::runbook
