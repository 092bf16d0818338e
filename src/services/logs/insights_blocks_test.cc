// Insights over sealed blocks gives what it gives over the same events one by one: columns, texts
// decided once and several blocks at a time are short cuts, no other answers.
#include <gtest/gtest.h>

#include "logs/engine.h"
#include "logs/run/run.h"
#include "room/testing.h"

namespace seatrial::services::logs {
namespace {

namespace engine = seatrial::logs;
namespace run = seatrial::logs::run;

constexpr std::int64_t kBegin = 1'796'040'000'000;
constexpr std::size_t kEvents = 3'000;

// The engine without its blocks.
class RowsOnly final : public engine::EventSource {
 public:
  explicit RowsOnly(engine::Engine& engine) : engine_(engine) {}
  engine::ScanStatistics scan(const engine::ScanRequest& request, const Take& take) override {
    return engine_.scan(request, take);
  }

 private:
  engine::Engine& engine_;
};

class InsightsBlocks : public testing::TestWithParam<int> {
 protected:
  InsightsBlocks() : rng_(static_cast<std::uint64_t>(GetParam())) {
    engine::Engine::Limits limits;
    limits.block_bytes = 16u << 10;
    limits.wal_bytes = 128u << 10;
    engine_ = std::move(*engine::Engine::open(world_.folder / "blocks", limits));
    for (std::size_t i = 0; i < kEvents; i += kBatch) {
      std::vector<engine::NewEvent> events;
      for (std::size_t k = 0; k < kBatch; ++k)
        events.push_back({from_ms(kBegin + static_cast<std::int64_t>(below(600'000))), message()});
      engine_->append("r/app", below(2) == 0 ? "a" : "b", events, from_ms(kBegin));
      EXPECT_TRUE(engine_->commit());
    }
    engine_->settle();
  }
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(rng_.next() % n); }
  std::string message() {
    std::string out = fmt::format(
        R"({{"level":"{}","path":"/api/{}/{}","small":{},"wide":{}.{},"long":{}{},"big":{})",
        std::array{"INFO", "WARN", "ERROR", "DEBUG"}[below(4)], below(2) == 0 ? "orders" : "items",
        below(300), below(200), below(90'000), 1 + below(9), 1 + below(9),
        1'000'000 + below(9'000'000), below(2) == 0 ? "-9007199254740" : "123456789012");
    if (below(3) > 0) out += fmt::format(R"(,"user":"u{}")", below(20));
    if (below(50) == 0) out += R"(,"nested":{"a":[1,2]})";
    out += "}";
    return below(5'000) == 0 ? "no JSON at all, ERROR" : out;
  }
  std::vector<run::ResultRow> rows(const char* query, engine::EventSource& source) {
    auto program = run::build(query, {{"r/app"}, 0, nullptr});
    EXPECT_TRUE(program) << query;
    run::Execution execution(std::move(*program), source, {"123456789012"},
                             {kBegin, kBegin + 600'000, kBegin});
    execution.run();
    EXPECT_EQ(execution.state(), run::Execution::State::kComplete) << query;
    return execution.result()->rows;
  }

  static constexpr std::size_t kBatch = 50;
  SeededRng rng_;
  room::TestWorld world_;
  std::unique_ptr<engine::Engine> engine_;
};

TEST_P(InsightsBlocks, GiveTheRowsThatEventsGive) {
  RowsOnly one_by_one(*engine_);
  for (const char* query : {
           "stats count(*) as n by level",
           "stats count(*) by level, user",
           "stats avg(small), pct(small, 99), min(small), max(small) by level",
           "stats sum(wide), pct(wide, 50), stddev(wide) by user",
           "stats min(long), max(long), count(long), avg(big), min(big), max(big)",
           "filter path like /^\\/api\\/orders\\/[0-9]*7$/ | stats count() as n",
           "filter path like /7$/ and level = 'ERROR' and small > 50 | stats count(), avg(wide)",
           "filter path not like 'orders' or user = 'u3' | stats count() by user",
           "filter level in ['WARN', 'ERROR'] and not ispresent(user) | stats count() by bin(1m)",
           "filter @message like /ERROR/ | stats count() by level",
           "stats count_distinct(path), count_distinct(user) by bin(5m), level",
           "stats latest(path), earliest(small) by level",
           "filter nested.a.0 = 1 | stats count(*)",
           "filter none > 1 | stats count(*)",
       })
    EXPECT_EQ(rows(query, *engine_), rows(query, one_by_one)) << query;
}

INSTANTIATE_TEST_SUITE_P(Seeds, InsightsBlocks, testing::Range(1, 4));

}  // namespace
}  // namespace seatrial::services::logs
