// The families joined. See functions.h.
#include "logs/query/functions.h"

#include "logs/query/lexer.h"
#include "logs/query/nearest.h"

namespace seatrial::logs::query {

std::span<const std::span<const Function>> function_families() {
  static const std::span<const Function> kFamilies[] = {
      kNumericFunctions,   kStringFunctions,    kDatetimeFunctions,   kIpFunctions,
      kJsonFunctions,      kGeneralFunctions,   kConversionFunctions, kHashFunctions,
      kAggregateFunctions, kTimeSeriesFunctions};
  return kFamilies;
}

const Function* find_function(std::string_view name) {
  for (const auto family : function_families())
    for (const auto& function : family)
      if (same_word(function.name, name)) return &function;
  return nullptr;
}

std::string_view nearest_function(std::string_view name) {
  Nearest nearest(name);
  for (const auto family : function_families())
    for (const auto& function : family) nearest.offer(function.name);
  return nearest.found();
}

}  // namespace seatrial::logs::query
