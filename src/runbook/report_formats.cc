// The reports for programs: JSON and JUnit XML. See report.h.
#include <algorithm>
#include <map>

#include "runbook/report.h"
#include "runbook/text.h"

namespace seatrial::runbook {
namespace {

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const auto& line : lines) out += line + "\n";
  return out;
}

std::string junit_outcome(const StepRecord& step) {
  if (step.status == "failed")
    return fmt::format("      <failure type=\"{}\" message=\"{}\">{}</failure>\n",
                       xml_text(step.diagnosis.cause), xml_text(step.diagnosis.reason),
                       xml_text(step.text));
  if (step.status == "not_met")
    return fmt::format("      <failure type=\"expectation\" message=\"{}\">{}</failure>\n",
                       xml_text(step.differences.empty() ? "" : step.differences.front()),
                       xml_text(joined(step.differences)));
  if (step.status == "not_run" || step.status == "waiting" || step.status == "interrupted")
    return fmt::format("      <skipped message=\"{}\"/>\n", xml_text(step.status));
  return {};
}

std::string junit_case(const RunRecord& record, const StepRecord& step) {
  std::string out =
      fmt::format("    <testcase classname=\"{}\" name=\"line {}: {}\" time=\"{:.3f}\">\n",
                  xml_text(step.section), step.line, xml_text(step.title), step.seconds);
  (void)record;
  out += junit_outcome(step);
  if (!step.out.empty())
    out += fmt::format("      <system-out>{}</system-out>\n", xml_text(step.out));
  if (!step.err.empty())
    out += fmt::format("      <system-err>{}</system-err>\n", xml_text(step.err));
  return out + "    </testcase>\n";
}

bool is_failure(const StepRecord& step) {
  return step.status == "failed" || step.status == "not_met";
}

bool is_skipped(const StepRecord& step) {
  return step.status == "not_run" || step.status == "waiting" || step.status == "interrupted";
}

std::string junit_suite(const RunRecord& record, std::string_view section,
                        std::span<const StepRecord> steps) {
  double seconds = 0;
  std::string cases;
  for (const auto& step : steps) seconds += step.seconds, cases += junit_case(record, step);
  return fmt::format(
      "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\" time=\"{:.3f}\">\n{}  "
      "</testsuite>\n",
      xml_text(section), steps.size(), std::ranges::count_if(steps, is_failure),
      std::ranges::count_if(steps, is_skipped), seconds, cases);
}

}  // namespace

std::string json_report(const RunRecord& record) {
  return to_pretty_json(to_value(record), 2) + "\n";
}

std::string junit_report(const RunRecord& record) {
  std::string suites;
  for (std::size_t first = 0; first < record.steps.size();) {
    auto end = first;
    while (end < record.steps.size() && record.steps[end].section == record.steps[first].section)
      ++end;
    suites += junit_suite(record, record.steps[first].section,
                          std::span(record.steps).subspan(first, end - first));
    first = end;
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{}\" tests=\"{}\" "
      "failures=\"{}\">\n{}</testsuites>\n",
      xml_text(record.file), record.steps.size(), std::ranges::count_if(record.steps, is_failure),
      suites);
}

std::string json_plan(const Plan& plan) {
  Array steps;
  for (const auto& step : plan.steps) {
    Object object{{"line", step.line},      {"end_line", step.end_line}, {"section", step.section},
                  {"title", step.title},    {"text", step.text},         {"follows", step.follows},
                  {"damaged", step.damaged}};
    if (step.destroys) object["destroys"] = *step.destroys;
    steps.push_back(std::move(object));
  }
  return to_pretty_json(Object{{"steps", std::move(steps)}}, 2) + "\n";
}

}  // namespace seatrial::runbook
