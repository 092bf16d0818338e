#include "decide/object_lifecycle/object_lifecycle.h"

#include <gtest/gtest.h>

namespace seatrial::decide {
namespace {

Time at(const char* text) { return *parse_time(text); }

LifecycleRule expiring(std::string prefix, int days) {
  LifecycleRule rule;
  rule.id = prefix + std::to_string(days);
  rule.filter.prefix = std::move(prefix);
  rule.expire_days = days;
  return rule;
}

// The example of the S3 user guide: created 2014-01-15 10:30 UTC, three days, gone on the 19th.
TEST(ObjectLifecycle, DaysAreRoundedUpToMidnight) {
  EXPECT_EQ(midnight_after(at("2014-01-15T10:30:00Z"), 3), at("2014-01-19"));
  EXPECT_EQ(midnight_after(at("2014-01-15"), 3), at("2014-01-18"));
}

TEST(ObjectLifecycle, TheEarliestMatchingRuleWins) {
  const std::vector rules{expiring("logs/", 30), expiring("", 365), expiring("logs/a", 1)};
  const StoredObject object{"logs/b", nullptr, 5, at("2026-01-01T12:00:00Z")};
  const auto expiry = expiry_of_current(rules, object);
  ASSERT_TRUE(expiry);
  EXPECT_EQ(expiry->rule, "logs/30");
  EXPECT_EQ(expiry->at, at("2026-02-01"));
  const StoredObject other{"data", nullptr, 5, at("2026-01-01T12:00:00Z")};
  EXPECT_EQ(expiry_of_current(rules, other)->rule, "365");
}

TEST(ObjectLifecycle, FiltersByTagSizeAndState) {
  LifecycleRule rule = expiring("", 1);
  rule.filter.tags = {{"keep", "no"}};
  rule.filter.larger_than = 10;
  const std::map<std::string, std::string> tags{{"keep", "no"}, {"team", "a"}}, none;
  const Time when = at("2026-01-01");
  EXPECT_TRUE(expiry_of_current({rule}, {"k", &tags, 11, when}));
  EXPECT_FALSE(expiry_of_current({rule}, {"k", &tags, 10, when}));
  EXPECT_FALSE(expiry_of_current({rule}, {"k", &none, 11, when}));
  EXPECT_FALSE(expiry_of_current({rule}, {"k", nullptr, 11, when}));
  rule.enabled = false;
  EXPECT_FALSE(expiry_of_current({rule}, {"k", &tags, 11, when}));
}

TEST(ObjectLifecycle, NoncurrentVersionsAreKeptByNumberAndAge) {
  LifecycleRule rule;
  rule.noncurrent_days = 2;
  rule.newer_noncurrent_kept = 1;
  const StoredObject object{"k", nullptr, 1, at("2026-01-01")};
  const Time since = at("2026-01-05");
  EXPECT_FALSE(noncurrent_expired({rule}, object, since, 0, at("2026-02-01")));
  EXPECT_TRUE(noncurrent_expired({rule}, object, since, 1, at("2026-01-07")));
  EXPECT_FALSE(noncurrent_expired({rule}, object, since, 1, at("2026-01-06T23:59:59Z")));
}

TEST(ObjectLifecycle, LoneMarkersAndUploads) {
  LifecycleRule rule;
  rule.expire_lone_delete_markers = true;
  rule.abort_upload_days = 7;
  rule.filter.prefix = "in/";
  EXPECT_TRUE(
      lone_marker_expired({rule}, {"in/k", nullptr, 0, at("2026-01-01")}, at("2026-01-01")));
  EXPECT_FALSE(
      lone_marker_expired({rule}, {"out", nullptr, 0, at("2026-01-01")}, at("2027-01-01")));
  EXPECT_TRUE(upload_expired({rule}, "in/k", at("2026-01-01"), at("2026-01-08")));
  EXPECT_FALSE(upload_expired({rule}, "in/k", at("2026-01-01"), at("2026-01-07")));
}

}  // namespace
}  // namespace seatrial::decide
