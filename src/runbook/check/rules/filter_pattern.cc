// A filter pattern that CloudWatch Logs refuses, or that cannot do what it is plainly meant to.
// docs/rules/filter-pattern.md
#include <array>

#include "logs/pattern/pattern.h"
#include "runbook/check/rules/logs_problem.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

namespace pattern = logs::pattern;

constexpr std::array<std::string_view, 2> kOptions = {"filter-pattern", "log-event-filter-pattern"};

void report_pattern(const Command& command, const OptionValue& value, const logs::Problem& problem,
                    Reports& reports) {
  const auto severity = severity_of(problem);
  if (!severity) return;
  reports.at_word(command, value.word, value.offset + problem.span.begin,
                  value.offset + problem.span.end, {problem.message, problem.suggestion, severity});
}

void judge(const Command& command, const OptionValue& value, Reports& reports) {
  if (value.text.starts_with("file://") || value.text.starts_with("fileb://")) return;
  const auto parsed = pattern::Pattern::parse(value.text);
  if (!parsed) return report_pattern(command, value, parsed.error(), reports);
  for (const auto& problem : parsed->misleading()) report_pattern(command, value, problem, reports);
}

void check_filter_pattern(const Analysis& analysis, Reports& reports) {
  analysis.each_aws([&](const Command& command, const awscli::ParsedCall& call) {
    if (command.shell.damaged || !call.path.starts_with("logs ")) return;
    for (const auto option : kOptions)
      if (const auto value = single_value(command, option)) judge(command, *value, reports);
  });
}

}  // namespace

const Rule kFilterPattern{"filter-pattern", Severity::kError,
                          "a filter pattern that CloudWatch Logs refuses or that misleads",
                          check_filter_pattern};

}  // namespace seatrial::runbook::check
