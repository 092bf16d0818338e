#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string fence(const std::string& script) { return "```bash\n" + script + "\n```\n"; }

std::vector<std::string> filter_pattern_in(const std::string& script) {
  const auto markdown = fence(script);
  std::vector<std::string> out;
  for (const auto& f : testing::check("filter-pattern", markdown))
    out.push_back(fmt::format("{}:{} {} {}", f.line, f.column, severity_name(f.severity),
                              testing::marked(f, markdown)));
  return out;
}

TEST(FilterPatternRule, PlacesInsideTheShellsQuotes) {
  EXPECT_THAT(filter_pattern_in(
                  "aws logs filter-log-events --log-group-name g --filter-pattern 'a ERROR: b'"),
              ElementsAre("2:67 error ERROR:"));
  EXPECT_THAT(filter_pattern_in(
                  "aws logs tail g \\\n  --filter-pattern \"{ \\$.a = \\\"x\\\" && \\$.b == 1 }\""),
              ElementsAre("3:44 error =="));
  EXPECT_THAT(
      filter_pattern_in("aws logs put-metric-filter --log-group-name g --filter-name f "
                        "--metric-transformations metricName=m,metricNamespace=n,metricValue=1 "
                        "--filter-pattern='[ip user]'"),
      ElementsAre("2:155 error user"));
  EXPECT_THAT(filter_pattern_in("aws logs start-live-tail --log-group-identifiers g "
                                "--log-event-filter-pattern 'ERROR OR WARN'"),
              ElementsAre("2:86 warning OR"));
  EXPECT_THAT(filter_pattern_in(
                  "aws logs test-metric-filter --log-event-messages x --filter-pattern '?a b'"),
              ElementsAre("2:70 warning ?a"));
  EXPECT_THAT(filter_pattern_in("aws logs tail g --filter-pattern 'a order-id-7'"),
              ElementsAre("2:37 warning order-id-7"));
}

TEST(FilterPatternRule, SaysNothingOfWhatItDoesNotKnow) {
  EXPECT_THAT(filter_pattern_in(
                  "aws logs tail g --filter-pattern \"ERROR: $X\"\n"
                  "aws logs tail g --filter-pattern file://p.txt\n"
                  "aws logs tail g --filter-pattern $P\n"
                  "aws logs tail g --filter-pattern '%\\bERROR\\b%'\n"
                  "aws logs filter-log-events --log-group-name g --filter-pattern ''\n"
                  "aws logs filter-log-events --log-group-name g --filter-pattern '\"a: b\" c'\n"
                  "aws logs tail g --filter-pattern '{ $.a > 1 && ($.b = \"x\" || $.c IS NULL) }'\n"
                  "aws logs tail g --filter-pattern '[..., status=5*, size]'\n"
                  "aws lambda create-event-source-mapping --filter-criteria '{}'"),
              IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check
