// First steps.
#include "logs/run/testing.h"

namespace seatrial::logs::run {
namespace {

using ::testing::ElementsAre;

TEST(Run, FieldsFilterStats) {
  Logs logs{R"({"level":"ERROR","ms":12.5,"a":{"b":[1,{"c":"x"}]}})", R"({"level":"INFO","ms":3})",
            "plain text"};
  EXPECT_THAT(logs.rows("fields @timestamp, level | filter ms > 5"),
              ElementsAre("@timestamp=2026-11-30 12:00:01.000 level=ERROR"));
  EXPECT_THAT(logs.rows("stats count(*) as n, avg(ms) by level"),
              ElementsAre("n=1", "level=ERROR n=1 avg(ms)=12.5", "level=INFO n=1 avg(ms)=3"));
  EXPECT_THAT(logs.rows("fields a.b.1.c as c, ms | sort ms | limit 2"), ElementsAre("", "ms=3"));
}

}  // namespace
}  // namespace seatrial::logs::run
