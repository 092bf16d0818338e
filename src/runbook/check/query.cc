// See query.h. What queries mean is src/jmespath's business.
#include "runbook/check/query.h"

#include <algorithm>

#include "jmespath/cli_output.h"
#include "jmespath/output_form.h"

namespace seatrial::runbook::check {
namespace {

using jmespath::Type;

static_assert(jmespath::kUnknownByte == ShellWord::kUnknown);

bool given(const awscli::ParsedCall& call, std::string_view option) {
  return call.find(option) != nullptr;
}

// A page's own token or size switches the CLI's paging off, wherever it comes from.
bool pages_by_hand(const awscli::ParsedCall& call, const model::Paginator& pages) {
  if (call.input_open || call.incomplete) return true;
  auto names = pages.input_tokens;
  if (!pages.limit_key.empty()) names.push_back(pages.limit_key);
  const auto* input = call.input.if_object();
  return std::ranges::any_of(names, [&](std::string_view name) {
    const bool in_input = input != nullptr && input->contains(name);
    const auto option = awscli::option_name(std::string(name));
    return in_input || (given(call, option) && option != "max-items" && option != "start-token");
  });
}

jmespath::CliOutput cli_output(const awscli::Grammar& grammar, const awscli::ParsedCall& call,
                               const model::Operation& operation) {
  const auto pages = operation.paginator();
  return {.v1 = grammar.cli() == awscli::Cli::kV1,
          .merges_pages = pages && !given(call, "no-paginate") && !pages_by_hand(call, *pages),
          .cuts_pages = given(call, "max-items")};
}

bool prints_something_else(const awscli::ParsedCall& call) {
  return given(call, "generate-cli-skeleton") || call.path.find(" wait ") != std::string::npos;
}

jmespath::Inference inferred(const Analysis& analysis, const Command& command,
                             const jmespath::Expression& expression) {
  auto inference = jmespath::infer(expression, type_before_query(analysis, command));
  if (output_form(command) == OutputForm::kTable) {
    std::ranges::move(jmespath::table_problems(expression, inference.type),
                      std::back_inserter(inference.problems));
  }
  return inference;
}

void report(const Command& command, const QueryText& query, jmespath::Range range, Note note,
            Reports& reports) {
  const auto size = query.text.size();
  const std::size_t begin = std::min<std::size_t>(range.begin, size == 0 ? 0 : size - 1);
  const std::size_t end = std::max<std::size_t>(range.end, begin + 1);
  reports.at_word(command, query.word, query.offset + begin, query.offset + end, std::move(note));
}

}  // namespace

std::optional<QueryText> query_text(const Command& command) {
  if (!command.aws || command.shell.damaged) return std::nullopt;
  const auto is_query = [](const awscli::Given& one) { return one.name == "query"; };
  if (std::ranges::count_if(command.aws->given, is_query) != 1) return std::nullopt;
  const auto& option = *std::ranges::find_if(command.aws->given, is_query);
  if (!option.inline_value && option.values.size() != 1) return std::nullopt;
  const std::size_t word = option.inline_value ? option.word : option.values[0];
  const std::size_t end = command.shell.words[word].end;
  const std::string& script = command.fence->script;
  if (end < script.size() && script[end] == '(') return std::nullopt;  // no shell: quotes forgotten
  const std::string_view text = command.shell.words[word].text;
  const std::size_t offset = option.inline_value ? text.find('=') + 1 : 0;
  return QueryText{word, offset, text.substr(offset)};
}

OutputForm output_form(const Command& command) {
  if (!command.aws || command.aws->incomplete) return OutputForm::kUnknown;
  if (!given(*command.aws, "output")) return OutputForm::kJson;
  const auto value = single_value(command, "output");
  if (!value) return OutputForm::kUnknown;
  if (value->text == "json") return OutputForm::kJson;
  if (value->text == "text") return OutputForm::kText;
  if (value->text == "table") return OutputForm::kTable;
  return value->text == "yaml" ? OutputForm::kYaml : OutputForm::kOther;
}

Type type_before_query(const Analysis& analysis, const Command& command) {
  const auto& call = *command.aws;
  if (call.command == nullptr || !call.command->operation || prints_something_else(call)) return {};
  const auto& operation = *call.command->operation;
  return jmespath::type_of_output(operation, cli_output(analysis.grammar(), call, operation));
}

std::optional<Type> type_printed(const Analysis& analysis, const Command& command) {
  if (!command.aws || command.shell.damaged || command.aws->incomplete) return std::nullopt;
  if (!given(*command.aws, "query")) return type_before_query(analysis, command);
  const auto query = query_text(command);
  if (!query) return std::nullopt;
  const auto expression = jmespath::parse(query->text, true);
  if (!expression) return std::nullopt;
  return inferred(analysis, command, *expression).type;
}

void report_query_problems(const Analysis& analysis, Reports& reports, jmespath::ProblemKind kind) {
  const bool syntax = kind == jmespath::ProblemKind::kSyntax;
  analysis.each_aws([&](const Command& command, const awscli::ParsedCall&) {
    const auto query = query_text(command);
    if (!query) return;
    const auto expression = jmespath::parse(query->text, true);
    if (!expression) {
      const bool judged = query->text.find(jmespath::kUnknownByte) == std::string_view::npos;
      if (!syntax || !judged) return;
      const auto& error = expression.error();
      return report(command, *query, error.range, {error.message}, reports);
    }
    for (auto& problem : inferred(analysis, command, *expression).problems) {
      if (problem.kind != kind) continue;
      report(command, *query, problem.range,
             {std::move(problem.message), std::move(problem.suggestion)}, reports);
    }
  });
}

}  // namespace seatrial::runbook::check
