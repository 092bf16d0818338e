#include "runbook/compare.h"

#include <gmock/gmock.h>

#include "runbook/kinds.h"

namespace seatrial::runbook {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Comparison compare(std::string_view expected, std::string_view actual) {
  return compare_output({.kind = Expectation::Kind::kOutput, .text = std::string(expected)},
                        actual);
}

TEST(Kinds, AreTold) {
  EXPECT_EQ(kind_of("arn:aws:ecs:us-east-1:123456789012:task/c/1"), TextKind::kArn);
  EXPECT_EQ(kind_of("2026-01-10T02:30:00Z"), TextKind::kTime);
  EXPECT_EQ(kind_of("1618498732"), TextKind::kTime);
  EXPECT_EQ(kind_of("10.0.1.100"), TextKind::kIp);
  EXPECT_EQ(kind_of("i-0abc123def456"), TextKind::kAwsId);
  EXPECT_EQ(kind_of("subnet-XXXXXXXX"), TextKind::kAwsId);
  EXPECT_EQ(kind_of("AROAXXXXXXXXXXXXXXXXX:user"), TextKind::kAwsId);
  EXPECT_EQ(kind_of("1.0.0"), TextKind::kVersion);
  EXPECT_EQ(kind_of("b1946ac92492d2347c6235b4d2611184"), TextKind::kHex);
  EXPECT_EQ(kind_of("3c9b1d94-1c1c-4f6e-8f7c-2f6a3b0a1b2c"), TextKind::kUuid);
  EXPECT_EQ(kind_of("x-1.ap-southeast-2.elb.amazonaws.com"), TextKind::kDnsName);
  for (auto text :
       {"backend", "ACTIVE", "CREATE_COMPLETE", "ohmycoins-staging-backend", "db.r5.large",
        "us-east-1a", "5XXError", "/perfectmatch/production/API_URL", "decade", "healthy"})
    EXPECT_EQ(kind_of(text), TextKind::kLiteral) << text;
}

TEST(Kinds, ArnsAgreeInServiceAndType) {
  EXPECT_TRUE(texts_match("arn:aws:ecs:us-east-1:123456789012:task/c/1",
                          "arn:aws:ecs:eu-west-1:1:task/d/2"));
  EXPECT_FALSE(texts_match("arn:aws:ecs:us-east-1:123456789012:task/c/1",
                           "arn:aws:ecs:eu-west-1:1:service/d/2"));
  EXPECT_FALSE(texts_match("arn:aws:ecs:us-east-1:123456789012:task/c/1", "backend"));
}

TEST(Compare, ExtraMembersAreWelcomeMissingOnesNot) {
  EXPECT_TRUE(compare(R"({"a": 1})", R"({"a": 1, "b": 2})").met);
  EXPECT_THAT(compare(R"({"a": 1, "c": "x"})", R"({"a": 2, "b": 2})").differences,
              ElementsAre("a: expected 1, got 2", "c: expected \"x\", is absent"));
}

TEST(Compare, ListsMatchInAnyOrderButInFullLength) {
  const auto expected = R"([{"Name": "a", "Running": 2}, {"Name": "b", "Running": 2}])";
  EXPECT_TRUE(
      compare(expected, R"([{"Name": "b", "Running": 2}, {"Name": "a", "Running": 2}])").met);
  EXPECT_THAT(compare(expected, R"([{"Name": "b", "Running": 1}, {"Name": "a", "Running": 2}])")
                  .differences,
              ElementsAre("[1].Running: expected 2, got 1"));
  EXPECT_THAT(compare(expected, R"([{"Name": "b", "Running": 2}])").differences,
              ElementsAre("output: expected 2 elements, got 1",
                          R"([0]: expected {"Name":"a","Running":2}, is absent)"));
}

TEST(Compare, OverlappingPatternsArePaired) {
  EXPECT_TRUE(compare(R"([{"n": "..."}, {"n": "b"}])", R"([{"n": "b"}, {"n": "z"}])").met);
}

TEST(Compare, AListOfIdsIsASample) {
  const auto expected =
      R"([{"Target": "10.0.1.100", "Port": 8000, "Health": "healthy", "Reason": null}])";
  EXPECT_TRUE(
      compare(expected, R"([{"Target":"127.0.0.2","Port":3,"Health":"healthy","Reason":null},
                                    {"Target":"127.0.0.3","Port":3,"Health":"healthy"}])")
          .met);
  EXPECT_THAT(compare(expected, R"([{"Target":"127.0.0.2","Port":3,"Health":"healthy"},
                                    {"Target":"127.0.0.3","Port":3,"Health":"draining"}])")
                  .differences,
              ElementsAre("[1].Health: expected \"healthy\", got \"draining\""));
  EXPECT_FALSE(compare(expected, "[]").met);
}

TEST(Compare, NumbersMustBeEqualPortsAndTimesNot) {
  EXPECT_FALSE(compare(R"({"AllocatedStorage": 100})", R"({"AllocatedStorage": 200})").met);
  EXPECT_TRUE(compare(R"({"port": 8000, "createdAt": 1618498732.5})",
                      R"({"port": 31001, "createdAt": "2026-01-10T02:30:00Z"})")
                  .met);
  EXPECT_TRUE(compare(R"({"n": 2})", R"({"n": 2.0})").met);
}

constexpr std::string_view kTable =
    "------------------------\n|   DescribeServices   |\n+----------+-----------+\n|  Name    |  "
    "Running  |\n"
    "+----------+-----------+\n|  back-en..|  2       |\n|  web     |  2        "
    "|\n+----------+-----------+\n";

TEST(Compare, TablesAgainstTablesAndJson) {
  EXPECT_TRUE(
      compare(kTable, R"([{"Name": "web", "Running": 2}, {"Name": "back-end", "Running": 2}])")
          .met);
  EXPECT_THAT(
      compare(kTable, R"([{"Name": "web", "Running": 2}, {"Name": "back-end", "Running": 0}])")
          .differences,
      ElementsAre("[0].Running: expected 2, got 0"));
  EXPECT_TRUE(compare("| Desired | Name |\n|---|---|\n| 0 | web |\n",
                      R"([{"Name":"web","Desired":0,"Running":0}])")
                  .met);
  EXPECT_TRUE(
      compare("----\n|  DescribeX  |\n+---+\n|  a  |\n|  b  |\n+---+\n", R"(["b", "a"])").met);
}

TEST(Compare, TableOfNamesAndValuesIsAnObject) {
  const auto table =
      "-----\n|  DescribeX  |\n+----+----+\n|  Desired |  2  |\n|  Status  |  ACTIVE "
      "|\n+----+----+\n";
  EXPECT_EQ(parse_output(table).value, parse_json(R"({"Desired": 2, "Status": "ACTIVE"})").value());
}

TEST(Compare, TextLineByLineByKind) {
  EXPECT_TRUE(compare("200", "200\n").met);
  EXPECT_FALSE(compare("200", "503").met);
  EXPECT_TRUE(compare("task 3c9b1d94-1c1c-4f6e-8f7c-2f6a3b0a1b2c  stopped",
                      "task 11111111-1c1c-4f6e-8f7c-2f6a3b0a1b2c stopped\n")
                  .met);
  EXPECT_FALSE(compare("{\"a\": 1}", "").met);
}

TEST(Compare, AlternativesAndStatuses) {
  const Expectation either{
      Expectation::Kind::kOneOf, "", {"\"stopping\"", "\"stopped\""}, "", false, 1};
  EXPECT_TRUE(compare_output(either, "\"stopped\"\n").met);
  EXPECT_TRUE(compare_output(either, "stopping").met);
  EXPECT_THAT(compare_output(either, "\"available\"").differences,
              ElementsAre("output: expected \"stopping\" or \"stopped\", got \"available\""));
  const Expectation status{.kind = Expectation::Kind::kHttpStatus, .text = "200"};
  EXPECT_TRUE(compare_output(status, "HTTP/1.1 301 Moved\r\n\r\nHTTP/2 200\r\nx: y\r\n").met);
  EXPECT_FALSE(compare_output(status, "HTTP/1.1 503 Service Unavailable\r\n").met);
  EXPECT_TRUE(
      compare_output({.kind = Expectation::Kind::kOutput, .text = "x", .when_any = true}, "[]")
          .met);
}

TEST(CompareOutput, ColourInTheDocumentIsNoText) {
  EXPECT_TRUE(compare("\x1b[32mok\x1b[0m", "ok").met);
  EXPECT_TRUE(compare("\x1b[2 left", "\x1b[2 left").met);
}

TEST(CompareFuzz, AnythingAgainstAnything) {
  std::uint64_t seed = 7;
  auto next = [&] { return seed = seed * 6364136223846793005u + 1442695040888963407u, seed >> 33; };
  const std::string alphabet = "|-+{}[]\":,. 01ae\nnult<>:/x";
  for (int round = 0; round < 3000; ++round) {
    std::string a, b;
    for (auto i = next() % 60; i > 0; --i) a += alphabet[next() % alphabet.size()];
    for (auto i = next() % 60; i > 0; --i) b += alphabet[next() % alphabet.size()];
    const auto result = compare(a, b);
    EXPECT_EQ(result.met, result.differences.empty()) << a << "\n---\n" << b;
    EXPECT_TRUE(compare(a, a).met) << a;
  }
}

}  // namespace
}  // namespace seatrial::runbook
