// Every function of the language: name, arity, kinds of arguments, where it may stand.
//
// One table per family (functions_<family>.cc), joined here. An evaluator adds what a function does
// beside the table of its family and finds it through the same Function.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace seatrial::logs::query {

enum class Family {
  kNumeric,
  kString,
  kDatetime,
  kIp,
  kJson,
  kGeneral,
  kConversion,
  kHash,
  kAggregate,   // of stats: one value of many
  kTimeSeries,  // of stats with bin()
};

enum class ArgumentKind {
  kAny,
  kNumber,
  kString,
  kField,
  kTimestamp,
  kPeriod,     // 5m
  kSubnet,     // "10.0.0.0/8"
  kCondition,  // true or false
  kCounted,    // a field, or * for all events
};

inline constexpr std::uint8_t kAnyNumber = 255;

struct Function {
  std::string_view name;
  Family family;
  std::uint8_t least;  // arguments
  std::uint8_t most;   // kAnyNumber: as many as one likes
  // Of the first arguments; those beyond are like the last one given.
  std::array<ArgumentKind, 3> arguments;
  bool guessed = false;  // AWS's guide does not have it: its arity is not sure
  bool groups = false;   // stands behind `by` too

  bool aggregates() const { return family == Family::kAggregate || family == Family::kTimeSeries; }
};

// Names are found whatever their case. guess: AWS documents isValidIp and tolower side by side.
const Function* find_function(std::string_view name);
// The name most like it, when one is close; else empty.
std::string_view nearest_function(std::string_view name);
std::span<const std::span<const Function>> function_families();

extern const std::span<const Function> kNumericFunctions;
extern const std::span<const Function> kStringFunctions;
extern const std::span<const Function> kDatetimeFunctions;
extern const std::span<const Function> kIpFunctions;
extern const std::span<const Function> kJsonFunctions;
extern const std::span<const Function> kGeneralFunctions;
extern const std::span<const Function> kConversionFunctions;
extern const std::span<const Function> kHashFunctions;
extern const std::span<const Function> kAggregateFunctions;
extern const std::span<const Function> kTimeSeriesFunctions;

}  // namespace seatrial::logs::query
