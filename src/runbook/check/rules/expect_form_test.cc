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
std::vector<std::string> expect_form_in(std::string_view shell, std::string_view output,
                                        std::string_view introduction = "Expected output:",
                                        const testing::Setting& setting = {}) {
  const std::string markdown =
      fmt::format("```bash\n{}\n```\n{}\n```\n{}\n```\n", shell, introduction, output);
  std::vector<std::string> out;
  for (const auto& finding : check("expect-form", markdown, setting)) {
    out.push_back(fmt::format("{}:{} {}", finding.line, finding.column, marked(finding, markdown)));
    if (!finding.suggestion.empty()) out.back() += " -> " + finding.suggestion;
  }
  return out;
}

constexpr std::string_view kQuery =
    "aws ecs describe-services --query 'services[*].{Name:serviceName,Desired:desiredCount}'";
constexpr std::string_view kTable = "| Desired | Name |\n|---|---|\n| 1 | a |";

TEST(ExpectForm, ATableWithoutTheOption) {
  EXPECT_THAT(expect_form_in(kQuery, kTable), ElementsAre("6:1 | Desired | Name |"));
  EXPECT_THAT(expect_form_in(std::string(kQuery) + " --output table", kTable), IsEmpty());
  EXPECT_THAT(expect_form_in(std::string(kQuery) + " --output $O", kTable), IsEmpty());
  EXPECT_THAT(expect_form_in(kQuery, "| Other | Name |\n|---|---|\n| 1 | a |"), IsEmpty());
}

TEST(ExpectForm, JsonWithOutputTable) {
  EXPECT_THAT(expect_form_in(std::string(kQuery) + " --output table", "[\n  {\"Name\": \"a\"}\n]"),
              ElementsAre("6:1 ["));
}

TEST(ExpectForm, ColumnsAreSorted) {
  const std::string table = "| Name | Desired |\n|---|---|\n| a | 1 |";
  EXPECT_THAT(expect_form_in(std::string(kQuery) + " --output table", table),
              ElementsAre("6:3 Name | Desired"));
  const std::string markdown = fmt::format(
      "```bash\n{} --output table\n```\nExpected output:\n```\n{}\n```\n", kQuery, table);
  EXPECT_EQ(check("expect-form", markdown).at(0).severity, Severity::kInfo);
}

TEST(ExpectForm, AbsentValuesAreNone) {
  EXPECT_THAT(expect_form_in(std::string(kQuery) + " --output table",
                             "| Desired | Name |\n|---|---|\n|  | a |\n| 1 |  |"),
              ElementsAre("8:2   -> None"));
}

}  // namespace
}  // namespace seatrial::runbook::check
