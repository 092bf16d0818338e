#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::check;
using testing::places;

std::vector<std::string> rollback_unchecked_in(std::string_view shell) {
  return places(check("rollback-unchecked", "# a\n```bash\n" + std::string(shell) + "```\n"));
}

TEST(RollbackUnchecked, NothingAfterIt) {
  EXPECT_THAT(rollback_unchecked_in("# 1. Look\naws ecs describe-services --services s\n"
                                    "# 2. Rollback to previous version\n"
                                    "aws ecs update-service --service s --task-definition api:3\n"),
              ElementsAre("6:9 rollback-unchecked warning"));
  EXPECT_THAT(rollback_unchecked_in(
                  "kubectl set image deployment/a a=b\nkubectl rollout status deployment/a\n"
                  "kubectl rollout undo deployment/a\n"),
              ElementsAre("5:9 rollback-unchecked warning"));
}

TEST(RollbackUnchecked, TheCommentMayStandOverSeveralCommands) {
  EXPECT_THAT(rollback_unchecked_in("# Emergency rollback\nterraform plan\nterraform apply\n"),
              ElementsAre("5:11 rollback-unchecked warning"));
}

TEST(RollbackUnchecked, SilentWhenItIsLookedAt) {
  EXPECT_THAT(rollback_unchecked_in(
                  "kubectl rollout undo deployment/a\nkubectl rollout status deployment/a\n"),
              IsEmpty());
  EXPECT_THAT(rollback_unchecked_in(
                  "# Rollback\naws ecs update-service --service s --task-definition api:3\n\n"
                  "# Check health\ncurl -f https://example.com/health\n"),
              IsEmpty());
  EXPECT_THAT(places(check("rollback-unchecked",
                           "# a\n1. Roll back\n   ```bash\n   helm rollback api 3\n   ```\n"
                           "2. Verify that the site answers.\n")),
              IsEmpty());
}

TEST(RollbackUnchecked, OtherChangesAreNotItsBusiness) {
  EXPECT_THAT(
      rollback_unchecked_in("# Scale\naws ecs update-service --service s --desired-count 4\n"),
      IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check
