// See shell_directives.h.
//
// Where the grammar could not read everything its statements may be torn: the lines that
// backslashes join are added to what it says.
#include "runbook/shell_directives.h"

#include <algorithm>

#include "runbook/shell_tree.h"
#include "runbook/text.h"

namespace seatrial::runbook {
namespace {

constexpr std::string_view kShellMark = "seatrial:";

// Where "seatrial:" begins in a comment, or npos when it says something else.
std::size_t mark_in(std::string_view comment) {
  const auto at = comment.find_first_not_of("# \t");
  return at != comment.npos && comment.substr(at).starts_with(kShellMark) ? at : comment.npos;
}

class ShellFinder {
 public:
  explicit ShellFinder(const ShellTree& tree) : tree_(tree), lines_(split_lines(tree.text())) {}

  std::vector<ShellDirective> find() {
    walk(tree_.root(), 0);
    return std::move(found_);
  }

 private:
  void walk(TSNode node, int depth) {
    if (depth > kMaxDepth) return;
    if (type_of(node) == "comment") return take(node);
    each_child(node, [&](TSNode child) { walk(child, depth + 1); });
  }

  void take(TSNode comment) {
    const auto at = mark_in(tree_.text(comment));
    if (at == std::string_view::npos) return;
    ShellDirective directive;
    directive.text = trim(tree_.text(comment).substr(at));
    directive.begin = ts_node_start_byte(comment) + static_cast<std::uint32_t>(at);
    const auto start = ts_node_start_point(comment);
    const bool alone = trim(lines_[start.row].substr(0, start.column)).empty();
    alone ? speak_of_next(comment, directive) : speak_of_line(comment, directive);
    found_.push_back(std::move(directive));
  }

  void speak_of_line(TSNode comment, ShellDirective& directive) const {
    const auto row = ts_node_start_point(comment).row;
    directive.first_line = directive.last_line = row;
    while (directive.first_line > 0 && goes_on(directive.first_line - 1)) --directive.first_line;
    const TSNode before = ts_node_prev_named_sibling(comment);
    if (!ts_node_is_null(before) && ts_node_end_point(before).row == row)
      directive.first_line = std::min(directive.first_line, ts_node_start_point(before).row);
  }

  void speak_of_next(TSNode comment, ShellDirective& directive) const {
    TSNode next = ts_node_next_named_sibling(comment);
    while (!ts_node_is_null(next) && type_of(next) == "comment")
      next = ts_node_next_named_sibling(next);
    directive.first_line = 1, directive.last_line = 0;
    if (ts_node_is_null(next)) return;
    directive.first_line = ts_node_start_point(next).row;
    const auto end = ts_node_end_point(next);
    directive.last_line = end.column == 0 && end.row > directive.first_line ? end.row - 1 : end.row;
    while (goes_on(directive.last_line)) ++directive.last_line;
  }

  bool goes_on(std::uint32_t line) const {
    return line + 1 < lines_.size() && lines_[line].ends_with('\\');
  }

  const ShellTree& tree_;
  std::vector<std::string_view> lines_;
  std::vector<ShellDirective> found_;
};

}  // namespace

std::vector<ShellDirective> shell_directives(std::string_view script) {
  if (!script.contains(kShellMark) || script.size() > kMaxScriptBytes) return {};
  const ShellTree tree(script);
  return ShellFinder(tree).find();
}

std::vector<ShellDirective> line_directives(std::string_view text) {
  std::vector<ShellDirective> found;
  if (!text.contains(kShellMark)) return found;
  std::uint32_t line = 0;
  for (auto content : split_lines(text)) {
    ++line;
    const auto begin = content.find_first_not_of(" \t");
    if (begin == content.npos || content[begin] != '#') continue;
    const auto at = mark_in(content);
    if (at == content.npos) continue;
    found.push_back({std::string(trim(content.substr(at))),
                     static_cast<std::uint32_t>(content.data() + at - text.data()), line, line});
  }
  return found;
}

}  // namespace seatrial::runbook
