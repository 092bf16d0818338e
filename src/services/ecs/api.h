// What other rooms may ask of ECS: to read and set how many tasks a service is to have.
#pragma once
#include <optional>
#include <string>

#include "room/room.h"

namespace seatrial::services::ecs {

struct ServiceCounts {
  int desired = 0, running = 0;
  bool deploying = false;  // a deployment of it is in progress
};

class ServiceScaler {  // control thread
 public:
  virtual ~ServiceScaler() = default;
  // Nothing unless the service is there and ACTIVE.
  virtual std::optional<ServiceCounts> counts(const std::string& region, const std::string& cluster,
                                              const std::string& service) const = 0;
  // As UpdateService with a desiredCount, within the caller's open transaction. False as above.
  virtual bool set_desired(const std::string& region, const std::string& cluster,
                           const std::string& service, int count) = 0;
};

}  // namespace seatrial::services::ecs
