#include "metrics/math/search.h"

#include <algorithm>

namespace seatrial::metrics::math {
namespace {

enum class Class { kUpper, kLower, kDigit, kOther };

Class class_of(char c) {
  if (c >= 'A' && c <= 'Z') return Class::kUpper;
  if (c >= 'a' && c <= 'z') return Class::kLower;
  if (c >= '0' && c <= '9') return Class::kDigit;
  // Bytes of other alphabets stay within their word.
  return static_cast<unsigned char>(c) >= 0x80 ? Class::kLower : Class::kOther;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (auto& c : result)
    if (class_of(c) == Class::kUpper) c = static_cast<char>(c - 'A' + 'a');
  return result;
}

// Whether a token begins at `at`, inside a run of letters and digits.
bool begins(std::string_view text, std::size_t at) {
  const auto before = class_of(text[at - 1]), here = class_of(text[at]);
  if (before == Class::kOther) return true;
  if ((before == Class::kDigit) != (here == Class::kDigit)) return true;
  if (here != Class::kUpper) return false;
  if (before == Class::kLower) return true;
  return at + 1 < text.size() && class_of(text[at + 1]) == Class::kLower;
}

bool same(const SearchToken& wanted, const SearchToken& found, bool case_matters) {
  return case_matters ? wanted.text == found.text : wanted.lower == found.lower;
}

// Whether the wanted tokens stand in a row from `at` on.
bool stand_at(const std::vector<SearchToken>& wanted, const std::vector<SearchToken>& in,
              std::size_t at) {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const bool composite = (i > 0 && wanted[i - 1].part == wanted[i].part) ||
                           (i + 1 < wanted.size() && wanted[i + 1].part == wanted[i].part);
    if (!same(wanted[i], in[at + i], composite)) return false;
  }
  return true;
}

bool holds(const SearchedText& text, const Search::Term& term) {
  if (term.kind == Search::Term::Kind::kExact) return text.text() == term.text;
  if (term.tokens.size() == 1 && text.joined_lower() == term.tokens[0].lower) return true;
  for (std::size_t at = 0; at + term.tokens.size() <= text.tokens().size(); ++at)
    if (stand_at(term.tokens, text.tokens(), at)) return true;
  return false;
}

bool holds_anywhere(const SearchedMetric& metric, const Search::Term& term) {
  if (holds(metric.name, term) || holds(metric.name_space, term)) return true;
  return std::any_of(metric.dimensions.begin(), metric.dimensions.end(),
                     [&](const auto& d) { return holds(d.first, term) || holds(d.second, term); });
}

bool holds_in_place(const SearchedMetric& metric, const Search::Term& term) {
  if (term.designator.empty()) return holds_anywhere(metric, term);
  if (term.designator == "MetricName") return holds(metric.name, term);
  if (term.designator == "Namespace") return holds(metric.name_space, term);
  return std::any_of(metric.dimensions.begin(), metric.dimensions.end(), [&](const auto& d) {
    return d.first.text() == term.designator && holds(d.second, term);
  });
}

bool true_of(const SearchedMetric& metric, const Search::Term& term) {
  using Kind = Search::Term::Kind;
  const auto is_true = [&](const Search::Term& child) { return true_of(metric, child); };
  switch (term.kind) {
    case Kind::kAll:
      return std::all_of(term.children.begin(), term.children.end(), is_true);
    case Kind::kAny:
      return std::any_of(term.children.begin(), term.children.end(), is_true);
    case Kind::kNot:
      return !is_true(term.children[0]);
    default:
      return holds_in_place(metric, term);
  }
}

}  // namespace

std::vector<SearchToken> tokenize(std::string_view text) {
  std::vector<SearchToken> tokens;
  std::size_t begin = 0, part = 0;
  const auto end_token = [&](std::size_t end) {
    if (end > begin) {
      const auto token = text.substr(begin, end - begin);
      tokens.push_back({std::string(token), lower(token), part});
    }
    begin = end;
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (class_of(text[at]) == Class::kOther) {
      end_token(at);
      begin = at + 1;
      ++part;
    } else if (at > begin && begins(text, at)) {
      end_token(at);
    }
  }
  end_token(text.size());
  return tokens;
}

const std::vector<SearchToken>& SearchedText::tokens() const {
  if (!split_) {
    tokens_ = tokenize(text_);
    for (const auto& token : tokens_) joined_lower_ += token.lower;
    split_ = true;
  }
  return tokens_;
}

const std::string& SearchedText::joined_lower() const {
  (void)tokens();
  return joined_lower_;
}

SearchedMetric::SearchedMetric(std::string_view space, std::string_view metric,
                               const Dimensions& of)
    : name_space(space), name(metric) {
  dimensions.reserve(of.size());
  for (const auto& d : of) dimensions.emplace_back(d.name, d.value);
}

bool Search::in_schema(std::string_view name_space, const Dimensions& dimensions) const {
  if (!has_schema_) return true;
  if (name_space != name_space_) return false;
  return std::equal(dimension_names_.begin(), dimension_names_.end(), dimensions.begin(),
                    dimensions.end(),
                    [](const std::string& name, const Dimension& d) { return name == d.name; });
}

// The schema's dimensions are compared as names; the caller's are sorted by name, too.
bool Search::matches(const SearchedMetric& metric) const {
  return !term_ || true_of(metric, *term_);
}

}  // namespace seatrial::metrics::math
