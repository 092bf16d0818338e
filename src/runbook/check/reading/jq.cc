// See jq.h. A reader that gives up (`nothing_known_`) where the language goes beyond paths.
#include "runbook/check/reading/jq.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "jmespath/nearest.h"

namespace seatrial::runbook::check {
namespace {

using jmespath::Type;
using jmespath::TypeKind;

// Their output has their input's type.
constexpr std::array<std::string_view, 7> kSame = {"sort",  "reverse", "unique",   "select",
                                                   "debug", "sort_by", "unique_by"};
constexpr std::array<std::string_view, 4> kOfList = {"first", "last", "min_by", "max_by"};
constexpr std::array<std::string_view, 3> kByPath = {"sort_by", "unique_by", "group_by"};

bool is_name_start(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Reader {
 public:
  explicit Reader(std::string_view program) : text_(program) {}

  std::vector<JqProblem> read(const Type& input) {
    pipeline(input, 0);
    return std::move(problems_);
  }

 private:
  // Each stage's type is the next one's input. Stops where nothing is known any more.
  Type pipeline(Type input, int depth) {
    while (!nothing_known_ && depth < kMaxJqDepth) {
      Type out = alternatives(input, depth);
      skip_blanks();
      if (at_ >= text_.size() || text_[at_] != '|' || next_is("|=")) return out;
      ++at_;
      input = std::move(out);
    }
    nothing_known_ = true;
    return {};
  }

  // `.a, .b` goes through each; the type of several is not followed.
  Type alternatives(const Type& input, int depth) {
    Type out = term(input, depth);
    bool several = false;
    for (skip_blanks(); !nothing_known_ && at_ < text_.size() && text_[at_] == ','; skip_blanks()) {
      ++at_, several = true;
      term(input, depth);
    }
    if (!nothing_known_ && at_ < text_.size() && text_[at_] != '|' && text_[at_] != ')' &&
        text_[at_] != ']' && text_[at_] != '}')
      nothing_known_ = true;  // an operator
    return several ? Type() : out;
  }

  Type term(const Type& input, int depth) {
    skip_blanks();
    if (at_ >= text_.size()) return give_up();
    if (text_[at_] == '.' && !next_is("..")) return path(input);
    if (is_name_start(text_[at_])) return function(input, depth);
    if (text_[at_] == '[') return array(input, depth);
    if (text_[at_] == '{') return object(input, depth);
    return give_up();
  }

  // [.a[] | .b]
  Type array(const Type& input, int depth) {
    ++at_;
    skip_blanks();
    Type element;
    if (at_ < text_.size() && text_[at_] != ']') element = pipeline(input, depth + 1);
    return closed(']') ? Type::list(element) : give_up();
  }

  // {a: .b, c, "d": (.e | .f)}: its members' paths are judged; what it makes is not followed.
  Type object(const Type& input, int depth) {
    do {
      ++at_;
      skip_blanks();
      if (at_ < text_.size() && text_[at_] == '}') break;
      member(input, depth);
      skip_blanks();
    } while (!nothing_known_ && at_ < text_.size() && text_[at_] == ',');
    return closed('}') ? Type() : give_up();
  }

  void member(const Type& input, int depth) {
    const auto begin = at_;
    const bool quoted = at_ < text_.size() && text_[at_] == '"';
    std::string name;
    for (at_ += quoted ? 1 : 0; at_ < text_.size() && is_name(text_[at_]);) name += text_[at_++];
    if (quoted && (at_ >= text_.size() || text_[at_++] != '"')) name.clear();
    skip_blanks();
    if (name.empty()) {
      give_up();
    } else if (at_ < text_.size() && text_[at_] == ':') {
      ++at_;
      value(input, depth);
    } else {
      const auto end = at_;
      at_ = begin + name.size() + (quoted ? 2 : 0);
      field(input, name, begin);
      at_ = end;
    }
  }

  void value(const Type& input, int depth) {
    skip_blanks();
    if (at_ >= text_.size() || text_[at_] != '(') {
      term(input, depth);
      return;
    }
    ++at_;
    pipeline(input, depth + 1);
    if (!closed(')')) give_up();
  }

  bool closed(char with) {
    skip_blanks();
    if (nothing_known_ || at_ >= text_.size() || text_[at_] != with) return false;
    ++at_;
    return true;
  }

  Type give_up() {
    nothing_known_ = true;
    return {};
  }

  bool next_is(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }

  // --- paths ---

  Type path(Type type) {
    ++at_;  // the dot
    bool first = true;
    for (;; first = false) {
      const auto begin = at_;
      if (at_ < text_.size() && text_[at_] == '[') {
        type = brackets(type);
      } else if (at_ < text_.size() && (is_name_start(text_[at_]) || text_[at_] == '"') &&
                 (first || text_[begin - 1] == '.')) {
        type = named(type);
      } else if (first) {
        return type;  // `.` alone
      } else {
        return give_up();
      }
      if (nothing_known_) return {};
      if (at_ < text_.size() && text_[at_] == '?') ++at_;
      if (at_ < text_.size() && text_[at_] == '.') {
        ++at_;
      } else if (at_ >= text_.size() || text_[at_] != '[') {
        return type;
      }
    }
  }

  Type named(const Type& type) {
    const auto begin = at_;
    std::string name;
    if (text_[at_] == '"') {
      const auto end = text_.find('"', at_ + 1);
      name = text_.substr(at_ + 1, end == std::string_view::npos ? 0 : end - at_ - 1);
      if (end == std::string_view::npos || name.find('\\') != std::string::npos) return give_up();
      at_ = end + 1;
    } else {
      while (at_ < text_.size() && is_name(text_[at_])) name += text_[at_++];
    }
    return field(type, name, begin);
  }

  Type field(const Type& type, const std::string& name, std::size_t begin) {
    if (type.is_any()) return {};
    if (const auto found = type.field(name)) return *found;
    const bool object =
        std::ranges::any_of(type.alternatives(), [](const Type& one) { return one.is_object(); });
    if (object) {
      add(begin, fmt::format("{} has no member '{}': jq answers null", type.name(), name),
          jmespath::nearest_name(name, type.field_names()));
    } else if (type.is(TypeKind::kList)) {
      add(begin, fmt::format("this is a {}: jq takes no member '{}' of it", type.name(), name),
          fmt::format("[].{}", name));
    } else {
      add(begin, fmt::format("this is a {}: jq takes no member '{}' of it", type.name(), name), "");
    }
    return give_up();
  }

  // [], [0], [-1], [1:2], ["name"]
  Type brackets(const Type& type) {
    const auto begin = at_;
    const auto close = text_.find(']', at_);
    if (close == std::string_view::npos) return give_up();
    auto inner = text_.substr(at_ + 1, close - at_ - 1);
    while (!inner.empty() && is_blank(inner.front())) inner.remove_prefix(1);
    while (!inner.empty() && is_blank(inner.back())) inner.remove_suffix(1);
    if (inner.size() > 1 && inner.front() == '"' && inner.back() == '"' &&
        inner.substr(1, inner.size() - 2).find_first_of("\"\\") == std::string_view::npos) {
      at_ = close + 1;
      return field(type, std::string(inner.substr(1, inner.size() - 2)), begin);
    }
    if (inner.find_first_not_of("0123456789-:") != std::string_view::npos) return give_up();
    at_ = close + 1;
    if (type.is_any()) return {};
    if (inner.empty()) return each(type, begin);
    if (!may_be(type, TypeKind::kList)) return not_a_list(type, begin, "an index");
    return inner.contains(':') ? type : type.element().value_or(Type());
  }

  Type each(const Type& type, std::size_t begin) {
    if (may_be(type, TypeKind::kList)) return type.element().value_or(Type());
    if (std::ranges::any_of(type.alternatives(), [](const Type& t) { return t.is_object(); }))
      return type.value().value_or(Type());
    return not_a_list(type, begin, "[]");
  }

  Type not_a_list(const Type& type, std::size_t begin, std::string_view what) {
    add(begin, fmt::format("this is a {}: jq refuses {} of it", type.name(), what), "");
    return give_up();
  }

  static bool may_be(const Type& type, TypeKind kind) {
    return std::ranges::any_of(type.alternatives(), [&](const Type& one) {
      return one.is(kind) || one.is_any() || one.is(TypeKind::kNull);
    });
  }

  // --- functions ---

  Type function(const Type& input, int depth) {
    const auto begin = at_;
    while (at_ < text_.size() && is_name(text_[at_])) ++at_;
    const auto name = text_.substr(begin, at_ - begin);
    if (at_ < text_.size() && text_[at_] == '(') return with_argument(name, input, depth);
    if (name == "length" || name == "tonumber") return Type(TypeKind::kNumber);
    if (name == "tostring") return Type(TypeKind::kString);
    if (std::ranges::find(kSame, name) != kSame.end()) return input;
    if ((name == "first" || name == "last") && input.is(TypeKind::kList))
      return input.element().value_or(Type());
    return give_up();
  }

  // map(f), select(f), sort_by(f), ...: f's own paths are judged, too.
  Type with_argument(std::string_view name, const Type& input, int depth) {
    ++at_;
    const bool by_element = name == "map" || std::ranges::find(kByPath, name) != kByPath.end() ||
                            std::ranges::find(kOfList, name) != kOfList.end();
    if (!by_element && name != "select") return give_up();
    if (by_element && !input.is_any() && !may_be(input, TypeKind::kList)) return give_up();
    const Type element = by_element ? input.element().value_or(Type()) : input;
    const auto before = at_;
    const Type inner = pipeline(element, depth + 1);
    if (nothing_known_ && !skip_argument(before)) return give_up();
    if (at_ >= text_.size() || text_[at_] != ')') return give_up();
    ++at_;
    if (name == "map") return Type::list(inner);
    if (std::ranges::find(kSame, name) != kSame.end()) return input;
    return name == "group_by" ? Type::list(input) : element;
  }

  // To the parenthesis that closes the argument which begins at `from`; what it does is not known,
  // but what comes behind it may be.
  bool skip_argument(std::size_t from) {
    int open = 0;
    bool quoted = false;
    for (at_ = from; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (quoted && c == '\\') {
        ++at_;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && c == '(') {
        ++open;
      } else if (!quoted && c == ')' && open-- == 0) {
        nothing_known_ = false;
        return true;
      }
    }
    return false;
  }

  void add(std::size_t begin, std::string message, std::string suggestion) {
    problems_.push_back({begin, at_, std::move(message), std::move(suggestion)});
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool nothing_known_ = false;
  std::vector<JqProblem> problems_;
};

}  // namespace

std::vector<JqProblem> jq_problems(std::string_view program, const Type& input) {
  return Reader(program).read(input);
}

}  // namespace seatrial::runbook::check
