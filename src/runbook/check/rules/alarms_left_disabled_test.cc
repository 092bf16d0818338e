#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::check;
using testing::places;

std::vector<std::string> alarms_left_disabled_in(std::string_view shell) {
  return places(check("alarms-left-disabled", "# a\n```bash\n" + std::string(shell) + "```\n"));
}

TEST(AlarmsLeftDisabled, WhenNothingUndoesIt) {
  EXPECT_THAT(alarms_left_disabled_in(
                  "aws cloudwatch disable-alarm-actions --alarm-names a\naws ecs list-clusters\n"),
              ElementsAre("3:16 alarms-left-disabled warning"));
  EXPECT_THAT(alarms_left_disabled_in("aws events disable-rule --name nightly\n"),
              ElementsAre("3:12 alarms-left-disabled warning"));
  EXPECT_THAT(
      alarms_left_disabled_in("aws autoscaling suspend-processes --auto-scaling-group-name g\n"),
      ElementsAre("3:17 alarms-left-disabled warning"));
  EXPECT_THAT(alarms_left_disabled_in("kubectl drain node-1 --ignore-daemonsets\n"),
              ElementsAre("3:9 alarms-left-disabled warning"));
}

TEST(AlarmsLeftDisabled, AnotherAlarmIsNotThis) {
  EXPECT_THAT(alarms_left_disabled_in("aws cloudwatch disable-alarm-actions --alarm-names a-cpu\n"
                                      "aws cloudwatch enable-alarm-actions --alarm-names b-cpu\n"),
              ElementsAre("3:16 alarms-left-disabled warning"));
}

TEST(AlarmsLeftDisabled, EnabledBeforeIsNotAfter) {
  EXPECT_THAT(alarms_left_disabled_in("aws cloudwatch enable-alarm-actions --alarm-names a-cpu\n"
                                      "aws cloudwatch disable-alarm-actions --alarm-names a-cpu\n"),
              ElementsAre("4:16 alarms-left-disabled warning"));
}

TEST(AlarmsLeftDisabled, SilentWhenItIsUndone) {
  EXPECT_THAT(alarms_left_disabled_in("aws cloudwatch disable-alarm-actions --alarm-names a-cpu\n"
                                      "aws cloudwatch enable-alarm-actions --alarm-names a-cpu\n"),
              IsEmpty());
  EXPECT_THAT(alarms_left_disabled_in(
                  "aws cloudwatch disable-alarm-actions --alarm-names $A\n"
                  "for a in $ALL; do aws cloudwatch enable-alarm-actions --alarm-names $a; done\n"),
              IsEmpty());
  EXPECT_THAT(
      places(check("alarms-left-disabled",
                   "# a\n```bash\naws cloudwatch disable-alarm-actions --alarm-names a-cpu\n"
                   "```\n# b\n\nRe-enable the alarms.\n")),
      IsEmpty());
  EXPECT_THAT(alarms_left_disabled_in("kubectl drain node-1\nkubectl uncordon node-1\n"),
              IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check
