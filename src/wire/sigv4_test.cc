// AWS's published test vectors, and what a refused request is told. Requests signed by botocore
// are verified in tests/oracle/test_wire.py.
#include "wire/sigv4.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace seatrial::wire {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const Time kNow = *parse_time("20150830T123600Z");

std::optional<std::string> secret_of(std::string_view key) {
  if (key == "AKIDEXAMPLE") return std::string(kSecret);
  return std::nullopt;
}

HttpRequest vector_request(std::string method, std::string target, std::string signature,
                           std::string signed_headers = "host;x-amz-date",
                           std::string service = "service") {
  HttpRequest request{std::move(method), std::move(target), {}, ""};
  request.headers.add("Host", "example.amazonaws.com");
  request.headers.add("X-Amz-Date", "20150830T123600Z");
  request.headers.add(
      "Authorization",
      fmt::format("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/{}/aws4_request, "
                  "SignedHeaders={}, Signature={}",
                  service, signed_headers, signature));
  return request;
}

HttpRequest vanilla() {
  return vector_request("GET", "/",
                        "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

std::string refusal(const HttpRequest& request, Time now = kNow, VerifyOptions options = {}) {
  const auto result = verify(request, now, secret_of, options);
  return result ? ""
                : fmt::format("{} {}: {}", result.error().status, result.error().code,
                              result.error().message);
}

TEST(SigV4, PublishedVectors) {
  EXPECT_EQ(refusal(vanilla()), "");
  EXPECT_EQ(
      refusal(vector_request("GET", "/?Param2=value2&Param1=value1",
                             "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")),
      "");
  EXPECT_EQ(refusal(vector_request(
                "POST", "/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")),
            "");
}

TEST(SigV4, BodyAndHeaderValuesCount) {
  HttpRequest form = vector_request(
      "POST", "/", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
      "content-type;host;x-amz-date");
  form.headers.add("Content-Type", "application/x-www-form-urlencoded");
  form.body = "Param1=value1";
  EXPECT_EQ(refusal(form), "");
  form.body = "Param1=value2";
  EXPECT_THAT(refusal(form), HasSubstr("InvalidSignatureException"));
  HttpRequest spaces =
      vector_request("GET", "/", "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
                     "host;my-header1;my-header2;x-amz-date");
  spaces.headers.add("My-Header1", " value1");
  spaces.headers.add("My-Header2", " \"a   b   c\"");
  EXPECT_EQ(refusal(spaces), "");
}

TEST(SigV4, PresignedS3) {
  HttpRequest request{
      "GET",
      "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%"
      "2F"
      "us-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&"
      "X-Amz-SignedHeaders=host&X-Amz-Signature="
      "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
      {},
      ""};
  request.headers.add("Host", "examplebucket.s3.amazonaws.com");
  const SecretLookup secret = [](std::string_view) {
    return "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  };
  const auto fine = verify(request, *parse_time("20130524T230000Z"), secret);
  ASSERT_TRUE(fine) << fine.error().message;
  EXPECT_EQ(fine->service, "s3");
  const auto late = verify(request, *parse_time("20130525T000001Z"), secret);
  EXPECT_EQ(late.error().message, "Request has expired");
}

TEST(SigV4, WordsOfTheFamilies) {
  const Time late = kNow + std::chrono::minutes(6);
  EXPECT_EQ(
      refusal(vanilla(), late),
      "400 InvalidSignatureException: Signature expired: 20150830T123600Z is now earlier than "
      "20150830T123700Z (20150830T124200Z - 5 min.)");
  EXPECT_THAT(refusal(vanilla(), kNow - std::chrono::minutes(6)),
              HasSubstr("Signature not yet current"));
  EXPECT_THAT(refusal(vanilla(), late, {.family = ErrorFamily::kEc2}), HasSubstr("RequestExpired"));
  EXPECT_EQ(refusal(vanilla(), late, {.family = ErrorFamily::kS3}), "");  // 15 minutes there
  HttpRequest stranger = vanilla();
  stranger.headers.set("Authorization",
                       "AWS4-HMAC-SHA256 Credential=AKIDOTHER/20150830/us-east-1/iam/aws4_request, "
                       "SignedHeaders=host;x-amz-date, Signature=00");
  EXPECT_EQ(refusal(stranger),
            "403 InvalidClientTokenId: The security token included in the request is invalid.");
  stranger.headers.add("X-Amz-Target", "X.Y");
  EXPECT_THAT(refusal(stranger), HasSubstr("UnrecognizedClientException"));
}

TEST(SigV4, MissingAndIncomplete) {
  HttpRequest request = vanilla();
  request.headers.erase("Authorization");
  request.headers.add("X-Amz-Target", "X.Y");
  EXPECT_THAT(refusal(request), HasSubstr("MissingAuthenticationTokenException"));
  EXPECT_FALSE(parse_signature(request));
  request.headers.add("Authorization", "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host");
  EXPECT_THAT(
      refusal(request),
      HasSubstr("IncompleteSignatureException: Authorization header requires 'Credential'"));
  request.headers.set("Authorization", "Bearer x");
  EXPECT_THAT(refusal(request), HasSubstr("IncompleteSignatureException"));
  request = vector_request("GET", "/", "00", "x-amz-date");
  EXPECT_THAT(refusal(request), HasSubstr("'Host' must be a 'SignedHeader'"));
}

TEST(SigV4, ParsesWithoutVerifying) {
  const auto signature = parse_signature(vector_request("GET", "/", "junk", "host", "ecs"));
  ASSERT_TRUE(signature);
  EXPECT_EQ(signature->access_key, "AKIDEXAMPLE");
  EXPECT_EQ(signature->region, "us-east-1");
  EXPECT_EQ(signature->service, "ecs");
}

TEST(SigV4, ARotatedSecretIsNotServedFromTheCache) {
  EXPECT_EQ(refusal(vanilla()), "");
  const auto rotated = verify(vanilla(), kNow, [](std::string_view) { return "another"; });
  EXPECT_FALSE(rotated);
}

}  // namespace
}  // namespace seatrial::wire
