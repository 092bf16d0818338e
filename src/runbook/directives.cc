// See directives.h. cmark says which comments are comments (not shown as code) and what stands
// behind them, but not where they stand inside a block: that is looked up in the source.
#include "runbook/directives.h"

#include <algorithm>
#include <memory>

#include "runbook/text.h"

namespace seatrial::runbook {
namespace {

constexpr std::string_view kOpen = "<!--";
constexpr std::string_view kClose = "-->";
constexpr std::string_view kMark = "seatrial:";

std::string_view literal_of(cmark_node* node) {
  const char* literal = cmark_node_get_literal(node);
  return literal == nullptr ? "" : literal;
}

bool is_comment(cmark_node* node) {
  const auto text = trim(literal_of(node));
  return cmark_node_get_type(node) == CMARK_NODE_HTML_BLOCK && text.starts_with(kOpen) &&
         text.ends_with(kClose);
}

// Comments may be stacked: they speak of what stands behind the last of them.
cmark_node* next_block(cmark_node* node) {
  do node = cmark_node_next(node);
  while (node != nullptr && is_comment(node));
  return node;
}

int block_line(cmark_node* node) {
  while (node != nullptr && cmark_node_get_type(node) == CMARK_NODE_HTML_INLINE)
    node = cmark_node_parent(node);
  return node == nullptr ? 1 : cmark_node_get_start_line(node);
}

class Finder {
 public:
  explicit Finder(const Document& document) : document_(document) {}

  // Several comments may stand in one piece of HTML.
  void take(cmark_node* node) {
    const auto html = literal_of(node);
    for (std::size_t at = 0; (at = html.find(kOpen, at)) != html.npos;) {
      const auto close = html.find(kClose, at + kOpen.size());
      if (close == html.npos) return;
      const auto text = trim(html.substr(at + kOpen.size(), close - at - kOpen.size()));
      if (text.starts_with(kMark)) add(node, html.substr(at, close + kClose.size() - at), text);
      at = close + kClose.size();
    }
  }

  std::vector<Directive> found;

 private:
  void add(cmark_node* node, std::string_view comment, std::string_view text) {
    Directive directive;
    directive.text = text;
    if (!place(block_line(node), comment, directive)) return;
    const bool between = cmark_node_get_type(node) == CMARK_NODE_HTML_BLOCK;
    if (cmark_node* target = between ? next_block(node) : nullptr) {
      directive.target_line = cmark_node_get_start_line(target);
      directive.target_end_line = cmark_node_get_end_line(target);
    }
    found.push_back(std::move(directive));
  }

  // From the block's first line on, behind the directive before it.
  bool place(int line, std::string_view comment, Directive& directive) {
    const auto first = static_cast<std::size_t>(std::max(line, 1)) - 1;
    if (first >= document_.lines.size()) return false;
    const auto opening = comment.substr(0, comment.find('\n'));
    const auto at = document_.source.find(opening, std::max(offset(first), end_));
    if (at == std::string::npos) return false;
    end_ = at + opening.size();
    const char* byte = document_.source.data() + at;
    const auto behind =
        std::ranges::upper_bound(document_.lines, byte, {}, &std::string_view::data);
    const auto index = static_cast<std::size_t>(behind - document_.lines.begin()) - 1;
    directive.line = static_cast<int>(index) + 1;
    directive.column = static_cast<int>(at - offset(index));
    directive.end_line = directive.line + static_cast<int>(std::ranges::count(comment, '\n'));
    return true;
  }

  std::size_t offset(std::size_t line) const {
    return static_cast<std::size_t>(document_.lines[line].data() - document_.source.data());
  }

  const Document& document_;
  std::size_t end_ = 0;  // of the last one found
};

}  // namespace

std::vector<Directive> find_directives(cmark_node* root, const Document& document) {
  if (!document.source.contains(kMark)) return {};
  Finder finder(document);
  std::unique_ptr<cmark_iter, decltype(&cmark_iter_free)> it(cmark_iter_new(root),
                                                             &cmark_iter_free);
  while (cmark_iter_next(it.get()) != CMARK_EVENT_DONE) {
    cmark_node* node = cmark_iter_get_node(it.get());
    if (cmark_iter_get_event_type(it.get()) != CMARK_EVENT_ENTER) continue;
    const auto type = cmark_node_get_type(node);
    if (type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE) finder.take(node);
  }
  return std::move(finder.found);
}

}  // namespace seatrial::runbook
