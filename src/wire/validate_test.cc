// The words of refused input, service by service, as AWS answers them.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/codec.h"

namespace seatrial::wire {
namespace {

constexpr std::string_view kToken = "0123456789abcdef0123456789abcdef";

// "Code: message", or empty when the input is valid.
std::string complaint(std::string_view service, std::string_view operation, std::string_view input,
                      std::string* after = nullptr) {
  const auto found = model::find_service(service);
  const Route route{*found, *found->find_operation(operation), found->protocol(), "1.1", false};
  Value value = *parse_json(input);
  const auto result = validate(route, value, kToken);
  if (after != nullptr) *after = to_json(value);
  return result ? "" : result.error().code + ": " + result.error().message;
}

TEST(Validate, SeveralProblemsInOneMessage) {
  EXPECT_EQ(
      complaint("ssm", "PutParameter", R"({"Name":"","Type":"Other"})"),
      "ValidationException: 3 validation errors detected: Value '' at 'name' failed to satisfy "
      "constraint: Member must have length greater than or equal to 1; Value null at 'value' "
      "failed "
      "to satisfy constraint: Member must not be null; Value 'Other' at 'type' failed to satisfy "
      "constraint: Member must satisfy enum value set: [String, StringList, SecureString]");
}

TEST(Validate, NestedPathsAndPatterns) {
  EXPECT_EQ(
      complaint("logs", "PutLogEvents",
                R"({"logGroupName":"a b","logStreamName":"s","logEvents":[{"message":"m"}]})"),
      "InvalidParameterException: 2 validation errors detected: Value 'a b' at 'logGroupName' "
      "failed to "
      "satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+; "
      "Value "
      "null at 'logEvents.1.member.timestamp' failed to satisfy constraint: Member must not be "
      "null");
}

TEST(Validate, ScalarsInListsAreReportedOnceForTheList) {
  EXPECT_EQ(complaint("ssm", "GetParameters", R"({"Names":["ok","",""]})"),
            "ValidationException: 1 validation error detected: Value '[ok, , ]' at 'names' failed "
            "to satisfy "
            "constraint: Member must satisfy constraint: [Member must have length greater than or "
            "equal to 1]");
}

TEST(Validate, SecretsAreNotRepeated) {
  const std::string text =
      complaint("secretsmanager", "CreateSecret", R"({"Name":"n","SecretString":""})");
  EXPECT_THAT(text, ::testing::HasSubstr("Value at 'secretString' failed"));
}

TEST(Validate, FamiliesHaveTheirOwnWords) {
  EXPECT_EQ(complaint("ec2", "DeleteSubnet", "{}"),
            "MissingParameter: The request must contain the parameter SubnetId");
  EXPECT_EQ(complaint("cloudwatch", "PutMetricData", "{}"),
            "MissingParameter: The parameter Namespace is required.");
  EXPECT_THAT(
      complaint("elbv2", "CreateTargetGroup", "{}"),
      ::testing::StartsWith("ValidationError: 1 validation error detected: Value null at 'name'"));
  EXPECT_THAT(complaint("ecs", "CreateService", "{}"), ::testing::StartsWith("ClientException: "));
  EXPECT_THAT(complaint("ecs", "CreateService", R"({"serviceName":"s","launchType":"X"})"),
              ::testing::StartsWith("InvalidParameterException: "));
}

TEST(Validate, RangesAndLengthsInCodePoints) {
  EXPECT_EQ(complaint("ssm", "DescribeParameters", R"({"MaxResults":50})"), "");
  EXPECT_EQ(complaint("ssm", "DescribeParameters", R"({"MaxResults":51})"),
            "ValidationException: 1 validation error detected: Value '51' at 'maxResults' failed "
            "to satisfy "
            "constraint: Member must have value less than or equal to 50");
}

TEST(Validate, UnionsHaveExactlyOneMember) {
  const auto update = [](std::string_view channel) {
    return complaint(
        "ssm-incidents", "UpdateIncidentRecord",
        fmt::format(R"({{"arn":"arn:aws:ssm-incidents::1:r/x","chatChannel":{}}})", channel));
  };
  EXPECT_THAT(update("{}"),
              ::testing::HasSubstr("'chatChannel' failed to satisfy constraint: Member "
                                   "must have exactly one member set"));
  EXPECT_THAT(update(R"({"empty":{},"chatbotSns":[]})"), ::testing::HasSubstr("exactly one"));
  EXPECT_THAT(update(R"({"empty":{}})"), ::testing::Not(::testing::HasSubstr("exactly one")));
}

TEST(Validate, FillsTokensOnlyWhereAbsent) {
  std::string after;
  EXPECT_EQ(complaint("secretsmanager", "CreateSecret", R"({"Name":"n"})", &after), "");
  EXPECT_EQ(after, R"({"Name":"n","ClientRequestToken":"0123456789abcdef0123456789abcdef"})");
}

// Every pattern of the model compiles or is skipped; none may stop the process.
TEST(Validate, EveryPatternOfEveryServedServiceCompilesOrIsSkipped) {
  for (std::uint32_t i = 0; i < model::service_count(); ++i) {
    const auto service = model::service(i);
    for (std::uint32_t o = 0; o < service.operation_count(); ++o) {
      const auto input = service.operation(o).input();
      if (!input) continue;
      Object object;
      for (std::uint32_t m = 0; m < input->member_count(); ++m) {
        if (input->member(m).shape().kind() == model::Kind::kString)
          object[input->member(m).name()] = "\xC3\xA9 x";
      }
      Value value = std::move(object);
      const Route route{service, service.operation(o), service.protocol(), "1.1", false};
      const auto result = validate(route, value, "");
      if (!result) {
        EXPECT_FALSE(result.error().code.empty());
      }
    }
    if (service.name() > "c") break;  // the a's and b's are enough for one run of the unit tests
  }
}

}  // namespace
}  // namespace seatrial::wire
