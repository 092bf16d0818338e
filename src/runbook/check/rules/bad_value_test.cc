#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kNow = 1'795'910'400;  // 2026-11-29

// "LINE:COLUMN part -> suggestion", " (warning)" for what is one; the shell text begins on line 2.
std::vector<std::string> bad_value_in(std::string_view shell,
                                      std::optional<std::int64_t> now = kNow) {
  const std::string markdown = "```bash\n" + std::string(shell) + "\n```\n";
  testing::Setting setting;
  setting.surroundings.now_s = now;
  std::vector<std::string> out;
  for (const auto& f : testing::check("bad-value", markdown, setting)) {
    out.push_back(fmt::format("{}:{} {}{}{}", f.line, f.column, testing::marked(f, markdown),
                              f.suggestion.empty() ? "" : " -> " + f.suggestion,
                              f.severity == Severity::kWarning ? " (warning)" : ""));
  }
  return out;
}

TEST(BadValue, AsTheGrammarSays) {
  EXPECT_THAT(bad_value_in("aws ecs update-service --service s --desired-count two"),
              ElementsAre("2:52 two"));
}

TEST(BadValue, ValuesThatOnlyProseLists) {
  EXPECT_THAT(bad_value_in("aws ce get-rightsizing-recommendation --service EC2"),
              ElementsAre("2:49 EC2 -> AmazonEC2"));
  EXPECT_THAT(bad_value_in("aws ce get-rightsizing-recommendation --service AmazonEC2"), IsEmpty());
  const std::string pi =
      "aws pi get-resource-metrics --service-type RDS --identifier db-1 "
      "--start-time 5 --end-time 6 --metric-queries ";
  EXPECT_THAT(
      bad_value_in(pi + "'[{\"Metric\": \"m\", \"GroupBy\": {\"Group\": \"db.sql.statement\"}}]'"),
      ElementsAre("2:151 db.sql.statement -> db.sql"));
  EXPECT_THAT(bad_value_in(pi + "file://queries.json"), IsEmpty());
}

TEST(BadValue, FixedDaysThatAreOutOfReach) {
  const std::string restore =
      "aws rds restore-db-instance-to-point-in-time --source-db-instance-identifier a "
      "--target-db-instance-identifier b --restore-time ";
  EXPECT_THAT(bad_value_in(restore + "2024-01-01T12:00:00Z"),
              ElementsAre("2:129 2024-01-01T12:00:00Z"));
  EXPECT_THAT(bad_value_in("T=2024-01-01T12:00:00Z\n" + restore + "$T"), ElementsAre("3:129 $T"));
  EXPECT_THAT(bad_value_in(restore + "2026-11-20T12:00:00Z"), IsEmpty());
  EXPECT_THAT(bad_value_in(restore + "$(date -u -d '90 days ago' +%FT%TZ)"), IsEmpty());
  EXPECT_THAT(bad_value_in(restore + "2024-01-01T12:00:00Z", std::nullopt), IsEmpty());
  EXPECT_THAT(
      bad_value_in("aws ce get-usage-forecast --metric USAGE_QUANTITY --granularity MONTHLY \\\n"
                   "  --time-period Start=2024-01-01,End=2024-02-01"),
      ElementsAre("3:17 Start=2024-01-01,End=2024-02-01"));
  EXPECT_THAT(
      bad_value_in(
          "aws cloudwatch get-metric-statistics --namespace n --metric-name m --period 60 \\\n"
          "  --statistics Sum --start-time 2024-01-01T00:00:00Z --end-time 2024-01-02T00:00:00Z"),
      ElementsAre("3:33 2024-01-01T00:00:00Z (warning)"));
}

}  // namespace
}  // namespace seatrial::runbook::check
