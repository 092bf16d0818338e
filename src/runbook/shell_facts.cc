// See shell_facts.h: one walk over the tree.
#include "runbook/shell_facts.h"

#include <algorithm>

#include "runbook/shell_tree.h"

namespace seatrial::runbook {
namespace {

using Scope = ShellAssignment::Scope;

class Collector {
 public:
  explicit Collector(const ShellTree& tree) : tree_(tree) {}

  ShellFacts collect() {
    walk(tree_.root(), Scope::kShell, 0);
    return std::move(facts_);
  }

 private:
  void walk(TSNode node, Scope scope, int depth) {
    if (depth > kMaxDepth) return;
    const auto type = type_of(node);
    if (ts_node_is_missing(node) || type == "ERROR") add_error(node);
    if (type == "variable_assignment") add_assignment(node, scope);
    if (type == "for_statement")
      add_target(ts_node_child_by_field_name(node, "variable", 8), scope);
    if (type == "simple_expansion" || type == "expansion") add_use(node);
    if (type == "function_definition") add_function(node);
    if (type == "declaration_command") add_declared(node, scope);
    each_child(node, [&](TSNode child) { walk(child, scope_of(type, scope), depth + 1); });
  }

  static Scope scope_of(std::string_view parent, Scope scope) {
    if (parent == "command" && scope == Scope::kShell) return Scope::kCommand;
    if (parent == "command_substitution" || parent == "process_substitution" ||
        parent == "subshell" || parent == "pipeline")
      return Scope::kNested;
    return scope;
  }

  void add_error(TSNode node) {
    facts_.errors.push_back({ts_node_start_byte(node), ts_node_end_byte(node),
                             ts_node_is_missing(node) ? std::string(type_of(node)) : ""});
  }

  void add_assignment(TSNode node, Scope scope) {
    const TSNode name = ts_node_child_by_field_name(node, "name", 4);
    if (ts_node_is_null(name) || type_of(name) != "variable_name") return;
    ShellAssignment assignment = target(name, scope);
    const TSNode value = ts_node_child_by_field_name(node, "value", 5);
    assignment.has_value = true;
    if (!ts_node_is_null(value)) assignment.value = shell_word(tree_, value);
    facts_.assignments.push_back(std::move(assignment));
  }

  void add_target(TSNode name, Scope scope) {
    if (!ts_node_is_null(name)) facts_.assignments.push_back(target(name, scope));
  }

  // `export NAME`, `declare NAME` without a value.
  void add_declared(TSNode node, Scope scope) {
    each_child(node, [&](TSNode child) {
      if (type_of(child) == "variable_name") add_target(child, scope);
    });
  }

  ShellAssignment target(TSNode name, Scope scope) const {
    ShellAssignment assignment;
    assignment.name = tree_.text(name);
    assignment.begin = ts_node_start_byte(name), assignment.end = ts_node_end_byte(name);
    assignment.has_value = false;
    assignment.scope = scope;
    return assignment;
  }

  void add_use(TSNode node) {
    TSNode name{};
    bool found = false;
    each_child(node, [&](TSNode child) {
      if (!found && type_of(child) == "variable_name") name = child, found = true;
    });
    if (!found) return;
    VariableUse use;
    use.name = tree_.text(name);
    use.begin = ts_node_start_byte(node), use.end = ts_node_end_byte(node);
    const auto behind = tree_.text().substr(ts_node_end_byte(name), 2);
    use.has_default =
        type_of(node) == "expansion" &&
        (behind.starts_with(":-") || behind.starts_with(":=") || behind.starts_with(":?") ||
         behind.starts_with(":+") || behind.starts_with("-") || behind.starts_with("=") ||
         behind.starts_with("?") || behind.starts_with("+"));
    facts_.uses.push_back(std::move(use));
  }

  void add_function(TSNode node) {
    const TSNode name = ts_node_child_by_field_name(node, "name", 4);
    if (!ts_node_is_null(name)) facts_.functions.emplace_back(tree_.text(name));
  }

  const ShellTree& tree_;
  ShellFacts facts_;
};

// `read NAME ...` sets its arguments.
void add_read_variables(ShellFacts& facts) {
  for (const auto& command : facts.commands) {
    if (command.words[0].text != "read") continue;
    for (std::size_t i = 1; i < command.words.size(); ++i) {
      const auto& word = command.words[i];
      if (word.text.starts_with('-') || !word.known) continue;
      ShellAssignment assignment;
      assignment.name = word.text;
      assignment.has_value = false;
      assignment.begin = word.begin, assignment.end = word.end;
      assignment.scope =
          command.in_substitution || command.in_pipeline ? Scope::kNested : Scope::kShell;
      facts.assignments.push_back(std::move(assignment));
    }
  }
}

}  // namespace

ShellFacts shell_facts(std::string_view script) {
  if (script.size() > kMaxScriptBytes) return {};
  const ShellTree tree(script);
  auto facts = Collector(tree).collect();
  facts.commands = find_commands(tree);
  add_read_variables(facts);
  std::ranges::stable_sort(facts.assignments, {}, &ShellAssignment::begin);
  return facts;
}

}  // namespace seatrial::runbook
