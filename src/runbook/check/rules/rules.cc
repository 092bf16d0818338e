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
    &kBadValue,
    &kBadShorthand,
    &kExclusiveOptions,
    &kAbbreviatedOption,
    &kCliVersion,
    &kPayloadFormat,
    // shell
    &kShellSyntax,
    &kPlaceholder,
    &kNotShell,
    &kNotPortable,
    &kMissingFile,
    &kMissingCommand,
    &kUnsetVariable,
    // flow
    &kFlowType,
    &kFlowMany,
    &kJqPath,
    // query
    &kQuerySyntax,
    &kQueryField,
    &kQueryType,
    &kQueryEnum,
    // expect
    &kExpectField,
    &kExpectType,
    &kExpectEnum,
    &kExpectForm,
    // logs
    &kFilterPattern,
    &kInsightsQuery,
    // aws: meaning
    &kTimeOrder,
    &kUnsortedLatest,
    &kUnpinnedRevision,
    &kMetricIdentity,
    // danger
    &kDestructiveUnguarded,
    &kPlanNotApplied,
    &kBackupAfterChange,
    &kAlarmsLeftDisabled,
    &kRollbackTarget,
    &kSecretPrinted,
    // structure
    &kNoVerification,
    &kRollbackUnchecked,
    &kMissingSection,
    &kBrokenLink,
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

// The rule's own severity, but for what is open to doubt: the model may be older than the service,
// and the patterns of models are not always those the service holds values against.
std::optional<Severity> severity_of(const awscli::Problem& problem) {
  const bool pattern = problem.kind == awscli::ProblemKind::kBadValue &&
                       problem.refuser == awscli::Refuser::kService &&
                       problem.message.contains("must match");
  if (problem.kind == awscli::ProblemKind::kOpenChoice || pattern) return Severity::kWarning;
  return std::nullopt;
}

void report(const Command& command, const awscli::Problem& problem, Reports& reports) {
  Note note{problem.message, problem.suggestion, severity_of(problem)};
  if (problem.mechanical) note.replacement = problem.suggestion;
  const auto& words = command.shell.words;
  const auto size = words[std::min(problem.word, words.size() - 1)].text.size();
  const auto end = problem.length == std::string::npos ? size : problem.offset + problem.length;
  // All of a word is the word with its quotes.
  if (problem.offset == 0 && end >= size)
    return reports.at_word(command, problem.word, std::move(note));
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
