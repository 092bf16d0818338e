#include "runbook/check/reading/times.h"

#include <gmock/gmock.h>

namespace seatrial::runbook::check {
namespace {

using ::testing::Optional;

struct Said {
  Document document;
  awscli::Grammar grammar{awscli::Cli::kV2};
  Surroundings surroundings;
  std::optional<Moment> moment;

  // The first argument of the script's last `x`.
  explicit Said(const std::string& script) {
    parse_document("```bash\n" + script + "\n```\n", document);
    const Analysis analysis(document, grammar, surroundings);
    analysis.each_command([&](const Command& command) {
      if (command.name == "x") moment = moment_of(analysis, command, 1);
    });
  }
};

// Form, seconds from now, step; "none" where the word is not understood.
std::string relative(const std::string& word) {
  const auto moment = Said("x " + word).moment;
  if (!moment) return "none";
  if (!moment->relative) return "absolute";
  return fmt::format("{} {} {}", "tsm"[static_cast<int>(moment->form)], moment -> seconds,
                     moment -> step);
}

TEST(Times, GnuDates) {
  EXPECT_EQ(relative("$(date +%s)"), "s 0 1");
  EXPECT_EQ(relative("$(date -u -d '1 hour ago' +%s)"), "s -3600 1");
  EXPECT_EQ(relative("$(date -u -d \"24 hours ago\" +%Y-%m-%dT%H:%M:%S)"), "t -86400 1");
  EXPECT_EQ(relative("$(date --date='-2 days' +%FT%TZ)"), "t -172800 1");
  EXPECT_EQ(relative("$(date -d yesterday +%F)"), "t -86400 86400");
  EXPECT_EQ(relative("$(date -d '1 day ago 2 hours ago' +%s)"), "s -93600 1");
  EXPECT_EQ(relative("$(date -d '-30min' +%s)"), "s -1800 1");
  EXPECT_EQ(relative("$(date -d 'last week' -Iseconds)"), "t -604800 1");
  EXPECT_EQ(relative("$(date -u --iso-8601)"), "t 0 86400");
  EXPECT_EQ(relative("$(date -u --iso-8601=seconds)"), "t 0 1");
  EXPECT_EQ(relative("$(date +%Y-%m-01)"), "t 0 2592000");
  EXPECT_EQ(relative("$(date +%Y-%m-%dT%H:00:00Z)"), "t 0 3600");
}

TEST(Times, BsdDates) {
  EXPECT_EQ(relative("$(date -u -v-1H +%s)"), "s -3600 1");
  EXPECT_EQ(relative("$(date -v-30M +%s)000"), "m -1800 1");
  EXPECT_EQ(relative("$(date -v -1d -v-1H +%s)"), "s -90000 1");
}

TEST(Times, Sums) {
  EXPECT_EQ(relative("$(($(date +%s) - 3600))000"), "m -3600 1");
  EXPECT_EQ(relative("$(( ($(date +%s) - 60*60) * 1000 ))"), "m -3600 1");
  EXPECT_EQ(relative("$(( $(date +%s) + 0 ))"), "s 0 1");
  EXPECT_EQ(relative("$(( $(date +%s) * $(date +%s) ))"), "none");
  EXPECT_EQ(relative("$(( x - 1 ))"), "none");
}

TEST(Times, Variables) {
  EXPECT_THAT(Said("S=$(date -d '1 hour ago' +%s)\nM=${S}000\nx $M").moment->seconds, -3600);
  EXPECT_EQ(Said("S=$(date -d '1 hour ago' +%s)\nM=${S}000\nx $M").moment->form,
            Moment::Form::kMillis);
  EXPECT_FALSE(Said("A=$B\nB=$A\nx $A").moment);
}

TEST(Times, Literals) {
  EXPECT_EQ(Said("x 1970-01-02").moment->seconds, 86400);
  EXPECT_EQ(Said("x 2024-01-20T10:00:00Z").moment->seconds, 1705744800);
  EXPECT_EQ(Said("x 2024-01-20T12:00:00+02:00").moment->seconds, 1705744800);
  EXPECT_EQ(Said("x 1705744800").moment->form, Moment::Form::kSeconds);
  EXPECT_EQ(Said("x 1705744800000").moment->seconds, 1705744800);
  EXPECT_EQ(Said("x 2024-02-29").moment->seconds - Said("x 2024-02-28").moment->seconds, 86400);
}

TEST(Times, WhatIsNotUnderstoodIsNotGuessed) {
  for (auto word : {"$(date)", "$(date -d \"$D\" +%s)", "$(date -d 'third monday' +%s)",
                    "$(date +%H)", "$(other)", "5", "abc", "2024-13-01", "$(date -r 5 +%s)",
                    "x$(date +%s)", "$(date +%s; date +%s)", "$(date +%s)Z"})
    EXPECT_EQ(relative(word), "none") << word;
}

Moment distance(std::int64_t seconds, std::int64_t step = 1) {
  return Moment{.relative = true, .seconds = seconds, .step = step};
}

TEST(Times, Order) {
  EXPECT_THAT(wrong_order(distance(-3600), distance(0), true), Optional(0.0));
  EXPECT_THAT(wrong_order(distance(0), distance(-3600), true), Optional(1.0));
  EXPECT_THAT(wrong_order(distance(0), distance(0), true), Optional(1.0));
  EXPECT_THAT(wrong_order(distance(0), distance(0), false), Optional(0.0));
  EXPECT_GT(*wrong_order(distance(-3600, kDaySeconds), distance(0, kDaySeconds), true), 0.9);
  EXPECT_THAT(wrong_order(distance(-86400, kDaySeconds), distance(0, kDaySeconds), true),
              Optional(0.0));
  EXPECT_GT(*wrong_order(distance(-3600), distance(0, kDaySeconds), true), 0.9);
  EXPECT_THAT(wrong_order(distance(-3600, kDaySeconds), distance(0), true), Optional(0.0));
  EXPECT_LT(*wrong_order(distance(0, kMonthSeconds), distance(0, kDaySeconds), true), 0.1);
  EXPECT_THAT(wrong_order(distance(-kMonthSeconds, kMonthSeconds), distance(0, kDaySeconds), true),
              Optional(0.0));
  EXPECT_FALSE(wrong_order(distance(0), Moment{.seconds = 5}, true));
}

}  // namespace
}  // namespace seatrial::runbook::check
