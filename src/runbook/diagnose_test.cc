#include "runbook/diagnose.h"

#include <gmock/gmock.h>

#include "runbook/mask.h"

namespace seatrial::runbook {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Diagnose, AwsErrorsAreTakenApart) {
  const auto d = diagnose(
      {.text = "aws ecs update-service --cluster c",
       .exit_code = 254,
       .err = "\nAn error occurred (ClusterNotFoundException) when calling the UpdateService "
              "operation: Cluster not found.\n"});
  EXPECT_EQ(d.cause, "document");
  EXPECT_EQ(d.error_code, "ClusterNotFoundException");
  EXPECT_EQ(d.operation, "UpdateService");
  EXPECT_THAT(d.reason, HasSubstr("Cluster not found."));
  EXPECT_EQ(
      diagnose({.text = "aws x",
                .exit_code = 254,
                .err = "An error occurred (InternalFailure) when calling the X operation: no"})
          .cause,
      "system");
}

TEST(Diagnose, UsageUnsetAndMissing) {
  EXPECT_EQ(
      diagnose(
          {.text = "aws x", .exit_code = 252, .err = "usage: aws\n\nUnknown options: --servce, a"})
          .reason,
      "the command line is refused: Unknown options: --servce, a");
  const auto unset =
      diagnose({.text = "aws x $A", .exit_code = 252, .err = "boom", .unset_variables = {{"A"}}});
  EXPECT_EQ(unset.cause, "document");
  EXPECT_THAT(unset.reason, HasSubstr("$A is not set"));
  const auto inherited = diagnose({.text = "aws x $A",
                                   .exit_code = 252,
                                   .err = "boom",
                                   .unset_variables = {{"A", 7, true, "system"}}});
  EXPECT_EQ(inherited.cause, "system");
  EXPECT_THAT(inherited.reason, HasSubstr("because line 7 failed"));
  EXPECT_EQ(diagnose({.text = "aws logs tail x",
                      .exit_code = 2,
                      .err = "aws: error: argument operation: Invalid choice, valid"})
                .reason,
            "the AWS CLI on PATH knows no such command or value: aws logs tail");
  EXPECT_EQ(
      diagnose(
          {.text = "./x.sh", .exit_code = 127, .err = "bash: ./x.sh: No such file or directory"})
          .cause,
      "document");
}

TEST(Diagnose, HttpsByALoadBalancersOwnNameIsTheDocumentsFault) {
  Evidence evidence{.text = "curl -s https://$ALB_DNS/health | jq", .exit_code = 7};
  EXPECT_EQ(diagnose(evidence).cause, "system");
  evidence.load_balancer_name = true;
  EXPECT_EQ(diagnose(evidence).cause, "document");
  EXPECT_THAT(diagnose(evidence).reason, HasSubstr("no certificate is issued"));
  evidence.exit_code = 22;
  EXPECT_EQ(diagnose(evidence).cause, "system");
  evidence.exit_code = 7;
  evidence.text = "curl -k https://$ALB_DNS/health";
  EXPECT_EQ(diagnose(evidence).cause, "system");
}

TEST(Diagnose, CurlExitsAreExplained) {
  const auto d = diagnose({.text = "curl -f https://h:1/health", .exit_code = 7});
  EXPECT_EQ(d.cause, "system");
  EXPECT_THAT(d.reason, HasSubstr("https://h:1/health: nothing listens there"));
}

TEST(Diagnose, PlaceholdersAreTheDocumentsFault) {
  EXPECT_EQ(
      diagnose(
          {.text = "aws x --arn <target-arn>", .exit_code = 2, .err = "syntax error near newline"})
          .cause,
      "document");
}

TEST(Mask, HidesKnownSecretsAndKeyShapes) {
  const Masker masker({"topsecretvalue", "ab"});
  EXPECT_EQ(masker.mask("a topsecretvalue ab"), "a **** ab");
  EXPECT_EQ(masker.mask("\"SecretAccessKey\": \"wJalrXUtnFEMI/K7MDENG/bPxRfiCY\","),
            "\"SecretAccessKey\": \"****\",");
  EXPECT_THAT(masker.mask("-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----"),
              Not(HasSubstr("abc")));
  EXPECT_EQ(masker.mask("SecretAccessKey none"), "SecretAccessKey none");
}

}  // namespace
}  // namespace seatrial::runbook
