// What other rooms may ask of EventBridge: to put an event of an AWS service on the default bus.
#pragma once
#include <string>
#include <vector>

#include "base/value.h"
#include "room/room.h"

namespace seatrial::services::events {

// Control thread.
class Bus {
 public:
  virtual ~Bus() = default;
  // `source` is the service's ("aws.ecs"), `detail_type` its words ("ECS Task State Change"),
  // `detail` an object. Time, id and account are the world's. Part of the caller's open
  // transaction: rules that match deliver once it is durable. With no rule in the region nothing is
  // done.
  virtual void put(const std::string& region, const std::string& source,
                   const std::string& detail_type, std::vector<std::string> resources,
                   Value detail) = 0;
};

}  // namespace seatrial::services::events
