// When scheduled actions are due: the three forms, zones, and clocks that are put forward and back.
#include "services/application_autoscaling/action_schedule.h"

#include <gtest/gtest.h>

namespace seatrial::services::application_autoscaling {
namespace {

Time at(const char* text) { return *parse_time(text); }

std::string next(const char* schedule, const char* zone, const char* after) {
  const auto parsed = parse_action_schedule(schedule);
  if (!parsed) return "error: " + parsed.error();
  const auto due = next_due(*parsed, zone, at(after), at("2026-01-01T00:00:00Z"));
  return due ? format_iso8601_seconds(*due) : "never";
}

TEST(ActionSchedule, TheThreeForms) {
  EXPECT_EQ(next("at(2026-12-24T18:00:00)", "", "2026-12-01T00:00:00Z"), "2026-12-24T18:00:00Z");
  EXPECT_EQ(next("at(2026-12-24T18:00:00)", "", "2026-12-24T18:00:00Z"), "never");
  EXPECT_EQ(next("rate(1 hour)", "Asia/Kolkata", "2026-01-01T05:30:00Z"), "2026-01-01T06:00:00Z");
  EXPECT_EQ(next("cron(0 9 ? * MON-FRI *)", "", "2026-11-27T10:00:00Z"), "2026-11-30T09:00:00Z");
}

TEST(ActionSchedule, AtAndCronAreOfTheZonesClock) {
  EXPECT_EQ(next("at(2026-12-24T18:00:00)", "Australia/Sydney", "2026-12-01T00:00:00Z"),
            "2026-12-24T07:00:00Z");
  EXPECT_EQ(next("cron(0 9 * * ? *)", "Australia/Sydney", "2026-07-01T00:00:00Z"),
            "2026-07-01T23:00:00Z");
  EXPECT_EQ(next("cron(0 9 * * ? *)", "Etc/GMT+9", "2026-07-01T00:00:00Z"), "2026-07-01T18:00:00Z");
}

TEST(ActionSchedule, ASkippedTimeIsTheSkipAndADoubledOneItsFirst) {
  // In New York 02:30 of the 8th of March 2026 is skipped, 01:30 of the 1st of November comes
  // twice.
  EXPECT_EQ(next("cron(30 2 * * ? *)", "America/New_York", "2026-03-08T05:00:00Z"),
            "2026-03-08T07:00:00Z");
  EXPECT_EQ(next("cron(30 1 * * ? *)", "America/New_York", "2026-11-01T04:00:00Z"),
            "2026-11-01T05:30:00Z");
  EXPECT_EQ(next("cron(30 1 * * ? *)", "America/New_York", "2026-11-01T05:30:00Z"),
            "2026-11-02T06:30:00Z");
  EXPECT_EQ(next("cron(0/10 * * * ? *)", "America/New_York", "2026-11-01T05:50:00Z"),
            "2026-11-01T07:00:00Z");
}

TEST(ActionSchedule, WhatIsNoScheduleIsRefused) {
  for (const char* text :
       {"", "at(2026-12-24)", "at(2026-12-24T18:00:00Z)", "at(2026-13-01T00:00:00)",
        "rate(0 hours)", "cron(0 9 * * *)", "every day"})
    EXPECT_FALSE(parse_action_schedule(text)) << text;
  EXPECT_TRUE(is_time_zone("Pacific/Tahiti"));
  EXPECT_FALSE(is_time_zone("Pacific/Atlantis"));
  EXPECT_FALSE(is_time_zone(""));
}

}  // namespace
}  // namespace seatrial::services::application_autoscaling
