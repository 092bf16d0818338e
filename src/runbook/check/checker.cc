// See checker.h.
#include "runbook/check/checker.h"

#include <algorithm>
#include <tuple>

#include "runbook/check/suppressions.h"
#include "runbook/shell_tree.h"

namespace seatrial::runbook::check {
namespace {

void sort_by_place(std::vector<Finding>& findings) {
  std::ranges::stable_sort(findings, [](const Finding& a, const Finding& b) {
    return std::tie(a.line, a.column, a.rule) < std::tie(b.line, b.column, b.rule);
  });
}

Outcome ask_rules(const Analysis& analysis, std::span<const Rule* const> rules) {
  Outcome outcome;
  for (const Rule* rule : rules) {
    Reports reports(analysis, *rule);
    rule->look(analysis, reports);
    outcome.left_out += reports.left_out();
    std::ranges::move(reports.take(), std::back_inserter(outcome.findings));
  }
  sort_by_place(outcome.findings);
  return outcome;
}

std::vector<Unread> unread_parts(const Analysis& analysis) {
  std::vector<Unread> out;
  for (const auto& fence : analysis.fences())
    if (fence.script.size() > kMaxScriptBytes)
      out.push_back(
          {fence.block->line, fmt::format("{} bytes of shell in one piece; at most {} are read",
                                          fence.script.size(), kMaxScriptBytes)});
  return out;
}

}  // namespace

std::vector<Finding> check_document(const Document& document, const awscli::Grammar& grammar,
                                    const Surroundings& surroundings,
                                    std::span<const Rule* const> rules) {
  return ask_rules(Analysis(document, grammar, surroundings), rules).findings;
}

Outcome check_and_suppress(const Document& document, const awscli::Grammar& grammar,
                           const Surroundings& surroundings, std::span<const Rule* const> rules) {
  const Analysis analysis(document, grammar, surroundings);
  auto outcome = ask_rules(analysis, rules);
  outcome.suppressed = apply_suppressions(analysis, rules, outcome.findings);
  outcome.unread = unread_parts(analysis);
  sort_by_place(outcome.findings);
  return outcome;
}

}  // namespace seatrial::runbook::check
