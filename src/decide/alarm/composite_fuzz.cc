// Rules of composite alarms from anywhere: refused at a place inside them, or evaluated.
#include <cstdint>

#include "base/check.h"
#include "decide/alarm/composite.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seatrial::decide;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto rule = parse_alarm_rule(text);
  if (!rule) {
    ST_CHECK(rule.error().at <= text.size(), "an error outside the rule");
    return 0;
  }
  const auto with = [&](AlarmState state) {
    return holds(*rule, [state](const std::string&) { return std::optional(state); });
  };
  (void)with(AlarmState::kAlarm);
  (void)with(AlarmState::kOk);
  ST_CHECK(alarms_of(*rule).size() <= kMaxAlarmRuleChildren, "too many children were accepted");
  return 0;
}
