#include "decide/schedule/schedule.h"

#include <gtest/gtest.h>

namespace seatrial::decide {
namespace {

std::string next(std::string_view expression, std::string_view after) {
  const auto schedule = parse_schedule(expression);
  if (!schedule) return "refused: " + schedule.error();
  const auto at = next_time(*schedule, *parse_time(after), *parse_time(after));
  return at ? format_iso8601_seconds(*at) : "never";
}

TEST(Schedule, Cron) {
  // 2026-11-30 is a Monday.
  const struct {
    const char *expression, *after, *next;
  } cases[] = {
      {"cron(0 10 * * ? *)", "2026-11-30T10:00:00Z", "2026-12-01T10:00:00Z"},
      {"cron(0 10 * * ? *)", "2026-11-30T09:59:59.999Z", "2026-11-30T10:00:00Z"},
      {"cron(15 12 * * ? *)", "2026-11-30T12:15:00Z", "2026-12-01T12:15:00Z"},
      {"cron(0 18 ? * MON-FRI *)", "2026-12-04T18:00:00Z", "2026-12-07T18:00:00Z"},
      {"cron(0 8 1 * ? *)", "2026-11-30T00:00:00Z", "2026-12-01T08:00:00Z"},
      {"cron(0/15 * * * ? *)", "2026-11-30T10:46:00Z", "2026-11-30T11:00:00Z"},
      {"cron(0/10 * ? * MON-FRI *)", "2026-12-04T23:50:00Z", "2026-12-07T00:00:00Z"},
      {"cron(0/5 8-17 ? * MON-FRI *)", "2026-11-30T17:55:00Z", "2026-12-01T08:00:00Z"},
      {"cron(0 9 ? * 2#1 *)", "2026-11-30T00:00:00Z", "2026-12-07T09:00:00Z"},
      {"cron(0 9 ? * 6L *)", "2026-11-30T00:00:00Z", "2026-12-25T09:00:00Z"},
      {"cron(0 9 L * ? *)", "2026-02-01T00:00:00Z", "2026-02-28T09:00:00Z"},
      {"cron(0 9 1W * ? *)", "2026-07-31T10:00:00Z", "2026-08-03T09:00:00Z"},   // 1 Aug: Saturday
      {"cron(0 9 31W * ? *)", "2026-05-02T10:00:00Z", "2026-05-29T09:00:00Z"},  // 31 May: Sunday
      {"cron(0 0 29 2 ? *)", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"},
      {"cron(0 0 30 2 ? *)", "2026-01-01T00:00:00Z", "never"},
      {"cron(0 0 1 1 ? 2027,2029)", "2027-01-01T00:00:00Z", "2029-01-01T00:00:00Z"},
      {"cron(0 0 1 1 ? 2020)", "2026-01-01T00:00:00Z", "never"},
      {"cron(30 6 ? jan,JUL sun *)", "2026-11-30T00:00:00Z", "2027-01-03T06:30:00Z"},
  };
  for (const auto& one : cases)
    EXPECT_EQ(next(one.expression, one.after), one.next) << one.expression;
}

TEST(Schedule, Rate) {
  const auto schedule = *parse_schedule("rate(5 minutes)");
  const Time anchor = from_ms(1000);
  EXPECT_EQ(to_ms(*next_time(schedule, anchor, anchor)), 301'000);
  EXPECT_EQ(to_ms(*next_time(schedule, from_ms(301'000), anchor)), 601'000);
  EXPECT_EQ(to_ms(*next_time(schedule, from_ms(300'999), anchor)), 301'000);
  EXPECT_EQ(to_ms(*next_time(*parse_schedule("rate(1 day)"), anchor, anchor)), 86'401'000);
}

TEST(Schedule, WhatIsNone) {
  for (const char* text : {"",
                           "rate(5)",
                           "rate(0 minutes)",
                           "rate(1 minutes)",
                           "rate(5 minute)",
                           "rate(5 seconds)",
                           "rate(-5 minutes)",
                           "cron(0 10 * * * *)",
                           "cron(0 10 ? * ? *)",
                           "cron(0 10 * * ?)",
                           "cron(60 10 * * ? *)",
                           "cron(0 24 * * ? *)",
                           "cron(0 0 32 * ? *)",
                           "cron(0 0 ? * 8 *)",
                           "cron(0 0 ? * MON#6 *)",
                           "cron(0 0 1 13 ? *)",
                           "cron(0 0 1 1 ? 2200)",
                           "cron(5-1 0 1 1 ? *)",
                           "cron(0/0 0 1 1 ? *)",
                           "at(2026-01-01T00:00:00)",
                           "cron(0 10 * * ? *",
                           "cron(0 0 LW * ? *)"})
    EXPECT_FALSE(parse_schedule(text)) << text;
}

}  // namespace
}  // namespace seatrial::decide
