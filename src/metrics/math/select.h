// Metrics Insights: SELECT AVG(CPUUtilization) FROM SCHEMA("AWS/EC2", InstanceId) WHERE ... as a
// question to all metrics that match.
//
// Source: "Query components and syntax in CloudWatch Metrics Insights" of the user guide. Keywords
// have no case, names do. Names with other characters than letters, digits and "_" stand in double
// quotation marks, values of labels in single ones; a backslash takes a quotation mark its meaning.
#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/types.h"

namespace seatrial::metrics::math {

inline constexpr std::size_t kMaxSelected = 500;          // time series in an answer
inline constexpr std::size_t kMaxSelectMetrics = 10'000;  // metrics that are looked at
inline constexpr std::string_view kAccountLabel = "AWS.AccountId";
inline constexpr std::string_view kOtherLabel = "Other";  // of metrics without the label

struct Select {
  enum class Function { kAvg, kCount, kMax, kMin, kSum };
  struct Condition {
    std::string label, value;
    bool equal = true;
  };
  struct Order {
    Function function = Function::kAvg;
    bool descending = false;
  };

  Function function = Function::kAvg;
  std::string metric, name_space;
  std::optional<std::vector<std::string>> schema;  // exactly these dimensions, sorted
  std::vector<Condition> where;                    // all of them
  std::vector<std::string> group_by;
  std::optional<Order> order;
  std::size_t limit = kMaxSelected;

  // The error names what is wrong and the character it begins at, from 1.
  static std::expected<Select, std::string> parse(std::string_view text);

  bool matches(const SeriesId& series, std::string_view account) const;
  // The value of each label of GROUP BY.
  std::vector<std::string> group_of(const Dimensions& dimensions, std::string_view account) const;
};

// Whether the text is meant as such a query, rather than as metric math.
bool is_select(std::string_view expression);

}  // namespace seatrial::metrics::math
