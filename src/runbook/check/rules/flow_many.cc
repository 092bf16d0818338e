// The text of a call is used as one value, and may be several or none: docs/rules/flow-many.md
//
// Several are certain to come one day where a filter asks whether a name contains something, or
// where all of a list is taken that nothing narrows. With text output the CLI also applies a query
// to each page of a paged answer, so that one number becomes several. An equality is left alone.
// For an item that is not there the CLI prints the word None: an info, where nothing asks for it.
#include <algorithm>
#include <array>

#include "runbook/check/query.h"
#include "runbook/check/reading/values.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

using jmespath::Node;
using jmespath::NodeKind;
using jmespath::TypeKind;

constexpr std::array<std::string_view, 3> kPartial = {"contains", "starts_with", "ends_with"};
constexpr std::array<std::string_view, 6> kMeasures = {"length", "sum", "avg",
                                                       "max",    "min", "max_by"};
// Options that narrow nothing.
constexpr std::array<std::string_view, 8> kGeneral = {
    "query", "output", "region", "profile", "no-cli-pager", "endpoint-url", "no-paginate", "color"};

const Node* find_node(const Node& node, const auto& wanted) {
  if (wanted(node)) return &node;
  for (const auto& child : node.children)
    if (const Node* found = find_node(child, wanted)) return found;
  return nullptr;
}

// "contains": the function in a filter that more than one item may satisfy.
std::string partial_filter(const Node& root) {
  std::string name;
  find_node(root, [&](const Node& node) {
    if (node.kind != NodeKind::kFilterProjection || node.children.size() < 3) return false;
    const Node* function = find_node(node.children[2], [](const Node& inner) {
      return inner.kind == NodeKind::kFunction &&
             std::ranges::find(kPartial, inner.text) != kPartial.end();
    });
    if (function != nullptr) name = function->text;
    return function != nullptr;
  });
  return name;
}

bool has_filter(const Node& root) {
  return find_node(root, [](const Node& n) { return n.kind == NodeKind::kFilterProjection; });
}

bool is_narrowed(const Command& call) {
  if (call.aws->incomplete || call.aws->input_open) return true;
  return std::ranges::any_of(call.aws->given, [](const awscli::Given& given) {
    return std::ranges::find(kGeneral, given.name) == kGeneral.end();
  });
}

std::optional<jmespath::Expression> query_of(const Command& call) {
  const auto query = query_text(call);
  if (!query) return std::nullopt;
  auto parsed = jmespath::parse(query->text, true);
  return parsed ? std::optional(std::move(*parsed)) : std::nullopt;
}

// Why the text may be several words; empty: it is one, as far as is known.
std::string why_several(const ValueSource& source) {
  if (source.form != OutputForm::kText || !source.type.is(TypeKind::kList)) return "";
  const auto query = query_of(*source.call);
  if (!query) return "";
  if (const auto function = partial_filter(query->root); !function.empty())
    return fmt::format("there is a word for each match of {}()", function);
  if (has_filter(query->root) || is_narrowed(*source.call)) return "";
  return "there is a word for each item of the list";
}

// The query ends with one item of a list: `taskArns[0]`, `sort_by(...)[-1].Name`.
bool takes_an_item(const Node& node) {
  switch (node.kind) {
    case NodeKind::kIndexExpression:
      return std::ranges::any_of(node.children,
                                 [](const Node& n) { return n.kind == NodeKind::kIndex; });
    case NodeKind::kSubexpression:
    case NodeKind::kPipe:
      return std::ranges::any_of(node.children, takes_an_item);
    default:
      return node.kind == NodeKind::kIndex;
  }
}

bool may_be_none(const ValueSource& source) {
  if (source.form != OutputForm::kText || !source.type.is_text()) return false;
  const auto query = query_of(*source.call);
  if (!query || !takes_an_item(query->root)) return false;
  // Asked for by name, what is not there is an error and not an empty list.
  const std::string_view path = source.call->aws->path;
  return has_filter(query->root) || path.substr(path.find(' ') + 1).starts_with("list-");
}

// The block asks whether the variable has a value: [ "$X" = None ], [ -z "$X" ].
bool is_guarded(const Fence& fence, const ShellExpansion& expansion) {
  if (fence.script.contains("None")) return true;
  return std::ranges::any_of(fence.facts.uses, [&](const VariableUse& use) {
    return use.name == expansion.name && use.tested;
  });
}

// The option takes one value, so that further words are refused.
bool takes_one(const Command& command, std::size_t word) {
  const auto& call = *command.aws;
  if (call.command == nullptr) return false;
  for (const auto& given : call.given) {
    const bool here = given.inline_value
                          ? given.word == word
                          : std::ranges::find(given.values, word) != given.values.end();
    const auto* option = here ? call.command->find(given.name) : nullptr;
    if (option != nullptr) return option->values == awscli::Values::kOne && option->count == 1;
  }
  return false;
}

// A part of an address: https://$NAME/health.
bool is_address(const ShellWord& word, const ShellExpansion& expansion) {
  const auto scheme = word.text.find("://");
  return scheme != std::string::npos && scheme < expansion.at;
}

class FlowLook {
 public:
  FlowLook(const Analysis& analysis, Reports& reports)
      : analysis_(analysis), reports_(reports), sources_(analysis) {}

  void check() {
    analysis_.each_command([&](const Command& command) {
      if (command.shell.damaged) return;
      for (std::size_t i = 1; i < command.shell.words.size(); ++i) judge_word(command, i);
      if (command.aws && command.shell.in_substitution) judge_pages(command);
    });
  }

 private:
  void judge_word(const Command& command, std::size_t index) {
    const auto& word = command.shell.words[index];
    for (const auto& expansion : word.expansions) {
      if (!command.aws && !is_address(word, expansion)) continue;
      const auto source = sources_.of(command, expansion);
      if (!source) continue;
      const bool single = !command.aws || takes_one(command, index);
      if (const auto why = single ? why_several(*source) : ""; !why.empty()) {
        at(command, expansion, {fmt::format("one value is needed here, and {}", why), "... | [0]"});
      } else if (may_be_none(*source) && !is_guarded(*command.fence, expansion)) {
        at(command, expansion,
           {"where the list is empty this is the word None", "", Severity::kInfo});
      }
    }
  }

  void at(const Command& command, const ShellExpansion& expansion, Note note) {
    reports_.at(*command.fence, expansion.begin, expansion.end, std::move(note));
  }

  // $(aws logs filter-log-events --query 'length(events)' --output text)
  void judge_pages(const Command& command) {
    const auto& call = *command.aws;
    const auto output = single_value(command, "output");
    if (!output || output->text != "text" || call.command == nullptr || !call.command->operation ||
        !call.command->operation->paginator() || call.find("no-paginate") != nullptr ||
        call.find("max-items") != nullptr)
      return;
    const auto query = query_of(command);
    if (!query || query->root.kind != NodeKind::kFunction ||
        std::ranges::find(kMeasures, query->root.text) == kMeasures.end())
      return;
    reports_.at_word(command, query_text(command)->word,
                     {fmt::format("with text output the CLI applies the query to each page: "
                                  "{}() prints a line for each",
                                  query->root.text),
                      "--output json"});
  }

  const Analysis& analysis_;
  Reports& reports_;
  ValueSources sources_;
};

void check_flow_many(const Analysis& analysis, Reports& reports) {
  FlowLook(analysis, reports).check();
}

}  // namespace

const Rule kFlowMany{"flow-many", Severity::kWarning,
                     "a text of several words where one value is needed", check_flow_many};

}  // namespace seatrial::runbook::check
