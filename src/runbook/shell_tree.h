// Owning handles over tree-sitter's C API, and the few walks every user of it needs.
#pragma once
#include <tree_sitter/api.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "runbook/shell_syntax.h"

extern "C" const TSLanguage* tree_sitter_bash(void);

namespace seatrial::runbook {

// Longest script that is parsed; longer ones count as unreadable (a fence is a few kilobytes).
inline constexpr std::size_t kMaxScriptBytes = 1 << 20;
// Deepest nesting that is walked.
inline constexpr int kMaxDepth = 200;

class ShellTree {
 public:
  // The text must outlive it.
  explicit ShellTree(std::string_view text);
  TSNode root() const { return ts_tree_root_node(tree_.get()); }
  bool damaged() const { return ts_node_has_error(root()); }
  std::string_view text(TSNode node) const {
    auto begin = ts_node_start_byte(node), end = ts_node_end_byte(node);
    return text_.substr(begin, end - begin);
  }
  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
  std::unique_ptr<TSTree, decltype(&ts_tree_delete)> tree_;
};

inline std::string_view type_of(TSNode node) { return ts_node_type(node); }

// Calls visit(child) for each child, named or not, in order.
template <class F>
void each_child(TSNode node, F&& visit) {
  TSTreeCursor cursor = ts_tree_cursor_new(node);
  if (ts_tree_cursor_goto_first_child(&cursor)) {
    do visit(ts_tree_cursor_current_node(&cursor));
    while (ts_tree_cursor_goto_next_sibling(&cursor));
  }
  ts_tree_cursor_delete(&cursor);
}

// The word at a node (shell_words.cc).
ShellWord shell_word(const ShellTree& tree, TSNode node);
// find_commands of a script that is parsed already, or of a node of it.
std::vector<ShellCommand> find_commands(const ShellTree& tree);
std::vector<ShellCommand> find_commands(const ShellTree& tree, TSNode node);
// Adds the commands that those found start (shell_nested.cc).
void add_nested_commands(std::vector<ShellCommand>& found);

}  // namespace seatrial::runbook
