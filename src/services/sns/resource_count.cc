// How many topics there are, for AWS/Usage. The quota is of all regions together.
#include "services/sns/service.h"

namespace seatrial::services::sns {

std::vector<cloudwatch::CountedResource> Sns::count_resources() const {
  cloudwatch::CountedResource topics{"SNS", "ApproximateNumberOfTopics", "None", kMaxTopics, {}};
  for (const auto& [arn, record] : tables_.topics)
    if (const auto parsed = parse_arn(arn)) ++topics.by_region[parsed->region];
  return {topics};
}

}  // namespace seatrial::services::sns
