// What the Lambda room is given besides its Env. All outlive the room's stop().
#pragma once
#include <filesystem>
#include <functional>
#include <string>

#include "drivers/function.h"
#include "services/cloudwatch/api.h"
#include "services/iam/api.h"
#include "services/logs/api.h"
#include "services/s3/api.h"

namespace seatrial::services::lambda {

struct Parts {
  drivers::FunctionDriver& driver;
  logs::LogSink& logs;
  cloudwatch::MetricSink& metrics;
  iam::RoleSessions& roles;
  s3::ObjectSource& objects;
  std::function<std::string()> endpoint;  // of the API, as functions and clients reach it
};

}  // namespace seatrial::services::lambda
