// Attributes of topics and subscriptions: which there are, what they may be, what holds where none
// is set.
#pragma once
#include <optional>
#include <string>

#include "decide/delivery_retry/delivery_retry.h"
#include "services/sns/errors.h"
#include "services/sns/store.h"

namespace seatrial::services::sns {

// Nothing when the attribute may have that value; else InvalidParameter that says why.
room::Outcome<void> check_topic_attribute(const std::string& name, const std::string& value);
room::Outcome<void> check_subscription_attribute(const std::string& protocol,
                                                 const std::string& name, const std::string& value);
// A filter policy under its scope ("MessageAttributes" when empty).
room::Outcome<void> check_filter_policy(const StringMap& attributes);

std::string attribute_of(const StringMap& attributes, std::string_view name);

std::string default_topic_policy(const std::string& arn, const std::string& account);
std::string effective_topic_delivery_policy(const TopicRecord& topic);
std::string effective_delivery_policy(const TopicRecord& topic, const SubscriptionRecord& of);

// How a delivery is retried, and how many a second at most (0: as many as there are).
struct DeliveryTerms {
  decide::RetryPolicy retries;
  int per_second = 0;
  std::string content_type = "text/plain; charset=UTF-8";
};
DeliveryTerms terms_of(const TopicRecord* topic, const SubscriptionRecord* subscription,
                       const std::string& protocol);

// "arn:aws:sqs:..." of a RedrivePolicy; empty when there is none.
std::string dead_letter_target(const StringMap& attributes);

}  // namespace seatrial::services::sns
