// The table of functions. The other half: evaluate_functions.cc (what they do).
#include "jmespath/functions.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace seatrial::jmespath {
namespace {

using enum Function;

// Table: sorted by name.
constexpr Signature kFunctions[] = {
    {"abs", kAbs, 1, false, {kAcceptsNumber}},
    {"avg", kAvg, 1, false, {kAcceptsNumbers}},
    {"ceil", kCeil, 1, false, {kAcceptsNumber}},
    {"contains", kContains, 2, false, {kAcceptsArray | kAcceptsString, kAcceptsAny}},
    {"ends_with", kEndsWith, 2, false, {kAcceptsString, kAcceptsString}},
    {"floor", kFloor, 1, false, {kAcceptsNumber}},
    {"join", kJoin, 2, false, {kAcceptsString, kAcceptsStrings}},
    {"keys", kKeys, 1, false, {kAcceptsObject}},
    {"length", kLength, 1, false, {kAcceptsString | kAcceptsArray | kAcceptsObject}},
    {"map", kMap, 2, false, {kAcceptsExpression, kAcceptsArray}},
    {"max", kMax, 1, false, {kAcceptsNumbers | kAcceptsStrings}},
    {"max_by", kMaxBy, 2, false, {kAcceptsArray, kAcceptsExpression}},
    {"merge", kMerge, 1, true, {kAcceptsObject}},
    {"min", kMin, 1, false, {kAcceptsNumbers | kAcceptsStrings}},
    {"min_by", kMinBy, 2, false, {kAcceptsArray, kAcceptsExpression}},
    {"not_null", kNotNull, 1, true, {kAcceptsAny}},
    {"reverse", kReverse, 1, false, {kAcceptsArray | kAcceptsString}},
    {"sort", kSort, 1, false, {kAcceptsNumbers | kAcceptsStrings}},
    {"sort_by", kSortBy, 2, false, {kAcceptsArray, kAcceptsExpression}},
    {"starts_with", kStartsWith, 2, false, {kAcceptsString, kAcceptsString}},
    {"sum", kSum, 1, false, {kAcceptsNumbers}},
    {"to_array", kToArray, 1, false, {kAcceptsAny}},
    {"to_number", kToNumber, 1, false, {kAcceptsAny}},
    {"to_string", kToString, 1, false, {kAcceptsAny}},
    {"type", kType, 1, false, {kAcceptsAny}},
    {"values", kValues, 1, false, {kAcceptsObject}},
};

}  // namespace

std::span<const Signature> all_functions() { return kFunctions; }

const Signature* find_function(std::string_view name) {
  const auto* found = std::lower_bound(
      std::begin(kFunctions), std::end(kFunctions), name,
      [](const Signature& signature, std::string_view wanted) { return signature.name < wanted; });
  return found != std::end(kFunctions) && found->name == name ? found : nullptr;
}

std::string accepted_kinds(Accepts accepts) {
  constexpr std::pair<Accepts, std::string_view> kWords[] = {
      {kAcceptsNumber, "a number"},
      {kAcceptsString, "a string"},
      {kAcceptsArray, "a list"},
      {kAcceptsObject, "an object"},
      {kAcceptsExpression, "an &expression"},
      {kAcceptsNumbers, "a list of numbers"},
      {kAcceptsStrings, "a list of strings"}};
  std::vector<std::string_view> words;
  for (const auto& [bit, word] : kWords) {
    if ((accepts & bit) != 0) words.push_back(word);
  }
  if (words.empty()) return "anything";
  const std::string last(words.back());
  words.pop_back();
  return words.empty() ? last : fmt::format("{} or {}", fmt::join(words, ", "), last);
}

std::string arity_message(const Signature& signature, std::size_t given) {
  return fmt::format("{}() takes {}{} argument{}, not {}", signature.name,
                     signature.variadic ? "at least " : "", signature.count,
                     signature.count == 1 ? "" : "s", given);
}

}  // namespace seatrial::jmespath
