// abs ceil floor greatest least log round sqrt haversine, and conversions to numbers and texts.
// Source: CWL_QuerySyntax-operations-functions, "Numeric operators".
#include <cmath>
#include <numbers>

#include "logs/run/node.h"

namespace seatrial::logs::run {
namespace {

// A number, if the result is one.
Value finite(double number) { return std::isfinite(number) ? Value::of(number) : Value{}; }

template <double (*F)(double)>
Value of_one(const Call& call) {
  const auto number = call.number(0);
  return number ? finite(F(*number)) : Value{};
}

double absolute(double x) { return std::abs(x); }
double ceiling(double x) { return std::ceil(x); }
double floor_of(double x) { return std::floor(x); }
double logarithm(double x) { return std::log(x); }
double root(double x) { return std::sqrt(x); }
double whole(double x) { return std::trunc(x); }
double same(double x) { return x; }

// guess: what is no number does not count.
template <bool kGreatest>
Value extreme(const Call& call) {
  std::optional<double> best;
  for (std::size_t i = 0; i < call.size(); ++i) {
    const auto number = call.number(i);
    if (number && (!best || (kGreatest ? *number > *best : *number < *best))) best = number;
  }
  return best ? finite(*best) : Value{};
}

Value round_to(const Call& call) {
  const auto number = call.number(0);
  const auto places = call.size() > 1 ? call.number(1) : 0.0;
  if (!number || !places || std::abs(*places) > 15) return {};
  const double scale = std::pow(10.0, std::trunc(*places));
  return finite(std::round(*number * scale) / scale);
}

// Kilometres between two places given in degrees; the earth's mean radius.
Value haversine(const Call& call) {
  constexpr double kEarthKm = 6371.0, kRadian = std::numbers::pi / 180;
  double at[4];
  for (std::size_t i = 0; i < 4; ++i) {
    const auto number = call.number(i);
    if (!number) return {};
    at[i] = *number * kRadian;
  }
  const double a = std::pow(std::sin((at[2] - at[0]) / 2), 2) +
                   std::cos(at[0]) * std::cos(at[2]) * std::pow(std::sin((at[3] - at[1]) / 2), 2);
  return finite(2 * kEarthKm * std::asin(std::min(1.0, std::sqrt(a))));
}

Value to_text(const Call& call) {
  const auto value = call.value(0);
  return value.present() ? Value::of(text_of(value, call.row().arena())) : Value{};
}

constexpr Builtin kNumericTable[] = {
    {"abs", of_one<absolute>},  {"ceil", of_one<ceiling>},  {"floor", of_one<floor_of>},
    {"log", of_one<logarithm>}, {"sqrt", of_one<root>},     {"greatest", extreme<true>},
    {"least", extreme<false>},  {"round", round_to},        {"haversine", haversine},
    {"toNumber", of_one<same>}, {"toDouble", of_one<same>}, {"toInt", of_one<whole>},
    {"toLong", of_one<whole>},  {"toString", to_text},
};

}  // namespace

const std::span<const Builtin> kNumericBuiltins = kNumericTable;

}  // namespace seatrial::logs::run
