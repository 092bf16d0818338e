#include "services/sts/service.h"

#include <gtest/gtest.h>

#include "room/testing.h"

namespace seatrial::services::sts {
namespace {

TEST(Sts, NamesTheSigner) {
  room::TestWorld world;
  Sts room(*world.env);
  world.add(room);
  auto as = world.context();
  as.identity = {"AKIAX", "arn:aws:iam::123456789012:user/alice", "AIDAX"};
  const auto reply = world.call(as, "sts", "GetCallerIdentity", Object{});
  ASSERT_TRUE(reply);
  EXPECT_EQ(text_member(*reply, "Arn"), "arn:aws:iam::123456789012:user/alice");
  EXPECT_EQ(text_member(*reply, "UserId"), "AIDAX");
  EXPECT_EQ(text_member(*reply, "Account"), "123456789012");
}

}  // namespace
}  // namespace seatrial::services::sts
