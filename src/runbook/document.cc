// See document.h: bytes to headings, fences and paragraphs by cmark-gfm.
#include "runbook/document.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <sstream>

#include "runbook/directives.h"
#include "runbook/tame_markdown.h"
#include "runbook/text.h"

namespace seatrial::runbook {
namespace {

struct NodeFree {
  void operator()(cmark_node* node) const { cmark_node_free(node); }
};
using NodePtr = std::unique_ptr<cmark_node, NodeFree>;

NodePtr parse_markdown(const std::string& source) {
  static const bool registered = (cmark_gfm_core_extensions_ensure_registered(), true);
  (void)registered;
  cmark_parser* parser = cmark_parser_new(CMARK_OPT_DEFAULT);
  for (const char* name : {"table", "tasklist", "strikethrough"}) {
    if (auto* extension = cmark_find_syntax_extension(name))
      cmark_parser_attach_syntax_extension(parser, extension);
  }
  cmark_parser_feed(parser, source.data(), source.size());
  NodePtr root(cmark_parser_finish(parser));
  cmark_parser_free(parser);
  return root;
}

std::string normalise_lines(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] != '\r') {
      out += bytes[i];
    } else {
      out += '\n';
      if (i + 1 < bytes.size() && bytes[i + 1] == '\n') ++i;
    }
  }
  return out;
}

// The text below a node without markup; code spans are also listed.
void collect_text(cmark_node* node, std::string& text, std::vector<std::string>* spans) {
  std::unique_ptr<cmark_iter, decltype(&cmark_iter_free)> it(cmark_iter_new(node),
                                                             &cmark_iter_free);
  while (cmark_iter_next(it.get()) != CMARK_EVENT_DONE) {
    cmark_node* at = cmark_iter_get_node(it.get());
    if (cmark_iter_get_event_type(it.get()) != CMARK_EVENT_ENTER) continue;
    const auto type = cmark_node_get_type(at);
    if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) text += ' ';
    if (type != CMARK_NODE_TEXT && type != CMARK_NODE_CODE) continue;
    const char* literal = cmark_node_get_literal(at);
    text += literal == nullptr ? "" : literal;
    if (type == CMARK_NODE_CODE && spans != nullptr && literal != nullptr)
      spans->push_back(literal);
  }
}

// How far behind a link's beginning its target is looked for, in lines and in bytes of each.
constexpr int kLinkLines = 8;
constexpr std::size_t kLinkBytes = 4096;

// Where the target of a link that begins at `link` is written, or nothing. cmark gives a link of
// several lines its last one.
std::optional<std::pair<int, std::size_t>> find_target(const Document& document, const Link& link) {
  auto from = static_cast<std::size_t>(link.column);
  for (int i = 0; i < kLinkLines; ++i, from = 0) {
    const auto index = static_cast<std::size_t>(link.line - 1 + i);
    if (index >= document.lines.size()) return std::nullopt;
    const auto line = document.lines[index].substr(0, from + kLinkBytes);
    if (i == 0 && (from >= line.size() || !std::string_view("[!<").contains(line[from]))) from = 0;
    for (std::string_view before : {"](", "](<", "<"}) {
      const auto at = line.find(std::string(before) + link.target, from);
      if (at != std::string_view::npos) return std::pair(link.line + i, at + before.size());
    }
  }
  return std::nullopt;
}

// The values of id="..." and name="..." in a piece of HTML.
void collect_anchors(std::string_view html, std::vector<std::string>& anchors) {
  for (std::string_view name : {" id=", " name="}) {
    for (auto at = html.find(name); at != std::string_view::npos; at = html.find(name, at + 1)) {
      auto value = html.substr(at + name.size());
      const bool quoted = value.starts_with('"') || value.starts_with('\'');
      const auto end = quoted ? value.find(value[0], 1) : value.find_first_of(" />");
      value = value.substr(0, end);
      anchors.emplace_back(quoted ? value.substr(1) : value);
    }
  }
}

class Reader {
 public:
  explicit Reader(Document& document) : document_(document) {}

  void read(cmark_node* root) {
    std::unique_ptr<cmark_iter, decltype(&cmark_iter_free)> it(cmark_iter_new(root),
                                                               &cmark_iter_free);
    while (cmark_iter_next(it.get()) != CMARK_EVENT_DONE) {
      cmark_node* node = cmark_iter_get_node(it.get());
      if (cmark_iter_get_event_type(it.get()) == CMARK_EVENT_ENTER)
        take(node);
      else if (cmark_node_get_type(node) == CMARK_NODE_ITEM)
        item_ = document_.items[static_cast<std::size_t>(item_)].parent;
    }
  }

 private:
  void take(cmark_node* node) {
    const auto type = cmark_node_get_type(node);
    if (type == CMARK_NODE_HEADING) return take_heading(node);
    if (type == CMARK_NODE_CODE_BLOCK) return take_fence(node);
    if (type == CMARK_NODE_PARAGRAPH) return take_text(node);
    if (type == CMARK_NODE_ITEM) return take_item(node);
    if (type == CMARK_NODE_LINK || type == CMARK_NODE_IMAGE) return take_link(node);
    if (type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE) return take_html(node);
    const std::string_view name = cmark_node_get_type_string(node);
    if (name == "table_row" || name == "table_header") take_row(node, name == "table_header");
  }

  void take_item(cmark_node* node) {
    cmark_node* list = cmark_node_parent(node);
    ListItem item{heading(), item_, cmark_node_get_start_line(node), 0};
    if (cmark_node_get_list_type(list) == CMARK_ORDERED_LIST)
      item.number = cmark_node_get_list_start(list) + items_of_[list]++;
    item_ = static_cast<int>(document_.items.size());
    document_.items.push_back(item);
  }

  void take_link(cmark_node* node) {
    Link link;
    link.heading = heading();
    link.line = cmark_node_get_start_line(node);
    link.column = std::max(cmark_node_get_start_column(node) - 1, 0);
    link.image = cmark_node_get_type(node) == CMARK_NODE_IMAGE;
    const char* url = cmark_node_get_url(node);
    link.target = url == nullptr ? "" : url;
    collect_text(node, link.text, nullptr);
    if (const auto place = find_target(document_, link)) {
      link.line = place->first, link.column = static_cast<int>(place->second);
      link.length = std::max(static_cast<int>(link.target.size()), 1);
    }
    document_.links.push_back(std::move(link));
  }

  void take_html(cmark_node* node) {
    const char* literal = cmark_node_get_literal(node);
    if (literal != nullptr) collect_anchors(literal, document_.anchors);
  }

  void take_row(cmark_node* node, bool head) {
    TableRow row{heading(), cmark_node_get_start_line(node), head, {}};
    if (head) row.line += lines_before_table(cmark_node_parent(node));
    for (auto* cell = cmark_node_first_child(node); cell; cell = cmark_node_next(cell))
      collect_text(cell, row.cells.emplace_back(), nullptr);
    document_.rows.push_back(std::move(row));
  }

  void take_heading(cmark_node* node) {
    Heading heading{cmark_node_get_heading_level(node), {}, {}, cmark_node_get_start_line(node)};
    collect_text(node, heading.text, nullptr);
    heading.slug = heading_slug(heading.text);
    const int repeated = seen_[heading.slug]++;
    if (repeated > 0) heading.slug += "-" + std::to_string(repeated);
    document_.headings.push_back(std::move(heading));
  }

  void take_text(cmark_node* node) {
    auto line = cmark_node_get_start_line(node);
    if (line == 0 && cmark_node_next(node) != nullptr)  // before a table: see below
      line = cmark_node_get_start_line(cmark_node_next(node));
    Block block = new_block(Block::Kind::kText, std::max(line, 1));
    collect_text(node, block.content, &block.code_spans);
    document_.blocks.push_back(std::move(block));
  }

  void take_fence(cmark_node* node) {
    const char* info = cmark_node_get_fence_info(node);
    const char* literal = cmark_node_get_literal(node);
    int length = 0, offset = 0;
    char character = 0;
    const bool fenced = cmark_node_get_fenced(node, &length, &offset, &character) != 0;
    if (!fenced) return;  // an indented block is prose, not a step
    Block block = new_block(Block::Kind::kFence, cmark_node_get_start_line(node) + 1);
    const std::string_view words = info == nullptr ? "" : info;
    block.language = lower(words.substr(0, words.find_first_of(" \t,{")));
    block.content = literal == nullptr ? "" : literal;
    find_columns(block);
    document_.blocks.push_back(std::move(block));
  }

  // A paragraph whose last line turns out to be a table's head gives its place to the table and has
  // none of its own.
  static int lines_before_table(cmark_node* table) {
    cmark_node* before = cmark_node_previous(table);
    if (before == nullptr || cmark_node_get_type(before) != CMARK_NODE_PARAGRAPH ||
        cmark_node_get_start_line(before) != 0)
      return 0;
    int lines = 1;
    for (auto* inside = cmark_node_first_child(before); inside; inside = cmark_node_next(inside)) {
      const auto type = cmark_node_get_type(inside);
      lines += type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK;
    }
    return lines;
  }

  // A fence in a list has its indentation taken off: where each line starts in the source.
  void find_columns(Block& block) const {
    int line = block.line;
    for (auto content : split_lines(block.content)) {
      const auto index = static_cast<std::size_t>(line++ - 1);
      const auto source = index < document_.lines.size() ? document_.lines[index] : "";
      block.columns.push_back(
          source.ends_with(content) ? static_cast<int>(source.size() - content.size()) : 0);
    }
  }

  Block new_block(Block::Kind kind, int line) const {
    Block block;
    block.kind = kind;
    block.line = line;
    block.heading = heading();
    block.item = item_;
    return block;
  }

  int heading() const { return static_cast<int>(document_.headings.size()) - 1; }

  Document& document_;
  std::map<std::string, int> seen_;
  std::map<cmark_node*, int> items_of_;  // how many of each list were read
  int item_ = -1;                        // the innermost one that is open
};

void take_source(std::string_view bytes, Document& out) {
  out.source = valid_utf8(normalise_lines(bytes.substr(0, kMaxDocumentBytes)));
  out.lines = split_lines(out.source);
}

// GitHub drops punctuation and symbols; letters of any script stay.
bool in_slug(char32_t c) {
  if (c < 0x80) return std::isalnum(static_cast<int>(c)) || c == '-' || c == '_' || c == ' ';
  if (c < 0xC0) return c == 0xAA || c == 0xB5 || c == 0xBA;
  if (c >= 0x2000 && c <= 0x2BFF) return false;
  if (c >= 0x3000 && c <= 0x303F) return false;
  if (c >= 0xFE00 && c <= 0xFE0F) return false;
  return c < 0x1F000 && c != 0xD7 && c != 0xF7;
}

std::string near_headings(const Document& document, std::string_view wanted) {
  std::vector<std::pair<std::size_t, std::string>> ranked;
  const auto slug = heading_slug(wanted);
  for (const auto& heading : document.headings) {
    auto distance = edit_distance(slug, heading.slug);
    if (heading.slug.contains(slug)) distance = std::min<std::size_t>(distance, 1);
    ranked.emplace_back(distance, heading.slug);
  }
  std::ranges::stable_sort(ranked, {}, &std::pair<std::size_t, std::string>::first);
  std::string out;
  for (std::size_t i = 0; i < ranked.size() && i < 5; ++i) out += "\n  #" + ranked[i].second;
  return out.empty() ? "\n  (the document has no headings)" : out;
}

Section section_at(const Document& document, int first) {
  const auto& headings = document.headings;
  int end = first + 1;
  while (end < static_cast<int>(headings.size()) && headings[end].level > headings[first].level)
    ++end;
  return {first, end};
}

template <class Matches>
std::vector<int> headings_that(const Document& document, Matches matches) {
  std::vector<int> out;
  for (std::size_t i = 0; i < document.headings.size(); ++i)
    if (matches(document.headings[i])) out.push_back(static_cast<int>(i));
  return out;
}

}  // namespace

void parse_document(std::string_view bytes, Document& out) {
  take_source(bytes, out);
  const auto tame = tame_markdown(out.source);
  const auto root = parse_markdown(tame ? *tame : out.source);
  Reader(out).read(root.get());
  out.directives = find_directives(root.get(), out);
}

void parse_script(std::string_view bytes, std::string_view language, Document& out) {
  take_source(bytes, out);
  Block block;
  block.kind = Block::Kind::kFence;
  block.line = 1;
  block.language = language;
  block.content = out.source;
  block.columns.assign(out.lines.size(), 0);
  block.whole_file = true;
  out.blocks.push_back(std::move(block));
}

std::expected<std::string, std::string> read_file(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    return std::unexpected(path + ": is a directory; name a Markdown file in it");
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::unexpected(path + ": " + std::strerror(errno));
  const auto size = std::filesystem::file_size(path, error);
  if (!error && size > kMaxDocumentBytes)
    return std::unexpected(
        fmt::format("{}: {} bytes, at most {} are read", path, size, kMaxDocumentBytes));
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

std::string heading_slug(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    const auto [code, length] = decode_utf8(text.substr(i));
    if (in_slug(code)) {
      if (code == ' ')
        out += '-';
      else if (length == 1)
        out += static_cast<char>(std::tolower(text[i]));
      else
        out += text.substr(i, length);
    }
    i += length;
  }
  return out;
}

std::expected<Section, std::string> find_section(const Document& document,
                                                 std::string_view wanted) {
  const auto slug = heading_slug(wanted);
  const auto text = lower(trim(wanted));
  auto found = headings_that(document, [&](const Heading& h) { return h.slug == wanted; });
  if (found.empty())
    found = headings_that(
        document, [&](const Heading& h) { return lower(h.text) == text || h.slug == slug; });
  if (found.empty() && !slug.empty())
    found = headings_that(document, [&](const Heading& h) {
      return h.slug.starts_with(slug) || lower(h.text).starts_with(text);
    });
  if (found.size() == 1) return section_at(document, found[0]);
  if (found.empty())
    return std::unexpected(
        fmt::format("no section '{}'; near names:{}", wanted, near_headings(document, wanted)));
  std::string names;
  for (int i : found) names += "\n  #" + document.headings[i].slug;
  return std::unexpected(fmt::format("'{}' names {} sections:{}", wanted, found.size(), names));
}

}  // namespace seatrial::runbook
