// How many delivery streams there are, for AWS/Usage. Source: "Amazon Data Firehose usage metrics".
#include "services/firehose/service.h"

namespace seatrial::services::firehose {

std::vector<cloudwatch::CountedResource> Firehose::count_resources() const {
  cloudwatch::CountedResource streams{"Firehose", "DeliveryStreams", "None", kMaxStreams, {}};
  for (const auto& [key, record] : tables_.streams)
    ++streams.by_region[key.substr(0, key.find('/'))];
  return {streams};
}

}  // namespace seatrial::services::firehose
