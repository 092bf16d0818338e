// How many load balancers and target groups there are, for AWS/Usage. The two types of load
// balancers share one quota here.
#include "services/elbv2/service.h"

namespace seatrial::services::elbv2 {

std::vector<cloudwatch::CountedResource> Elbv2::count_resources() const {
  constexpr const char* kService = "Elastic Load Balancing";
  cloudwatch::CountedResource application{
      kService, "ApplicationLoadBalancersPerRegion", "None", kMaxBalancers, {}};
  cloudwatch::CountedResource network{
      kService, "NetworkLoadBalancersPerRegion", "None", kMaxBalancers, {}};
  cloudwatch::CountedResource groups{kService, "TargetGroupsPerRegion", "None", std::nullopt, {}};
  for (const auto& [arn, record] : tables_.balancers)
    ++(record.shape.Type == "network" ? network : application).by_region[region_of(arn)];
  for (const auto& [arn, record] : tables_.groups) ++groups.by_region[region_of(arn)];
  return {application, network, groups};
}

}  // namespace seatrial::services::elbv2
