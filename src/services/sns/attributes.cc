#include "services/sns/attributes.h"

#include <algorithm>
#include <array>

#include "decide/event_pattern/event_pattern.h"
#include "decide/resource_policy/resource_policy.h"

namespace seatrial::services::sns {
namespace {

using room::Outcome;

constexpr std::size_t kMaxDisplayName = 100;
constexpr std::size_t kMaxPolicyBytes = 30'720;
constexpr std::size_t kMaxFilterBytes = 256 * 1024;
constexpr int kMaxPerSecond = 1'000'000;

constexpr std::array<std::string_view, 5> kFeedbackKinds = {"HTTP", "SQS", "Lambda", "Application",
                                                            "Firehose"};
constexpr std::array<std::string_view, 6> kContentTypes = {
    "text/plain; charset=UTF-8", "text/plain",
    "application/json",          "text/html",
    "application/xml",           "application/x-www-form-urlencoded"};

bool is_feedback(std::string_view name) {
  return std::ranges::any_of(kFeedbackKinds, [&](std::string_view kind) {
    if (!name.starts_with(kind)) return false;
    const auto rest = name.substr(kind.size());
    return rest == "SuccessFeedbackRoleArn" || rest == "FailureFeedbackRoleArn" ||
           rest == "SuccessFeedbackSampleRate";
  });
}

Outcome<void> check_feedback(const std::string& name, const std::string& value) {
  if (value.empty()) return {};
  if (name.ends_with("RoleArn")) {
    const auto arn = parse_arn(value);
    if (arn && arn->service == "iam" && arn->resource.starts_with("role/")) return {};
    return invalid(fmt::format("{} Reason: not the ARN of a role", name));
  }
  const bool digits = std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
  if (digits && value.size() <= 3 && std::stoi(value) <= 100) return {};
  return invalid(fmt::format("{} Reason: not a number from 0 to 100", name));
}

std::string only_members(const Value& object, std::initializer_list<std::string_view> names) {
  if (!object.is_object()) return "not an object";
  for (const auto& member : object.get_object()) {
    const std::string_view name{member.key().data(), member.key().size()};
    if (std::ranges::find(names, name) == names.end()) return std::string(name) + " is not known";
  }
  return {};
}

// The three parts a delivery policy may have, by the names they have in it.
std::string policy_parts_problem(const Value& policy, const char* retry, const char* throttle,
                                 const char* request) {
  if (const auto* found = find_member(policy, retry))
    if (const auto parsed = decide::parse_retry_policy(*found); !parsed) return parsed.error();
  if (const auto* found = find_member(policy, throttle); found != nullptr && !found->is_null()) {
    if (auto why = only_members(*found, {"maxReceivesPerSecond"}); !why.empty()) return why;
    const auto* rate = find_member(*found, "maxReceivesPerSecond");
    if (rate != nullptr &&
        (!rate->is_int64() || rate->get_int64() < 1 || rate->get_int64() > kMaxPerSecond))
      return "throttlePolicy.maxReceivesPerSecond must be a positive number";
  }
  if (const auto* found = find_member(policy, request); found != nullptr && !found->is_null()) {
    if (auto why = only_members(*found, {"headerContentType"}); !why.empty()) return why;
    const auto type = text_member(*found, "headerContentType");
    if (std::ranges::find(kContentTypes, type) == kContentTypes.end())
      return "headerContentType is not one of those allowed";
  }
  return {};
}

std::string topic_delivery_problem(const std::string& value) {
  const auto policy = parse_json(value);
  if (!policy) return "failed to parse JSON";
  if (auto why = only_members(*policy, {"http"}); !why.empty()) return why;
  const auto* http = find_member(*policy, "http");
  if (http == nullptr) return {};
  if (auto why = only_members(*http, {"defaultHealthyRetryPolicy", "disableSubscriptionOverrides",
                                      "defaultThrottlePolicy", "defaultRequestPolicy"});
      !why.empty())
    return why;
  return policy_parts_problem(*http, "defaultHealthyRetryPolicy", "defaultThrottlePolicy",
                              "defaultRequestPolicy");
}

std::string subscription_delivery_problem(const std::string& value) {
  const auto policy = parse_json(value);
  if (!policy) return "failed to parse JSON";
  if (auto why = only_members(*policy, {"healthyRetryPolicy", "throttlePolicy", "requestPolicy",
                                        "sicklyRetryPolicy", "guaranteed"});
      !why.empty())
    return why;
  for (const char* name :
       {"sicklyRetryPolicy", "guaranteed"}) {  // of old; AWS writes null and false
    const auto* found = find_member(*policy, name);
    if (found != nullptr && !found->is_null() && *found != Value(false))
      return std::string(name) + " is not served";
  }
  return policy_parts_problem(*policy, "healthyRetryPolicy", "throttlePolicy", "requestPolicy");
}

Outcome<void> check_key(const std::string& value) {
  if (value.empty() || value == "alias/aws/sns") return {};
  return not_served("KMS keys other than alias/aws/sns, so KmsMasterKeyId " + value);
}

Value part(const std::string& policy, std::string_view inside, std::string_view name) {
  const auto parsed = parse_json(policy);
  if (!parsed) return nullptr;
  const Value* from = inside.empty() ? &*parsed : find_member(*parsed, inside);
  const Value* found = from == nullptr ? nullptr : find_member(*from, name);
  return found == nullptr ? Value(nullptr) : *found;
}

Value retry_value(const decide::RetryPolicy& policy) {
  static constexpr const char* kNames[] = {"linear", "arithmetic", "geometric", "exponential"};
  return Object{{"minDelayTarget", policy.min_seconds},
                {"maxDelayTarget", policy.max_seconds},
                {"numRetries", policy.retries},
                {"numMaxDelayRetries", policy.max_delay},
                {"numNoDelayRetries", policy.no_delay},
                {"numMinDelayRetries", policy.min_delay},
                {"backoffFunction", kNames[static_cast<int>(policy.backoff)]}};
}

bool is_http(const std::string& protocol) { return protocol == "http" || protocol == "https"; }

}  // namespace

std::string attribute_of(const StringMap& attributes, std::string_view name) {
  const auto found = attributes.find(std::string(name));
  return found == attributes.end() ? std::string() : found->second;
}

Outcome<void> check_topic_attribute(const std::string& name, const std::string& value) {
  const auto because = [&](std::string_view why) {
    return invalid(fmt::format("{}: {}", name, why));
  };
  if (name == "DisplayName") {
    if (value.size() > kMaxDisplayName)
      return because("Display name must be at most 100 characters");
    return {};
  }
  if (name == "Policy") {
    if (value.empty()) return {};  // the default again; guess
    if (value.size() > kMaxPolicyBytes) return invalid("Policy statement too large");
    if (const auto parsed = decide::parse_resource_policy(value); !parsed)
      return invalid("Policy Error: " + parsed.error());
    return {};
  }
  if (name == "DeliveryPolicy") {
    if (value.empty()) return {};
    if (const auto why = topic_delivery_problem(value); !why.empty()) return because(why);
    return {};
  }
  if (name == "SignatureVersion") {
    if (value == "1" || value == "2") return {};
    return because("must be 1 or 2");
  }
  if (name == "TracingConfig") {
    if (value == "PassThrough") return {};
    return not_served("tracing, so TracingConfig " + value);
  }
  if (name == "KmsMasterKeyId") return check_key(value);
  if (name == "FifoTopic" || name == "ContentBasedDeduplication") {
    if (value == "true" || value == "false") return {};
    return because("must be true or false");
  }
  if (name == "FifoThroughputScope") {
    if (value == "Topic" || value == "MessageGroup") return {};
    return because("must be Topic or MessageGroup");
  }
  if (is_feedback(name)) return check_feedback(name, value);
  for (const char* known : {"ArchivePolicy", "DataProtectionPolicy", "BeginningArchiveTime"})
    if (name == known) return not_served("the topic attribute " + name);
  return invalid("AttributeName");
}

Outcome<void> check_subscription_attribute(const std::string& protocol, const std::string& name,
                                           const std::string& value) {
  if (name == "RawMessageDelivery") {
    if (value != "true" && value != "false")
      return invalid("RawMessageDelivery: must be true or false");
    if (value == "true" && !is_http(protocol) && protocol != "sqs")
      return invalid(
          fmt::format("Delivery protocol [{}] does not support raw message delivery.", protocol));
    return {};
  }
  if (name == "FilterPolicy") {
    if (value.size() > kMaxFilterBytes) return invalid("FilterPolicy: Filter policy is too large");
    return {};  // judged together with its scope
  }
  if (name == "FilterPolicyScope") {
    if (value == "MessageAttributes" || value == "MessageBody") return {};
    return invalid("FilterPolicyScope: Invalid value [" + value +
                   "]. Please use either MessageBody or MessageAttributes");
  }
  if (name == "RedrivePolicy") {
    if (value.empty()) return {};
    const auto arn = parse_arn(dead_letter_target({{name, value}}));
    if (!arn || arn->service != "sqs")
      return invalid("RedrivePolicy: deadLetterTargetArn is an invalid arn");
    if (arn->resource.ends_with(".fifo"))
      return invalid("RedrivePolicy: must use a dead-letter queue of the topic's type");
    return {};
  }
  if (name == "DeliveryPolicy") {
    if (!is_http(protocol)) return invalid("DeliveryPolicy: only for HTTP/S subscriptions");
    if (value.empty()) return {};
    if (const auto why = subscription_delivery_problem(value); !why.empty())
      return invalid("DeliveryPolicy: " + why);
    return {};
  }
  for (const char* known : {"SubscriptionRoleArn", "ReplayPolicy", "ReplayStatus"})
    if (name == known) return not_served("the subscription attribute " + name);
  return invalid("AttributeName");
}

Outcome<void> check_filter_policy(const StringMap& attributes) {
  const std::string policy = attribute_of(attributes, "FilterPolicy");
  if (policy.empty()) return {};
  const auto dialect = attribute_of(attributes, "FilterPolicyScope") == "MessageBody"
                           ? decide::PatternDialect::kBody
                           : decide::PatternDialect::kAttributes;
  if (const auto compiled = decide::EventPattern::compile(policy, dialect); !compiled)
    return invalid("FilterPolicy: " + compiled.error());
  return {};
}

std::string default_topic_policy(const std::string& arn, const std::string& account) {
  Array actions;
  for (const char* action :
       {"GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission",
        "DeleteTopic", "Subscribe", "ListSubscriptionsByTopic", "Publish"})
    actions.push_back(Value("SNS:" + std::string(action)));
  const Object statement{
      {"Sid", "__default_statement_ID"},
      {"Effect", "Allow"},
      {"Principal", Object{{"AWS", "*"}}},
      {"Action", actions},
      {"Resource", arn},
      {"Condition", Object{{"StringEquals", Object{{"AWS:SourceOwner", account}}}}}};
  return to_json(Object{
      {"Version", "2008-10-17"}, {"Id", "__default_policy_ID"}, {"Statement", Array{statement}}});
}

DeliveryTerms terms_of(const TopicRecord* topic, const SubscriptionRecord* subscription,
                       const std::string& protocol) {
  DeliveryTerms terms;
  if (protocol == "sqs" || protocol == "lambda") terms.retries = decide::RetryPolicy::aws_managed();
  if (protocol.starts_with("email")) terms.retries = decide::RetryPolicy::customer_managed();
  if (!is_http(protocol)) return terms;
  const auto take = [&](const Value& retry, const Value& throttle, const Value& request) {
    if (const auto parsed = decide::parse_retry_policy(retry)) terms.retries = *parsed;
    if (const auto* rate = find_member(throttle, "maxReceivesPerSecond"))
      terms.per_second = static_cast<int>(rate->get_int64());
    if (const auto type = text_member(request, "headerContentType"); !type.empty())
      terms.content_type = type;
  };
  bool overrides = true;
  if (topic != nullptr) {
    const std::string policy = attribute_of(topic->attributes, "DeliveryPolicy");
    take(part(policy, "http", "defaultHealthyRetryPolicy"),
         part(policy, "http", "defaultThrottlePolicy"),
         part(policy, "http", "defaultRequestPolicy"));
    overrides = part(policy, "http", "disableSubscriptionOverrides") != Value(true);
  }
  if (subscription != nullptr && overrides) {
    const std::string policy = attribute_of(subscription->attributes, "DeliveryPolicy");
    take(part(policy, "", "healthyRetryPolicy"), part(policy, "", "throttlePolicy"),
         part(policy, "", "requestPolicy"));
  }
  return terms;
}

std::string effective_topic_delivery_policy(const TopicRecord& topic) {
  const DeliveryTerms terms = terms_of(&topic, nullptr, "http");
  const std::string policy = attribute_of(topic.attributes, "DeliveryPolicy");
  Object http{{"defaultHealthyRetryPolicy", retry_value(terms.retries)},
              {"disableSubscriptionOverrides",
               part(policy, "http", "disableSubscriptionOverrides") == Value(true)}};
  if (terms.per_second > 0)
    http["defaultThrottlePolicy"] = Object{{"maxReceivesPerSecond", terms.per_second}};
  http["defaultRequestPolicy"] = Object{{"headerContentType", terms.content_type}};
  return to_json(Object{{"http", http}});
}

std::string effective_delivery_policy(const TopicRecord& topic, const SubscriptionRecord& of) {
  const DeliveryTerms terms = terms_of(&topic, &of, of.protocol);
  Object policy{{"healthyRetryPolicy", retry_value(terms.retries)},
                {"sicklyRetryPolicy", nullptr},
                {"throttlePolicy", nullptr},
                {"requestPolicy", Object{{"headerContentType", terms.content_type}}},
                {"guaranteed", false}};
  if (terms.per_second > 0)
    policy["throttlePolicy"] = Object{{"maxReceivesPerSecond", terms.per_second}};
  return to_json(policy);
}

std::string dead_letter_target(const StringMap& attributes) {
  const auto policy = parse_json(attribute_of(attributes, "RedrivePolicy"));
  if (!policy) return {};
  return std::string(text_member(*policy, "deadLetterTargetArn"));
}

}  // namespace seatrial::services::sns
