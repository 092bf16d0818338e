// Alarm actions and events carried out by the rooms that are here: an SNS topic, EventBridge's bus.
#pragma once
#include "services/cloudwatch/api.h"
#include "services/events/api.h"
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
