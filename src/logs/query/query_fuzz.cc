// The parser of Insights queries against any bytes.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "logs/query/query.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace query = seatrial::logs::query;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = query::parse(text);
  for (const auto& problem : parsed.problems) {
    if (problem.span.begin >= problem.span.end || problem.span.begin > text.size()) std::abort();
    if (query::malformed_message(text, problem).empty()) std::abort();
  }
  return 0;
}
