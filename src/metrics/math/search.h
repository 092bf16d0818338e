// SEARCH's own language: '{Namespace,Dimension} Term AND (MetricName="exact" OR NOT other)'.
//
// Source: "CloudWatch search expression syntax" of the user guide, with its tables of tokens. Names
// are split where camel case begins a word, where digits begin or end, and at anything else. A word
// of one token is found whatever its case; a word of several (CustomCount) only in its own case;
// words joined by a sign (network-errors) must stand next to each other.
#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/types.h"

namespace seatrial::metrics::math {

inline constexpr std::size_t kMaxSearch = 1024;  // characters

struct SearchToken {
  std::string text, lower;
  std::size_t part = 0;  // tokens of one part have no sign between them
};
std::vector<SearchToken> tokenize(std::string_view text);

// A name as it is searched; split when first a word, not an exact text, is looked for.
class SearchedText {
 public:
  explicit SearchedText(std::string_view text) : text_(text) {}
  std::string_view text() const { return text_; }
  const std::vector<SearchToken>& tokens() const;
  const std::string& joined_lower() const;  // without signs

 private:
  std::string_view text_;
  mutable bool split_ = false;
  mutable std::string joined_lower_;
  mutable std::vector<SearchToken> tokens_;
};

// Views of a metric's names, which must outlive it.
struct SearchedMetric {
  SearchedMetric(std::string_view name_space, std::string_view name, const Dimensions& dimensions);
  explicit SearchedMetric(const MetricName& metric)
      : SearchedMetric(metric.name_space, metric.name, metric.dimensions) {}
  SearchedText name_space, name;
  std::vector<std::pair<SearchedText, SearchedText>> dimensions;
};

class Search {
 public:
  static std::expected<Search, std::string> parse(std::string_view text);

  bool matches(const SearchedMetric& metric) const;
  // Whether the metric has the schema's namespace and dimensions: cheap, and needed for matches().
  bool in_schema(std::string_view name_space, const Dimensions& dimensions) const;
  // The namespace that all results have; empty when the search has no schema.
  const std::string& name_space() const { return name_space_; }

  struct Term {
    enum class Kind { kAll, kAny, kNot, kWord, kExact };
    Kind kind = Kind::kAll;
    std::string designator;           // "MetricName", "Namespace", a dimension's name, or empty
    std::string text;                 // of kExact
    std::vector<SearchToken> tokens;  // of kWord
    std::vector<Term> children;
  };

 private:
  bool has_schema_ = false;
  std::string name_space_;
  std::vector<std::string> dimension_names_;  // sorted
  std::optional<Term> term_;
};

}  // namespace seatrial::metrics::math
