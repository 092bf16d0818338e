// Messages against those that opentelemetry-proto's own code writes (Python, of 1.0.0; of 0.7.0
// with the messages of tests/live/otel.py, which the live test reads records with).
#include "services/cloudwatch/otel.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace seatrial::services::cloudwatch {
namespace {

constexpr const char* kOld =
    "e9020ae6020aab010a170a0e636c6f75642e70726f766964657212050a036177730a220a10636c6f75642e61"
    "63636f756e742e6964120e0a0c3132333435363738393031320a1b0a0c636c6f75642e726567696f6e120b0a"
    "0975732d656173742d310a4f0a106177732e6578706f727465722e61726e123b0a3961726e3a6177733a636c"
    "6f756477617463683a75732d656173742d313a3132333435363738393031323a6d65747269632d7374726561"
    "6d2f7312b50112b2010a19616d617a6f6e6177732e636f6d2f4170702f6c6174656e63791a026d735a90010a"
    "8d010a100a094e616d65737061636512034170700a150a0a4d65747269634e616d6512076c6174656e63790a"
    "0b0a04486f73741203776562110000faed5172861819005841e65f7286182103000000000000002900000000"
    "00002840320911000000000000f03f321209000000000000e03f110000000000000040321209000000000000"
    "f03f110000000000002240";
constexpr const char* kNew =
    "81030afe020aab010a170a0e636c6f75642e70726f766964657212050a036177730a220a10636c6f75642e61"
    "63636f756e742e6964120e0a0c3132333435363738393031320a1b0a0c636c6f75642e726567696f6e120b0a"
    "0975732d656173742d310a4f0a106177732e6578706f727465722e61726e123b0a3961726e3a6177733a636c"
    "6f756477617463683a75732d656173742d313a3132333435363738393031323a6d65747269632d7374726561"
    "6d2f7312cd0112ca010a19616d617a6f6e6177732e636f6d2f4170702f6c6174656e63791a026d735aa8010a"
    "a501110000faed5172861819005841e65f728618210300000000000000290000000000002840320911000000"
    "000000f03f321209000000000000e03f110000000000000040321209000000000000f03f1100000000000022"
    "403a120a094e616d65737061636512050a034170703a170a0a4d65747269634e616d6512090a076c6174656e"
    "63793a1f0a0a44696d656e73696f6e731211320f0a0d0a04486f737412050a03776562";

std::string hex(const std::string& bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return out;
}

metrics::ChangedMinute latency() {
  metrics::ChangedMinute minute;
  minute.series = {"us-east-1", "App", "latency", {{"Host", "web"}}, "Milliseconds"};
  minute.totals = {1'767'225'600, 3, 12, 1, 9};
  return minute;
}

std::string written(OtelVersion version, std::span<const OtelPoint> points) {
  return otel_message(
      version,
      {"123456789012", "us-east-1", "arn:aws:cloudwatch:us-east-1:123456789012:metric-stream/s"},
      points);
}

TEST(Otel, IsWhatThePublishedCodeWrites) {
  const auto minute = latency();
  const OtelPoint point{&minute, {{0.5, 2}}};
  EXPECT_EQ(hex(written(OtelVersion::k07, std::span(&point, 1))), kOld);
  EXPECT_EQ(hex(written(OtelVersion::k10, std::span(&point, 1))), kNew);
}

TEST(Otel, PointsOfOneMetricShareIt) {
  const auto minute = latency();
  auto other = latency();
  other.series.name = "errors";
  const auto count_of = [](const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
    return count;
  };
  const std::vector<OtelPoint> points{{&minute, {}}, {&minute, {}}, {&other, {}}};
  const auto message = written(OtelVersion::k10, points);
  EXPECT_EQ(count_of(message, "amazonaws.com/App/latency"), 1u);
  EXPECT_EQ(count_of(message, "amazonaws.com/App/errors"), 1u);
  EXPECT_EQ(count_of(message, "MetricName"), 3u);
}

TEST(Otel, UnitsAreUcums) {
  EXPECT_EQ(otel_unit("Bytes/Second"), "By/s");
  EXPECT_EQ(otel_unit("Count/Second"), "{Count}/s");
  EXPECT_EQ(otel_unit("Count"), "{Count}");
  EXPECT_EQ(otel_unit("None"), "1");
  EXPECT_EQ(otel_unit("Gigabits"), "GBit");
}

TEST(Otel, OnlyPercentilesAreQuantiles) {
  EXPECT_DOUBLE_EQ(otel_quantile("p99.9").value_or(0), 0.999);
  EXPECT_EQ(otel_quantile("tm90"), std::nullopt);
  EXPECT_EQ(otel_quantile("p"), std::nullopt);
  EXPECT_EQ(otel_quantile("p9x"), std::nullopt);
}

}  // namespace
}  // namespace seatrial::services::cloudwatch
