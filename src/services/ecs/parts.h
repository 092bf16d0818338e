// What the ECS room is given besides its Env: the drivers it may use and the rooms it may ask.
#pragma once
#include <functional>

#include "drivers/container.h"
#include "drivers/network.h"
#include "services/cloudwatch/api.h"
#include "services/ec2/api.h"
#include "services/elbv2/api.h"
#include "services/events/api.h"
#include "services/logs/api.h"
#include "services/secretsmanager/api.h"
#include "services/ssm/api.h"

namespace seatrial::services::ecs {

// All outlive the room's stop().
struct Parts {
  drivers::ContainerDriver& containers;
  drivers::NetworkDriver& network;
  elbv2::TargetGroups& targets;
  logs::LogSink& logs;
  ssm::Parameters& parameters;
  secretsmanager::Secrets& secrets;
  ec2::Vpcs& vpcs;
  cloudwatch::MetricSink& metrics;
  // Where the API listens for tasks, on NetworkDriver::api_address(); 0 while it does not.
  std::function<int()> api_port = [] { return 0; };
  // Runs driver calls that block; null: a thread of the room's own.
  Executor* background = nullptr;
  // Where tasks' changes are told; null: nowhere.
  events::Bus* bus = nullptr;
};

}  // namespace seatrial::services::ecs
