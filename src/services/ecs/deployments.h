// A service's deployments and events as records: what beginning, completing and replacing one
// writes.
#pragma once
#include "room/room.h"
#include "services/ecs/store.h"

namespace seatrial::services::ecs {

// Appends to the service's event list, newest last, at most kMaxEvents kept.
void add_event(State& state, const std::string& service_key, std::string message, Rng& rng,
               Time now);

// A new PRIMARY deployment from the service's present settings; all others become ACTIVE.
void begin_deployment(State& state, const std::string& service_key, ServiceRecord& service,
                      const std::string& account, Rng& rng, Time now);

// The deployment reached its desired state.
void complete_deployment(State& state, ServiceRecord& service, const std::string& id, Time now);

// Erases the service with its events and service deployments.
void forget_service(State& state, const std::string& service_key);

}  // namespace seatrial::services::ecs
