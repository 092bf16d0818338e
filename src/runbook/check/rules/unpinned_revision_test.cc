#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::check;
using testing::places;

std::vector<std::string> unpinned_revision_in(std::string_view shell) {
  return places(check("unpinned-revision", "# a\n```bash\n" + std::string(shell) + "```\n"));
}

TEST(UnpinnedRevision, NoNumber) {
  EXPECT_THAT(
      unpinned_revision_in("aws ecs describe-task-definition --task-definition api:latest\n"),
      ElementsAre("3:52 unpinned-revision"));
  EXPECT_THAT(
      unpinned_revision_in("aws ecs update-service --service s --task-definition api:N-1\n"),
      ElementsAre("3:54 unpinned-revision"));
  EXPECT_THAT(
      unpinned_revision_in("aws ecs run-task --task-definition "
                           "arn:aws:ecs:eu-west-1:123456789012:task-definition/api:stable\n"),
      ElementsAre("3:36 unpinned-revision"));
  EXPECT_THAT(unpinned_revision_in("aws ecs run-task --task-definition=api:latest\n"),
              ElementsAre("3:18 unpinned-revision"));
}

TEST(UnpinnedRevision, NumbersFamiliesAndUnknownOnesAreSilent) {
  EXPECT_THAT(unpinned_revision_in(
                  "aws ecs update-service --service s --task-definition api:12\n"
                  "aws ecs update-service --service s --task-definition api\n"
                  "aws ecs update-service --service s --task-definition api:$REV\n"
                  "aws ecs update-service --service s --task-definition $ARN\n"
                  "aws ecs update-service --service s --task-definition api:PREVIOUS_REVISION\n"
                  "aws ecs update-service --service s --task-definition "
                  "arn:aws:ecs:eu-west-1:123456789012:task-definition/api:3\n"
                  "aws batch submit-job --job-definition x --task-definition api:latest\n"),
              IsEmpty());
}

TEST(UnpinnedRevision, TheFamilyAloneInARollback) {
  EXPECT_THAT(unpinned_revision_in("# Rollback to the previous version\n"
                                   "aws ecs update-service --service s --task-definition api\n"),
              ElementsAre("4:54 unpinned-revision warning"));
  EXPECT_THAT(unpinned_revision_in("# Rollback: what runs now\n"
                                   "aws ecs describe-task-definition --task-definition api\n"),
              IsEmpty());
}

TEST(UnpinnedRevision, OneLess) {
  EXPECT_THAT(unpinned_revision_in(
                  "aws ecs update-service --service s --task-definition api:$((REV - 1))\n"),
              ElementsAre("3:54 unpinned-revision warning"));
  EXPECT_THAT(
      unpinned_revision_in("aws ecs update-service --service s --task-definition api:$((REV))\n"),
      IsEmpty());
}

TEST(UnpinnedRevision, LatestImagesInProduction) {
  EXPECT_THAT(
      unpinned_revision_in("kubectl -n production set image deployment/api api=repo/api:latest\n"),
      ElementsAre("3:48 unpinned-revision warning"));
  EXPECT_THAT(
      unpinned_revision_in("kubectl -n staging set image deployment/api api=repo/api:latest\n"
                           "kubectl -n production set image deployment/api api=repo/api:1.2\n"
                           "docker push prod/api:latest\ndocker tag api:1 prod/api:latest\n"),
      IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check
