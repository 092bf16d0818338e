#include "runbook/check/reading/words.h"

#include <gtest/gtest.h>

namespace seatrial::runbook::check {
namespace {

TEST(Words, WholeWordsInAnyCase) {
  EXPECT_TRUE(says("The Latest snapshot", "latest"));
  EXPECT_TRUE(says("LATEST_SNAPSHOT_ID", "latest"));
  EXPECT_TRUE(says("latestSnapshot", "latest"));
  EXPECT_TRUE(says("the_latest", "latest"));
  EXPECT_FALSE(says("collatest", "latest"));
  EXPECT_FALSE(says("latestness", "latest"));
  EXPECT_FALSE(says("", "latest"));
}

TEST(Words, Beginnings) {
  EXPECT_TRUE(says("verifies", "verif*"));
  EXPECT_TRUE(says("(Verification)", "verif*"));
  EXPECT_FALSE(says("reverify", "verif*"));
}

TEST(Words, PhrasesOverBlanksLinesAndDashes) {
  EXPECT_TRUE(says("then roll  back", "roll back"));
  EXPECT_TRUE(says("roll\nback now", "roll back"));
  EXPECT_TRUE(says("roll-back", "roll back"));
  EXPECT_FALSE(says("rollback", "roll back"));
  EXPECT_FALSE(says("roll", "roll back"));
}

TEST(Words, Production) {
  EXPECT_TRUE(says_production("ohmycoins-prod-db"));
  EXPECT_TRUE(says_production("/Production/"));
  EXPECT_FALSE(says_production("product-service"));
  EXPECT_FALSE(says_production("reproduction"));
}

}  // namespace
}  // namespace seatrial::runbook::check
