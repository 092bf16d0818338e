// A Logs Insights query that StartQuery refuses, in a command or in a fence of its own.
// docs/rules/insights-query.md
#include "logs/query/query.h"
#include "runbook/check/rules/insights_fence.h"
#include "runbook/check/rules/logs_problem.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

Note note_of(const logs::Problem& problem, Severity severity) {
  return {problem.message, problem.suggestion, severity};
}

// Another language than the one of this rule: --query-language SQL or PPL.
bool other_language(const Command& command, const awscli::ParsedCall& call) {
  const auto language = single_value(command, "query-language");
  return language ? language->text != "CWLI" : call.find("query-language") != nullptr;
}

void judge_commands(const Analysis& analysis, Reports& reports) {
  analysis.each_aws([&](const Command& command, const awscli::ParsedCall& call) {
    if (command.shell.damaged || !call.path.starts_with("logs ")) return;
    const auto value = single_value(command, "query-string");
    if (!value || value->text.starts_with("file://") || other_language(command, call)) return;
    for (const auto& problem : logs::query::parse(value->text).problems)
      if (const auto severity = severity_of(problem))
        reports.at_word(command, value->word, value->offset + problem.span.begin,
                        value->offset + problem.span.end, note_of(problem, *severity));
  });
}

void judge_fences(const Analysis& analysis, Reports& reports) {
  for (const auto& query : insights_queries(analysis)) {
    for (const auto& line : query.foreign_comments)
      reports.at_line(
          line.number, line.column, line.column + 2,
          {"a comment in a Logs Insights query begins with #: pasted with this line the "
           "query does not parse",
           "#", Severity::kWarning, "#"});
    for (const auto& problem : logs::query::parse(query.text).problems) {
      const auto severity = severity_of(problem);
      if (!severity) continue;
      const auto place = query.place_of(problem.span);
      reports.at_line(place.number, place.column, place.end, note_of(problem, *severity));
    }
  }
}

void check_insights_query(const Analysis& analysis, Reports& reports) {
  judge_commands(analysis, reports);
  judge_fences(analysis, reports);
}

}  // namespace

const Rule kInsightsQuery{"insights-query", Severity::kError,
                          "a Logs Insights query that StartQuery refuses or that misleads",
                          check_insights_query};

}  // namespace seatrial::runbook::check
