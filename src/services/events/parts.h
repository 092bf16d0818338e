// What the room is built on; all outlive it.
#pragma once
#include "services/cloudwatch/api.h"
#include "services/lambda/api.h"
#include "services/logs/api.h"
#include "services/sns/api.h"
#include "services/sqs/api.h"

namespace seatrial::services::events {

struct Parts {
  sns::ServicePublisher& topics;
  sqs::Queues& queues;
  logs::LogSink& logs;
  cloudwatch::MetricSink& metrics;
  lambda::Functions* functions = nullptr;  // null: there are none
};

}  // namespace seatrial::services::events
