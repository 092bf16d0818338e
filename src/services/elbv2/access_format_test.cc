// The form of access log lines. Provenance: the examples of AWS's page on access logs for
// Application Load Balancers.
#include "services/elbv2/access_format.h"

#include <gtest/gtest.h>

namespace seatrial::services::elbv2 {
namespace {

constexpr std::int64_t kCreated = 1'530'570'168'364'000;  // 2018-07-02T22:22:48.364Z

drivers::ProxyRecord sample() {
  drivers::ProxyRecord r;
  r.client = "192.168.131.39:2817";
  r.target = "10.0.0.1:80";
  r.begun = kCreated;
  r.sent = kCreated + 200;
  r.answered = kCreated + 1'400;
  r.replied = kCreated + 1'500;
  r.status = 200;
  r.received_bytes = 34;
  r.sent_bytes = 366;
  r.rule = 0;
  r.connection = "1234abcd5678ef901234abcd5678ef90";
  r.method = "GET";
  r.version = "HTTP/1.1";
  r.uri = "/";
  r.trace = "Root=1-58337262-36d228ad5d99923122bbe354";
  r.host = "www.example.com";
  r.user_agent = "curl/7.46.0";
  return r;
}

constexpr const char* kGroup =
    "arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067";

AccessFacts facts() {
  return {kCreated + 11'822'641,
          kCreated,
          "app/my-loadbalancer/50dc6c495c0c9188",
          kGroup,
          "forward",
          80,
          0};
}

std::string line(const drivers::ProxyRecord& r, const AccessFacts& f,
                 const AccessFormat& how = {}) {
  std::string out;
  append_access(out, how, r, f);
  return out;
}

TEST(AccessFormat, WritesAwsExampleOfAnHttpEntry) {
  EXPECT_EQ(line(sample(), facts()),
            "http 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 "
            "192.168.131.39:2817 10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 "
            "\"GET http://www.example.com:80/ HTTP/1.1\" \"curl/7.46.0\" - - " +
                std::string(kGroup) +
                " \"Root=1-58337262-36d228ad5d99923122bbe354\" \"-\" \"-\" 0 "
                "2018-07-02T22:22:48.364000Z \"forward\" \"-\" \"-\" \"10.0.0.1:80\" \"200\" \"-\" "
                "\"-\" TID_1234abcd5678ef901234abcd5678ef90 \"-\" \"-\" \"-\"");
}

TEST(AccessFormat, HasNoTimesOfATargetThatDidNotAnswer) {
  auto r = sample();
  r.answered = 0;
  r.status = 502;
  const auto text = line(r, facts());
  EXPECT_NE(text.find(" 10.0.0.1:80 -1 -1 -1 502 - 34 366 "), std::string::npos) << text;
  EXPECT_NE(text.find("\"10.0.0.1:80\" \"-\" \"-\""), std::string::npos) << text;
}

TEST(AccessFormat, TellsWhereARedirectWentAndItsRule) {
  auto r = sample();
  r.target = {};
  r.sent = r.answered = 0;
  r.status = 301;
  r.location = "https://www.example.com:443/";
  auto f = facts();
  f.action = "redirect";
  f.target_group = {};
  f.priority = 7;
  const auto text = line(r, f);
  EXPECT_NE(text.find(" - -1 -1 -1 301 - "), std::string::npos) << text;
  EXPECT_NE(text.find(" 7 2018-07-02T22:22:48.364000Z \"redirect\" "
                      "\"https://www.example.com:443/\" \"-\" \"-\" \"-\" "),
            std::string::npos)
      << text;
}

TEST(AccessFormat, KeepsAClientFromEndingAFieldOrALine) {
  auto r = sample();
  r.user_agent = "a\" \"b\nc";
  EXPECT_NE(line(r, facts()).find("\"a\\x22 \\x22b\\x0Ac\""), std::string::npos);
}

TEST(AccessFormat, WritesNamedFieldsOnly) {
  const AccessFormat plain{false, {8, 12}, ","};
  EXPECT_EQ(line(sample(), facts(), plain), "200,\"GET http://www.example.com:80/ HTTP/1.1\"");
  const AccessFormat json{true, {8, 3}, ""};
  EXPECT_EQ(line(sample(), facts(), json),
            R"({"elb_status_code":"200","client:port":"192.168.131.39:2817"})");
}

TEST(AccessFormat, ShowsARequestThatWasNone) {
  drivers::ProxyRecord r;
  r.client = "1.2.3.4:5";
  r.status = 400;
  r.method = r.version = r.uri = "<BADREQ>";
  auto f = facts();
  f.action = {};
  f.priority = -1;
  const auto text = line(r, f);
  EXPECT_NE(text.find("400 - 0 0 \"- http://-:80- -\" \"-\""), std::string::npos) << text;
}

}  // namespace
}  // namespace seatrial::services::elbv2
