// Metric streams' records given to Firehose.
#pragma once
#include "services/cloudwatch/api.h"
#include "services/firehose/api.h"

namespace seatrial::services::cloudwatch {

class FirehoseStreams final : public MetricStreamTarget {
 public:
  explicit FirehoseStreams(firehose::DeliveryStreams& streams) : streams_(streams) {}
  bool has_stream(const std::string& arn) const override { return streams_.has_stream(arn); }
  room::Outcome<void> put_record(const std::string& arn, std::string data) override {
    return streams_.put_record(arn, std::move(data));
  }

 private:
  firehose::DeliveryStreams& streams_;
};

}  // namespace seatrial::services::cloudwatch
