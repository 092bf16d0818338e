#include "runbook/waiters.h"

#include <cmath>

#include "base/value.h"

namespace seatrial::runbook {
namespace {

// Milliseconds are kept: clients sleep for fractions of a second too.
Value delay_at(int delay_s, double speed) { return std::round(delay_s * 1000 / speed) / 1000; }

}  // namespace

std::string waiters_model(const model::Service& service, double speed) {
  if (service.waiter_count() == 0) return {};
  Object waiters;
  for (std::uint32_t i = 0; i < service.waiter_count(); ++i) {
    const auto waiter = service.waiter(i);
    waiters[waiter.name()] = Object{{"operation", waiter.operation()},
                                    {"delay", delay_at(waiter.delay_s(), speed)},
                                    {"maxAttempts", waiter.max_attempts()},
                                    {"acceptors", parse_json(waiter.acceptors_json()).value()}};
  }
  return to_json(Object{{"version", 2}, {"waiters", std::move(waiters)}});
}

}  // namespace seatrial::runbook
