// jq is asked for what the AWS CLI does not print: a member that the output has not, or text where
// it reads JSON. docs/rules/jq-path.md
#include <algorithm>
#include <array>

#include "runbook/check/query.h"
#include "runbook/check/reading/jq.h"
#include "runbook/check/reading/values.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

using jmespath::TypeKind;

// Options without a value after which jq still runs its program once for each document it reads.
constexpr std::array<std::string_view, 20> kPlainOptions = {"-r",    "--raw-output",
                                                            "-e",    "--exit-status",
                                                            "-c",    "--compact-output",
                                                            "-j",    "--join-output",
                                                            "-a",    "--ascii-output",
                                                            "-S",    "--sort-keys",
                                                            "-C",    "--color-output",
                                                            "-M",    "--monochrome-output",
                                                            "--tab", "-re",
                                                            "-rc",   "-er"};

// The word with the program; empty where jq's options are others than these, or it reads a file.
std::optional<std::size_t> program_word(const Command& command) {
  const auto& words = command.shell.words;
  std::optional<std::size_t> program;
  for (std::size_t i = 1; i < words.size(); ++i) {
    if (!words[i].known) return std::nullopt;
    const auto& text = words[i].text;
    if (text.starts_with('-') && text.size() > 1) {
      if (std::ranges::find(kPlainOptions, text) == kPlainOptions.end()) return std::nullopt;
    } else if (program) {
      return std::nullopt;
    } else {
      program = i;
    }
  }
  return program;
}

// A list or structure is no JSON any more as text or as a table; a text may hold JSON itself.
void judge_form(const Command& command, const Command& call, OutputForm form,
                const jmespath::Type& type, Reports& reports) {
  if (form != OutputForm::kText && form != OutputForm::kTable && form != OutputForm::kYaml) return;
  const bool compound = type.is(TypeKind::kList) || type.is_object();
  if (!compound && form == OutputForm::kText) return;
  const auto output = single_value(call, "output");
  if (!output) return;
  reports.at_word(
      command, 0,
      {fmt::format("jq reads JSON, and `--output {}` prints none", output->text), "--output json"});
}

void check_jq_path(const Analysis& analysis, Reports& reports) {
  const ValueSources sources(analysis);
  analysis.each_command([&](const Command& command) {
    if (command.name != "jq" || command.shell.open_ended) return;
    const Command* call = sources.piped_into(command);
    const auto type = call == nullptr ? std::nullopt : type_printed(analysis, *call);
    if (!type || type->is_any()) return;
    const auto form = output_form(*call);
    const auto program = program_word(command);
    if (form != OutputForm::kJson) return judge_form(command, *call, form, *type, reports);
    if (!program) return;
    for (auto& problem : jq_problems(command.shell.words[*program].text, *type))
      reports.at_word(command, *program, problem.begin, problem.end,
                      {std::move(problem.message), std::move(problem.suggestion)});
  });
}

}  // namespace

const Rule kJqPath{"jq-path", Severity::kError,
                   "a jq program asks for what the command before it does not print",
                   check_jq_path};

}  // namespace seatrial::runbook::check
