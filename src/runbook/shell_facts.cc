// See shell_facts.h: one walk over the tree, then what builtins do with their words.
#include "runbook/shell_facts.h"

#include <algorithm>
#include <cctype>

#include "runbook/shell_tree.h"

namespace seatrial::runbook {
namespace {

using Scope = ShellAssignment::Scope;
using How = ShellAssignment::How;

// Where the walk is.
struct Place {
  Scope scope = Scope::kShell;
  std::uint32_t scope_begin = 0, scope_end = 0;
  bool in_function = false;
  bool tested = false;
  int depth = 0;
};

bool is_variable_byte(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }
bool is_variable_name(std::string_view text) {
  return !text.empty() && !std::isdigit(static_cast<unsigned char>(text[0])) &&
         std::ranges::all_of(text, is_variable_byte);
}

TSNode field(TSNode node, std::string_view name) {
  return ts_node_child_by_field_name(node, name.data(), static_cast<std::uint32_t>(name.size()));
}

class Collector {
 public:
  explicit Collector(const ShellTree& tree) : tree_(tree) {}

  ShellFacts collect() {
    walk(tree_.root(), {});
    return std::move(facts_);
  }

 private:
  void walk(TSNode node, Place place) {
    if (place.depth > kMaxDepth) return;
    const auto type = type_of(node);
    if (ts_node_is_missing(node) || type == "ERROR") add_error(node);
    if (type == "variable_assignment") add_assignment(node, place);
    if (type == "for_statement") add_loop(node, place);
    if (type == "simple_expansion" || type == "expansion") add_use(node, place);
    if (type == "function_definition") add_function(node);
    if (type == "declaration_command") add_declared(node, place);
    if (type == "file_redirect") add_redirection(node);
    if (type == "heredoc_redirect") add_here_document(node);
    if (is_arithmetic(type, node)) add_arithmetic(node, place);
    place = inside(type, node, place);
    each_child(node, [&](TSNode child) { walk(child, place); });
  }

  // The place of a node's children.
  Place inside(std::string_view type, TSNode node, Place place) const {
    ++place.depth;
    if (type == "command" && place.scope == Scope::kShell) place.scope = Scope::kCommand;
    if (type == "command_substitution" || type == "process_substitution" || type == "subshell" ||
        type == "pipeline") {
      place.scope = Scope::kNested;
      place.scope_begin = ts_node_start_byte(node), place.scope_end = ts_node_end_byte(node);
    }
    if (type == "function_definition") place.in_function = true;
    if (type == "unary_expression") {
      const auto text = tree_.text(node);
      place.tested = text.starts_with("-z") || text.starts_with("-n") || text.starts_with("! -");
    }
    return place;
  }

  void add_error(TSNode node) {
    facts_.errors.push_back({ts_node_start_byte(node), ts_node_end_byte(node),
                             ts_node_is_missing(node) ? std::string(type_of(node)) : ""});
  }

  ShellAssignment target(TSNode name, Place place, How how) const {
    ShellAssignment assignment;
    assignment.name = tree_.text(name);
    assignment.begin = ts_node_start_byte(name), assignment.end = ts_node_end_byte(name);
    assignment.has_value = false;
    assignment.in_function = place.in_function;
    assignment.scope = place.scope;
    assignment.scope_begin = place.scope_begin, assignment.scope_end = place.scope_end;
    assignment.how = how;
    return assignment;
  }

  void add_assignment(TSNode node, Place place) {
    TSNode name = field(node, "name");
    if (!ts_node_is_null(name) && type_of(name) == "subscript") name = ts_node_named_child(name, 0);
    if (ts_node_is_null(name) || type_of(name) != "variable_name") return;
    auto assignment = target(name, place, How::kValue);
    const TSNode value = field(node, "value");
    assignment.list = !ts_node_is_null(value) && type_of(value) == "array";
    assignment.has_value = !assignment.list;
    if (assignment.has_value && !ts_node_is_null(value))
      assignment.value = shell_word(tree_, value);
    facts_.assignments.push_back(std::move(assignment));
  }

  void add_loop(TSNode node, Place place) {
    const TSNode name = field(node, "variable");
    if (ts_node_is_null(name)) return;
    auto assignment = target(name, place, How::kLoop);
    bool in_words = false;
    each_child(node, [&](TSNode child) {
      if (type_of(child) == "do_group" || type_of(child) == "compound_statement") in_words = false;
      if (in_words && ts_node_is_named(child)) assignment.words.push_back(shell_word(tree_, child));
      if (type_of(child) == "in") in_words = true;
    });
    facts_.assignments.push_back(std::move(assignment));
  }

  // `export NAME`, `declare NAME` without a value; `export $(...)` sets who knows what.
  void add_declared(TSNode node, Place place) {
    each_child(node, [&](TSNode child) {
      const auto type = type_of(child);
      if (type == "variable_name")
        facts_.assignments.push_back(target(child, place, How::kDeclared));
      if (type == "command_substitution" || type == "string" || type == "concatenation")
        if (tree_.text(child).contains("$(") || tree_.text(child).contains('`'))
          facts_.unknown_setters.push_back(ts_node_start_byte(child));
    });
  }

  void add_use(TSNode node, Place place) {
    TSNode name{};
    bool found = false;
    each_child(node, [&](TSNode child) {
      if (!found && type_of(child) == "variable_name") name = child, found = true;
    });
    if (!found || !is_variable_name(tree_.text(name))) return;
    VariableUse use;
    use.name = tree_.text(name);
    use.begin = ts_node_start_byte(node), use.end = ts_node_end_byte(node);
    use.tested = place.tested;
    use.in_function = place.in_function;
    auto behind = tree_.text().substr(ts_node_end_byte(name), 2);
    if (type_of(node) == "expansion") {
      if (behind.starts_with(':')) behind.remove_prefix(1);
      const char mark = behind.empty() ? '\0' : behind[0];
      use.has_default = std::string_view("-=?+").contains(mark) && mark != '\0';
      if (mark == '=') {
        if (place.scope == Scope::kCommand) place.scope = Scope::kShell;
        facts_.assignments.push_back(target(name, place, How::kDefault));
      }
      if (mark == '?') use.tested = true;
    }
    facts_.uses.push_back(std::move(use));
  }

  void add_function(TSNode node) {
    const TSNode name = field(node, "name");
    if (ts_node_is_null(name)) return;
    facts_.functions.push_back(
        {std::string(tree_.text(name)), ts_node_start_byte(node), ts_node_end_byte(node)});
  }

  void add_redirection(TSNode node) {
    std::string_view operation;
    TSNode target{};
    bool found = false;
    each_child(node, [&](TSNode child) {
      const auto type = type_of(child);
      if (type == "file_descriptor") return;
      if (!ts_node_is_named(child) && operation.empty()) operation = type;
      if (ts_node_is_named(child) && !found) target = child, found = true;
    });
    if (!found || operation == "<&" || operation == "<&-" || operation == ">&-") return;
    if (type_of(target) == "process_substitution") return;
    if (operation == ">&" && type_of(target) == "number") return;
    facts_.redirections.push_back({shell_word(tree_, target), operation.contains('>'),
                                   ts_node_start_byte(node), ts_node_end_byte(target)});
  }

  void add_here_document(TSNode node) {
    HereDocument document;
    document.command_begin = ts_node_start_byte(ts_node_parent(node));
    document.begin = document.end = ts_node_end_byte(node);
    each_child(node, [&](TSNode child) {
      const auto type = type_of(child);
      const auto text = tree_.text(child);
      if (type == "heredoc_start") {
        document.literal = text.find_first_of("'\"\\") != std::string_view::npos;
        for (char c : text)
          if (c != '\'' && c != '"' && c != '\\') document.delimiter += c;
      }
      if (type == "heredoc_body")
        document.begin = ts_node_start_byte(child), document.end = ts_node_end_byte(child);
    });
    facts_.here_documents.push_back(std::move(document));
  }

  static bool is_arithmetic(std::string_view type, TSNode node) {
    if (type == "arithmetic_expansion" || type == "c_style_for_statement") return true;
    if (type != "test_command") return false;
    return ts_node_child_count(node) > 0 && type_of(ts_node_child(node, 0)) == "((";
  }

  // Every NAME=, NAME+=, NAME++ and the like in the text of arithmetic.
  void add_arithmetic(TSNode node, Place place) {
    const auto text = tree_.text(node).substr(0, tree_.text(node).find("))"));
    for (std::size_t at = 0; at < text.size();) {
      if (!is_variable_byte(text[at])) {
        ++at;
        continue;
      }
      auto end = at;
      while (end < text.size() && is_variable_byte(text[end])) ++end;
      if (is_variable_name(text.substr(at, end - at)) && is_changed(text, at, end))
        add_changed(node, place, text.substr(at, end - at), at);
      at = end;
    }
  }

  static bool is_changed(std::string_view text, std::size_t begin, std::size_t end) {
    const auto before = text.substr(0, begin), behind = text.substr(end);
    if (before.ends_with("++") || before.ends_with("--")) return true;
    const auto operation = behind.substr(std::min(behind.find_first_not_of(" \t"), behind.size()));
    if (operation.starts_with("++") || operation.starts_with("--")) return true;
    const auto equals = operation.find_first_not_of("+-*/%&|^<>");
    return equals < 3 && operation.substr(equals).starts_with('=') &&
           !operation.substr(equals).starts_with("==") &&
           !(equals == 1 && (operation[0] == '<' || operation[0] == '>'));
  }

  void add_changed(TSNode node, Place place, std::string_view name, std::size_t at) {
    ShellAssignment assignment = target(node, place, How::kArithmetic);
    assignment.name = name;
    assignment.begin += static_cast<std::uint32_t>(at);
    assignment.end = assignment.begin + static_cast<std::uint32_t>(name.size());
    if (assignment.scope == Scope::kCommand) assignment.scope = Scope::kShell;
    facts_.assignments.push_back(std::move(assignment));
  }

  const ShellTree& tree_;
  ShellFacts facts_;
};

// Builtins that set variables named by their words.
class Builtins {
 public:
  explicit Builtins(ShellFacts& facts) : facts_(facts) {}

  void collect() {
    for (const auto& command : facts_.commands) {
      const auto& name = command.words[0].text;
      if (command.remote) continue;
      if (name == "read") add_words(command, 1, " -a -d -i -n -N -p -t -u ");
      if (name == "mapfile" || name == "readarray") add_words(command, 1, " -d -n -O -s -u -C -c ");
      if (name == "getopts" && command.words.size() > 2) add(command, command.words[2]);
      if (name == "printf" && command.words.size() > 2 && command.words[1].text == "-v")
        add(command, command.words[2]);
      if (name == "let") add_let(command);
      if (name == "." || name == "source" || name == "eval") add_unknown(command);
    }
  }

 private:
  void add(const ShellCommand& command, const ShellWord& word) {
    if (!word.known || !is_variable_name(word.text)) return;
    ShellAssignment assignment;
    assignment.name = word.text;
    assignment.has_value = false;
    assignment.begin = word.begin, assignment.end = word.end;
    assignment.how = How::kRead;
    if (command.in_pipeline || command.in_substitution) {
      assignment.scope = Scope::kNested;
      assignment.scope_begin = command.pipeline_begin, assignment.scope_end = command.pipeline_end;
    }
    facts_.assignments.push_back(std::move(assignment));
  }

  void add_words(const ShellCommand& command, std::size_t first, std::string_view valued) {
    for (auto i = first; i < command.words.size(); ++i) {
      const auto& word = command.words[i];
      if (word.text == "-a" && i + 1 < command.words.size()) add(command, command.words[i + 1]);
      if (valued.contains(" " + word.text + " "))
        ++i;
      else if (!word.text.starts_with('-'))
        add(command, word);
    }
  }

  void add_let(const ShellCommand& command) {
    for (std::size_t i = 1; i < command.words.size(); ++i) {
      auto word = command.words[i];
      word.text = word.text.substr(0, word.text.find_first_of("=+-*/ "));
      add(command, word);
    }
  }

  // An activation script of Python's sets nothing that a document would use.
  void add_unknown(const ShellCommand& command) {
    const bool python = command.words.size() > 1 && command.words[1].text.ends_with("bin/activate");
    if (!python) facts_.unknown_setters.push_back(command.begin);
  }

  ShellFacts& facts_;
};

}  // namespace

ShellFacts shell_facts(std::string_view script) {
  if (script.size() > kMaxScriptBytes) return {};
  const ShellTree tree(script);
  auto facts = Collector(tree).collect();
  facts.commands = find_commands(tree);
  Builtins(facts).collect();
  std::ranges::stable_sort(facts.assignments, {}, &ShellAssignment::begin);
  std::ranges::sort(facts.unknown_setters);
  return facts;
}

}  // namespace seatrial::runbook
