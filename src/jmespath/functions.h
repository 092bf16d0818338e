// The functions of JMESPath: what they take. evaluate.cc refuses by this table what infer.cc tells
// beforehand by the same one. Constants. Any thread.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace seatrial::jmespath {

enum class Function : std::uint8_t {
  kAbs,
  kAvg,
  kCeil,
  kContains,
  kEndsWith,
  kFloor,
  kJoin,
  kKeys,
  kLength,
  kMap,
  kMax,
  kMaxBy,
  kMerge,
  kMin,
  kMinBy,
  kNotNull,
  kReverse,
  kSort,
  kSortBy,
  kStartsWith,
  kSum,
  kToArray,
  kToNumber,
  kToString,
  kType,
  kValues,
};

// What a parameter accepts; 0 is anything.
using Accepts = std::uint16_t;
inline constexpr Accepts kAcceptsAny = 0, kAcceptsNumber = 1, kAcceptsString = 2, kAcceptsArray = 4,
                         kAcceptsObject = 8, kAcceptsExpression = 16,
                         // Arrays whose elements are all of one of these kinds.
    kAcceptsNumbers = 32, kAcceptsStrings = 64;

struct Signature {
  std::string_view name;
  Function function;
  std::uint8_t count;  // of parameters
  bool variadic;       // and any more, of any kind
  std::array<Accepts, 2> accepts;
};

std::span<const Signature> all_functions();  // by name
const Signature* find_function(std::string_view name);

// "a string, an array or an object".
std::string accepted_kinds(Accepts accepts);
// "length() takes 1 argument, not 2".
std::string arity_message(const Signature& signature, std::size_t given);

}  // namespace seatrial::jmespath
