// base: time formats, encodings, records.
#include <gtest/gtest.h>

#include "base/arn.h"
#include "base/encoding.h"
#include "base/record.h"
#include "base/rng.h"
#include "base/temp_folder.h"

namespace seatrial {
namespace {

TEST(Time, ParsesEveryProtocolFormat) {
  const Time expected = from_ms(1'795'223'045'000);  // 2026-11-21T01:04:05Z
  EXPECT_EQ(parse_time("2026-11-21T01:04:05Z"), expected);
  EXPECT_EQ(parse_time("2026-11-21T01:04:05.000000Z"), expected);
  EXPECT_EQ(parse_time("2026-11-21T11:04:05+10:00"), expected);
  EXPECT_EQ(parse_time("20261121T010405Z"), expected);
  EXPECT_EQ(parse_time("Sat, 21 Nov 2026 01:04:05 GMT"), expected);
  EXPECT_EQ(parse_time("1795223045"), expected);
  EXPECT_EQ(parse_time("1795223045.25"), expected + Millis{250});
  EXPECT_EQ(parse_time("2026-11-21"), expected - std::chrono::seconds{3845});
  EXPECT_FALSE(parse_time("yesterday"));
  EXPECT_FALSE(parse_time("2026-13-01T00:00:00Z"));
  EXPECT_FALSE(parse_time(""));
}

TEST(Time, FormatsRoundTrip) {
  const Time t = from_ms(1'795'223'045'678);
  EXPECT_EQ(format_iso8601(t), "2026-11-21T01:04:05.678Z");
  EXPECT_EQ(format_basic(t), "20261121T010405Z");
  EXPECT_EQ(format_http_date(t), "Sat, 21 Nov 2026 01:04:05 GMT");
  EXPECT_EQ(parse_time(format_iso8601(t)), t);
}

TEST(Encoding, RoundTrips) {
  SeededRng rng(7);
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string bytes = rng.bytes(size);
    EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
    EXPECT_EQ(percent_decode(percent_encode(bytes)), bytes);
  }
  EXPECT_EQ(hex_encode(sha256("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_FALSE(base64_decode("abc"));
  EXPECT_FALSE(base64_decode("ab!="));
}

struct Inner {
  std::string name;
  template <class F>
  static void fields(F&& f) {
    f("name", &Inner::name);
  }
};

struct Outer {
  std::optional<int> port;
  std::vector<Inner> inner;
  std::map<std::string, std::string> tags;
  Time made{};
  template <class F>
  static void fields(F&& f) {
    f("port", &Outer::port);
    f("inner", &Outer::inner);
    f("tags", &Outer::tags);
    f("made", &Outer::made);
  }
};

TEST(Encoding, WhatJsonNeverEscapes) {
  EXPECT_EQ(longest_json_plain("card \"declined\" by bank*1"), " by bank*1");
  EXPECT_EQ(longest_json_plain("/a/bcd/"), "bcd");
  EXPECT_EQ(longest_json_plain("\\/\"<>&"), "");
  EXPECT_EQ(longest_json_plain(""), "");
}

TEST(Record, RoundTripsAndToleratesOtherVersions) {
  const Outer out{8000, {{"a"}, {"b"}}, {{"k", "v"}}, from_ms(5)};
  const auto back = record_from<Outer>(*parse_json(to_json(to_value(out))));
  EXPECT_EQ(back.port, 8000);
  EXPECT_EQ(back.inner.at(1).name, "b");
  EXPECT_EQ(back.tags.at("k"), "v");
  EXPECT_EQ(back.made, from_ms(5));
  const auto newer = record_from<Outer>(*parse_json(R"({"unknown":1,"port":"x"})"));
  EXPECT_TRUE(newer.inner.empty());
}

TEST(Arn, ParsesAndPrints) {
  const auto arn = parse_arn("arn:aws:ecs:ap-southeast-2:123456789012:service/c/s");
  ASSERT_TRUE(arn);
  EXPECT_EQ(arn->resource, "service/c/s");
  EXPECT_EQ(arn->text(), "arn:aws:ecs:ap-southeast-2:123456789012:service/c/s");
  EXPECT_FALSE(parse_arn("arn:aws:ecs"));
  EXPECT_FALSE(parse_arn("web"));
}

TEST(TempFolder, GoesWithItsOwnerAndAllThatIsInIt) {
  std::filesystem::path kept;
  {
    const TempFolder folder("base");
    kept = folder.path();
    std::filesystem::create_directories(folder / "a/b");
    EXPECT_NE(TempFolder("base").path(), kept);
  }
  EXPECT_FALSE(std::filesystem::exists(kept));
}

}  // namespace
}  // namespace seatrial
