// A run's record as text for people, JSON for programs and JUnit XML for CI. Pure: strings only.
#pragma once
#include <string>

#include "runbook/run.h"

namespace seatrial::runbook {

struct TextStyle {
  bool color = false;
};

// One line per step, as it ends; a failed step's reason and output follow indented.
std::string text_heading(const std::string& section);
std::string text_step(const StepRecord& step, const TextStyle& style);
// What was expected, what came back, where they differ; empty when there is nothing to say.
std::string text_expectation(const StepRecord& step, const TextStyle& style);
std::string text_summary(const RunRecord& record, const TextStyle& style);

std::string json_report(const RunRecord& record);
std::string junit_report(const RunRecord& record);

// What would be run: for --dry-run.
std::string text_plan(const Plan& plan);
std::string json_plan(const Plan& plan);

}  // namespace seatrial::runbook
