// Patterns from anywhere: refused with a reason, or matched against an event; the input's first
// line is the pattern, the rest the event.
#include <cstdint>

#include "base/check.h"
#include "decide/event_pattern/event_pattern.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seatrial;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto line = text.find('\n');
  const auto event =
      line == std::string_view::npos ? std::nullopt : parse_json(text.substr(line + 1));
  for (const auto dialect : {decide::PatternDialect::kEvent, decide::PatternDialect::kAttributes,
                             decide::PatternDialect::kBody}) {
    const auto pattern = decide::EventPattern::compile(text.substr(0, line), dialect);
    if (!pattern) {
      ST_CHECK(!pattern.error().empty(), "refused without a reason");
    } else if (event) {
      ST_CHECK(pattern->matches(*event) == pattern->matches(*event), "matching has a memory");
    }
  }
  return 0;
}
