// metrics engine: exact aggregates over periods, identity of series, listing, reopening.
#include <gtest/gtest.h>
#include <unistd.h>

#include "metrics/engine.h"

namespace seatrial::metrics {
namespace {

class MetricsEngineTest : public testing::Test {
 protected:
  MetricsEngineTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "metrics-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    open();
  }
  ~MetricsEngineTest() override { std::filesystem::remove_all(folder_); }
  void open() {
    engine_.reset();
    auto opened = Engine::open(folder_ / "metrics.db");
    ASSERT_TRUE(opened) << opened.error();
    engine_ = std::move(*opened);
  }
  static Time minute(int m, int s = 0) {
    return from_ms(1'767'225'600'000LL + (m * 60 + s) * 1000LL);
  }

  SeriesId cpu_{
      "r", "AWS/ECS", "CPUUtilization", {{"ServiceName", "s"}, {"ClusterName", "c"}}, "Percent"};
  std::filesystem::path folder_;
  std::unique_ptr<Engine> engine_;
};

TEST_F(MetricsEngineTest, AggregatesExactlyAcrossCommitsAndReopening) {
  engine_->put(cpu_, Sample::of(10, minute(0, 5)));
  engine_->put(cpu_, Sample::of(30, minute(0, 50)));
  ASSERT_TRUE(engine_->commit());
  engine_->put(cpu_, Sample::of(2, minute(0, 59)));
  engine_->put(cpu_, {4, 100, 1, 50, minute(4), 60});
  ASSERT_TRUE(engine_->commit());
  open();
  SeriesId reversed = cpu_;
  std::swap(reversed.dimensions[0], reversed.dimensions[1]);
  const auto minutes = engine_->read(reversed, minute(0), minute(5), 60);
  ASSERT_EQ(minutes.size(), 2u);
  EXPECT_EQ(minutes[0].count, 3);
  EXPECT_EQ(minutes[0].sum, 42);
  EXPECT_EQ(minutes[0].min, 2);
  EXPECT_EQ(minutes[0].max, 30);
  const auto five = engine_->read(cpu_, minute(0), minute(5), 300);
  ASSERT_EQ(five.size(), 1u);
  EXPECT_EQ(five[0].count, 7);
  EXPECT_EQ(five[0].sum, 142);
  EXPECT_TRUE(engine_->read(cpu_, minute(0), minute(0), 60).empty());
}

TEST_F(MetricsEngineTest, DimensionsAreASetAndUnitsAreApart) {
  engine_->put(cpu_, Sample::of(10, minute(0)));
  SeriesId other = cpu_;
  other.dimensions.pop_back();
  EXPECT_TRUE(engine_->commit());
  EXPECT_TRUE(engine_->read(other, minute(0), minute(1), 60).empty());
  other = cpu_;
  other.unit = "Count";
  EXPECT_TRUE(engine_->read(other, minute(0), minute(1), 60).empty());
  other.unit = "";
  EXPECT_EQ(engine_->read(other, minute(0), minute(1), 60).size(), 1u);
}

TEST_F(MetricsEngineTest, ListsByNameAndDimensions) {
  engine_->put(cpu_, Sample::of(10, minute(0)));
  engine_->put({"r", "Custom", "Orders", {}, "Count"}, Sample::of(1, minute(9)));
  ASSERT_TRUE(engine_->commit());
  EXPECT_EQ(engine_->list({.region = "r"}).size(), 2u);
  EXPECT_EQ(engine_->list({.region = "x"}).size(), 0u);
  EXPECT_EQ(engine_->list({.region = "r", .dimensions = {{"ServiceName", "s"}}}).size(), 1u);
  EXPECT_EQ(engine_->list({.region = "r", .dimensions = {{"ServiceName", "t"}}}).size(), 0u);
  EXPECT_EQ(engine_->list({.region = "r", .since = minute(5)}).size(), 1u);
  engine_->drop_before(minute(5));
  ASSERT_TRUE(engine_->commit());
  EXPECT_EQ(engine_->list({.region = "r"}).size(), 1u);
}

}  // namespace
}  // namespace seatrial::metrics
