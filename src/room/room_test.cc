// room: the vault, and the test world's own executor.
#include <gtest/gtest.h>

#include "room/testing.h"

namespace seatrial::room {
namespace {

TEST(Vault, SealsForOnePurposeAndSurvivesReopening) {
  TestWorld world;
  const std::string sealed = world.vault->seal("hunter2", "ssm/a");
  EXPECT_EQ(sealed.find("hunter2"), std::string::npos);
  EXPECT_EQ(world.vault->open_sealed(sealed, "ssm/a"), "hunter2");
  auto again = Vault::open(world.folder / "key", world.rng);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->open_sealed(sealed, "ssm/a"), "hunter2");
  EXPECT_DEATH(again->open_sealed(sealed, "ssm/b"), "FATAL: ssm/b");
}

TEST(StepExecutor, RunsTimersInOrderAsTheClockMoves) {
  TestWorld world;
  std::vector<int> order;
  world.control.post_after(Millis{20}, [&] { order.push_back(2); });
  world.control.post_after(Millis{10}, [&] {
    order.push_back(1);
    world.control.post_after(Millis{5}, [&] { order.push_back(15); });
  });
  world.control.advance(Millis{30});
  EXPECT_EQ(order, (std::vector<int>{1, 15, 2}));
}

}  // namespace
}  // namespace seatrial::room
