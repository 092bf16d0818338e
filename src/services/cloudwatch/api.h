// What other rooms may ask of CloudWatch: to take the metrics of what runs (the AWS/ namespaces).
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "room/room.h"

namespace seatrial::services::cloudwatch {

struct Datum {
  std::string name_space, name;
  std::vector<std::pair<std::string, std::string>> dimensions;
  double value = 0;
  std::string unit;  // "Percent", "Count", "Seconds", ...
  Time at{};
  // A statistic set when count is not 1: `value` is then the sum.
  double count = 1, min = 0, max = 0;
};

class MetricSink {  // control thread
 public:
  virtual ~MetricSink() = default;
  virtual void put(const std::string& region, std::vector<Datum> data) = 0;
};

}  // namespace seatrial::services::cloudwatch
