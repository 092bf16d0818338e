#include "decide/delivery_retry/delivery_retry.h"

#include <gtest/gtest.h>

namespace seatrial::decide {
namespace {

std::vector<std::int64_t> delays(const RetryPolicy& policy, int most = 1000) {
  std::vector<std::int64_t> out;
  for (int failures = 1; failures <= most; ++failures) {
    const auto delay = retry_delay(policy, failures);
    if (!delay) break;
    out.push_back(delay->count() / 1000);
  }
  return out;
}

TEST(DeliveryRetry, Phases) {
  EXPECT_EQ(delays(RetryPolicy::http()), (std::vector<std::int64_t>{20, 20, 20}));
  const auto policy = parse_retry_policy(*parse_json(
      R"({"numRetries":7,"numNoDelayRetries":1,"numMinDelayRetries":2,"numMaxDelayRetries":1,
          "minDelayTarget":1,"maxDelayTarget":9,"backoffFunction":"linear"})"));
  ASSERT_TRUE(policy);
  EXPECT_EQ(delays(*policy), (std::vector<std::int64_t>{0, 1, 1, 1, 5, 9, 9}));
  const auto mail = delays(RetryPolicy::customer_managed());
  EXPECT_EQ(mail.size(), 50u);
  EXPECT_EQ(mail[2], 10);
  EXPECT_EQ(mail[11], 600);
  EXPECT_EQ(delays(RetryPolicy::aws_managed(), 200'000).size(), 100'015u);
}

TEST(DeliveryRetry, WhatIsNone) {
  for (const char* text : {"[]", R"({"numRetries":101})", R"({"numRetries":-1})", R"({"x":1})",
                           R"({"minDelayTarget":30})", R"({"backoffFunction":"cubic"})",
                           R"({"numMaxDelayRetries":4})"})
    EXPECT_FALSE(parse_retry_policy(*parse_json(text))) << text;
}

}  // namespace
}  // namespace seatrial::decide
