#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::check;
using testing::places;

std::vector<std::string> rollback_target_in(std::string_view shell) {
  return places(check("rollback-target", "# a\n```bash\n" + std::string(shell) + "```\n"));
}

TEST(RollbackTarget, TerraformAppliesWhatIsCheckedOut) {
  EXPECT_THAT(rollback_target_in("# Emergency rollback\nterraform apply -target=module.ecs\n"),
              ElementsAre("4:11 rollback-target warning"));
  EXPECT_THAT(rollback_target_in("# Roll back\nterraform plan\nterraform apply\n"),
              ElementsAre("5:11 rollback-target warning"));
}

TEST(RollbackTarget, TheSameTaskDefinitionAgain) {
  EXPECT_THAT(
      rollback_target_in("# revert to the previous version\naws ecs update-service --cluster c "
                         "--service s --force-new-deployment\n"),
      ElementsAre("4:9 rollback-target warning"));
  EXPECT_THAT(places(check("rollback-target",
                           "# a\n\n1. Roll back the service:\n   ```bash\n   aws ecs "
                           "update-service --service s --force-new-deployment\n   ```\n")),
              ElementsAre("5:12 rollback-target warning"));
}

TEST(RollbackTarget, SilentWhereTheTargetIsSaid) {
  EXPECT_THAT(rollback_target_in("# Rollback\nterraform apply rollback.tfplan\n"), IsEmpty());
  EXPECT_THAT(rollback_target_in("# Rollback\ngit checkout v1.2\nterraform apply\n"), IsEmpty());
  EXPECT_THAT(rollback_target_in("# Rollback\nterraform apply -var version=1.2\n"), IsEmpty());
  EXPECT_THAT(rollback_target_in(
                  "# Rollback\naws ecs update-service --service s --task-definition api:12\n"),
              IsEmpty());
  EXPECT_THAT(rollback_target_in("# Rollback\nkubectl rollout undo deployment/api\n"), IsEmpty());
}

TEST(RollbackTarget, SilentWhereNobodySpeaksOfARollback) {
  EXPECT_THAT(rollback_target_in("# Deploy\nterraform apply\n"), IsEmpty());
  EXPECT_THAT(places(check("rollback-target",
                           "# Rollback\n```bash\n# Restart\naws ecs update-service --service s "
                           "--force-new-deployment\n```\n")),
              IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check
