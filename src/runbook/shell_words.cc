// The words of commands: quotes removed, expansions marked unknown. Statements are in
// shell_syntax.cc, commands that other commands start in shell_nested.cc.
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

// $'...' with the escapes that stand for one byte each; others make the word unknown.
void add_escaped(std::string_view raw, std::size_t origin, ShellWord& word) {
  constexpr std::string_view kNames = "abefnrtv\\'\"?", kBytes = "\a\b\x1b\f\n\r\t\v\\'\"?";
  word.quoted = true;
  for (std::size_t i = 2; i + 1 < raw.size(); ++i) {
    if (raw[i] != '\\') {
      add_byte(word, raw[i], origin + i);
      continue;
    }
    const auto at = kNames.find(raw[++i]);
    if (at == std::string_view::npos) word.known = false;
    add_byte(word, at == std::string_view::npos ? ShellWord::kUnknown : kBytes[at], origin + i);
  }
}

// "$@" and "${list[@]}" are as many words as there are, quoted or not.
bool makes_several(std::string_view expansion) {
  return expansion == "$@" || expansion.starts_with("${@") || expansion.contains("[@]");
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
  if (type == "translated_string") return add_concatenation(tree, node, word, depth);
  if (type == "ansi_c_string") return add_escaped(raw, begin, word);
  if (type == "brace_expression") return add_unknown(tree, node, word);
  add_unquoted(raw, begin, word);
}

bool in_name(char c) { return c == '_' || std::isalnum(static_cast<unsigned char>(c)) != 0; }

// `word` begins with the name whose `$` the grammar left at the end of `whole`.
void join_variable(ShellWord& whole, ShellWord& word) {
  const auto size = std::size_t(std::ranges::find_if_not(word.text, in_name) - word.text.begin());
  if (size == 0 || std::isdigit(static_cast<unsigned char>(word.text[0])) != 0) return;
  const auto last = whole.text.size() - 1;
  whole.expansions.push_back({ShellExpansion::Kind::kVariable, word.text.substr(0, size), last,
                              whole.origins.back(), word.origin(size - 1) + 1});
  whole.text[last] = ShellWord::kUnknown;
  whole.known = false;
  word.text.erase(0, size);
  word.origins.erase(word.origins.begin(), word.origins.begin() + std::ptrdiff_t(size));
  for (auto& expansion : word.expansions) expansion.at -= size;
}

// The grammar ends a word where an escape touches an expansion; the shell does not.
void add_word(const ShellTree& tree, ShellWord word, std::vector<ShellWord>& words) {
  if (words.empty() || words.back().end != word.begin) return words.push_back(std::move(word));
  ShellWord& whole = words.back();
  const auto written = tree.text().substr(0, whole.end);
  if (written.ends_with('$') && !written.ends_with("\\$") && whole.text.ends_with('$')) {
    join_variable(whole, word);
  }
  for (auto& expansion : word.expansions) {
    expansion.at += whole.text.size();
    whole.expansions.push_back(std::move(expansion));
  }
  whole.text += word.text;
  whole.origins.insert(whole.origins.end(), word.origins.begin(), word.origins.end());
  whole.end = word.end;
  whole.known = whole.known && word.known;
  whole.quoted = whole.quoted && word.quoted;
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

class WordFinder {
 public:
  explicit WordFinder(const ShellTree& tree) : tree_(tree) {}

  std::vector<ShellCommand> find(TSNode node) {
    walk(node, {}, 0);
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
      add_word(tree_, shell_word(tree_, child), command.words);
    });
    if (redirected != nullptr) add_swallowed_words(tree_, *redirected, command);
    if (!command.words.empty()) found_.push_back(std::move(command));
  }

  const ShellTree& tree_;
  std::vector<ShellCommand> found_;
};

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
  for (const auto& expansion : word.expansions)
    if (makes_several(tree.text().substr(expansion.begin, expansion.end - expansion.begin)))
      word.quoted = false;
  return word;
}

void mark_placeholder(ShellWord& word, std::uint32_t begin, std::uint32_t end) {
  const auto first = std::ranges::lower_bound(word.origins, begin);
  const auto last = std::ranges::lower_bound(word.origins, end);
  if (first == last) return;
  const auto at = static_cast<std::size_t>(first - word.origins.begin());
  const auto length = static_cast<std::size_t>(last - first);
  word.text.replace(at, length, 1, ShellWord::kUnknown);
  word.origins.erase(first + 1, last);
  for (auto& expansion : word.expansions)
    if (expansion.at > at) expansion.at -= length - 1;
  word.expansions.push_back({ShellExpansion::Kind::kPlaceholder, {}, at, begin, end});
  word.known = false;
  word.quoted = true;  // what is put there is meant as one word
}

std::vector<ShellCommand> find_commands(std::string_view script) {
  if (script.size() > kMaxScriptBytes) return {};
  return find_commands(ShellTree(script));
}

std::vector<ShellCommand> find_commands(const ShellTree& tree) {
  return find_commands(tree, tree.root());
}

std::vector<ShellCommand> find_commands(const ShellTree& tree, TSNode node) {
  auto found = WordFinder(tree).find(node);
  add_nested_commands(found);
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
