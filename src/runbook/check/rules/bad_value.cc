// A value has the wrong type, range, length or form. docs/rules/bad-value.md
#include "runbook/check/reading/service_facts.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

void check_bad_value(const Analysis& analysis, Reports& reports) {
  report_problems(analysis, reports, awscli::ProblemKind::kBadValue);
  analysis.each_aws([&](const Command& command, const awscli::ParsedCall&) {
    for (auto& refusal : service_refusals(analysis, command)) {
      Note note{std::move(refusal.message), std::move(refusal.suggestion)};
      if (!refusal.certain) note.severity = Severity::kWarning;
      const auto& text = command.shell.words[refusal.word].text;
      if (refusal.begin == 0 && refusal.end >= text.size())
        reports.at_word(command, refusal.word, std::move(note));
      else
        reports.at_word(command, refusal.word, refusal.begin, refusal.end, std::move(note));
    }
  });
}

}  // namespace

const Rule kBadValue{"bad-value", Severity::kError, "a value of the wrong type, size or form",
                     check_bad_value};

}  // namespace seatrial::runbook::check
