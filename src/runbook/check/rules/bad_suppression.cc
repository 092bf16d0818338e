// A comment that should silence a rule and cannot. docs/rules/bad-suppression.md
//
// Here: what its text alone shows. That it suppresses nothing is seen when all rules have looked,
// in check/suppressions.cc.
#include "runbook/check/rules/rules.h"
#include "runbook/check/suppressions.h"

namespace seatrial::runbook::check {
namespace {

std::string nearest_rule(std::string_view name) {
  std::vector<std::string> ids;
  for (const Rule* rule : all_rules()) ids.emplace_back(rule->id);
  return awscli::nearest(name, ids);
}

void look_at_names(const Suppression& s, Reports& reports) {
  for (const auto& name : s.rules) {
    if (name.rule == kBadSuppressionId)
      report_suppression(s, &name, {"'bad-suppression' cannot be suppressed; --disable it"},
                         reports);
    else if (find_rule(name.rule) == nullptr)
      report_suppression(
          s, &name,
          {fmt::format("there is no rule '{}' (--list-rules)", name.rule), nearest_rule(name.rule)},
          reports);
  }
}

void check_bad_suppression(const Analysis& analysis, Reports& reports) {
  for (const auto& s : find_suppressions(analysis)) {
    if (!s.fault.empty()) {
      report_suppression(s, nullptr, {s.fault}, reports);
      continue;
    }
    look_at_names(s, reports);
    if (s.reason.empty())
      report_suppression(s, nullptr, {"gives no reason: say why the finding may stand"}, reports);
  }
}

}  // namespace

const Rule kBadSuppression{kBadSuppressionId, Severity::kInfo,
                           "a comment that should silence a rule and cannot",
                           check_bad_suppression};

}  // namespace seatrial::runbook::check
