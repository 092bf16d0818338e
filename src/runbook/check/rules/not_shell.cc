// A shell block holds text of another language. docs/rules/not-shell.md
//
// Certain because only text is taken that stands where a command would begin and whose first line
// no command looks like (runbook/foreign_text.cc). Blocks without a label may hold anything.
#include "runbook/check/rules/rules.h"
#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

using Language = ForeignLanguage;

std::string leading_word(std::string_view text) {
  return std::string(text.substr(0, std::min(text.find_first_of(" \t\n"), text.size())));
}

// NAME = value, when it can be written as an assignment of one word.
std::optional<std::string> without_blanks(std::string_view text) {
  const auto equals = text.find('=');
  const auto name = trim(text.substr(0, equals)), value = trim(text.substr(equals + 1));
  if (value.empty() || value.find_first_of(" \t#") != std::string_view::npos) return std::nullopt;
  return fmt::format("{}={}", name, value);
}

Note note_for(const Fence& fence, const ForeignText& foreign, std::string_view text) {
  Note note;
  note.message =
      fmt::format("{} in a {} block: pasted, the shell takes '{}' for a command",
                  language_name(foreign.language), fence.block->language, leading_word(text));
  if (foreign.language == Language::kCrontab)
    note.suggestion = "a block labelled text; `crontab -e` takes such lines";
  else if (foreign.language == Language::kSpacedAssignment)
    note.replacement = without_blanks(text), note.suggestion = note.replacement.value_or("");
  else
    note.suggestion = fmt::format("a block of its own, labelled {}", fence_label(foreign.language));
  return note;
}

void check_not_shell(const Analysis& analysis, Reports& reports) {
  for (const auto& fence : analysis.fences()) {
    if (!is_shell_language(fence.block->language)) continue;
    const auto original = fence_script(*fence.block);
    for (const auto& foreign : fence.foreign) {
      const auto text =
          std::string_view(original).substr(foreign.begin, foreign.end - foreign.begin);
      reports.at(fence, foreign.begin, foreign.end, note_for(fence, foreign, text));
    }
  }
}

}  // namespace

const Rule kNotShell{"not-shell", Severity::kError, "another language in a block of shell commands",
                     check_not_shell};

}  // namespace seatrial::runbook::check
