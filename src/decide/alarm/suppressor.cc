#include "decide/alarm/suppressor.h"

#include <array>

namespace seatrial::decide {
namespace {

constexpr std::array<std::string_view, 4> kNames = {"", "WaitPeriod", "ExtensionPeriod", "Alarm"};

}  // namespace

std::string_view suppressed_by_name(SuppressedBy by) {
  return kNames[static_cast<std::size_t>(by)];
}

SuppressionStep step_suppression(Suppression now_is, const SuppressorPeriods& periods, Time now,
                                 bool transitioned, bool suppressor_in_alarm) {
  Suppression next = now_is;
  if (suppressor_in_alarm) {
    next.by = SuppressedBy::kAlarm;
    next.owed = next.owed || transitioned;
    return {next, false};
  }
  if (transitioned) {
    next = {SuppressedBy::kWaitPeriod, now + periods.wait, true};
  } else if (next.by == SuppressedBy::kAlarm) {
    next.by = SuppressedBy::kExtensionPeriod;
    next.until = now + periods.extension;
  }
  if (!is_period(next.by) || now < next.until) return {next, false};
  return {Suppression{}, next.owed};
}

}  // namespace seatrial::decide
