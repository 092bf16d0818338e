// The --query of a call of the AWS CLI, and what the call prints: for the rules about queries,
// pipes and expected output. Pure.
//
// What the shell puts into a query is not known; where it stands within a literal the rest can
// still be judged, anywhere else the query is left alone.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jmespath/infer.h"
#include "jmespath/parser.h"
#include "runbook/check/analysis.h"
#include "runbook/check/rule.h"

namespace seatrial::runbook::check {

// The text given to --query, where it can be judged.
struct QueryText {
  std::size_t word = 0;
  std::size_t offset = 0;  // in the word, of the query's first byte
  std::string_view text;   // with kUnknownByte for what the shell puts there
};
std::optional<QueryText> query_text(const Command& command);

// The form in which the call prints; kUnknown where the shell decides.
enum class OutputForm { kJson, kText, kTable, kYaml, kOther, kUnknown };
OutputForm output_form(const Command& command);

// What the call's --query works on: any where that is not known.
jmespath::Type type_before_query(const Analysis& analysis, const Command& command);
// What it prints; empty where its query does not parse or is not known.
std::optional<jmespath::Type> type_printed(const Analysis& analysis, const Command& command);

// Reports the problems of one kind in all queries, at their bytes.
void report_query_problems(const Analysis& analysis, Reports& reports, jmespath::ProblemKind kind);

}  // namespace seatrial::runbook::check
