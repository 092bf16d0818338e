// Templates from anywhere: refused with a reason, or a value that survives being written as JSON.
#include <cstdint>

#include "base/check.h"
#include "decide/template/template.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seatrial;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = decide::parse_text(text);
  if (!value) {
    ST_CHECK(!value.error().message.empty(), "refused without a reason");
    return 0;
  }
  const auto again = decide::parse_text(to_json(*value));
  ST_CHECK(again && *again == *value, "what was accepted does not survive being written");
  return 0;
}
