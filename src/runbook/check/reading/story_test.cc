#include "runbook/check/reading/story.h"

#include <gmock/gmock.h>

#include "runbook/check/reading/effects.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Told {
  Document document;
  awscli::Grammar grammar{awscli::Cli::kV2};
  Surroundings surroundings;
  std::unique_ptr<Analysis> analysis;
  std::unique_ptr<Story> story;

  explicit Told(std::string_view markdown) {
    parse_document(markdown, document);
    analysis = std::make_unique<Analysis>(document, grammar, surroundings);
    story = std::make_unique<Story>(*analysis);
  }
  const Story* operator->() const { return story.get(); }

  // "LINE kind text" of each event.
  static std::vector<std::string> text(std::span<const Event> events) {
    std::vector<std::string> out;
    for (const auto& event : events)
      out.push_back(fmt::format(
          "{} {}{}", event.line, "htc$"[static_cast<int>(event.kind)],
          event.command == nullptr ? " " + std::string(event.text) : " " + event.command->name));
    return out;
  }
  const Command& command(std::size_t index) const {
    std::vector<const Command*> all;
    analysis->each_command([&](const Command& one) { all.push_back(&one); });
    return *all.at(index);
  }
};

TEST(Story, TellsInOrder) {
  const Told told(
      "intro\n# One\n- see\n  ```bash\n  # why\n  aws s3 ls # all\n  X=$(date)\n  ```\n## "
      "Two\nend\n");
  EXPECT_THAT(Told::text(told->events()),
              ElementsAre("1 t intro", "2 h One", "3 t see", "5 c why", "6 $ aws", "6 c all",
                          "7 $ date", "9 h Two", "10 t end"));
  EXPECT_THAT(Told::text(told->section(-1)), ElementsAre("1 t intro"));
  EXPECT_EQ(told->section(0).size(), 6u);
  EXPECT_EQ(told->chapter(0).size(), 8u);
  EXPECT_THAT(told->path(1), ElementsAre(0, 1));
  EXPECT_THAT(told->path(-1), IsEmpty());
}

TEST(Story, HashesInCommandsAreNoComments) {
  const Told told("```bash\necho 'a # b' \"# c\" x#y\n```\n");
  EXPECT_THAT(Told::text(told->events()), ElementsAre("2 $ echo"));
}

TEST(Story, ProceduresEndWhereNumbersBeginAgain) {
  const Told told(
      "# a\n```bash\n# 1. x\nls\n# 2. y\nls\n```\n```bash\n# 1. z\nls\n```\n# "
      "b\n```bash\nls\n```\n");
  std::vector<std::size_t> sizes;
  for (const auto procedure : told->procedures()) sizes.push_back(procedure.size());
  EXPECT_THAT(sizes, ElementsAre(0u, 5u, 2u, 2u));
}

TEST(Story, Continuations) {
  const Told told("# a\n## 1. x\n### below\n## 2. y\n## Other\n## Verify\n# b\n## Checks\n");
  const auto titles = [&](int heading) {
    std::vector<std::string> out;
    for (const auto events : told->continuation(heading)) out.emplace_back(events.front().text);
    return out;
  };
  EXPECT_THAT(titles(1), ElementsAre("below", "2. y", "Verify"));
  EXPECT_THAT(titles(4), ElementsAre("Verify"));
  EXPECT_THAT(titles(-1), IsEmpty());
}

TEST(Story, StepNumbers) {
  EXPECT_EQ(step_number("3. Scale"), 3);
  EXPECT_EQ(step_number("Step 12: stop"), 12);
  EXPECT_EQ(step_number("1.2 Deploy"), 1);
  EXPECT_EQ(step_number("2) go"), 2);
  EXPECT_EQ(step_number("30 minutes"), 0);
  EXPECT_EQ(step_number("Scale"), 0);
}

TEST(Story, CaptionsAreTheNearestComments) {
  const Told told("```bash\n# one\nls\n\n# two\n# lines\nls a\nls b\n```\n");
  const auto caption = [&](std::size_t i) {
    return caption_of(*told.command(i).fence, told.command(i).shell.begin);
  };
  EXPECT_THAT(caption(0), ElementsAre("one"));
  EXPECT_THAT(caption(1), ElementsAre("two", "lines"));
  EXPECT_THAT(caption(2), ElementsAre("two", "lines"));
}

TEST(Story, VariablesAreResolvedThroughEarlierFences) {
  const Told told("```bash\nA=one\nB=$A\nls $B/x $C ${A}-y\n```\n```bash\nA=two\nls $B $A\n```\n");
  EXPECT_EQ(resolved(told.command(0), 1, *told.analysis), "one/x");
  EXPECT_EQ(resolved(told.command(0), 2, *told.analysis), "");
  EXPECT_EQ(resolved(told.command(0), 3, *told.analysis), "one-y");
  EXPECT_EQ(resolved(told.command(1), 1, *told.analysis), "one");
  EXPECT_EQ(resolved(told.command(1), 2, *told.analysis), "two");
}

TEST(Effects, OfCommands) {
  const auto effect = [](const std::string& shell) {
    return effect_of(Told("```bash\n" + shell + "\n```\n").command(0));
  };
  EXPECT_EQ(effect("aws ecs describe-services --services a"), Effect::kReads);
  EXPECT_EQ(effect("aws ecs wait services-stable --services a"), Effect::kWaits);
  EXPECT_EQ(effect("aws ecs update-service --service a"), Effect::kBegins);
  EXPECT_EQ(effect("aws iam attach-role-policy --role-name a"), Effect::kChanges);
  EXPECT_EQ(effect("aws rds modify-db-instance --db-instance-identifier d"), Effect::kChanges);
  EXPECT_EQ(effect("aws rds modify-db-instance --apply-immediately"), Effect::kBegins);
  EXPECT_EQ(effect("aws rds restore-db-cluster-to-point-in-time"), Effect::kBegins);
  EXPECT_EQ(effect("aws s3 cp s3://a/b ./b"), Effect::kOther);
  EXPECT_EQ(effect("aws s3 cp ./b s3://a/b"), Effect::kChanges);
  EXPECT_EQ(effect("aws ecs execute-command --task t"), Effect::kOther);
  EXPECT_EQ(effect("curl -f https://x/health"), Effect::kReads);
  EXPECT_EQ(effect("curl -X POST https://x/deploy"), Effect::kChanges);
  EXPECT_EQ(effect("psql -c 'select 1'"), Effect::kReads);
  EXPECT_EQ(effect("psql -c 'drop table a'"), Effect::kChanges);
  EXPECT_EQ(effect("kubectl --context p rollout status deployment/a"), Effect::kWaits);
  EXPECT_EQ(effect("kubectl rollout restart deployment/a"), Effect::kBegins);
  EXPECT_EQ(effect("./scripts/health-check.sh"), Effect::kReads);
  EXPECT_EQ(effect("./deploy.sh"), Effect::kBegins);
  EXPECT_EQ(effect("mkdir x"), Effect::kOther);
}

TEST(Effects, Targets) {
  const Told told(
      "```bash\naws ecs wait services-stable --cluster \"$C\" --services api --region r\n"
      "redis-cli -h $C flushall\nkubectl get pods\n```\n");
  EXPECT_THAT(targets_of(told.command(0)), ElementsAre("$C", "api"));
  EXPECT_TRUE(share_target(told.command(0), told.command(0)));
  EXPECT_FALSE(share_target(told.command(0), told.command(2)));
}

}  // namespace
}  // namespace seatrial::runbook::check
