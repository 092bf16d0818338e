// Statements of a script: where one step ends and the next begins. The words are in
// shell_words.cc.
//
// A clean tree is split at its top-level children. In an unclean one (placeholders such as <arn>
// are redirections to the grammar, a query language in a shell fence is noise) paragraphs are read
// one by one, joined with their successors where that makes them clean.
#include "runbook/shell_syntax.h"

#include <algorithm>

#include "runbook/shell_tree.h"
#include "runbook/text.h"

namespace seatrial::runbook {
namespace {

// Paragraphs that may be joined to make one clean text, and how often the bytes of a script may be
// read in search of what belongs together.
constexpr std::size_t kMaxJoined = 12;
constexpr std::size_t kMaxReadings = 16;

std::string comment_text(std::string_view comment) {
  comment = trim(comment);
  while (!comment.empty() && comment.front() == '#') comment.remove_prefix(1);
  return std::string(trim(comment));
}

// The grammar lets a redirection's target stand on the next line; bash does not.
bool has_torn_redirect(const ShellTree& tree, TSNode node, int depth = 0) {
  if (depth > kMaxDepth) return true;
  if (type_of(node) == "file_redirect") {
    const auto operator_end = tree.text(node).find_first_not_of("<>&|0123456789 \t");
    if (operator_end != std::string_view::npos && tree.text(node)[operator_end] == '\n')
      return true;
  }
  bool torn = false;
  each_child(node, [&](TSNode child) { torn = torn || has_torn_redirect(tree, child, depth + 1); });
  return torn;
}

bool clean(const ShellTree& tree) {
  return !tree.damaged() && !has_torn_redirect(tree, tree.root());
}

void move_commands(std::vector<ShellCommand>& commands, std::uint32_t by) {
  for (auto& command : commands) {
    for (auto* place :
         {&command.begin, &command.end, &command.pipeline_begin, &command.pipeline_end})
      *place += by;
    for (auto& word : command.words) {
      word.begin += by, word.end += by;
      for (auto& origin : word.origins) origin += by;
      for (auto& expansion : word.expansions) expansion.begin += by, expansion.end += by;
    }
  }
}

// Collects top-level children into statements: `a &` and here-documents keep their tails.
class Splitter {
 public:
  // The tree's text begins on this line and byte of the script.
  Splitter(const ShellTree& tree, std::uint32_t first_line, std::uint32_t first_byte)
      : tree_(tree), first_line_(first_line), first_byte_(first_byte) {}

  ShellScript split() {
    each_child(tree_.root(), [&](TSNode child) { take(child); });
    script_.closing_comments = std::move(comments_);
    return std::move(script_);
  }

 private:
  void take(TSNode node) {
    const auto type = type_of(node);
    if (type == "comment") return take_comment(node);
    if (type == "&" || type == ";" || type == ";;") return take_terminator(node);
    if (trim(tree_.text(node)).empty()) return;
    add_statement(node);
  }

  void take_comment(TSNode node) {
    const auto line = first_line_ + ts_node_start_point(node).row;
    auto text = comment_text(tree_.text(node));
    if (!script_.statements.empty() && script_.statements.back().end_line == line)
      script_.statements.back().trailing.push_back(std::move(text));
    else
      comments_.push_back(std::move(text));
  }

  void take_terminator(TSNode node) {
    if (type_of(node) == "&" && !script_.statements.empty()) script_.statements.back().text += " &";
  }

  void add_statement(TSNode node) {
    ShellStatement statement;
    statement.text = std::string(trim(tree_.text(node)));
    statement.line = first_line_ + ts_node_start_point(node).row;
    const auto end = ts_node_end_point(node);
    statement.end_line = first_line_ + end.row - (end.column == 0 && end.row > 0 ? 1 : 0);
    statement.comments = std::move(comments_);
    comments_.clear();
    statement.commands = find_commands(tree_, node);
    if (first_byte_ != 0) move_commands(statement.commands, first_byte_);
    script_.statements.push_back(std::move(statement));
  }

  const ShellTree& tree_;
  std::uint32_t first_line_, first_byte_;
  ShellScript script_;
  std::vector<std::string> comments_;
};

struct Paragraph {
  std::size_t begin, end;
  std::uint32_t line;
};

std::vector<Paragraph> paragraphs_of(std::string_view script) {
  std::vector<Paragraph> out;
  std::size_t at = 0;
  std::uint32_t line = 0;
  bool open = false, only_comments = true;
  while (at < script.size()) {
    auto end = std::min(script.find('\n', at), script.size());
    const auto content = trim(script.substr(at, end - at));
    const bool comment = content.starts_with('#');
    if (content.empty() || (comment && open && !only_comments)) open = false;
    if (!content.empty()) {
      if (!open) out.push_back({at, end, line}), only_comments = true;
      open = true;
      only_comments = only_comments && comment;
      out.back().end = end;
    }
    at = end + 1;
    ++line;
  }
  return out;
}

// A paragraph nobody can read: its leading comment lines apart, the rest is one statement.
ShellScript damaged_paragraph(std::string_view text, std::uint32_t line, std::uint32_t byte) {
  ShellScript script;
  ShellStatement statement;
  const char* const first = text.data();
  while (text.starts_with('#')) {
    const auto end = std::min(text.find('\n'), text.size());
    statement.comments.push_back(comment_text(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line;
  }
  text = trim(text);
  statement.text = std::string(text);
  statement.commands = find_commands(text);
  if (!text.empty())
    move_commands(statement.commands, byte + static_cast<std::uint32_t>(text.data() - first));
  statement.line = line;
  statement.end_line = line + static_cast<std::uint32_t>(std::ranges::count(statement.text, '\n'));
  statement.damaged = true;
  if (!statement.text.empty()) script.statements.push_back(std::move(statement));
  return script;
}

void append(ShellScript& to, ShellScript from) {
  if (!from.statements.empty()) {
    auto& comments = from.statements.front().comments;
    comments.insert(comments.begin(), to.closing_comments.begin(), to.closing_comments.end());
    to.closing_comments.clear();
  }
  std::ranges::move(from.statements, std::back_inserter(to.statements));
  std::ranges::move(from.closing_comments, std::back_inserter(to.closing_comments));
}

// How many paragraphs from `first` on make the shortest clean text; 0 when none does. Takes the
// bytes it reads from the allowance; without one, paragraphs are read alone.
std::size_t clean_run(std::string_view script, const std::vector<Paragraph>& paragraphs,
                      std::size_t first, std::size_t& allowance) {
  for (std::size_t n = 1; n <= kMaxJoined && first + n <= paragraphs.size(); ++n) {
    const auto begin = paragraphs[first].begin, length = paragraphs[first + n - 1].end - begin;
    if (n > 1 && length > allowance) return 0;
    allowance -= std::min(allowance, length);
    if (clean(ShellTree(script.substr(begin, length)))) return n;
  }
  return 0;
}

ShellScript split_by_paragraph(std::string_view script) {
  const auto paragraphs = paragraphs_of(script);
  auto allowance = kMaxReadings * script.size();
  ShellScript out;
  for (std::size_t i = 0; i < paragraphs.size();) {
    const auto& p = paragraphs[i];
    const auto n = clean_run(script, paragraphs, i, allowance);
    if (n == 0) {
      append(out, damaged_paragraph(script.substr(p.begin, p.end - p.begin), p.line,
                                    static_cast<std::uint32_t>(p.begin)));
      ++i;
      continue;
    }
    const ShellTree tree(script.substr(p.begin, paragraphs[i + n - 1].end - p.begin));
    append(out, Splitter(tree, p.line, static_cast<std::uint32_t>(p.begin)).split());
    i += n;
  }
  return out;
}

}  // namespace

bool is_valid_shell(std::string_view script) {
  return script.size() <= kMaxScriptBytes && clean(ShellTree(script));
}

ShellScript split_statements(std::string_view script) {
  if (script.size() > kMaxScriptBytes) return damaged_paragraph(script, 0, 0);
  const ShellTree tree(script);
  if (clean(tree)) return Splitter(tree, 0, 0).split();
  return split_by_paragraph(script);
}

}  // namespace seatrial::runbook
