#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::check;
using testing::marked;

// "LINE:COLUMN part" of each finding in a document of commands and their expected output, which
// begins on line 6 behind a command of one line.
std::vector<std::string> expect_type_in(std::string_view shell, std::string_view output,
                                        std::string_view introduction = "Expected output:",
                                        const testing::Setting& setting = {}) {
  const std::string markdown =
      fmt::format("```bash\n{}\n```\n{}\n```\n{}\n```\n", shell, introduction, output);
  std::vector<std::string> out;
  for (const auto& finding : check("expect-type", markdown, setting)) {
    out.push_back(fmt::format("{}:{} {}", finding.line, finding.column, marked(finding, markdown)));
    if (!finding.suggestion.empty()) out.back() += " -> " + finding.suggestion;
  }
  return out;
}

TEST(ExpectType, StandsAtTheValue) {
  EXPECT_THAT(expect_type_in(
                  "aws ecs describe-services --query 'services[0].{n: runningCount, a: createdAt}'",
                  "{\n  \"n\": \"two\",\n  \"a\": 1618498732.5\n}"),
              ElementsAre("7:8 \"two\"", "8:8 1618498732.5"));
  EXPECT_THAT(
      expect_type_in("aws ecs describe-services --query services", "{\"status\": \"ACTIVE\"}"),
      ElementsAre("6:1 {\"status\": \"ACTIVE\"}"));
  EXPECT_THAT(
      expect_type_in("aws rds describe-db-instances --query 'DBInstances[0].MultiAZ'", "\"true\""),
      ElementsAre("6:1 \"true\""));
}

TEST(ExpectType, InTables) {
  const std::string_view alarms =
      "aws cloudwatch describe-alarms --output table "
      "--query 'MetricAlarms[].{Since:StateUpdatedTimestamp,T:Threshold,V:ActionsEnabled}'";
  EXPECT_THAT(
      expect_type_in(alarms, "| Since | T | V |\n|---|---|---|\n| 1618498732 | high | yes |"),
      ElementsAre("8:3 1618498732", "8:16 high", "8:23 yes"));
  EXPECT_THAT(
      expect_type_in(alarms,
                     "| Since | T | V |\n|---|---|---|\n| 2024-01-01T10:00:00Z | 80.0 | True |"
                     "\n| None | <n> | .. |"),
      IsEmpty());
}

TEST(ExpectType, Version1PrintsTimestampsAsTheyCame) {
  testing::Setting v1;
  v1.cli = awscli::Cli::kV1;
  EXPECT_THAT(expect_type_in("aws ecs describe-services --query 'services[0].createdAt'",
                             "1618498732.5", "Expected output:", v1),
              IsEmpty());
}

TEST(ExpectType, WhatStandsForSomethingFits) {
  EXPECT_THAT(
      expect_type_in(
          "aws ecs describe-services --query 'services[0].{n: runningCount, d: deployments}'",
          "{\"n\": \"<count>\", \"d\": \"...\"}"),
      IsEmpty());
  EXPECT_THAT(expect_type_in("aws ecs describe-services --query 'services[0].{n: runningCount}'",
                             "{\"n\": null}"),
              IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check
