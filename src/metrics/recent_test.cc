// Rings of watched metrics against what the engine reads without them: late and early samples, fine
// and coarse ones, series that come after the watch, sealing in between.
#include "metrics/recent.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/rng.h"
#include "base/temp_folder.h"
#include "metrics/engine.h"

namespace seatrial::metrics {
namespace {

constexpr std::int64_t kStart_s = 1'767'225'600;

struct Watched {
  SeriesId series;
  int minutes, period_s;
  Watch watch = 0;
};

class RecentTest : public testing::Test {
 protected:
  static Time minute(int m) { return from_ms((kStart_s + m * 60LL) * 1000); }
  static SeriesId series(int host, std::string unit) {
    return {"r", "App", "m", {{"Host", fmt::format("h{}", host)}}, std::move(unit)};
  }

  static std::string text(std::span<const Totals> periods) {
    std::string out;
    for (const auto& p : periods)
      if (p.count > 0)
        out += fmt::format("{}:n{}s{}[{},{}] ", p.at - kStart_s, p.count, p.sum, p.min, p.max);
    return out;
  }
  std::string unwatched(const Watched& w, int end) {
    return text(engine_->read_totals(w.series, minute(end - w.minutes), minute(end), w.period_s));
  }
  std::string watched(const Watched& w, int end) {
    std::vector<Totals> periods;
    const auto count = static_cast<std::size_t>(w.minutes * 60 / w.period_s);
    engine_->read_watched(std::span(&w.watch, 1), minute(end - w.minutes), w.period_s, count,
                          periods);
    return text(periods);
  }
  void put(int host, const std::string& unit, Time at, double value, int resolution_s = 60) {
    engine_->put(series(host, unit), {1, value, value, value, at, resolution_s});
  }

  TempFolder folder_{"recent"};
  std::unique_ptr<Engine> engine_ = Engine::open(folder_).value();
};

TEST_F(RecentTest, SaysWhatTheEngineReads) {
  SeededRng random(7);
  const auto below = [&](int n) {
    return static_cast<int>(random.below(static_cast<unsigned>(n)));
  };
  std::vector<Watched> watches;
  std::size_t with_data = 0;
  for (int now = 20; now < 400; ++now) {
    if (now % 5 == 0 && watches.size() < 12) {
      Watched w{series(below(4), below(2) ? "" : "Percent"), 3 + below(5), 60};
      if (below(3) == 0) w.minutes *= 5, w.period_s = 300;
      w.watch = engine_->watch(w.series, w.minutes);
      ASSERT_NE(w.watch, 0u);
      watches.push_back(w);
    }
    for (int i = below(12); i > 0; --i) {
      const int ahead = below(15) == 0 ? below(100) : below(9) - 7;
      put(below(4), below(2) ? "Percent" : "None", minute(now + ahead) + Millis{below(60) * 1000},
          below(100), below(3) ? 60 : 1);
    }
    ASSERT_TRUE(engine_->commit());
    if (below(25) == 0) {
      ASSERT_TRUE(engine_->settle(true));
    }
    for (const auto& w : watches) {
      const auto expected = unwatched(w, now);
      ASSERT_EQ(watched(w, now), expected) << "at " << now << ", " << w.series.unit;
      with_data += expected.empty() ? 0 : 1;
    }
    if (now % 50 == 0) {
      engine_->unwatch(watches.front().watch);
      watches.erase(watches.begin());
    }
  }
  EXPECT_GT(with_data, 1000u);
}

TEST_F(RecentTest, AMetricThatIsNotThereYet) {
  Watched w{series(1, ""), 3, 60};
  w.watch = engine_->watch(w.series, w.minutes);
  EXPECT_EQ(watched(w, 10), "");
  put(1, "Bytes", minute(9), 5);
  EXPECT_EQ(watched(w, 10), "");  // not durable yet
  ASSERT_TRUE(engine_->commit());
  EXPECT_EQ(watched(w, 10), "540:n1s5[5,5] ");
}

TEST_F(RecentTest, HasRoomForSoMany) {
  EXPECT_EQ(engine_->watch(series(1, ""), kMaxWatchedMinutes + 1), 0u);
  std::size_t given = 0;
  Watch last = 0;
  while (const auto watch = engine_->watch(series(1, ""), 100)) last = watch, ++given;
  EXPECT_EQ(given, kMaxWatchedBytes / 32 / 128);
  engine_->unwatch(last);
  EXPECT_EQ(engine_->watch(series(2, ""), 90), last);
}

}  // namespace
}  // namespace seatrial::metrics
