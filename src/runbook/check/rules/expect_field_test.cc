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
std::vector<std::string> expect_field_in(std::string_view shell, std::string_view output,
                                         std::string_view introduction = "Expected output:",
                                         const testing::Setting& setting = {}) {
  const std::string markdown =
      fmt::format("```bash\n{}\n```\n{}\n```\n{}\n```\n", shell, introduction, output);
  std::vector<std::string> out;
  for (const auto& finding : check("expect-field", markdown, setting)) {
    out.push_back(fmt::format("{}:{} {}", finding.line, finding.column, marked(finding, markdown)));
    if (!finding.suggestion.empty()) out.back() += " -> " + finding.suggestion;
  }
  return out;
}

constexpr std::string_view kServices = "aws ecs describe-services --services s";

TEST(ExpectField, StandsAtTheName) {
  EXPECT_THAT(expect_field_in(
                  kServices, "{\n  \"services\": [{\"Status\": \"ACTIVE\", \"status\": \"x\"}]\n}"),
              ElementsAre("7:18 Status -> status"));
  EXPECT_THAT(expect_field_in("aws ecs list-tasks --query '{T: taskArns}'", "{\"Tasks\": []}"),
              ElementsAre("6:3 Tasks"));
}

TEST(ExpectField, ColumnsOfTables) {
  EXPECT_THAT(
      expect_field_in(
          "aws ecs describe-services --query 'services[].{Name:serviceName,Up:runningCount}'"
          " --output table",
          "| Name | Running |\n|---|---|\n| a | 1 |"),
      ElementsAre("6:10 Running"));
}

TEST(ExpectField, WhatIsLeftOutOrOpenFits) {
  EXPECT_THAT(expect_field_in(kServices, "{\"services\": [{\"status\": \"ACTIVE\", ...}], ...}"),
              IsEmpty());
  EXPECT_THAT(expect_field_in(kServices, "{\"<key>\": 1}"), IsEmpty());
  EXPECT_THAT(expect_field_in("aws dynamodb get-item --table-name t --key '{}'",
                              "{\"Item\": {\"anything\": {\"S\": \"x\"}}}"),
              IsEmpty());
  EXPECT_THAT(expect_field_in("aws ecs list-tasks", "{\"taskArns\": [], \"nextToken\": \"x\"}"),
              IsEmpty());
}

TEST(ExpectField, OnlyWhereTheCommandIsCertain) {
  const std::string_view wrong = "{\"services\": [{\"Status\": 1}], \"x\": 1, \"y\": 2}";
  EXPECT_THAT(expect_field_in("curl http://h/\naws ecs describe-services --services s", wrong),
              IsEmpty());
  EXPECT_THAT(expect_field_in("aws ecs describe-services --services s | jq .", wrong), IsEmpty());
  EXPECT_THAT(expect_field_in("aws ecs describe-services --services s > out.json", wrong),
              IsEmpty());
  EXPECT_THAT(expect_field_in("X=$(aws ecs describe-services --services s)", wrong), IsEmpty());
  EXPECT_THAT(expect_field_in("aws ecs describe-services --services s --query \"$Q\"", wrong),
              IsEmpty());
  EXPECT_THAT(expect_field_in("aws ecs describe-services --services s --output $O", wrong),
              IsEmpty());
  EXPECT_THAT(expect_field_in(kServices, wrong, "Unrelated:"), IsEmpty());
  EXPECT_THAT(expect_field_in(kServices, "not JSON"), IsEmpty());
}

TEST(ExpectField, AmongSeveralCommandsTheOneThatFits) {
  const std::string_view both =
      "echo checking\naws ecs list-clusters\naws ecs describe-services --services s";
  EXPECT_THAT(expect_field_in(both, "{\"clusterArns\": []}"), IsEmpty());
  EXPECT_THAT(expect_field_in(both, "{\"services\": [{\"name\": \"x\"}]}"),
              ElementsAre("8:17 name -> serviceName"));
  EXPECT_THAT(expect_field_in(both, "{\"other\": 1}"), IsEmpty());
}

TEST(ExpectField, ConsoleFencesHoldBoth) {
  const std::string markdown = "```console\n$ aws ecs list-tasks\n{\n  \"tasks\": []\n}\n```\n";
  const auto findings = check("expect-field", markdown);
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].line, 4);
  EXPECT_EQ(marked(findings[0], markdown), "tasks");
}

}  // namespace
}  // namespace seatrial::runbook::check
