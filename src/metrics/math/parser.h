// Metric math to a tree: or < and < comparison < sum < product < minus < power.
#pragma once
#include <expected>
#include <set>
#include <string>
#include <string_view>

#include "metrics/math/ast.h"

namespace seatrial::metrics::math {

inline constexpr std::size_t kMaxExpression = 2048;  // MetricExpression of the service model
inline constexpr int kMaxDepth = 100;                // of nesting

// The error is a sentence as AWS puts behind "Error in expression 'e1': ". Functions are looked up
// here: a name that none has is an error.
std::expected<Node, std::string> parse(std::string_view expression);

// The ids an expression refers to, and the functions it calls.
void collect_ids(const Node& node, std::set<std::string>& ids);
bool calls(const Node& node, std::string_view function);

}  // namespace seatrial::metrics::math
