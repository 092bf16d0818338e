// Thousands of damaged requests through route, decode and validate: every one ends in a value or
// in an error with a code, and none ends the process. The seed is fixed and printed on failure.
#include <gtest/gtest.h>

#include "base/rng.h"
#include "wire/body.h"
#include "wire/codec.h"
#include "wire/sigv4.h"
#include "wire/xml.h"

namespace seatrial::wire {
namespace {

constexpr std::uint64_t kSeed = 20260101;
constexpr int kMutations = 3000;  // of each sample

struct Sample {
  std::string_view signing;
  HttpRequest request;
};

HttpRequest made(std::string method, std::string target, std::string body,
                 std::vector<std::pair<std::string, std::string>> headers = {}) {
  HttpRequest request{std::move(method), std::move(target), {}, std::move(body)};
  for (auto& [name, value] : headers) request.headers.add(name, value);
  return request;
}

std::vector<Sample> samples() {
  return {
      {"sns", made("POST", "/",
                   "Action=CreateTopic&Version=2010-03-31&Name=a&Attributes.entry.1.key=k&"
                   "Attributes.entry.1.value=v&Tags.member.1.Key=one&Tags.member.1.Value=two")},
      {"ec2", made("POST", "/",
                   "Action=DescribeSubnets&Version=2016-11-15&SubnetId.1=a&Filter.1.Name=n&"
                   "Filter.1.Value.1=v&MaxResults=5&DryRun=true")},
      {"ecs",
       made("POST", "/",
            R"({"family":"f","containerDefinitions":[{"name":"c","memory":5,"essential":true,)"
            R"("environment":[{"name":"A","value":"\u00e9"}],"dockerLabels":{"a":"b"}}]})",
            {{"X-Amz-Target", "AmazonEC2ContainerServiceV20141113.RegisterTaskDefinition"}})},
      {"lambda",
       made(
           "POST", "/2015-03-31/functions?a=b",
           R"({"FunctionName":"f","Code":{"ZipFile":"AAAA"},"Timeout":3,"Environment":{"Variables":{}}})")},
      {"s3", made("PUT", "/b?lifecycle",
                  "<LifecycleConfiguration xmlns=\"u\"><Rule><ID>a</ID><Filter><Prefix>p</Prefix>"
                  "</Filter><Status>Enabled</Status><Expiration><Days>3</Days></Expiration></Rule>"
                  "</LifecycleConfiguration>")},
      {"s3",
       made("PUT", "/b/k/e%20y?x=1", "5;chunk-signature=a\r\nhello\r\n0\r\n\r\n",
            {{"Content-Encoding", "aws-chunked"}, {"Expires", "Sun, 30 Aug 2015 12:36:00 GMT"}})},
      {"monitoring",
       made("POST", "/service/GraniteServiceVersion20100801/operation/PutMetricData",
            std::string("\xA2\x69Namespace\x61"
                        "a\x6AMetricData\x81\xA3\x65Value\xFB\x3F\xF8\x00\x00\x00\x00\x00\x00"
                        "\x69Timestamp\xC1\x1A\x65\x53\xF1\x00\x66Values\x82\x01\x20",
                        67),
            {{"smithy-protocol", "rpc-v2-cbor"}})},
  };
}

void mutate(std::string& text, Rng& rng) {
  for (std::uint64_t times = 1 + rng.below(4); times > 0; --times) {
    const std::size_t at = text.empty() ? 0 : rng.below(text.size());
    switch (rng.below(5)) {
      case 0:
        if (!text.empty()) text[at] = static_cast<char>(rng.next());
        break;
      case 1:
        text.insert(at, 1, static_cast<char>(rng.next()));
        break;
      case 2:
        if (!text.empty()) text.erase(at, 1 + rng.below(4));
        break;
      case 3:
        text.insert(at, text.substr(rng.below(text.size() + 1), rng.below(40)));
        break;
      case 4:
        text.resize(at);
        break;
    }
  }
}

void carry_through(const Sample& sample, const HttpRequest& request) {
  const auto found = route(request, sample.signing);
  if (!found) {
    EXPECT_FALSE(found.error().code.empty());
    EXPECT_GE(encode_unrouted_error(request, sample.signing, found.error(), "id").status, 400);
    return;
  }
  auto input = decode_request(*found, request);
  if (!input) {
    EXPECT_FALSE(input.error().message.empty());
    EXPECT_GE(encode_error(*found, input.error(), "id").status, 400);
    return;
  }
  EXPECT_TRUE(input->is_object());
  const auto valid = validate(*found, *input, "token");
  if (!valid) {
    EXPECT_FALSE(valid.error().code.empty());
  }
}

TEST(Robustness, UndamagedSamplesAreRead) {
  for (const Sample& sample : samples()) {
    const auto found = route(sample.request, sample.signing);
    ASSERT_TRUE(found) << found.error().message;
    const auto input = decode_request(*found, sample.request);
    ASSERT_TRUE(input) << found->operation.name() << ": " << input.error().message;
  }
}

TEST(Robustness, DamagedRequestsEndInAValueOrAnError) {
  SeededRng rng(kSeed);
  SCOPED_TRACE(kSeed);
  for (const Sample& sample : samples()) {
    for (int i = 0; i < kMutations; ++i) {
      HttpRequest request = sample.request;
      mutate(request.body, rng);
      if (i % 8 == 0) mutate(request.target, rng);
      carry_through(sample, request);
    }
  }
}

TEST(Robustness, DamagedSignaturesNeverVerify) {
  SeededRng rng(kSeed);
  const std::string good =
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/ecs/aws4_request, "
      "SignedHeaders=host;x-amz-date, "
      "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
  for (int i = 0; i < kMutations; ++i) {
    std::string header = good,
                target = "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a/b/c/d/aws4_request";
    mutate(header, rng);
    mutate(target, rng);
    const HttpRequest request = made("GET", target, "",
                                     {{"Host", "h"},
                                      {"X-Amz-Date", "20150830T123600Z"},
                                      {i % 2 == 0 ? "Authorization" : "X", header}});
    parse_signature(request);
    EXPECT_FALSE(
        verify(request, from_ms(1'440'938'160'000), [](std::string_view) { return "secret"; }));
  }
}

TEST(Robustness, BodiesOfRandomBytes) {
  SeededRng rng(kSeed);
  for (int i = 0; i < kMutations; ++i) {
    const std::string bytes = rng.bytes(rng.below(200));
    const auto inflated = gunzip("\x1F\x8B\x08" + bytes);
    if (!inflated) {
      EXPECT_FALSE(inflated.error().code.empty());
    }
    unchunk(bytes);
    EXPECT_FALSE(parse_xml(bytes).has_value() && bytes.find('<') == std::string::npos);
  }
}

}  // namespace
}  // namespace seatrial::wire
