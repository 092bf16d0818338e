#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> jq_path_in(std::string_view shell) {
  return testing::found_in_shell("jq-path", shell);
}

TEST(JqPath, MembersThatAreNotPrinted) {
  EXPECT_THAT(jq_path_in("aws ecs list-tasks | jq -r '.taskArn[]'"), ElementsAre("2:30 taskArn"));
  EXPECT_THAT(
      jq_path_in(
          "aws ecs describe-services --services s \\\n"
          "  | jq '.services[0].deployments[] | {id, state: .rolloutStat, n: (.runningCount)}'"),
      ElementsAre("3:51 rolloutStat"));
  EXPECT_THAT(jq_path_in("aws ecs describe-services --services s | jq '.services | map(.statu)'"),
              ElementsAre("2:63 statu"));
  EXPECT_THAT(jq_path_in("aws ecs list-tasks --query taskArns | jq '.taskArns'"),
              ElementsAre("2:44 taskArns"));
  EXPECT_THAT(jq_path_in("X=$(aws sts get-caller-identity | jq -r '.[\"Acount\"]')"),
              ElementsAre("2:43 [\"Acount\"]"));
}

TEST(JqPath, WhatJqRefuses) {
  EXPECT_THAT(jq_path_in("aws ecs list-tasks | jq '.taskArns.name'"), ElementsAre("2:36 name"));
  EXPECT_THAT(jq_path_in("aws sts get-caller-identity | jq '.Account[]'"), ElementsAre("2:43 []"));
  EXPECT_THAT(jq_path_in("aws sts get-caller-identity | jq '.Account[0]'"),
              ElementsAre("2:43 [0]"));
}

TEST(JqPath, TextIsNoJson) {
  EXPECT_THAT(jq_path_in("aws ecs list-tasks --output text | jq '.taskArns[]'"),
              ElementsAre("2:36 jq"));
  EXPECT_THAT(jq_path_in("aws secretsmanager get-secret-value --secret-id s --query SecretString "
                         "--output text | jq -r .password"),
              IsEmpty());
}

TEST(JqPath, FineOrBeyondWhatIsKnown) {
  for (const char* program : {".",
                              ".taskArns",
                              ".taskArns[]",
                              ".taskArns[0:2]",
                              "[.taskArns[] | split(\"/\") | last]",
                              ".taskArns | length",
                              ".taskArns[] | fromjson | .anything",
                              ".taskArns as $a | $a",
                              "select(.taskArns | length > 0) | .taskArns[0]",
                              ".taskArns | map(select(startswith(\"a\")))",
                              "{a: .taskArns}",
                              "..",
                              ".taskArns[]?",
                              "if .x then .y else .z end",
                              "to_entries[] | .key",
                              "\"\\(.taskArns)\"",
                              "[",
                              "{",
                              ".[",
                              "map("}) {
    EXPECT_THAT(jq_path_in(fmt::format("aws ecs list-tasks | jq '{}'", program)), IsEmpty())
        << program;
  }
  for (const char* tail : {"jq --slurp '.x'", "jq -n '.x'", "jq -f x.jq", "jq '.x' file.json",
                           "jq --arg a b '.x'", "jq \"$PROGRAM\"", "tee x | jq .x", "sort | jq .x"})
    EXPECT_THAT(jq_path_in(fmt::format("aws ecs list-tasks | {}", tail)), IsEmpty()) << tail;
  EXPECT_THAT(jq_path_in("curl -s x | jq .x"), IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check
