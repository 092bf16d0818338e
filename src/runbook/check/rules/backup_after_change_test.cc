#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::check;
using testing::places;

std::vector<std::string> backup_after_change_in(std::string_view shell) {
  return places(check("backup-after-change", "# a\n```bash\n" + std::string(shell) + "```\n"));
}

TEST(BackupAfterChange, OfTheSameDatabase) {
  EXPECT_THAT(
      backup_after_change_in(
          "aws rds modify-db-instance --db-instance-identifier d --engine-version 15.4 "
          "--apply-immediately\n"
          "aws rds create-db-snapshot --db-instance-identifier d --db-snapshot-identifier s\n"),
      ElementsAre("4:9 backup-after-change warning"));
  EXPECT_THAT(backup_after_change_in(
                  "aws rds modify-db-instance --db-instance-identifier $DB --db-instance-class x\n"
                  "aws rds create-db-snapshot --db-instance-identifier \"$DB\" "
                  "--db-snapshot-identifier s\n"),
              ElementsAre("4:9 backup-after-change warning"));
}

TEST(BackupAfterChange, SilentWithOneBeforeOrOfAnother) {
  const std::string change =
      "aws rds modify-db-instance --db-instance-identifier d --engine-version 15.4\n";
  const std::string backup =
      "aws rds create-db-snapshot --db-instance-identifier d --db-snapshot-identifier s\n";
  EXPECT_THAT(backup_after_change_in(backup + change + backup), IsEmpty());
  EXPECT_THAT(
      backup_after_change_in(change + "aws rds create-db-snapshot --db-instance-identifier e "
                                      "--db-snapshot-identifier s\n"),
      IsEmpty());
  EXPECT_THAT(backup_after_change_in("aws rds modify-db-instance --db-instance-identifier d "
                                     "--backup-retention-period 7\n" +
                                     backup),
              IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check
