// The text report; json and junit are in report_formats.cc. See report.h.
#include "runbook/report.h"

#include <algorithm>

#include "runbook/text.h"

namespace seatrial::runbook {
namespace {

// Lines of an output that the text report shows; the record keeps them all.
constexpr std::size_t kShownLines = 12;
constexpr std::size_t kShownWidth = 160;

std::string paint(std::string_view text, int color, const TextStyle& style) {
  return style.color ? fmt::format("\x1b[{}m{}\x1b[0m", color, text) : std::string(text);
}

std::string indented(std::string_view text, std::string_view label) {
  const auto lines = split_lines(trim(text));
  std::string out;
  for (std::size_t i = 0; i < lines.size() && i < kShownLines; ++i)
    out += fmt::format("         {} {}\n", i == 0 ? label : std::string(label.size(), ' '),
                       shorten(lines[i], kShownWidth));
  if (lines.size() > kShownLines)
    out += fmt::format("         {} ({} more lines)\n", std::string(label.size(), ' '),
                       lines.size() - kShownLines);
  return out;
}

std::string mark_of(const StepRecord& step, const TextStyle& style) {
  if (step.status == "ok" || step.status == "followed") return paint("ok    ", 32, style);
  if (step.status == "failed") return paint("FAIL  ", 31, style);
  if (step.status == "not_met") return paint("DIFFER", 31, style);
  if (step.status == "waiting") return paint("WAITS ", 33, style);
  if (step.status == "interrupted") return paint("STOP  ", 33, style);
  return paint("-     ", 2, style);
}

std::size_t count(const RunRecord& record, std::string_view status) {
  return static_cast<std::size_t>(std::ranges::count(record.steps, status, &StepRecord::status));
}

std::string cause_counts(const RunRecord& record) {
  std::string out;
  for (auto cause : {"document", "system", "unknown"}) {
    const auto n = std::ranges::count_if(record.steps, [&](const StepRecord& s) {
      return s.status == "failed" && s.diagnosis.cause == cause;
    });
    if (n > 0) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", n, cause);
  }
  return out;
}

}  // namespace

std::string text_heading(const std::string& section) { return "\n" + section + "\n"; }

std::string text_step(const StepRecord& step, const TextStyle& style) {
  std::string out = fmt::format("  {} line {:<5} {:7.2f} s  {}\n", mark_of(step, style), step.line,
                                step.seconds, step.title);
  if (step.status == "failed") {
    out += fmt::format("         why:     {}\n", step.diagnosis.reason);
    out += fmt::format("         cause:   {}\n", step.diagnosis.cause);
    out += indented(step.text, "command:");
    out += indented(step.out, "stdout: ");
    out += indented(step.err, "stderr: ");
  }
  for (const auto& note : step.notes) out += fmt::format("         note:    {}\n", note);
  return out;
}

std::string text_expectation(const StepRecord& step, const TextStyle& style) {
  if (step.expected.empty()) return {};
  if (step.status != "not_met")
    return fmt::format("         {} line {}: as expected\n", paint("met:    ", 32, style),
                       step.line);
  std::string out = fmt::format("  {} line {:<5} is not what the document expects\n",
                                paint("DIFFER", 31, style), step.line);
  out += indented(step.expected, "expected:");
  out += indented(step.out.empty() ? "(nothing)" : step.out, "got:     ");
  for (const auto& difference : step.differences)
    out += fmt::format("         differs:  {}\n", difference);
  return out;
}

std::string text_summary(const RunRecord& record, const TextStyle& style) {
  const auto good = count(record, "ok") + count(record, "followed");
  const auto failed = count(record, "failed"), differ = count(record, "not_met");
  const auto open = record.steps.size() - good - failed - differ;
  std::string out =
      fmt::format("\n{} steps: {} ok, {} failed, {} not as expected, {} not run; {:.1f} s\n",
                  record.steps.size(), good, failed, differ, open, record.seconds);
  const auto causes = cause_counts(record);
  if (!causes.empty()) out += fmt::format("causes of failures: {}\n", causes);
  for (const auto& step : record.steps) {
    if (step.status == "failed")
      out += fmt::format("  line {}: [{}] {}\n", step.line, step.diagnosis.cause,
                         step.diagnosis.reason);
    if (step.status == "not_met" && !step.differences.empty())
      out += fmt::format("  line {}: {}\n", step.line, step.differences.front());
    if (step.status == "waiting")
      out += fmt::format("  line {}: waits for approval (--yes gives it)\n", step.line);
  }
  return out +
         paint(record.outcome == "ok" ? "all well" : "outcome: " + record.outcome,
               record.outcome == "ok" ? 32 : 31, style) +
         "\n";
}

std::string text_plan(const Plan& plan) {
  std::string out, section;
  for (const auto& step : plan.steps) {
    if (step.section != section) out += text_heading(section = step.section);
    out += fmt::format("  line {:<5} {}\n", step.line, step.title);
    if (step.destroys) out += fmt::format("             asks first: {}\n", *step.destroys);
    if (step.follows) out += "             never ends by itself: followed for a while\n";
    if (step.damaged) out += "             is no valid shell\n";
  }
  std::size_t expectations = 0;
  for (const auto& block : plan.blocks) expectations += block.expectations.size();
  return out + fmt::format("\n{} steps, {} expectations\n", plan.steps.size(), expectations);
}

}  // namespace seatrial::runbook
