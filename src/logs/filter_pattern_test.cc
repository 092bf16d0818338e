// Filter patterns: what matches, and what is refused rather than misunderstood.
#include "logs/filter_pattern.h"

#include <gtest/gtest.h>

namespace seatrial::logs {
namespace {

bool matches(std::string_view pattern, std::string_view message) {
  const auto parsed = FilterPattern::parse(pattern);
  EXPECT_TRUE(parsed) << pattern << ": " << parsed.error();
  return parsed && parsed->matches(message);
}

std::string refusal(std::string_view pattern) {
  const auto parsed = FilterPattern::parse(pattern);
  return parsed ? "" : parsed.error();
}

TEST(FilterPattern, EmptyPatternsMatchEverything) {
  for (const char* pattern : {"", "   ", "\" \"", "\"\""}) {
    EXPECT_TRUE(matches(pattern, "anything")) << pattern;
    EXPECT_TRUE(matches(pattern, "")) << pattern;
  }
}

TEST(FilterPattern, AllTermsMustOccurInTheirCase) {
  EXPECT_TRUE(matches("ERROR", "[ERROR 400] bad request"));
  EXPECT_FALSE(matches("ERROR", "[error 400] bad request"));
  EXPECT_TRUE(matches("request ERROR", "[ERROR 400] bad request"));
  EXPECT_FALSE(matches("ERROR timeout", "[ERROR 400] bad request"));
  EXPECT_TRUE(matches("exit_code", "exit_code=1"));
}

TEST(FilterPattern, PhrasesMatchAsTheyStand) {
  EXPECT_TRUE(matches("\"bad request\"", "[ERROR 400] bad request"));
  EXPECT_FALSE(matches("\"request bad\"", "[ERROR 400] bad request"));
  EXPECT_TRUE(matches("\"GET /health\" 200", "GET /health -> 200"));
  EXPECT_TRUE(matches(R"("\"id\": 7")", R"({"id": 7})"));
}

TEST(FilterPattern, OneOfTheOptionalTermsMustOccur) {
  EXPECT_TRUE(matches("?ERROR ?WARN", "WARN: disk"));
  EXPECT_TRUE(matches("?ERROR ?\"disk full\"", "disk full"));
  EXPECT_FALSE(matches("?ERROR ?WARN", "INFO: disk"));
}

TEST(FilterPattern, ExcludedTermsMustNotOccur) {
  EXPECT_TRUE(matches("ERROR -timeout", "ERROR: refused"));
  EXPECT_FALSE(matches("ERROR -timeout", "ERROR: timeout"));
  EXPECT_FALSE(matches("-\"GET /health\"", "GET /health"));
  EXPECT_TRUE(matches("-\"GET /health\"", "GET /"));
}

TEST(FilterPattern, KindsNotServedAreNamed) {
  EXPECT_NE(refusal("{ $.level = \"ERROR\" }").find("JSON"), std::string::npos);
  EXPECT_NE(refusal(" [ip, user]").find("delimited"), std::string::npos);
  EXPECT_NE(refusal("%4[0-9]{2}%").find("regular"), std::string::npos);
  EXPECT_NE(refusal("ERROR %4[0-9]{2}%").find("regular"), std::string::npos);
}

TEST(FilterPattern, MalformedPatternsAreRefused) {
  for (const char* pattern : {"\"open", "ERROR \"open", "/health", "a=b", "?", "ERROR -", "?\"\"",
                              "\"a\"b", "??a", "h\xC3\xA9"}) {
    EXPECT_NE(refusal(pattern), "") << pattern;
  }
}

}  // namespace
}  // namespace seatrial::logs
