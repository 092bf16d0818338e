#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::check;
using testing::places;

std::vector<std::string> unsorted_latest_in(std::string_view shell) {
  return places(check("unsorted-latest", "# a\n```bash\n" + std::string(shell) + "```\n"));
}

TEST(UnsortedLatest, StandsAtTheIndex) {
  EXPECT_THAT(unsorted_latest_in("LATEST=$(aws rds describe-db-snapshots --query "
                                 "'DBSnapshots[0].DBSnapshotIdentifier')\n"),
              ElementsAre("3:60 unsorted-latest warning"));
  EXPECT_THAT(unsorted_latest_in(
                  "X=$(aws ec2 describe-images --owners self --query 'Images[-1].ImageId')\n"),
              ElementsAre("3:58 unsorted-latest warning"));
  EXPECT_THAT(unsorted_latest_in("aws ecr describe-images --repository-name r --query "
                                 "'imageDetails[*].imageTags[0] | [0]'\n"),
              ElementsAre("3:85 unsorted-latest warning"));
}

TEST(UnsortedLatest, MarksTheIndexAlone) {
  const std::string markdown =
      "```bash\naws rds describe-db-snapshots \\\n  --query \"DBSnapshots[ -1 ].A\"\n```\n";
  const auto findings = check("unsorted-latest", markdown);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(testing::marked(findings[0], markdown), "[ -1 ]");
}

TEST(UnsortedLatest, AnyTaskIsFineUnlessTheLatestIsMeant) {
  const std::string call = "aws ecs list-tasks --cluster c --query 'taskArns[0]'\n";
  EXPECT_THAT(unsorted_latest_in("# Get a task\n" + call), IsEmpty());
  EXPECT_THAT(unsorted_latest_in("# Check errors of the last hour in a task\n" + call), IsEmpty());
  EXPECT_THAT(unsorted_latest_in("# Get the latest task\n" + call),
              ElementsAre("4:49 unsorted-latest warning"));
  EXPECT_THAT(places(check("unsorted-latest",
                           "# a\n**View recent deployments:**\n```bash\n" + call + "```\n")),
              ElementsAre("4:49 unsorted-latest warning"));
}

TEST(UnsortedLatest, TheOneJustMade) {
  EXPECT_THAT(unsorted_latest_in(
                  "aws ssm send-command --document-name d\n"
                  "aws ssm list-command-invocations --command-id "
                  "$(aws ssm list-commands --query 'Commands[0].CommandId' --output text)\n"),
              ElementsAre("4:88 unsorted-latest warning"));
  EXPECT_THAT(unsorted_latest_in("aws ssm list-commands --query 'Commands[0].CommandId'\n"),
              IsEmpty());
}

TEST(UnsortedLatest, KnownOrders) {
  EXPECT_THAT(unsorted_latest_in("LATEST=$(aws ecs list-task-definitions --family-prefix f --query "
                                 "'taskDefinitionArns[0]')\n"),
              ElementsAre("3:85 unsorted-latest"));
  EXPECT_THAT(unsorted_latest_in(
                  "LATEST=$(aws ecs list-task-definitions --family-prefix f --sort DESC --query "
                  "'taskDefinitionArns[0]')\n"
                  "LATEST=$(aws ecs list-task-definitions --family-prefix f --query "
                  "'taskDefinitionArns[-1]')\n"),
              IsEmpty());
  EXPECT_THAT(
      unsorted_latest_in("LATEST_STREAM=$(aws logs describe-log-streams --log-group-name g --query "
                         "'logStreams[0].logStreamName')\n"),
      ElementsAre("3:85 unsorted-latest warning"));
  EXPECT_THAT(unsorted_latest_in(
                  "LATEST_STREAM=$(aws logs describe-log-streams --log-group-name g --order-by "
                  "LastEventTime --query 'logStreams[0].logStreamName')\n"),
              ElementsAre("3:110 unsorted-latest"));
  EXPECT_THAT(unsorted_latest_in(
                  "LATEST_STREAM=$(aws logs describe-log-streams --log-group-name g --order-by "
                  "LastEventTime --descending --query 'logStreams[0].logStreamName')\n"),
              IsEmpty());
  EXPECT_THAT(unsorted_latest_in(
                  "NEWEST=$(aws s3api list-objects-v2 --bucket b --query 'Contents[0].Key')\n"),
              ElementsAre("3:64 unsorted-latest warning"));
}

TEST(UnsortedLatest, SortedTheWrongWay) {
  EXPECT_THAT(unsorted_latest_in("LATEST=$(aws rds describe-db-snapshots --query "
                                 "'sort_by(DBSnapshots,&SnapshotCreateTime)[0].X')\n"),
              ElementsAre("3:89 unsorted-latest"));
  EXPECT_THAT(unsorted_latest_in("LATEST=$(aws rds describe-db-snapshots --query "
                                 "'sort_by(DBSnapshots,&SnapshotCreateTime)[-1].X')\n"
                                 "LATEST=$(aws rds describe-db-snapshots --query "
                                 "'reverse(sort_by(DBSnapshots,&SnapshotCreateTime))[0].X')\n"
                                 "OLDEST=$(aws rds describe-db-snapshots --query "
                                 "'sort_by(DBSnapshots,&SnapshotCreateTime)[0].X')\n"
                                 "BEST=$(aws rds describe-db-snapshots --query "
                                 "'max_by(DBSnapshots,&SnapshotCreateTime).X')\n"),
              IsEmpty());
}

TEST(UnsortedLatest, ByJq) {
  EXPECT_THAT(unsorted_latest_in("aws rds describe-db-snapshots | jq -r '.DBSnapshots[0].X'\n"),
              ElementsAre("3:52 unsorted-latest warning"));
  EXPECT_THAT(unsorted_latest_in("aws rds describe-db-snapshots | jq -r '.DBSnapshots | .[-1]'\n"),
              ElementsAre("3:56 unsorted-latest warning"));
  EXPECT_THAT(
      unsorted_latest_in("aws rds describe-db-snapshots | jq '.DBSnapshots | sort_by(.T) | .[-1]'\n"
                         "aws rds describe-db-snapshots | jq '.DBSnapshots[].X'\n"),
      IsEmpty());
}

TEST(UnsortedLatest, NearMisses) {
  EXPECT_THAT(unsorted_latest_in(
                  "aws rds describe-db-snapshots --db-snapshot-identifier s --query "
                  "'DBSnapshots[0].Status'\n"
                  "aws rds describe-db-snapshots --query 'DBSnapshots[*].Tags[0]'\n"
                  "aws rds describe-db-snapshots --query \"DBSnapshots[?A=='x'] | [0]\"\n"
                  "PREVIOUS=$(aws ecr describe-images --query "
                  "'sort_by(imageDetails,&imagePushedAt)[-2].imageTags[0]')\n"
                  "aws rds describe-db-snapshots --query 'DBSnapshots[]'\n"
                  "aws rds describe-db-instances --db-instance-identifier d --query "
                  "'DBInstances[0].Status'\n"
                  "aws ecs describe-services --services s --query 'services[0].events[:5]'\n"),
              IsEmpty());
}

TEST(UnsortedLatest, Datapoints) {
  const std::string day =
      "aws cloudwatch get-metric-statistics --start-time $(date -u -d '1 day ago' "
      "+%FT%TZ) --end-time $(date -u +%FT%TZ) ";
  EXPECT_THAT(unsorted_latest_in(day + "--period 3600 --query 'Datapoints[0].Average'\n"),
              ElementsAre("3:148 unsorted-latest warning"));
  EXPECT_THAT(
      unsorted_latest_in(day + "--period 86400 --query 'Datapoints[0].Average'\n" + day +
                         "--period $P --query 'Datapoints[0].Average'\n" + day +
                         "--period 3600 --query 'sort_by(Datapoints,&Timestamp)[-1].Average'\n"),
      IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check
