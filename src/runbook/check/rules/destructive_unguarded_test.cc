#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::check;
using testing::marked;
using testing::places;

std::vector<std::string> destructive_unguarded_in(std::string_view shell) {
  return places(check("destructive-unguarded", "# a\n```bash\n" + std::string(shell) + "```\n"));
}

TEST(DestructiveUnguarded, StandsAtTheWordThatSaysIt) {
  EXPECT_THAT(
      destructive_unguarded_in("aws rds delete-db-instance --db-instance-identifier prod-db \\\n"
                               "  --skip-final-snapshot\n"),
      ElementsAre("3:9 destructive-unguarded warning"));
  EXPECT_THAT(destructive_unguarded_in("redis-cli -h $HOST FLUSHALL\n"),
              ElementsAre("3:20 destructive-unguarded warning"));
  EXPECT_THAT(destructive_unguarded_in(
                  "aws ecs update-service --cluster c --service s --desired-count 0\n"),
              ElementsAre("3:48 destructive-unguarded warning"));
  EXPECT_THAT(destructive_unguarded_in("psql -h db -c 'DROP TABLE users'\n"),
              ElementsAre("3:15 destructive-unguarded warning"));
  EXPECT_THAT(destructive_unguarded_in("psql -h db -c 'DELETE FROM users;'\n"),
              ElementsAre("3:15 destructive-unguarded warning"));
  EXPECT_THAT(destructive_unguarded_in("aws s3 rm s3://bucket/prefix --recursive\n"),
              ElementsAre("3:8 destructive-unguarded warning"));
  EXPECT_THAT(destructive_unguarded_in("kubectl delete deployment api\n"),
              ElementsAre("3:9 destructive-unguarded warning"));
  EXPECT_THAT(destructive_unguarded_in("docker system prune -af\n"),
              ElementsAre("3:8 destructive-unguarded warning"));
  EXPECT_THAT(destructive_unguarded_in("terraform destroy -auto-approve\n"),
              ElementsAre("3:19 destructive-unguarded warning"));
}

TEST(DestructiveUnguarded, LesserHarmOnlyInProduction) {
  EXPECT_THAT(
      destructive_unguarded_in("aws rds reboot-db-instance --db-instance-identifier prod-db\n"),
      ElementsAre("3:9 destructive-unguarded warning"));
  EXPECT_THAT(
      destructive_unguarded_in("aws rds reboot-db-instance --db-instance-identifier staging-db\n"),
      IsEmpty());
  EXPECT_THAT(destructive_unguarded_in("aws ecs stop-task --cluster prod --task abc\n"), IsEmpty());
}

TEST(DestructiveUnguarded, LoopsAndEchoesGuardNothing) {
  EXPECT_THAT(
      destructive_unguarded_in("for s in $OLD; do\n  echo \"Deleting $s\"\n"
                               "  aws rds delete-db-snapshot --db-snapshot-identifier $s\ndone\n"),
      ElementsAre("5:11 destructive-unguarded warning"));
  EXPECT_THAT(destructive_unguarded_in("echo $HOST\nredis-cli -h $HOST flushdb\n"),
              ElementsAre("4:20 destructive-unguarded warning"));
}

TEST(DestructiveUnguarded, ASecondSnapshotDoesNotReplaceTheFirst) {
  EXPECT_THAT(
      destructive_unguarded_in(
          "aws rds create-db-snapshot --db-instance-identifier d --db-snapshot-identifier b\n"
          "aws rds delete-db-snapshot --db-snapshot-identifier a\n"),
      ElementsAre("4:9 destructive-unguarded warning"));
}

TEST(DestructiveUnguarded, GuardedIsSilent) {
  const std::string removal = "aws dynamodb delete-table --table-name orders\n";
  EXPECT_THAT(destructive_unguarded_in("read -p 'Delete orders? ' answer\n" + removal), IsEmpty());
  EXPECT_THAT(destructive_unguarded_in(
                  "aws dynamodb create-backup --table-name orders --backup-name b\n" + removal),
              IsEmpty());
  EXPECT_THAT(
      destructive_unguarded_in("aws dynamodb describe-table --table-name orders\n" + removal),
      IsEmpty());
  EXPECT_THAT(destructive_unguarded_in("# Warning: all orders are lost\n" + removal), IsEmpty());
  EXPECT_THAT(destructive_unguarded_in(removal + "# cannot be undone\n"), IsEmpty());
  EXPECT_THAT(destructive_unguarded_in("if [ \"$SURE\" = yes ]; then\n  " + removal + "fi\n"),
              IsEmpty());
  EXPECT_THAT(destructive_unguarded_in("aws dynamodb create-table --table-name orders\n" + removal),
              IsEmpty());
  EXPECT_THAT(destructive_unguarded_in(
                  "aws s3 rm s3://b --recursive --dryrun\naws s3 rm s3://b --recursive\n"),
              IsEmpty());
  EXPECT_THAT(destructive_unguarded_in("terraform plan\nterraform apply -auto-approve\n"),
              IsEmpty());
}

TEST(DestructiveUnguarded, AGuardOfSomethingElseIsNone) {
  const std::string removal = "aws dynamodb delete-table --table-name orders\n";
  EXPECT_THAT(
      destructive_unguarded_in("aws dynamodb describe-table --table-name users\n" + removal),
      ElementsAre("4:14 destructive-unguarded warning"));
  EXPECT_THAT(destructive_unguarded_in("while read -r line; do true; done\n" + removal),
              ElementsAre("4:14 destructive-unguarded warning"));
  EXPECT_THAT(destructive_unguarded_in("terraform plan -destroy\nterraform apply -auto-approve\n"),
              ElementsAre("4:17 destructive-unguarded warning"));
}

TEST(DestructiveUnguarded, TerraformAsksByItself) {
  EXPECT_THAT(
      destructive_unguarded_in("terraform apply\nterraform apply plan.tfplan\nterraform destroy\n"),
      IsEmpty());
}

TEST(DestructiveUnguarded, FinalSnapshotsAreCopies) {
  EXPECT_THAT(destructive_unguarded_in("aws rds delete-db-instance --db-instance-identifier d "
                                       "--final-db-snapshot-identifier f\n"),
              IsEmpty());
}

TEST(DestructiveUnguarded, RmOnlyWhereAnEmptyVariableIsADisaster) {
  EXPECT_THAT(destructive_unguarded_in("rm -rf $DIR\n"),
              ElementsAre("3:1 destructive-unguarded warning"));
  EXPECT_THAT(destructive_unguarded_in("rm -rf \"/srv/$APP\"\n"),
              ElementsAre("3:1 destructive-unguarded warning"));
  EXPECT_THAT(destructive_unguarded_in("rm -rf ./build\nrm -rf /tmp/x-$APP\nrm -rf ${DIR:?}\n"),
              IsEmpty());
  EXPECT_THAT(
      destructive_unguarded_in("DIR=/tmp/work\nrm -rf $DIR\nT=$(mktemp -d)\nrm -rf \"$T\"\n"),
      IsEmpty());
}

TEST(DestructiveUnguarded, PortsOpenedToEverybody) {
  const std::string markdown =
      "```bash\naws ec2 authorize-security-group-ingress --group-id sg-1 --protocol tcp --port "
      "5432 "
      "--cidr 0.0.0.0/0\n```\n";
  const auto findings = check("destructive-unguarded", markdown);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(marked(findings[0], markdown), "0.0.0.0/0");
  EXPECT_THAT(destructive_unguarded_in(
                  "aws ec2 authorize-security-group-ingress --group-id sg-1 --protocol tcp "
                  "--port 443 --cidr 0.0.0.0/0\n"),
              IsEmpty());
  EXPECT_THAT(destructive_unguarded_in(
                  "aws ec2 authorize-security-group-ingress --group-id sg-1 --protocol tcp "
                  "--port 22 --cidr 10.0.0.0/8\n"),
              IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check
