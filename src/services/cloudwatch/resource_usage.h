// AWS/Usage ResourceCount: how many resources rooms have, each minute; and their quotas, which
// SERVICE_QUOTA of metric math asks for.
//
// Sources: "CloudWatch usage metrics" of the CloudWatch user guide; the usage metrics of Fargate,
// Firehose, Elastic Load Balancing and SNS, whose dimensions are as people graph them. A quota is
// the limit that the room really holds a region to, never one that only AWS has.
// guess: kinds there is nothing of have no data points.
#pragma once
#include "metrics/data_query.h"
#include "services/cloudwatch/api.h"

namespace seatrial::services::cloudwatch {

class ResourceUsage final : public metrics::Quotas {  // control thread
 public:
  ResourceUsage(room::Env& env, MetricSink& sink) : env_(env), sink_(sink) {}

  void add(const ResourceCounter& counter) { counters_.push_back(&counter); }
  void start();
  std::optional<double> quota_of(const metrics::SeriesId& metric) const override;

 private:
  void publish_later();
  void publish();

  room::Env& env_;
  MetricSink& sink_;
  std::vector<const ResourceCounter*> counters_;
};

}  // namespace seatrial::services::cloudwatch
