// When a failed delivery of SNS is tried again. Pure.
//
// AWS's four phases: at once, at the least delay, backing off, at the greatest delay.
// docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
#pragma once
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "base/value.h"

namespace seatrial::decide {

enum class Backoff { kLinear, kArithmetic, kGeometric, kExponential };

struct RetryPolicy {
  int retries = 3;                                 // in all phases together
  int no_delay = 0, min_delay = 0, max_delay = 0;  // retries of these phases; the rest back off
  int min_seconds = 20, max_seconds = 20;
  Backoff backoff = Backoff::kLinear;

  static RetryPolicy http() { return {}; }
  static RetryPolicy aws_managed();       // SQS, Lambda, Firehose: for 23 days
  static RetryPolicy customer_managed();  // SMTP, SMS, push: 50 in 6 hours
};

inline constexpr int kMaxRetries = 100, kMaxRetrySeconds = 3600;

// The delay before the retry that follows `failures` attempts; nothing when none does.
std::optional<Millis> retry_delay(const RetryPolicy& policy, int failures);

// Reads "healthyRetryPolicy", as the DeliveryPolicy attributes hold it. The error is in AWS's
// terms.
std::expected<RetryPolicy, std::string> parse_retry_policy(const Value& healthy);

}  // namespace seatrial::decide
