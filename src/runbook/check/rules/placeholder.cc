// Something a person was meant to replace still stands in a command. docs/rules/placeholder.md
//
// Certain because nobody has a cluster named YOUR_CLUSTER or a subnet subnet-XXXXXXXX, and because
// bash takes <name> for redirections. Where the document says close by that the value is to be
// replaced the reader is warned, so it is a warning; else the command fails, or works on nothing.
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

using Kind = PlaceholderKind;

Severity severity_of_mark(const FencePlaceholder& placeholder) {
  if (placeholder.kind == Kind::kExample) return Severity::kInfo;
  const bool described = placeholder.kind == Kind::kDescription;
  return placeholder.asked || described || placeholder.kind == Kind::kToReplace ? Severity::kWarning
                                                                                : Severity::kError;
}

std::string_view effect_of(const FencePlaceholder& placeholder) {
  if (placeholder.redirects) return "bash takes it for redirections";
  if (placeholder.kind == Kind::kPath) return "no such file is anywhere";
  if (placeholder.kind == Kind::kExample) return "it stands for one of your own";
  return "the shell passes it on as it stands";
}

void check_placeholder(const Analysis& analysis, Reports& reports) {
  for (const auto& fence : analysis.fences()) {
    for (const auto& placeholder : fence.placeholders) {
      const auto text = fence.script.substr(placeholder.begin, placeholder.end - placeholder.begin);
      Note note{fmt::format("'{}' is {}: {}", text, placeholder_kind(placeholder.kind),
                            effect_of(placeholder))};
      note.severity = severity_of_mark(placeholder);
      reports.at(fence, placeholder.begin, placeholder.end, std::move(note));
    }
  }
}

}  // namespace

const Rule kPlaceholder{"placeholder", Severity::kError,
                        "a value that a person was meant to replace", check_placeholder};

}  // namespace seatrial::runbook::check
