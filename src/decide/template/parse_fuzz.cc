// Templates from anywhere: refused with a reason, or a value that survives being written as JSON.
#include <cmath>
#include <cstdint>

#include "base/check.h"
#include "decide/template/template.h"

namespace {

using seatrial::Value;

// Equal but for the last digits of numbers: the reader of JSON rounds to within one of them.
bool same(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) {
    const auto x = a.to_number<double>(), y = b.to_number<double>();
    return std::abs(x - y) <= 1e-14 * std::abs(x);
  }
  if (a.is_array() && b.is_array()) {
    return std::equal(a.get_array().begin(), a.get_array().end(), b.get_array().begin(),
                      b.get_array().end(), same);
  }
  if (!a.is_object() || !b.is_object()) return a == b;
  if (a.get_object().size() != b.get_object().size()) return false;
  for (const auto& [key, value] : a.get_object()) {
    const auto* other = b.get_object().if_contains(key);
    if (other == nullptr || !same(value, *other)) return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seatrial;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = decide::parse_text(text);
  if (!value) {
    ST_CHECK(!value.error().message.empty(), "refused without a reason");
    return 0;
  }
  const auto again = decide::parse_text(to_json(*value));
  ST_CHECK(again && same(*value, *again), "what was accepted does not survive being written");
  return 0;
}
