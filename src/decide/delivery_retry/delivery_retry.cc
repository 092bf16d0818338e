#include "decide/delivery_retry/delivery_retry.h"

#include <cmath>

namespace seatrial::decide {

RetryPolicy RetryPolicy::aws_managed() {
  return {100'015, 3, 2, 100'000, 1, 20, Backoff::kExponential};
}
RetryPolicy RetryPolicy::customer_managed() {
  return {50, 0, 2, 38, 10, 600, Backoff::kExponential};
}

namespace {

// guess: AWS draws the four curves without a formula; all go from the least to the greatest delay.
double curve(const RetryPolicy& policy, double step, double steps) {
  const double low = policy.min_seconds, high = policy.max_seconds;
  const double at = steps <= 1 ? 1 : (step - 1) / (steps - 1);
  switch (policy.backoff) {
    case Backoff::kLinear:
      return low + (high - low) * at;
    case Backoff::kArithmetic:
      return low + (high - low) * at * (at + 1) / 2;
    case Backoff::kGeometric:
      return low + (high - low) * at * at;
    case Backoff::kExponential:
      return low <= 0 ? high * at : low * std::pow(high / low, at);
  }
  return high;
}

}  // namespace

std::optional<Millis> retry_delay(const RetryPolicy& policy, int failures) {
  if (failures > policy.retries) return {};
  const auto seconds = [](double s) { return Millis{std::llround(s * 1000)}; };
  int step = failures;
  if (step <= policy.no_delay) return Millis{0};
  step -= policy.no_delay;
  if (step <= policy.min_delay) return seconds(policy.min_seconds);
  step -= policy.min_delay;
  const int backing_off = policy.retries - policy.no_delay - policy.min_delay - policy.max_delay;
  if (step <= backing_off) return seconds(curve(policy, step, backing_off));
  return seconds(policy.max_seconds);
}

std::expected<RetryPolicy, std::string> parse_retry_policy(const Value& healthy) {
  if (!healthy.is_object()) return std::unexpected("healthyRetryPolicy must be an object");
  RetryPolicy policy;
  struct Number {
    const char* name;
    int RetryPolicy::* member;
    int most;
  };
  static constexpr Number kNumbers[] = {
      {"numRetries", &RetryPolicy::retries, kMaxRetries},
      {"numNoDelayRetries", &RetryPolicy::no_delay, kMaxRetries},
      {"numMinDelayRetries", &RetryPolicy::min_delay, kMaxRetries},
      {"numMaxDelayRetries", &RetryPolicy::max_delay, kMaxRetries},
      {"minDelayTarget", &RetryPolicy::min_seconds, kMaxRetrySeconds},
      {"maxDelayTarget", &RetryPolicy::max_seconds, kMaxRetrySeconds}};
  for (const auto& member : healthy.get_object()) {
    const std::string name(member.key());
    if (name == "backoffFunction") continue;
    const Number* number = nullptr;
    for (const auto& one : kNumbers)
      if (name == one.name) number = &one;
    if (number == nullptr) return std::unexpected("healthyRetryPolicy." + name + " is not known");
    const auto* value = member.value().if_int64();
    if (value == nullptr || *value < 0 || *value > number->most)
      return std::unexpected("healthyRetryPolicy." + name + " must be at most " +
                             std::to_string(number->most));
    policy.*(number->member) = static_cast<int>(*value);
  }
  const auto function = text_member(healthy, "backoffFunction");
  if (function == "arithmetic")
    policy.backoff = Backoff::kArithmetic;
  else if (function == "geometric")
    policy.backoff = Backoff::kGeometric;
  else if (function == "exponential")
    policy.backoff = Backoff::kExponential;
  else if (function != "linear" && find_member(healthy, "backoffFunction") != nullptr)
    return std::unexpected("healthyRetryPolicy.backoffFunction is not known");
  if (policy.max_seconds < policy.min_seconds)
    return std::unexpected("healthyRetryPolicy.maxDelayTarget must be at least minDelayTarget");
  if (policy.no_delay + policy.min_delay + policy.max_delay > policy.retries)
    return std::unexpected("healthyRetryPolicy.numRetries must be at least the phases' sum");
  return policy;
}

}  // namespace seatrial::decide
