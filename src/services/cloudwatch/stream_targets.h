// Metric streams' records given to Firehose.
#pragma once
#include "services/cloudwatch/api.h"
#include "services/firehose/api.h"
#include "services/iam/api.h"

namespace seatrial::services::cloudwatch {

class FirehoseStreams final : public MetricStreamTarget {
 public:
  FirehoseStreams(firehose::DeliveryStreams& streams, const iam::RoleSessions& roles)
      : streams_(streams), roles_(roles) {}
  bool has_stream(const std::string& arn) const override { return streams_.has_stream(arn); }
  bool may_assume(const std::string& role_arn) const override {
    return roles_.can_assume(role_arn, "streams.metrics.cloudwatch.amazonaws.com");
  }
  room::Outcome<void> put_record(const std::string& arn, std::string data) override {
    return streams_.put_record(arn, std::move(data));
  }

 private:
  firehose::DeliveryStreams& streams_;
  const iam::RoleSessions& roles_;
};

}  // namespace seatrial::services::cloudwatch
