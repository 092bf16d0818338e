// bash cannot read the block. docs/rules/shell-syntax.md
//
// Certain because bash_syntax.h reads as bash does and is held against `bash -n`. A block is judged
// twice, as it stands and with its placeholders and foreign text out of the way: what only they
// break is reported by their own rules.
#include "runbook/bash_syntax.h"

#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

using Mistake = BashRefusal::Kind;

// Other rules' findings as words that do nothing.
std::string without_others(const Fence& fence) {
  std::string text = fence.script;
  const auto fill = [&](std::size_t begin, std::size_t end, char with) {
    for (auto i = begin; i < end; ++i)
      if (text[i] != '\n') text[i] = with;
  };
  for (const auto& placeholder : fence.placeholders)
    if (placeholder.redirects) fill(placeholder.begin, placeholder.end, 'x');
  for (const auto& foreign : fence.foreign) {
    fill(foreign.begin, foreign.end, ' ');
    if (foreign.language != ForeignLanguage::kCrontab) text[foreign.begin] = ':';
  }
  return text;
}

std::string message_of(const BashRefusal& refusal, std::string_view text) {
  if (refusal.kind == Mistake::kUnclosed)
    return fmt::format("'{}' is never closed: '{}' is missing",
                       text.substr(refusal.begin, refusal.end - refusal.begin), refusal.wanted);
  if (refusal.kind == Mistake::kArithmetic)
    return "bash cannot read this: for (( )) has three parts, separated by two semicolons";
  if (refusal.kind == Mistake::kConditional)
    return fmt::format(
        "bash cannot read this test: {} cannot stand here in [[ ]]",
        refusal.found.starts_with("the ") ? refusal.found : "'" + refusal.found + "'");
  if (refusal.found.starts_with("the end"))
    return fmt::format("bash cannot read this: {} comes too early", refusal.found);
  return fmt::format("bash cannot read this: '{}' cannot stand here", refusal.found);
}

void look_at_fence(const Fence& fence, Reports& reports) {
  if (!bash_refusal(fence_script(*fence.block))) return;
  const auto text = without_others(fence);
  const auto refusal = bash_refusal(text);
  if (!refusal) return;
  Note note{message_of(*refusal, text)};
  if (!refusal->wanted.empty() && refusal->kind == Mistake::kUnexpected)
    note.suggestion = refusal->wanted;
  reports.at(fence, refusal->begin, refusal->end, std::move(note));
}

// bash reads on to the end of the text and says so; what follows is not carried out.
void look_at_here_documents(const Fence& fence, Reports& reports) {
  if (fence.facts.here_documents.empty()) return;
  const auto open = open_here_document(fence.script);
  if (!open) return;
  Note note{
      fmt::format("the here-document never ends: no line is just '{}', so all below is its text",
                  open->delimiter)};
  note.severity = Severity::kWarning;
  reports.at(fence, open->begin, open->end, std::move(note));
}

void check_shell_syntax(const Analysis& analysis, Reports& reports) {
  for (const auto& fence : analysis.fences()) {
    const auto& language = fence.block->language;
    if (!is_shell_language(language) || language == "zsh") continue;
    look_at_fence(fence, reports);
    look_at_here_documents(fence, reports);
  }
}

}  // namespace

const Rule kShellSyntax{"shell-syntax", Severity::kError, "text that bash cannot read",
                        check_shell_syntax};

}  // namespace seatrial::runbook::check
