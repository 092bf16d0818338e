#include "decide/resource_policy/resource_policy.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace seatrial::decide {
namespace {

PolicyVerdict verdict(std::string_view text) {
  const auto policy = parse_resource_policy(text);
  EXPECT_TRUE(policy) << (policy ? "" : policy.error());
  if (!policy) return PolicyVerdict::kNone;
  return evaluate_policy(*policy, {"sns.amazonaws.com",
                                   "sqs:SendMessage",
                                   "arn:aws:sqs:us-east-1:123456789012:q",
                                   {{"aws:sourcearn", "arn:aws:sns:us-east-1:123456789012:t"},
                                    {"aws:sourceaccount", "123456789012"}}});
}

PolicyVerdict denied(std::string_view principal, std::string_view condition = "{}",
                     std::string_view caller = "arn:aws:iam::123456789012:user/ann") {
  const auto policy = parse_resource_policy(
      fmt::format(R"({{"Statement":{{"Effect":"Deny","Principal":{},"Action":"s3:Get*",
        "Resource":"arn:aws:s3:::b/*","Condition":{}}}}})",
                  principal, condition));
  EXPECT_TRUE(policy) << (policy ? "" : policy.error());
  PolicyQuestion question{"",
                          "s3:GetObject",
                          "arn:aws:s3:::b/k",
                          {{"aws:securetransport", "false"}, {"s3:prefix", "a"}}};
  question.caller = caller, question.account = "123456789012";
  return policy ? evaluate_policy(*policy, question) : PolicyVerdict::kNone;
}

TEST(ResourcePolicy, CallersAreMeantByArnAccountOrRole) {
  constexpr auto kDeny = PolicyVerdict::kDeny, kNone = PolicyVerdict::kNone;
  EXPECT_EQ(denied(R"("*")"), kDeny);
  EXPECT_EQ(
      denied(
          R"({"AWS":["arn:aws:iam::123456789012:user/bob","arn:aws:iam::123456789012:user/ann"]})"),
      kDeny);
  EXPECT_EQ(denied(R"({"AWS":"arn:aws:iam::123456789012:user/bob"})"), kNone);
  EXPECT_EQ(denied(R"({"AWS":"123456789012"})"), kDeny);
  EXPECT_EQ(denied(R"({"AWS":"arn:aws:iam::123456789012:root"})"), kDeny);
  EXPECT_EQ(denied(R"({"AWS":"arn:aws:iam::999999999999:root"})"), kNone);
  EXPECT_EQ(denied(R"({"Service":"sns.amazonaws.com"})"), kNone);
  const char* session = "arn:aws:sts::123456789012:assumed-role/app/task-1";
  EXPECT_EQ(denied(R"({"AWS":"arn:aws:iam::123456789012:role/service-role/app"})", "{}", session),
            kDeny);
  EXPECT_EQ(denied(R"({"AWS":"arn:aws:iam::123456789012:role/other"})", "{}", session), kNone);
}

TEST(ResourcePolicy, TruthAndAbsenceAreConditions) {
  constexpr auto kDeny = PolicyVerdict::kDeny, kNone = PolicyVerdict::kNone;
  EXPECT_EQ(denied(R"("*")", R"({"Bool":{"aws:SecureTransport":"false"}})"), kDeny);
  EXPECT_EQ(denied(R"("*")", R"({"Bool":{"aws:SecureTransport":false}})"), kDeny);
  EXPECT_EQ(denied(R"("*")", R"({"Bool":{"aws:SecureTransport":true}})"), kNone);
  EXPECT_EQ(denied(R"("*")", R"({"Null":{"s3:x-amz-acl":"true"}})"), kDeny);
  EXPECT_EQ(denied(R"("*")", R"({"Null":{"s3:prefix":true}})"), kNone);
  EXPECT_FALSE(parse_resource_policy(
      R"({"Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*",
          "Condition":{"StringEquals":{"aws:PrincipalAccount":123456789012}}}})"));
}

TEST(ResourcePolicy, ServicesAreLetInByStatements) {
  EXPECT_EQ(verdict(R"({"Statement":{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},
    "Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east-1:123456789012:q"}})"),
            PolicyVerdict::kAllow);
  EXPECT_EQ(
      verdict(R"({"Statement":[{"Effect":"Allow","Principal":"*","Action":"SQS:*","Resource":"*",
    "Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:*:*:t"}}}]})"),
      PolicyVerdict::kAllow);
  EXPECT_EQ(
      verdict(R"({"Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sqs:SendMessage",
    "Resource":"*","Condition":{"StringEquals":{"aws:SourceAccount":["1","123456789012"]}}}]})"),
      PolicyVerdict::kAllow);
}

TEST(ResourcePolicy, OthersAreNot) {
  for (
      const char* text :
      {R"({"Statement":{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*"}})",
       R"({"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"sqs:*","Resource":"*"}})",
       R"({"Statement":{"Effect":"Allow","Principal":"*","Action":"sqs:ReceiveMessage","Resource":"*"}})",
       R"({"Statement":{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"arn:aws:sqs:us-east-1:123456789012:other"}})",
       R"({"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"ArnLike":{"aws:SourceArn":"arn:aws:sns:*:*:u"}}}})",
       R"({"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/x":"y"}}}})"})
    EXPECT_EQ(verdict(text), PolicyVerdict::kNone) << text;
  EXPECT_EQ(verdict(R"({"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"},
    {"Effect":"Deny","Principal":"*","Action":"sqs:Send*","Resource":"*"}]})"),
            PolicyVerdict::kDeny);
}

TEST(ResourcePolicy, WhatIsNone) {
  for (
      const char* text :
      {"", "[]", "{}", R"({"Statement":[]})", R"({"Statement":[1]})", R"({"Statements":[]})",
       R"({"Statement":{"Effect":"allow","Principal":"*","Action":"*","Resource":"*"}})",
       R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})",
       R"({"Statement":{"Effect":"Allow","Principal":"*","Resource":"*"}})",
       R"({"Statement":{"Effect":"Allow","Principal":"me","Action":"*","Resource":"*"}})",
       R"({"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"NumericLessThan":{"a":"1"}}}})"})
    EXPECT_FALSE(parse_resource_policy(text)) << text;
}

}  // namespace
}  // namespace seatrial::decide
