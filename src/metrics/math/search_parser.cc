// The parser of SEARCH's language. The schema's braces come first, then terms; a comma may stand
// between them, as it does in half of the user guide's examples.
#include <fmt/format.h>

#include <algorithm>

#include "metrics/math/search.h"

namespace seatrial::metrics::math {
namespace {

constexpr int kMaxNesting = 50;

using Term = Search::Term;
using ParsedSearch = std::expected<Term, std::string>;

bool is_search_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class TermParser {
 public:
  TermParser(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  ParsedSearch whole() {
    auto term = any();
    if (term && !ended()) return problem();
    return term;
  }
  bool ended() {
    skip();
    return at_ == text_.size();
  }

 private:
  void skip() {
    while (at_ < text_.size() && is_search_blank(text_[at_])) ++at_;
  }
  std::unexpected<std::string> problem() {
    if (ended())
      return std::unexpected(std::string("Invalid search expression: it ends too early"));
    return std::unexpected(fmt::format("Invalid search expression: unexpected '{}' at position {}",
                                       text_.substr(at_, 1), at_ + 1));
  }
  // AND, OR, NOT count in upper case only, as whole words.
  bool at_word(std::string_view word) {
    skip();
    if (!text_.substr(at_).starts_with(word)) return false;
    const auto end = at_ + word.size();
    return end == text_.size() || is_search_blank(text_[end]) || text_[end] == '(' ||
           text_[end] == ')' || text_[end] == '"';
  }
  bool take_word(std::string_view word) {
    if (!at_word(word)) return false;
    at_ += word.size();
    return true;
  }

  ParsedSearch any() {
    auto first = all();
    if (!first || !at_word("OR")) return first;
    Term term{Term::Kind::kAny, {}, {}, {}, {}};
    term.children.push_back(std::move(*first));
    while (take_word("OR")) {
      auto next = all();
      if (!next) return next;
      term.children.push_back(std::move(*next));
    }
    return term;
  }

  ParsedSearch all() {
    Term term{Term::Kind::kAll, {}, {}, {}, {}};
    while (true) {
      auto next = one();
      if (!next) return next;
      term.children.push_back(std::move(*next));
      if (take_word("AND")) continue;
      if (ended() || text_[at_] == ')' || at_word("OR")) break;
    }
    if (term.children.size() == 1) return std::move(term.children[0]);
    return term;
  }

  ParsedSearch one() {
    if (ended() || at_word("AND") || at_word("OR")) return problem();
    if (++depth_ > kMaxNesting) {
      return std::unexpected("Invalid search expression: it is nested too deeply");
    }
    auto term = take_word("NOT") ? negated() : text_[at_] == '(' ? group() : leaf();
    --depth_;
    return term;
  }

  ParsedSearch negated() {
    auto inner = one();
    if (!inner) return inner;
    Term term{Term::Kind::kNot, {}, {}, {}, {}};
    term.children.push_back(std::move(*inner));
    return term;
  }

  ParsedSearch group() {
    ++at_;
    auto inner = any();
    if (!inner) return inner;
    if (ended() || text_[at_] != ')') return problem();
    ++at_;
    return inner;
  }

  ParsedSearch leaf() {
    auto first = piece();
    if (!first || at_ >= text_.size() || text_[at_] != '=') return first;
    ++at_;
    std::string designator = std::move(first->text);
    auto value = piece();
    if (!value) return value;
    value->designator = std::move(designator);
    return value;
  }

  ParsedSearch piece() {
    if (at_ < text_.size() && text_[at_] == '"') return quoted();
    const auto begin = at_;
    while (at_ < text_.size() && !is_search_blank(text_[at_]) &&
           std::string_view("()\"=").find(text_[at_]) == std::string_view::npos) {
      ++at_;
    }
    Term term{Term::Kind::kWord, {}, std::string(text_.substr(begin, at_ - begin)), {}, {}};
    term.tokens = tokenize(term.text);
    if (term.tokens.empty()) return problem();
    return term;
  }

  // A backslash takes the next character as it is: " \ ( ) need one.
  ParsedSearch quoted() {
    Term term{Term::Kind::kExact, {}, {}, {}, {}};
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      term.text += text_[at_];
    }
    if (at_ == text_.size()) return problem();
    ++at_;
    return term;
  }

  std::string_view text_;
  std::size_t at_;
  int depth_ = 0;
};

struct Schema {
  std::vector<std::string> names;  // the namespace first
  std::size_t end = 0;
};

// "{AWS/EC2, "Dimension Name"}": what stands in braces, separated by commas.
std::optional<Schema> schema_of(std::string_view text, std::size_t at) {
  Schema schema;
  std::string name;
  bool quoted = false;
  for (++at; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == ',' || c == '}')) {
      while (!name.empty() && is_search_blank(name.back())) name.pop_back();
      if (name.empty()) return std::nullopt;
      schema.names.push_back(std::move(name));
      name.clear();
      if (c == '}') {
        schema.end = at + 1;
        return schema;
      }
    } else if (quoted || !name.empty() || !is_search_blank(c)) {
      name += c;
    }
  }
  return std::nullopt;
}

}  // namespace

std::expected<Search, std::string> Search::parse(std::string_view text) {
  if (text.size() > kMaxSearch) {
    return std::unexpected(
        fmt::format("Invalid search expression: it is longer than {} characters", kMaxSearch));
  }
  Search search;
  std::size_t at = 0;
  while (at < text.size() && is_search_blank(text[at])) ++at;
  if (at < text.size() && text[at] == '{') {
    auto schema = schema_of(text, at);
    if (!schema) return std::unexpected("Invalid search expression: malformed metric schema");
    search.has_schema_ = true;
    search.name_space_ = std::move(schema->names[0]);
    schema->names.erase(schema->names.begin());
    search.dimension_names_ = std::move(schema->names);
    std::sort(search.dimension_names_.begin(), search.dimension_names_.end());
    at = schema->end;
    while (at < text.size() && is_search_blank(text[at])) ++at;
    if (at < text.size() && text[at] == ',') ++at;
  }
  TermParser terms(text, at);
  if (terms.ended()) {
    if (search.has_schema_) return search;
    return std::unexpected("Invalid search expression: it is empty");
  }
  auto term = terms.whole();
  if (!term) return std::unexpected(term.error());
  search.term_ = std::move(*term);
  return search;
}

}  // namespace seatrial::metrics::math
