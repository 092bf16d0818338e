// The functions of metric math: a table from name to code, and what its files share.
#pragma once
#include <functional>
#include <map>

#include "metrics/math/evaluate.h"

namespace seatrial::metrics::math {

inline constexpr std::size_t kMaxArray = 500;  // time series in one result
inline std::string too_many_series() { return "An array can hold at most 500 time series"; }

bool is_function(std::string_view name);  // also one that is refused when called
Result call(Evaluator& evaluate, const Node& node);

using Function = Result (*)(Evaluator& evaluate, const Node& call);
using Functions = std::map<std::string_view, Function>;

void add_value_functions(Functions& to);   // functions_values.cc: each series for itself
void add_reduce_functions(Functions& to);  // functions_reduce.cc: to a scalar or one series
void add_array_functions(Functions& to);   // functions_arrays.cc: about arrays
void add_time_functions(Functions& to);    // functions_time.cc: from timestamps
void add_if_function(Functions& to);       // functions_if.cc

// "Function AVG takes 1 argument" and the like.
std::unexpected<std::string> wrong_count(const Node& call, std::string_view takes);
std::unexpected<std::string> wrong_type(const Node& call, const Value& given);
std::expected<Array, std::string> array_argument(Evaluator& evaluate, const Node& call,
                                                 std::size_t index);
std::expected<double, std::string> scalar_argument(Evaluator& evaluate, const Node& call,
                                                   std::size_t index);

// A copy without points.
Series same_kind(const Series& series);
// A series of the same kind with a point wherever its period has one within the window.
std::vector<std::int64_t> grid(const Series& series, const Window& window);

}  // namespace seatrial::metrics::math
