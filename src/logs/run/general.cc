// ispresent, coalesce, if, case and what a query knows of itself. Source:
// CWL_QuerySyntax-operations-functions, "General functions".
#include "logs/run/node.h"

namespace seatrial::logs::run {
namespace {

Value is_present(const Call& call) { return Value::of(call.value(0).present()); }

Value coalesce(const Call& call) {
  for (std::size_t i = 0; i < call.size(); ++i)
    if (const auto value = call.value(i); value.present()) return value;
  return {};
}

Value if_then(const Call& call) { return call.value(call.holds(0) ? 1 : 2); }

// Conditions and values in turn; an odd one at the end is for when none holds.
Value case_of(const Call& call) {
  for (std::size_t i = 0; i + 1 < call.size(); i += 2)
    if (call.holds(i)) return call.value(i + 1);
  return call.size() % 2 == 1 ? call.value(call.size() - 1) : Value{};
}

Value is_numeric(const Call& call) { return Value::of(call.number(0).has_value()); }

Value message_size(const Call& call) {
  const auto value = call.value(0);
  if (!value.present()) return {};
  return Value::of(static_cast<double>(text_of(value, call.row().arena()).size()));
}

// guess: times in milliseconds since the epoch, so that they can be subtracted.
Value start_time(const Call& call) {
  return Value::of(static_cast<double>(call.context().start_ms));
}
Value end_time(const Call& call) { return Value::of(static_cast<double>(call.context().end_ms)); }
Value time_range(const Call& call) {
  return Value::of(static_cast<double>(call.context().end_ms - call.context().start_ms));
}

// No data protection policy masks anything here, so there is nothing to take off.
Value unmask(const Call& call) { return call.value(0); }

constexpr Builtin kGeneralTable[] = {
    {"ispresent", is_present},
    {"coalesce", coalesce},
    {"if", if_then},
    {"case", case_of},
    {"isNumeric", is_numeric},
    {"messageSize", message_size},
    {"queryStartTime", start_time},
    {"queryEndTime", end_time},
    {"queryTimeRange", time_range},
    {"unmask", unmask},
};

}  // namespace

const std::span<const Builtin> kGeneralBuiltins = kGeneralTable;

}  // namespace seatrial::logs::run
