// metrics engine: exact aggregates over periods, identity of series, listing, reopening, sealing,
// ageing by a manual clock, and what is left after a write that was cut anywhere.
#include "metrics/engine.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/rng.h"
#include "base/temp_folder.h"

namespace seatrial::metrics {
namespace {

class MetricsEngineTest : public testing::Test {
 protected:
  MetricsEngineTest() { open(); }
  void open(const char* name = "metrics") {
    engine_.reset();
    auto opened = Engine::open(folder_ / name, &clock_);
    ASSERT_TRUE(opened) << opened.error();
    engine_ = std::move(*opened);
  }
  // Minutes from the clock's first.
  static Time minute(int m, int s = 0) {
    return from_ms(1'767'225'600'000LL + (m * 60LL + s) * 1000LL);
  }
  void put(double value, Time at, int resolution_s = 60) {
    engine_->put(cpu_, {1, value, value, value, at, resolution_s});
  }
  void commit() { ASSERT_TRUE(engine_->commit()); }
  std::string read(int from, int to, int period_s) {
    std::string text;
    for (const auto& a : engine_->read(cpu_, minute(from), minute(to), period_s, true)) {
      text += fmt::format("{}:n{}s{}[{},{}]", (to_ms(a.start) - to_ms(minute(0))) / 60'000, a.count,
                          a.sum, a.min, a.max);
      if (a.values) {
        for (const auto& [value, count] : *a.values) text += fmt::format(" {}x{}", value, count);
      }
      text += "; ";
    }
    return text;
  }

  const Dimensions service_{{"ServiceName", "s"}, {"ClusterName", "c"}};
  SeriesId cpu_{"r", "AWS/ECS", "CPUUtilization", service_, "Percent"};
  ManualClock clock_;
  TempFolder folder_{"metrics"};
  std::unique_ptr<Engine> engine_;
};

TEST_F(MetricsEngineTest, AggregatesExactlyAcrossCommitsSealingAndReopening) {
  put(10, minute(0, 5));
  put(30, minute(0, 50));
  commit();
  put(2, minute(0, 59));
  engine_->put(cpu_, {4, 100, 1, 50, minute(4), 60});
  commit();
  const auto* expected = "0:n3s42[2,30] 2x1 10x1 30x1; 4:n4s100[1,50]; ";
  EXPECT_EQ(read(0, 5, 60), expected);
  open();
  EXPECT_EQ(read(0, 5, 60), expected);
  ASSERT_TRUE(engine_->settle(true));
  EXPECT_EQ(read(0, 5, 60), expected);
  put(2, minute(0));
  commit();
  const auto* more = "0:n4s44[2,30] 2x2 10x1 30x1; 4:n4s100[1,50]; ";
  EXPECT_EQ(read(0, 5, 60), more);
  open();
  EXPECT_EQ(read(0, 5, 60), more);
  EXPECT_EQ(read(0, 5, 300), "0:n8s144[1,50]; ");  // a statistic set hides the others' values
  EXPECT_EQ(read(0, 0, 60), "");
  SeriesId reversed = cpu_;
  std::swap(reversed.dimensions[0], reversed.dimensions[1]);
  EXPECT_EQ(engine_->read(reversed, minute(0), minute(5), 60).size(), 2u);
}

TEST_F(MetricsEngineTest, CountsPeriodsFromTheStart) {
  for (int m = 0; m < 10; ++m) put(m, minute(m));
  commit();
  EXPECT_EQ(read(1, 9, 300), "1:n5s15[1,5] 1x1 2x1 3x1 4x1 5x1; 6:n3s21[6,8] 6x1 7x1 8x1; ");
}

TEST_F(MetricsEngineTest, KnowsValuesOfStatisticSetsThatHaveOne) {
  engine_->put(cpu_, {5, 20, 4, 4, minute(0), 60});
  engine_->put(cpu_, {2, 10, 3, 7, minute(1), 60});
  put(-1, minute(2));
  commit();
  EXPECT_EQ(read(0, 3, 60), "0:n5s20[4,4] 4x5; 1:n2s10[3,7]; 2:n1s-1[-1,-1]; ");
}

TEST_F(MetricsEngineTest, DimensionsAreASetAndUnitsAreApart) {
  put(10, minute(0));
  SeriesId other = cpu_;
  other.dimensions.pop_back();
  commit();
  EXPECT_TRUE(engine_->read(other, minute(0), minute(1), 60).empty());
  other = cpu_;
  other.unit = "Count";
  EXPECT_TRUE(engine_->read(other, minute(0), minute(1), 60).empty());
  other.unit = "";
  EXPECT_EQ(engine_->read(other, minute(0), minute(1), 60).size(), 1u);
}

TEST_F(MetricsEngineTest, ListsByNameAndDimensions) {
  put(10, minute(0));
  engine_->put({"r", "Custom", "Orders", {}, "Count"}, Sample::of(1, minute(9)));
  engine_->put({"r", "Custom", "Orders", {}, "None"}, Sample::of(1, minute(9)));
  commit();
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(engine_->list({.region = "r"}).size(), 2u);
    EXPECT_EQ(engine_->list({.region = "x"}).size(), 0u);
    EXPECT_EQ(engine_->list({.region = "r", .name_space = "Custom"}).size(), 1u);
    EXPECT_EQ(engine_->list({.region = "r", .name = "CPUUtilization"}).size(), 1u);
    EXPECT_EQ(engine_->list({.region = "r", .dimensions = {{"ServiceName", "s"}}}).size(), 1u);
    EXPECT_EQ(engine_->list({.region = "r", .dimensions = {{"ServiceName", "t"}}}).size(), 0u);
    EXPECT_EQ(engine_->list({.region = "r", .since = minute(5)}).size(), 1u);
    if (round == 0) {
      ASSERT_TRUE(engine_->settle(true));
    }
    open();
  }
}

// "Metrics retention": 1 s for 3 h, 60 s for 15 d, 300 s for 63 d, 3600 s for 455 d.
TEST_F(MetricsEngineTest, RollsUpExactlyAsDataAge) {
  for (int s = 0; s < 120; ++s) put(s, minute(0, s), 1);
  commit();
  ASSERT_TRUE(engine_->settle(true));
  const auto count = [&](int period_s) {
    double n = 0, sum = 0;
    for (const auto& a : engine_->read(cpu_, minute(0), minute(60), period_s, true)) {
      n += a.count;
      sum += a.sum;
      EXPECT_EQ(a.values->size(), a.count);
    }
    EXPECT_TRUE(n == 0 || (n == 120 && sum == 7140)) << n << " " << sum;
    return n;
  };
  const auto shown = [&] {
    std::string periods;
    for (const int period : {1, 30, 60, 300, 3600})
      if (count(period) > 0) periods += std::to_string(period) + " ";
    return periods;
  };
  const auto age = [&](std::chrono::hours by) {
    clock_.advance(by);
    engine_->tick();
    ASSERT_TRUE(engine_->settle(false));
  };
  EXPECT_EQ(shown(), "1 30 60 300 3600 ");
  age(std::chrono::hours(4));
  EXPECT_EQ(shown(), "60 300 3600 ");
  age(std::chrono::hours(24 * 15));
  EXPECT_EQ(shown(), "300 3600 ");
  age(std::chrono::hours(24 * 49));
  EXPECT_EQ(shown(), "3600 ");
  open();
  EXPECT_EQ(shown(), "3600 ");
  age(std::chrono::hours(24 * 430));
  EXPECT_EQ(shown(), "");
}

TEST_F(MetricsEngineTest, TakesLateDataIntoSealedDays) {
  for (int day = 0; day < 15; ++day) put(day, minute(day * 1440));
  commit();
  clock_.advance(std::chrono::hours(24 * 14));
  ASSERT_TRUE(engine_->settle(true));
  for (int i = 0; i < 6; ++i) {  // enough to be merged
    put(100, minute(0));
    put(7, minute(5 * 1440));
    commit();
    ASSERT_TRUE(engine_->settle(true));
  }
  EXPECT_EQ(read(0, 1, 60), "0:n7s600[0,100] 0x1 100x6; ");
  EXPECT_EQ(read(5 * 1440, 5 * 1440 + 1, 60), "7200:n7s47[5,7] 5x1 7x6; ");
  std::size_t segments = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "metrics"))
    segments += entry.path().extension() == ".segment" ? 1 : 0;
  EXPECT_LT(segments, 15u + 2 * kMaxAlike);
}

// Percentiles over sealed, merged and rolled-up buckets are those of all samples.
TEST_F(MetricsEngineTest, KeepsTheDistributionWhateverHappensToIt) {
  SeededRng rng(7);
  std::map<double, double> exact;
  for (int i = 0; i < 3000; ++i) {
    const double value = static_cast<double>(rng.below(500)) / 4;
    exact[value] += 1;
    put(value, minute(static_cast<int>(rng.below(60)), static_cast<int>(rng.below(60))),
        rng.below(2) == 0 ? 1 : 60);
    if (i % 500 == 0) {
      commit();
      ASSERT_TRUE(engine_->settle(true));
    }
  }
  commit();
  const auto check = [&] {
    const auto hour = engine_->read(cpu_, minute(0), minute(60), 3600, true);
    ASSERT_EQ(hour.size(), 1u);
    EXPECT_EQ(hour[0].count, 3000);
    EXPECT_EQ(*hour[0].values, Distribution(exact.begin(), exact.end()));
  };
  check();
  open();
  check();
  clock_.advance(std::chrono::hours(24 * 70));
  engine_->tick();
  ASSERT_TRUE(engine_->settle(true));
  check();
}

// The log cut at every byte of its last record: what was acknowledged before is there, once; what
// was cut is not; and the engine goes on from there.
TEST_F(MetricsEngineTest, SurvivesAWriteCutAnywhere) {
  put(1, minute(0));
  commit();
  const auto log = folder_ / "metrics" / "log-1";
  const auto acknowledged = std::filesystem::file_size(log);
  put(2, minute(0));
  engine_->put(cpu_, {4, 100, 1, 50, minute(1), 60});
  commit();
  engine_.reset();
  const auto whole = std::filesystem::file_size(log);
  for (auto size = acknowledged; size <= whole; ++size) {
    const auto name = "cut-" + std::to_string(size);
    std::filesystem::copy(folder_ / "metrics", folder_ / name);
    std::filesystem::resize_file(folder_ / name / "log-1", size);
    open(name.c_str());
    EXPECT_EQ(read(0, 2, 60),
              size < whole ? "0:n1s1[1,1] 1x1; " : "0:n2s3[1,2] 1x1 2x1; 1:n4s100[1,50]; ");
    put(3, minute(0));
    commit();
    open(name.c_str());
    EXPECT_TRUE(read(0, 1, 60).starts_with(size < whole ? "0:n2s4" : "0:n3s6")) << size;
  }
}

// Died after the segments were written, before or after the manifest was, and before the log was
// removed: no sample is lost or counted twice.
TEST_F(MetricsEngineTest, SurvivesDeathBetweenTheStepsOfSealing) {
  put(1, minute(0));
  commit();
  engine_.reset();
  const auto home = folder_ / "metrics";
  std::filesystem::copy(home, folder_ / "before");
  open();
  ASSERT_TRUE(engine_->settle(true));
  engine_.reset();
  // Segments there, manifest old.
  for (const auto& entry : std::filesystem::directory_iterator(home)) {
    if (entry.path().extension() == ".segment")
      std::filesystem::copy(entry.path(), folder_ / "before");
  }
  open("before");
  EXPECT_EQ(read(0, 1, 60), "0:n1s1[1,1] 1x1; ");
  // Manifest new, log still there.
  engine_.reset();
  std::filesystem::copy(folder_ / "before" / "log-1", home);
  open();
  EXPECT_EQ(read(0, 1, 60), "0:n1s1[1,1] 1x1; ");
}

TEST_F(MetricsEngineTest, RefusesDamagedSegments) {
  put(1, minute(0));
  commit();
  ASSERT_TRUE(engine_->settle(true));
  engine_.reset();
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "metrics")) {
    if (entry.path().extension() != ".segment") continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(-20, std::ios::end);
    file.put('?');
  }
  const auto opened = Engine::open(folder_ / "metrics");
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().find("is damaged"), std::string::npos);
}

}  // namespace
}  // namespace seatrial::metrics
