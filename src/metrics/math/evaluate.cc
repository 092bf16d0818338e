#include "metrics/math/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "metrics/math/functions.h"

namespace seatrial::metrics::math {
namespace {

double compute(Operator op, double a, double b) {
  switch (op) {
    case Operator::kAdd:
      return a + b;
    case Operator::kSubtract:
      return a - b;
    case Operator::kMultiply:
      return a * b;
    case Operator::kDivide:
      return b == 0 ? NAN : a / b;
    case Operator::kPower:
      return std::pow(a, b);
    case Operator::kEqual:
      return a == b;
    case Operator::kNotEqual:
      return a != b;
    case Operator::kLess:
      return a < b;
    case Operator::kLessOrEqual:
      return a <= b;
    case Operator::kGreater:
      return a > b;
    case Operator::kGreaterOrEqual:
      return a >= b;
    case Operator::kAnd:
      return a != 0 && b != 0;
    case Operator::kOr:
      return a != 0 || b != 0;
  }
  return NAN;
}

double scalar(Operator op, double a, double b) {
  return std::isnan(a) || std::isnan(b) ? NAN : compute(op, a, b);
}

Series like(const Series& left, const Series* right) {
  Series result;
  result.period_s = right == nullptr ? left.period_s : std::max(left.period_s, right->period_s);
  result.label = left.label;
  if (right == nullptr || right->origin == left.origin) result.origin = left.origin;
  return result;
}

void add(Series& series, std::int64_t at, double value) {
  if (std::isfinite(value)) series.points.push_back({at, value});
}

Series both(Operator op, const Series& left, const Series& right) {
  Series result = like(left, &right);
  auto a = left.points.begin(), b = right.points.begin();
  while (a != left.points.end() || b != right.points.end()) {
    const bool from_a = b == right.points.end() || (a != left.points.end() && a->at <= b->at);
    const bool from_b = a == left.points.end() || (b != right.points.end() && b->at <= a->at);
    const auto at = from_a ? a->at : b->at;
    add(result, at, scalar(op, from_a ? a->value : 0, from_b ? b->value : 0));
    if (from_a) ++a;
    if (from_b) ++b;
  }
  return result;
}

template <class F>
Series each(const Series& series, F&& of) {
  Series result = like(series, nullptr);
  for (const auto& point : series.points) add(result, point.at, of(point.value));
  return result;
}

Series one(Operator op, const Series& left, const Value& right) {
  if (const auto* other = std::get_if<Series>(&right)) return both(op, left, *other);
  const double b = std::get<double>(right);
  return each(left, [&](double a) { return scalar(op, a, b); });
}

Series one(Operator op, const Value& left, const Series& right) {
  if (const auto* other = std::get_if<Series>(&left)) return both(op, *other, right);
  const double a = std::get<double>(left);
  return each(right, [&](double b) { return scalar(op, a, b); });
}

}  // namespace

std::string_view type_name(const Value& value) {
  constexpr std::string_view kNames[] = {"Scalar", "TimeSeries", "Array[TimeSeries]"};
  return kNames[value.index()];
}

// S and S, TS and TS, TS and S, TS[] and S, TS[] and TS, either way round; not TS[] and TS[].
Result apply(Operator op, std::string_view sign, const Value& left, const Value& right) {
  const auto* many_left = std::get_if<Array>(&left);
  const auto* many_right = std::get_if<Array>(&right);
  if (many_left != nullptr && many_right != nullptr) {
    return std::unexpected(fmt::format("Unsupported operand type(s) for {}: '{}' and '{}'", sign,
                                       type_name(left), type_name(right)));
  }
  if (many_left != nullptr || many_right != nullptr) {
    Array results;
    for (const auto& series : many_left != nullptr ? *many_left : *many_right) {
      results.push_back(many_left != nullptr ? one(op, series, right) : one(op, left, series));
      results.back().label = series.label;
      results.back().origin = series.origin;
    }
    return results;
  }
  if (const auto* series = std::get_if<Series>(&left)) return one(op, *series, right);
  if (const auto* series = std::get_if<Series>(&right)) return one(op, left, *series);
  return scalar(op, std::get<double>(left), std::get<double>(right));
}

Result Evaluator::operator()(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNumber:
      return node.number;
    case Node::Kind::kId:
      return surroundings_.value_of(node.text);
    case Node::Kind::kArray:
      return array(node);
    case Node::Kind::kBinary:
      return binary(node);
    case Node::Kind::kCall:
      return call(*this, node);
    case Node::Kind::kNegate: {
      auto inner = (*this)(node.children[0]);
      return inner ? apply(Operator::kMultiply, "-", -1.0, *inner) : inner;
    }
    default:
      return std::unexpected(fmt::format("Unexpected '{}' at position {}", node.text, node.at + 1));
  }
}

// [m1, METRICS("4xx")]: arrays within an array become part of it.
Result Evaluator::array(const Node& node) {
  Array all;
  for (const auto& child : node.children) {
    auto value = (*this)(child);
    if (!value) return value;
    if (auto* series = std::get_if<Series>(&*value)) {
      all.push_back(std::move(*series));
    } else if (auto* many = std::get_if<Array>(&*value)) {
      std::move(many->begin(), many->end(), std::back_inserter(all));
    } else {
      return std::unexpected("An array must hold time series, not scalars");
    }
    if (all.size() > kMaxArray) return std::unexpected(too_many_series());
  }
  return all;
}

Result Evaluator::binary(const Node& node) {
  auto left = (*this)(node.children[0]);
  if (!left) return left;
  auto right = (*this)(node.children[1]);
  if (!right) return right;
  return apply(node.op, node.text, *left, *right);
}

}  // namespace seatrial::metrics::math
