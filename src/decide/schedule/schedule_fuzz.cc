// Schedules from anywhere: refused, or due at ever later times on whole minutes (of a cron).
#include <cstdint>

#include "base/check.h"
#include "decide/schedule/schedule.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seatrial;
  const auto schedule = decide::parse_schedule({reinterpret_cast<const char*>(data), size});
  if (!schedule) return 0;
  Time at = from_ms(1'767'225'600'000);
  const Time anchor = at;
  for (int i = 0; i < 3; ++i) {
    const auto next = decide::next_time(*schedule, at, anchor);
    if (!next) return 0;
    ST_CHECK(*next > at, "a schedule is due in the past");
    at = *next;
  }
  return 0;
}
