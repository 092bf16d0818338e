#include "runbook/waiters.h"

#include <cmath>

#include "base/value.h"

namespace seatrial::runbook {
namespace {

// Milliseconds are kept: clients sleep for fractions of a second too.
Value delay_at(int delay_s, double speed) { return std::round(delay_s * 1000 / speed) / 1000; }

}  // namespace

std::string waiters_model(const model::Service& service, double speed, const Serves& serves) {
  Object waiters;
  for (std::uint32_t i = 0; i < service.waiter_count(); ++i) {
    const auto waiter = service.waiter(i);
    const auto operation = service.find_operation(waiter.operation());
    if (!operation || !serves(*operation)) continue;
    waiters[waiter.name()] = Object{{"operation", waiter.operation()},
                                    {"delay", delay_at(waiter.delay_s(), speed)},
                                    {"maxAttempts", waiter.max_attempts()},
                                    {"acceptors", parse_json(waiter.acceptors_json()).value()}};
  }
  if (waiters.empty()) return {};
  return to_json(Object{{"version", 2}, {"waiters", std::move(waiters)}});
}

}  // namespace seatrial::runbook
