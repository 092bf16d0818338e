#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::check;
using testing::places;

std::vector<std::string> no_verification_in(std::string_view shell) {
  return places(check("no-verification", "# a\n```bash\n" + std::string(shell) + "```\n"));
}

TEST(NoVerification, StandsAtTheLastChange) {
  EXPECT_THAT(
      no_verification_in("aws ecs update-service --cluster c --service a --desired-count 4\n"
                         "aws ecs update-service --cluster c --service b --desired-count 4\n"),
      ElementsAre("4:9 no-verification info"));
  EXPECT_THAT(no_verification_in("aws cloudformation create-stack --stack-name s\n"),
              ElementsAre("3:20 no-verification info"));
  EXPECT_THAT(no_verification_in("kubectl apply -f x.yaml\n"),
              ElementsAre("3:9 no-verification info"));
  EXPECT_THAT(no_verification_in("./run-migrations.sh\n"), ElementsAre("3:1 no-verification info"));
}

TEST(NoVerification, StepsThatBeginAgainAreAnotherProcedure) {
  const auto findings =
      check("no-verification",
            "# Tree\n```bash\n# Step 1: look\naws ecs list-tasks --cluster c\n# Step 2: scale\n"
            "aws ecs update-service --service s --desired-count 4\n```\nFor logins:\n```bash\n"
            "# Step 1: look\naws cognito-idp list-user-pools --max-results 5\n```\n");
  EXPECT_THAT(places(findings), ElementsAre("6:9 no-verification info"));
}

TEST(NoVerification, ALookAfterwardsCounts) {
  const std::string change = "aws ecs update-service --service s --desired-count 4\n";
  EXPECT_THAT(
      no_verification_in(change + "aws ecs wait services-stable --cluster c --services s\n"),
      IsEmpty());
  EXPECT_THAT(no_verification_in(change + "aws ecs describe-services --cluster c --services s\n"),
              IsEmpty());
  EXPECT_THAT(no_verification_in(change + "curl -f https://example.com/health\n"), IsEmpty());
  EXPECT_THAT(no_verification_in(change + "watch -n 5 'aws ecs describe-services --services s'\n"),
              IsEmpty());
  EXPECT_THAT(no_verification_in(change + "./smoke-test.sh\n"), IsEmpty());
  EXPECT_THAT(no_verification_in(change + "# Verify that both tasks run in the console\n"),
              IsEmpty());
}

TEST(NoVerification, ALookBeforeOrOfAnotherSystemDoesNot) {
  EXPECT_THAT(no_verification_in("aws ecs describe-services --services s\n"
                                 "aws ecs update-service --service s --desired-count 4\n"),
              ElementsAre("4:9 no-verification info"));
  EXPECT_THAT(no_verification_in("aws ecs update-service --service s --desired-count "
                                 "$(aws ecs describe-services --services s --query x)\n"),
              ElementsAre("3:9 no-verification info"));
  EXPECT_THAT(no_verification_in(
                  "kubectl apply -f x.yaml\n# Monitor\naws ecs describe-services --services s\n"),
              ElementsAre("3:9 no-verification info"));
}

TEST(NoVerification, LaterSectionsThatVerifyCount) {
  const std::string change = "```bash\naws ecs update-service --service s\n```\n";
  const auto findings = [&](const std::string& rest) {
    return places(check("no-verification", "# a\n## 1. Deploy\n" + change + rest));
  };
  EXPECT_THAT(findings("## 2. Look\n```bash\ncurl https://example.com\n```\n"), IsEmpty());
  EXPECT_THAT(findings("### Below\n```bash\ncurl https://example.com\n```\n"), IsEmpty());
  EXPECT_THAT(findings("## Health checks\n```bash\ncurl https://example.com\n```\n"), IsEmpty());
  EXPECT_THAT(findings("## Logs\n```bash\ncurl https://example.com\n```\n"),
              ElementsAre("4:9 no-verification info"));
}

TEST(NoVerification, SynchronousCallsAndDiagnosesAreSilent) {
  EXPECT_THAT(no_verification_in("aws logs create-log-group --log-group-name g\n"
                                 "aws rds modify-db-instance --db-instance-identifier d "
                                 "--preferred-maintenance-window sun:05:00-sun:06:00\n"
                                 "aws cloudformation deploy --stack-name s --template-file t\n"),
              IsEmpty());
  EXPECT_THAT(places(check("no-verification",
                           "# Tasks restart\n\nDiagnosis:\n```bash\naws ecs describe-services "
                           "--services s\n```\nQuick fix:\n```bash\nterraform apply\n```\n")),
              IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check
