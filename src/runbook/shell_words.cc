// The words of commands: quotes removed, expansions marked unknown, and commands inside commands
// (substitutions, xargs, watch, bash -c, sudo) found. Statements are in shell_syntax.cc.
#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "runbook/shell_syntax.h"
#include "runbook/shell_tree.h"

namespace seatrial::runbook {
namespace {

bool is_expansion(std::string_view type) {
  return type == "simple_expansion" || type == "expansion" || type == "command_substitution" ||
         type == "process_substitution" || type == "arithmetic_expansion";
}

void add_byte(ShellWord& word, char byte, std::size_t origin) {
  word.text += byte;
  word.origins.push_back(static_cast<std::uint32_t>(origin));
}

// `raw` begins at `origin` in the script, as in all of these.
void add_literal(std::string_view raw, std::size_t origin, ShellWord& word) {
  for (std::size_t i = 0; i < raw.size(); ++i) add_byte(word, raw[i], origin + i);
}

void add_unquoted(std::string_view raw, std::size_t origin, ShellWord& word) {
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] == '\\' && i + 1 < raw.size() && raw[++i] == '\n') continue;
    add_byte(word, raw[i], origin + i);
  }
}

void add_double_quoted(std::string_view raw, std::size_t origin, ShellWord& word) {
  constexpr std::string_view kEscapable = "\"\\$`\n";
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const bool escape = raw[i] == '\\' && i + 1 < raw.size() && kEscapable.contains(raw[i + 1]);
    if (escape && raw[++i] == '\n') continue;
    add_byte(word, raw[i], origin + i);
  }
}

void add_unknown(const ShellTree& tree, TSNode node, ShellWord& word) {
  using Kind = ShellExpansion::Kind;
  ShellExpansion expansion;
  expansion.at = word.text.size();
  expansion.begin = ts_node_start_byte(node), expansion.end = ts_node_end_byte(node);
  const auto type = type_of(node);
  if (type == "command_substitution") expansion.kind = Kind::kSubstitution;
  if (type == "arithmetic_expansion") expansion.kind = Kind::kArithmetic;
  if (type == "simple_expansion" || type == "expansion") {
    const TSNode name = ts_node_named_child(node, 0);
    if (!ts_node_is_null(name) && type_of(name) == "variable_name")
      expansion.kind = Kind::kVariable, expansion.name = tree.text(name);
  }
  word.expansions.push_back(std::move(expansion));
  add_byte(word, ShellWord::kUnknown, ts_node_start_byte(node));
  word.known = false;
}

void add_string(const ShellTree& tree, TSNode node, ShellWord& word) {
  auto at = ts_node_start_byte(node) + 1;
  const auto close = std::max(ts_node_end_byte(node) - 1, at);
  each_child(node, [&](TSNode child) {
    if (!is_expansion(type_of(child))) return;
    const auto begin = ts_node_start_byte(child);
    if (begin >= at) add_double_quoted(tree.text().substr(at, begin - at), at, word);
    add_unknown(tree, child, word);
    at = ts_node_end_byte(child);
  });
  if (close > at) add_double_quoted(tree.text().substr(at, close - at), at, word);
  word.quoted = true;
}

void add_piece(const ShellTree& tree, TSNode node, ShellWord& word, int depth);

void add_concatenation(const ShellTree& tree, TSNode node, ShellWord& word, int depth) {
  const auto raw = tree.text(node);
  each_child(node, [&](TSNode child) { add_piece(tree, child, word, depth + 1); });
  if (raw.starts_with('{') && raw.contains(',')) word.known = false;  // brace expansion
}

void add_piece(const ShellTree& tree, TSNode node, ShellWord& word, int depth) {
  const auto type = type_of(node);
  const auto raw = tree.text(node);
  const auto begin = ts_node_start_byte(node);
  if (is_expansion(type) || depth > kMaxDepth) return add_unknown(tree, node, word);
  if (type == "string") return add_string(tree, node, word);
  if (type == "raw_string") {
    const bool closed = raw.size() >= 2;
    add_literal(closed ? raw.substr(1, raw.size() - 2) : raw, closed ? begin + 1 : begin, word);
    word.quoted = true;
    return;
  }
  if (type == "concatenation" || type == "command_name")
    return add_concatenation(tree, node, word, depth);
  if (type == "ansi_c_string" || type == "translated_string" || type == "brace_expression")
    return add_unknown(tree, node, word);
  add_unquoted(raw, begin, word);
}

struct Context {
  bool substitution = false;
  std::optional<TSNode> pipeline;
};

// A redirection takes one word; the grammar hands it all that follow, which are the command's.
void add_swallowed_words(const ShellTree& tree, TSNode statement, ShellCommand& command) {
  each_child(statement, [&](TSNode redirect) {
    if (type_of(redirect) != "file_redirect") return;
    int seen = 0;
    each_child(redirect, [&](TSNode child) {
      if (ts_node_is_named(child) && type_of(child) != "file_descriptor" && seen++ > 0)
        command.words.push_back(shell_word(tree, child));
    });
    const auto text = tree.text(redirect);
    const bool placeholder =
        text.size() > 1 && text[0] == '<' && std::isalpha(static_cast<unsigned char>(text[1]));
    if (placeholder || text.contains('\n')) command.damaged = true;
  });
}

class Finder {
 public:
  explicit Finder(const ShellTree& tree) : tree_(tree) {}

  std::vector<ShellCommand> find() {
    walk(tree_.root(), {}, 0);
    std::ranges::stable_sort(found_, {}, &ShellCommand::begin);
    return std::move(found_);
  }

 private:
  void walk(TSNode node, Context context, int depth) {
    if (depth > kMaxDepth) return;
    const auto type = type_of(node);
    if (type == "command_substitution" || type == "process_substitution")
      context = {.substitution = true, .pipeline = std::nullopt};
    if (type == "pipeline") context.pipeline = node;
    if (type == "command") add_command(node, context, nullptr);
    std::optional<TSNode> swallowing;
    if (type == "redirected_statement") swallowing = add_redirected(node, context);
    bool error_follows = false;
    each_child(node, [&](TSNode child) {
      error_follows = type_of(child) == "ERROR";
      if (error_follows && !found_.empty()) mark_damaged_before(child);
      if (swallowing && ts_node_eq(child, *swallowing)) return walk_inside(child, context, depth);
      walk(child, context, depth + 1);
    });
  }

  // A command's children may hold substitutions; the command itself is taken already.
  void walk_inside(TSNode node, Context context, int depth) {
    each_child(node, [&](TSNode child) { walk(child, context, depth + 1); });
  }

  std::optional<TSNode> add_redirected(TSNode node, Context context) {
    const TSNode body = ts_node_child_by_field_name(node, "body", 4);
    if (ts_node_is_null(body) || type_of(body) != "command") return std::nullopt;
    add_command(body, context, &node);
    return body;
  }

  void mark_damaged_before(TSNode error) {
    const auto begin = ts_node_start_byte(error);
    for (auto& command : found_) {
      const auto gap = begin >= command.end ? tree_.text().substr(command.end, begin - command.end)
                                            : std::string_view("");
      if (gap.find_first_not_of(" \t\\\n") == std::string_view::npos) command.damaged = true;
    }
  }

  void add_command(TSNode node, Context context, const TSNode* redirected) {
    ShellCommand command;
    command.begin = ts_node_start_byte(node);
    command.end = ts_node_end_byte(node);
    command.in_substitution = context.substitution;
    command.in_pipeline = context.pipeline.has_value();
    const TSNode whole = context.pipeline.value_or(node);
    command.pipeline_begin = ts_node_start_byte(whole);
    command.pipeline_end = ts_node_end_byte(whole);
    command.damaged = ts_node_has_error(node);
    each_child(node, [&](TSNode child) {
      const auto type = type_of(child);
      if (!ts_node_is_named(child) || type == "variable_assignment" || type == "comment") return;
      if (type.ends_with("_redirect")) return;
      command.words.push_back(shell_word(tree_, child));
    });
    if (redirected != nullptr) add_swallowed_words(tree_, *redirected, command);
    if (!command.words.empty()) found_.push_back(std::move(command));
  }

  const ShellTree& tree_;
  std::vector<ShellCommand> found_;
};

std::string_view base_name(std::string_view path) {
  return path.substr(path.find_last_of('/') + 1);
}

// A program that starts another one: which of its options take a value.
struct Starter {
  std::string_view name;
  std::string_view valued_options;  // each in blanks
  int operands;                     // words before the started command
};

constexpr std::array kStarters = {
    Starter{"sudo", " -u -g -h -p -C -r -t ", 0},
    Starter{"time", " -f -o ", 0},
    Starter{"nohup", " ", 0},
    Starter{"command", " ", 0},
    Starter{"exec", " -a ", 0},
    Starter{"env", " -u -C -S ", 0},
    Starter{"timeout", " -k -s ", 1},
    Starter{"nice", " -n ", 0},
    Starter{"xargs", " -I -n -P -L -d -E -s -a ", 0},
    Starter{"stdbuf", " -i -o -e ", 0},
    Starter{"builtin", " ", 0},
};

const Starter* find_starter(std::string_view name) {
  const auto* it = std::ranges::find(kStarters, name, &Starter::name);
  return it == kStarters.end() ? nullptr : it;
}

// Index of the started command's name, or 0 when there is none.
std::size_t started_at(const Starter& starter, const std::vector<ShellWord>& words) {
  int operands = starter.operands;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto& text = words[i].text;
    if (text.starts_with('-') && text.size() > 1) {
      if (starter.valued_options.contains(" " + text + " ")) ++i;
    } else if (starter.name == "env" && text.contains('=')) {
      continue;
    } else if (operands-- == 0) {
      return i;
    }
  }
  return 0;
}

void mark_replacements(ShellCommand& command, std::string_view mark) {
  for (auto& word : command.words) {
    if (!word.text.contains(mark)) continue;
    word.known = false;
    if (word.text == mark) {
      word.text = std::string(1, ShellWord::kUnknown);
      word.origins.resize(1);
    }
  }
}

std::optional<ShellCommand> started_by(const ShellCommand& outer) {
  const auto* starter = find_starter(base_name(outer.words[0].text));
  if (starter == nullptr) return std::nullopt;
  const auto at = started_at(*starter, outer.words);
  if (at == 0) return std::nullopt;
  ShellCommand inner = outer;
  inner.words.erase(inner.words.begin(), inner.words.begin() + static_cast<std::ptrdiff_t>(at));
  inner.begin = inner.words.front().begin;
  if (starter->name != "xargs") return inner;
  bool replaces = false;
  for (std::size_t i = 1; i < at; ++i) {
    if (!outer.words[i].text.starts_with("-I")) continue;
    replaces = true;
    const auto& option = outer.words[i].text;
    mark_replacements(inner, option.size() > 2 ? std::string_view(option).substr(2)
                                               : std::string_view(outer.words[i + 1].text));
  }
  inner.open_ended = !replaces;
  return inner;
}

// The word that is itself a script: of `watch CMD`, `bash -c CMD`.
const ShellWord* script_word(const ShellCommand& command) {
  const auto name = base_name(command.words[0].text);
  const auto& words = command.words;
  if (name == "bash" || name == "sh" || name == "zsh") {
    for (std::size_t i = 1; i + 1 < words.size(); ++i)
      if (words[i].text.starts_with('-') && words[i].text.ends_with('c')) return &words[i + 1];
  }
  if (name == "watch") {
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (words[i].text == "-n" || words[i].text == "--interval")
        ++i;
      else if (!words[i].text.starts_with('-'))
        return &words[i];
    }
  }
  return nullptr;
}

void add_nested(std::vector<ShellCommand>& found, std::size_t index, int depth);

bool is_expanded_at(const std::vector<ShellExpansion>& expansions, std::size_t at) {
  return std::ranges::find(expansions, at, &ShellExpansion::at) != expansions.end();
}

// A word of the script that `script` holds gets its places in the script around it, and what the
// outer shell replaces in it.
void move_out(ShellWord& word, const ShellWord& script) {
  const auto own = word.expansions;
  for (auto& expansion : word.expansions)
    expansion.begin = script.origin(expansion.begin), expansion.end = script.origin(expansion.end);
  for (std::size_t i = 0; i < word.text.size(); ++i) {
    if (word.text[i] != ShellWord::kUnknown || is_expanded_at(own, i)) continue;
    word.known = false;
    const auto outer = std::ranges::find(script.expansions, word.origins[i], &ShellExpansion::at);
    if (outer == script.expansions.end()) continue;
    word.expansions.push_back(*outer);
    word.expansions.back().at = i;
  }
  for (auto& origin : word.origins) origin = script.origin(origin);
  word.begin = script.origin(word.begin), word.end = script.origin(word.end);
}

// `watch aws ...`: the words are the command; `watch 'aws ...'`: the word is a script.
void add_scripted(std::vector<ShellCommand>& found, const ShellCommand& outer,
                  const ShellWord& word, int depth) {
  if (!word.quoted) {
    ShellCommand inner = outer;
    const auto at = &word - outer.words.data();
    inner.words.erase(inner.words.begin(), inner.words.begin() + at);
    inner.begin = inner.words.front().begin;
    found.push_back(std::move(inner));
    return add_nested(found, found.size() - 1, depth + 1);
  }
  for (auto inner : find_commands(word.text)) {
    for (auto& w : inner.words) move_out(w, word);
    for (auto* place : {&inner.begin, &inner.end, &inner.pipeline_begin, &inner.pipeline_end})
      *place = word.origin(*place);
    found.push_back(std::move(inner));
  }
}

void add_nested(std::vector<ShellCommand>& found, std::size_t index, int depth) {
  if (depth > 5) return;
  const ShellCommand outer = found[index];
  if (auto inner = started_by(outer)) {
    found.push_back(std::move(*inner));
    add_nested(found, found.size() - 1, depth + 1);
  }
  if (const auto* word = script_word(outer)) add_scripted(found, outer, *word, depth);
}

TSNode single_statement(TSNode root) {
  TSNode only{};
  int statements = 0;
  each_child(root, [&](TSNode child) {
    if (ts_node_is_named(child) && type_of(child) != "comment") only = child, ++statements;
  });
  return statements == 1 ? only : TSNode{};
}

void collect_variables(const ShellTree& tree, TSNode node, std::vector<std::string>& used,
                       std::set<std::string>& known, int depth) {
  if (depth > kMaxDepth) return;
  const auto type = type_of(node);
  if (type == "expansion" && tree.text(node).find_first_of(":-+=#%/!") != std::string_view::npos)
    return;
  if (type == "variable_name") {
    const TSNode parent = ts_node_parent(node);
    const std::string name(tree.text(node));
    const auto role = type_of(parent);
    if (role == "simple_expansion" || role == "expansion") {
      if (known.insert(name).second) used.push_back(name);
    }
    return;
  }
  const bool loop = type == "for_statement", assignment = type == "variable_assignment";
  const TSNode target = loop || assignment ? ts_node_named_child(node, 0) : TSNode{};
  if (loop && target.id != nullptr) known.insert(std::string(tree.text(target)));
  each_child(node, [&](TSNode c) { collect_variables(tree, c, used, known, depth + 1); });
  if (assignment && target.id != nullptr) known.insert(std::string(tree.text(target)));
}

void collect_assigned(const ShellTree& tree, TSNode node, std::vector<std::string>& names,
                      int depth) {
  const auto type = type_of(node);
  if (depth > kMaxDepth || type == "command" || type == "command_substitution" ||
      type == "subshell")
    return;
  if (type == "variable_assignment" || type == "for_statement") {
    const TSNode target = ts_node_named_child(node, 0);
    if (!ts_node_is_null(target)) names.emplace_back(tree.text(target));
  }
  each_child(node, [&](TSNode c) { collect_assigned(tree, c, names, depth + 1); });
}

}  // namespace

std::vector<std::string> assigned_variables(std::string_view script) {
  const ShellTree tree(script);
  std::vector<std::string> names;
  collect_assigned(tree, tree.root(), names, 0);
  for (const auto& command : find_commands(script)) {
    if (command.words[0].text != "read" || command.in_substitution || command.in_pipeline) continue;
    for (std::size_t i = 1; i < command.words.size(); ++i)
      if (!command.words[i].text.starts_with('-')) names.push_back(command.words[i].text);
  }
  return names;
}

ShellWord shell_word(const ShellTree& tree, TSNode node) {
  ShellWord word;
  word.begin = ts_node_start_byte(node);
  word.end = ts_node_end_byte(node);
  add_piece(tree, node, word, 0);
  return word;
}

std::vector<ShellCommand> find_commands(std::string_view script) {
  if (script.size() > kMaxScriptBytes) return {};
  return find_commands(ShellTree(script));
}

std::vector<ShellCommand> find_commands(const ShellTree& tree) {
  auto found = Finder(tree).find();
  const auto direct = found.size();
  for (std::size_t i = 0; i < direct; ++i) add_nested(found, i, 0);
  return found;
}

std::vector<std::string> pipeline_names(std::string_view script) {
  const ShellTree tree(script);
  TSNode node = single_statement(tree.root());
  if (node.id == nullptr) return {};
  if (type_of(node) == "redirected_statement") node = ts_node_named_child(node, 0);
  if (type_of(node) != "pipeline") return {};
  std::vector<std::string> names;
  each_child(node, [&](TSNode child) {
    if (!ts_node_is_named(child)) return;
    TSNode name = child;
    if (type_of(name) == "redirected_statement") name = ts_node_named_child(name, 0);
    name = ts_node_child_by_field_name(name, "name", 4);
    names.push_back(ts_node_is_null(name) ? "" : std::string(tree.text(name)));
  });
  return names;
}

std::vector<std::string> used_variables(std::string_view script) {
  const ShellTree tree(script);
  std::vector<std::string> used;
  std::set<std::string> known;
  collect_variables(tree, tree.root(), used, known, 0);
  return used;
}

}  // namespace seatrial::runbook
