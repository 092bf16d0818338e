// The list of rules. See rules.h.
#include "runbook/check/rules/rules.h"

#include <algorithm>
#include <array>

namespace seatrial::runbook::check {

namespace {

constexpr std::array kRules = {
    // aws
    &kUnknownService,
    &kUnknownOperation,
    &kUnknownOption,
    &kMissingOption,
    &kMissingValue,
    &kBadEnum,
    // about the checker itself
    &kBadSuppression,
};

}  // namespace

std::span<const Rule* const> all_rules() { return kRules; }

const Rule* find_rule(std::string_view id) {
  const auto found = std::ranges::find(kRules, id, &Rule::id);
  return found == kRules.end() ? nullptr : *found;
}

namespace {

void report(const Command& command, const awscli::Problem& problem, Reports& reports) {
  Note note{problem.message, problem.suggestion};
  if (problem.mechanical) note.replacement = problem.suggestion;
  if (problem.offset == 0 && problem.length == std::string::npos)
    return reports.at_word(command, problem.word, std::move(note));
  const auto& text = command.shell.words[problem.word].text;
  const auto end =
      problem.length == std::string::npos ? text.size() : problem.offset + problem.length;
  reports.at_word(command, problem.word, problem.offset, end, std::move(note));
}

}  // namespace

void report_problems(const Analysis& analysis, Reports& reports, awscli::ProblemKind kind,
                     bool on_damaged) {
  analysis.each_aws([&](const Command& command, const awscli::ParsedCall& call) {
    if (command.shell.damaged && !on_damaged) return;
    for (const auto& problem : call.problems)
      if (problem.kind == kind) report(command, problem, reports);
  });
}

}  // namespace seatrial::runbook::check
