// The parsers and matchers of filter patterns against any bytes: the input is a pattern, a line
// end, and a message.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "logs/pattern/pattern.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using seatrial::logs::pattern::Pattern;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto line = input.find('\n');
  const auto text = input.substr(0, line);
  const auto message = line == std::string_view::npos ? text : input.substr(line + 1);
  const auto pattern = Pattern::parse(text);
  if (!pattern) {
    const auto& span = pattern.error().span;
    if (span.begin >= span.end || span.begin > text.size() + 1) std::abort();
    return 0;
  }
  if (pattern->captures(message).has_value() != pattern->matches(message)) std::abort();
  for (const auto& problem : pattern->misleading())
    if (problem.span.end > text.size()) std::abort();
  return 0;
}
