#include "metrics/math/functions.h"

#include <fmt/format.h>

#include <set>

namespace seatrial::metrics::math {
namespace {

const Functions& table() {
  static const Functions kTable = [] {
    Functions functions;
    add_value_functions(functions);
    add_reduce_functions(functions);
    add_array_functions(functions);
    add_time_functions(functions);
    add_if_function(functions);
    return functions;
  }();
  return kTable;
}

// Known to AWS, with nothing behind them here: refused by name when called.
const std::set<std::string_view>& without_backing() {
  static const std::set<std::string_view> kNames{"INSIGHT_RULE_METRIC", "DB_PERF_INSIGHTS",
                                                 "LAMBDA", "PROMQL"};
  return kNames;
}

}  // namespace

bool is_function(std::string_view name) {
  return table().contains(name) || without_backing().contains(name);
}

Result call(Evaluator& evaluate, const Node& node) {
  const auto found = table().find(node.text);
  if (found != table().end()) return found->second(evaluate, node);
  return std::unexpected("Seatrial has no data behind the function " + node.text +
                         " yet; nothing was computed");
}

std::unexpected<std::string> wrong_count(const Node& call, std::string_view takes) {
  return std::unexpected(
      fmt::format("Function '{}' takes {}, {} given", call.text, takes, call.children.size()));
}

std::unexpected<std::string> wrong_type(const Node& call, const Value& given) {
  return std::unexpected(fmt::format("Unsupported argument type for function '{}': '{}'", call.text,
                                     type_name(given)));
}

std::expected<Array, std::string> array_argument(Evaluator& evaluate, const Node& call,
                                                 std::size_t index) {
  auto value = evaluate(call.children[index]);
  if (!value) return std::unexpected(value.error());
  if (auto* many = std::get_if<Array>(&*value)) return std::move(*many);
  return wrong_type(call, *value);
}

std::expected<double, std::string> scalar_argument(Evaluator& evaluate, const Node& call,
                                                   std::size_t index) {
  auto value = evaluate(call.children[index]);
  if (!value) return std::unexpected(value.error());
  if (const auto* scalar = std::get_if<double>(&*value)) return *scalar;
  return wrong_type(call, *value);
}

Series same_kind(const Series& series) {
  Series result;
  result.period_s = series.period_s;
  result.label = series.label;
  result.origin = series.origin;
  return result;
}

std::vector<std::int64_t> grid(const Series& series, const Window& window) {
  std::vector<std::int64_t> starts;
  const std::int64_t step = series.period_s;
  for (auto at = window.begin - window.begin % step; at < window.end; at += step)
    starts.push_back(at);
  return starts;
}

}  // namespace seatrial::metrics::math
