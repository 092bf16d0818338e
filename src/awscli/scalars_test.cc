#include "awscli/scalars.h"

#include <gmock/gmock.h>

namespace seatrial::awscli {
namespace {

TEST(Scalars, IntegersAsPython) {
  for (auto text : {"5", " 5 ", "-5", "+5", "1_000", "007", "99999999999999999999"})
    EXPECT_TRUE(read_integer(text).has_value()) << text;
  for (auto text : {"", "5.0", "0x10", "1e3", "five", "1__0", "_1", "1_", "- 5", "--5"})
    EXPECT_FALSE(read_integer(text).has_value()) << text;
  EXPECT_EQ(read_integer("1_000")->integer, 1000);
  EXPECT_EQ(read_integer("99999999999999999999")->integer,
            std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(read_integer("\xD9\xA3")->kind, NodeKind::kUnknown);
  for (auto text : {"\xF0\x9F\x98\x80", "\xC3\xA9", "\xD9", "\xE4\xB8\x89"})
    EXPECT_FALSE(read_integer(text).has_value()) << text;
}

TEST(Scalars, FloatsAsPython) {
  for (auto text : {"5", "5.", ".5", "1e5", "-1.5E-3", "nan", "-Infinity", "1_0.5"})
    EXPECT_TRUE(read_float(text).has_value()) << text;
  for (auto text : {"", ".", "e5", "1e", "five", "0x1p3", "1,5"})
    EXPECT_FALSE(read_float(text).has_value()) << text;
  EXPECT_DOUBLE_EQ(read_float(" 2.5 ")->number, 2.5);
}

TEST(Scalars, TimesThatTheCliTakes) {
  for (auto text : {"2024-01-15T10:00:00Z", "2024-01-15", "1700000000", "0.5", "2024-01-15 10:00",
                    "Mon, 15 Jan 2024 10:00:00 GMT", "20240115103000", "Jan 5 2024", "10am",
                    "2024-13-05", "2024-01-15T10:00:00+02:00"})
    EXPECT_TRUE(read_timestamp(text).accepted) << text;
  for (auto text :
       {"", " ", "now", "yesterday", "1 day ago", "<start>", "1700000000000", "2024-13-45",
        "2024-02-31", "2024-01-15T25:00:00Z", "START_TIME", "15_Jan_2024", "{}"})
    EXPECT_FALSE(read_timestamp(text).accepted) << text;
}

TEST(Scalars, TimesHaveTheirValue) {
  EXPECT_EQ(read_timestamp("1970-01-02T00:00:00Z").ms, 86400000);
  EXPECT_EQ(read_timestamp("1700000000.5").ms, 1700000000500);
  EXPECT_EQ(read_timestamp("1970-01-02").ms, 86400000);
  EXPECT_EQ(read_timestamp("10am").ms, std::nullopt);
}

TEST(Scalars, Base64AsTheCliReadsIt) {
  EXPECT_EQ(look_at_base64("aGVsbG8="), Base64::kClean);
  EXPECT_EQ(look_at_base64(""), Base64::kClean);
  EXPECT_EQ(look_at_base64("hello"), Base64::kRefused);
  EXPECT_EQ(look_at_base64("{\"a\": 1}"), Base64::kRefused);
  EXPECT_EQ(look_at_base64("{}"), Base64::kGarbage);
  EXPECT_EQ(look_at_base64("{\"key\": \"value\"}"), Base64::kGarbage);
  EXPECT_EQ(bytes_of_base64("aGVsbG8="), "hello");
}

TEST(Scalars, BucketNames) {
  EXPECT_TRUE(is_bucket_name("my-bucket.v1_x"));
  EXPECT_FALSE(is_bucket_name(""));
  EXPECT_FALSE(is_bucket_name("a b"));
}

}  // namespace
}  // namespace seatrial::awscli
