// What the room is given besides its Env; all outlive it.
#pragma once
#include "services/cloudwatch/api.h"
#include "services/ecs/api.h"

namespace seatrial::services::application_autoscaling {

struct Parts {
  ecs::ServiceScaler& services;
  cloudwatch::ManagedAlarms& alarms;
};

}  // namespace seatrial::services::application_autoscaling
