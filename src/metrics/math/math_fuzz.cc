// The parsers of metric math, SEARCH and SELECT against any bytes, and what they parse computed.
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "metrics/math/search.h"
#include "metrics/math/select.h"
#include "metrics/math/testing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace math = seatrial::metrics::math;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  math::PaperSurroundings paper(4);
  paper.set("m1", {1, {}, -3, 4.5});
  paper.set("m2", {{}, 0, 2, {}});
  paper.set("e1", {});
  if (const auto tree = math::parse(text)) {
    const auto value = math::Evaluator(paper)(*tree);
    const auto* series = value ? std::get_if<math::Series>(&*value) : nullptr;
    if (series != nullptr) {
      for (const auto& point : series->points)
        if (!std::isfinite(point.value)) std::abort();
    }
  }
  if (const auto select = math::Select::parse(text))
    (void)select->matches({"r", "AWS/EC2", "CPUUtilization", {{"InstanceId", "i-1"}}, ""}, "1");
  const seatrial::metrics::MetricName metric{"AWS/EC2", "CPUUtilization", {{"InstanceId", "i-1"}}};
  if (const auto search = math::Search::parse(text))
    (void)search->matches(math::SearchedMetric(metric));
  return 0;
}
