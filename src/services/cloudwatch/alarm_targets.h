// Alarm actions and events carried out by the rooms that are here: an SNS topic, a function,
// EventBridge's bus.
#pragma once
#include "services/cloudwatch/api.h"
#include "services/events/api.h"
#include "services/lambda/api.h"
#include "services/sns/api.h"

namespace seatrial::services::cloudwatch {

class SnsAlarmAction final : public AlarmActionKind {
 public:
  explicit SnsAlarmAction(sns::Publisher& publisher) : publisher_(publisher) {}
  room::Outcome<void> execute(const AlarmActionRequest& request) override {
    auto sent = publisher_.publish(request.action, request.subject, request.message, {});
    if (!sent) return std::unexpected(std::move(sent.error()));
    return {};
  }

 private:
  sns::Publisher& publisher_;
};

// The function's policy must let the principal lambda.alarms.cloudwatch.amazonaws.com.
// docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
class LambdaAlarmAction final : public AlarmActionKind {
 public:
  explicit LambdaAlarmAction(lambda::Functions& functions) : functions_(functions) {}
  room::Outcome<void> execute(const AlarmActionRequest& request) override {
    auto accepted =
        functions_.invoke_async(request.action, to_json(request.payload),
                                {"lambda.alarms.cloudwatch.amazonaws.com", request.alarm_arn});
    if (!accepted) return std::unexpected(std::move(accepted.error()));
    return {};
  }

 private:
  lambda::Functions& functions_;
};

class BusAlarmEvents final : public AlarmEvents {
 public:
  explicit BusAlarmEvents(events::Bus& bus) : bus_(bus) {}
  void put(const std::string& region, const std::string& detail_type, const std::string& alarm_arn,
           Value detail) override {
    bus_.put(region, "aws.cloudwatch", detail_type, {alarm_arn}, std::move(detail));
  }

 private:
  events::Bus& bus_;
};

}  // namespace seatrial::services::cloudwatch
