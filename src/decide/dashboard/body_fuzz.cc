// Bodies of dashboards from anywhere: refused with messages, or every row of every widget expands.
#include <cstdint>

#include "base/check.h"
#include "decide/dashboard/dashboard.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seatrial;
  const auto body = parse_json({reinterpret_cast<const char*>(data), size});
  if (!body) return 0;
  const auto verdict = decide::dashboard::check_dashboard(*body);
  if (!verdict.errors.empty()) {
    ST_CHECK(!decide::dashboard::refusal(verdict).empty(), "errors without a message");
    return 0;
  }
  for (const Value& widget : body->at("widgets").as_array()) {
    const Value* metrics = find_member(widget.at("properties"), "metrics");
    if (text_member(widget, "type") != "metric" || metrics == nullptr) continue;
    const auto& rows = metrics->as_array();
    ST_CHECK(decide::dashboard::expand_rows(rows).size() == rows.size(), "an accepted row is lost");
  }
  return 0;
}
