#include "runbook/check/output/formats.h"

#include <gmock/gmock.h>

#include "base/value.h"
#include "runbook/check/output/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Fixture {
  Document document;
  std::vector<Finding> findings;

  Fixture() {
    document.path = "docs/a b.md";
    parse_document("```bash\naws ecs list-tasks --dsired 2 # \xF0\x9F\x9A\xA8 here\n```\n",
                   document);
    auto option = testing::finding_at(document, 2, "--dsired");
    option.suggestion = "--desired-status";
    option.fix = {{document.source.find("--dsired"), document.source.find("--dsired") + 8,
                   "--desired-status"}};
    findings.push_back(option);
    findings.push_back(
        testing::finding_at(document, 2, "here", "bad-suppression", Severity::kInfo));
  }

  std::string written(std::unique_ptr<Format> format) const {
    auto out = format->begin();
    out += format->document(testing::report_of(document, findings));
    out += format->unreadable("gone.md", "gone.md: <not> there");
    return out + format->end({.files = 1, .unreadable = 1, .errors = 1, .infos = 1, .fixable = 1});
  }
};

TEST(TextFormat, IsACompilers) {
  EXPECT_EQ(Fixture().written(text_format(testing::settings())),
            "docs/a b.md:2:20: error: about '--dsired' [unknown-option]\n"
            "    2 | aws ecs list-tasks --dsired 2 # \xF0\x9F\x9A\xA8 here\n"
            "      |                    ^~~~~~~~\n"
            "      = help: --desired-status\n"
            "docs/a b.md:2:35: info: about 'here' [bad-suppression]\n"
            "    2 | aws ecs list-tasks --dsired 2 # \xF0\x9F\x9A\xA8 here\n"
            "      |                                    ^~~~\n"
            "1 error, 1 info in 1 file (1 can be mended with --fix, 1 not read)\n");
}

TEST(TextFormat, ColoursOnlyWhenAsked) {
  auto settings = testing::settings();
  EXPECT_THAT(Fixture().written(text_format(settings)), Not(HasSubstr("\x1b")));
  settings.colour = true;
  EXPECT_THAT(Fixture().written(text_format(settings)), HasSubstr("\x1b[1;31merror:\x1b[0m"));
}

TEST(TextFormat, SummaryCounts) {
  EXPECT_EQ(summary({.files = 1}), "nothing found in 1 file");
  EXPECT_EQ(summary({.files = 3, .errors = 2, .warnings = 1, .suppressed = 4, .baselined = 5}),
            "2 errors, 1 warning in 3 files (4 suppressed, 5 in the baseline)");
}

TEST(JsonFormat, HoldsEveryFinding) {
  const auto text = Fixture().written(json_format());
  const auto json = parse_json(text);
  ASSERT_TRUE(json) << text;
  const auto& findings = json->at("findings").as_array();
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].at("column").as_int64(), 20);
  EXPECT_EQ(findings[0].at("fix").at(0).at("end_column").as_int64(), 28);
  EXPECT_EQ(findings[1].at("column").as_int64(), 35);  // characters
  EXPECT_EQ(findings[1].at("severity").as_string(), "info");
  EXPECT_EQ(json->at("unreadable").at(0).at("file").as_string(), "gone.md");
  EXPECT_EQ(json->at("summary").at("errors").as_int64(), 1);
}

TEST(JsonFormat, IsJsonWithoutFindings) {
  const auto format = json_format();
  EXPECT_TRUE(parse_json(format->begin() + format->end({})));
}

TEST(SarifFormat, IsWhatCodeScanningTakes) {
  const auto text = Fixture().written(sarif_format(testing::settings()));
  const auto json = parse_json(text);
  ASSERT_TRUE(json) << text;
  const auto& run = json->at("runs").at(0);
  const auto& rules = run.at("tool").at("driver").at("rules").as_array();
  ASSERT_EQ(rules.size(), all_rules().size());
  for (const auto& rule : rules)
    EXPECT_FALSE(rule.at("help").at("text").as_string().empty()) << rule.at("id");
  const auto& result = run.at("results").at(0);
  const auto index = static_cast<std::size_t>(result.at("ruleIndex").as_int64());
  EXPECT_EQ(rules[index].at("id"), result.at("ruleId"));
  EXPECT_EQ(result.at("level").as_string(), "error");
  const auto& place = result.at("locations").at(0).at("physicalLocation");
  EXPECT_EQ(place.at("artifactLocation").at("uri").as_string(), "docs/a%20b.md");
  EXPECT_EQ(place.at("region").at("startColumn").as_int64(), 20);
  EXPECT_EQ(place.at("region").at("endColumn").as_int64(), 28);
  const auto& replacement =
      result.at("fixes").at(0).at("artifactChanges").at(0).at("replacements").at(0);
  EXPECT_EQ(replacement.at("insertedContent").at("text").as_string(), "--desired-status");
  EXPECT_EQ(replacement.at("deletedRegion").at("endColumn").as_int64(), 28);
  EXPECT_FALSE(run.at("invocations").at(0).at("executionSuccessful").as_bool());
}

TEST(SarifFormat, ColumnsCountUtf16Units) {
  const auto json = parse_json(Fixture().written(sarif_format(testing::settings())));
  const auto& run = json->at("runs").at(0);
  EXPECT_EQ(run.at("columnKind").as_string(), "utf16CodeUnits");
  const auto& info = run.at("results").at(1);
  EXPECT_EQ(info.at("level").as_string(), "note");
  EXPECT_EQ(
      info.at("locations").at(0).at("physicalLocation").at("region").at("startColumn").as_int64(),
      36);
}

TEST(JunitFormat, FailsWhatFailsTheCheck) {
  const auto text = Fixture().written(junit_format(testing::settings()));
  EXPECT_THAT(text, HasSubstr("<testsuite name=\"docs/a b.md\" tests=\"2\" failures=\"1\""));
  EXPECT_THAT(text, HasSubstr("<failure type=\"unknown-option\""));
  EXPECT_THAT(text, HasSubstr("name=\"2:35 bad-suppression\""));
  EXPECT_THAT(text, HasSubstr("<system-out>docs/a b.md:2:35: info"));
  EXPECT_THAT(text, HasSubstr("gone.md: &lt;not&gt; there"));
  auto settings = testing::settings();
  settings.fail_on = Severity::kInfo;
  EXPECT_THAT(Fixture().written(junit_format(settings)), HasSubstr("failures=\"2\""));
  settings.fail_on.reset();
  EXPECT_THAT(Fixture().written(junit_format(settings)), HasSubstr("failures=\"0\""));
}

TEST(JunitFormat, ADocumentWithoutFindingsIsOneCaseThatPassed) {
  Fixture fixture;
  fixture.findings.clear();
  EXPECT_THAT(fixture.written(junit_format(testing::settings())),
              HasSubstr("tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\">\n"
                        "    <testcase classname=\"docs/a b.md\" name=\"nothing found\"/>"));
}

TEST(Fingerprints, SurviveShiftedLinesAndBlanks) {
  Document before, after;
  parse_document("a\n\naws  x --y\n", before);
  parse_document("a\n\nmore\n\n   aws x --y\n", after);
  const auto one = fingerprints(std::vector{testing::finding_at(before, 3, "--y")}, before);
  const auto two = fingerprints(std::vector{testing::finding_at(after, 5, "--y")}, after);
  EXPECT_EQ(one, two);
}

TEST(Fingerprints, TellRulesWordsAndOccurrencesApart) {
  Document document;
  parse_document("aws x --y --z\naws x --y --z\n", document);
  const auto prints = fingerprints(
      std::vector{testing::finding_at(document, 1, "--y"), testing::finding_at(document, 1, "--z"),
                  testing::finding_at(document, 1, "--y", "bad-enum"),
                  testing::finding_at(document, 2, "--y")},
      document);
  EXPECT_EQ(std::set(prints.begin(), prints.end()).size(), 4u);
  EXPECT_EQ(prints[0].substr(0, 16), prints[3].substr(0, 16));
  EXPECT_THAT(prints[0], ::testing::EndsWith(":1"));
  EXPECT_THAT(prints[3], ::testing::EndsWith(":2"));
}

}  // namespace
}  // namespace seatrial::runbook::check
