// What the room is built on; all outlive it.
#pragma once
#include <functional>
#include <string>

#include "drivers/delivery.h"
#include "services/cloudwatch/api.h"
#include "services/lambda/api.h"
#include "services/logs/api.h"
#include "services/sqs/api.h"

namespace seatrial::services::sns {

struct Parts {
  drivers::DeliveryDriver& deliverer;
  logs::LogSink& logs;
  sqs::Queues& queues;
  std::function<std::string()> endpoint;      // of the API, for links: "http://127.0.0.1:4566"
  lambda::Functions* functions = nullptr;     // null: there are none
  cloudwatch::MetricSink* metrics = nullptr;  // null: none are put
};

}  // namespace seatrial::services::sns
