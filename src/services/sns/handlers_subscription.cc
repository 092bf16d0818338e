// Subscriptions: made, confirmed, ended, listed.
#include <algorithm>

#include "room/page_token.h"
#include "services/sns/attributes.h"
#include "services/sns/service.h"

namespace seatrial::services::sns {
namespace {

constexpr std::size_t kPage = 100, kMaxSubscriptions = 100'000;
constexpr const char* kPending = "PendingConfirmation";

bool is_http_endpoint(const std::string& protocol) {
  return protocol == "http" || protocol == "https";
}

// One '@' with something on both sides, and no character that ends an SMTP address.
bool is_mail_address(const std::string& text) {
  const auto at = text.find('@');
  return at != std::string::npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string::npos && text.size() <= 320 &&
         std::ranges::all_of(
             text, [](unsigned char c) { return c > 0x20 && c < 0x7f && c != '<' && c != '>'; });
}

api::Subscription shown(const SubscriptionRecord& record, const std::string& account) {
  api::Subscription out;
  out.SubscriptionArn = record.confirmed ? record.arn : kPending;
  out.Owner = account;
  out.Protocol = record.protocol;
  out.Endpoint = record.endpoint;
  out.TopicArn = record.topic;
  return out;
}

// One page of `range`, in order of the ARN.
template <class Reply, class Range>
Outcome<Reply> page(const Range& range, const std::optional<std::string>& token,
                    const std::string& account) {
  std::string after;
  if (token) {
    const auto key = room::page_token_key(*token);
    if (!key) return invalid("NextToken");
    after = *key;
  }
  Reply reply;
  reply.Subscriptions.given = true;
  std::string last;
  for (const auto& [arn, record] : range) {
    if (arn <= after) continue;
    if (reply.Subscriptions.size() == kPage) {
      reply.NextToken = room::page_token(last);
      break;
    }
    reply.Subscriptions.push_back(shown(record, account));
    last = arn;
  }
  return reply;
}

}  // namespace

Outcome<void> Sns::check_endpoint(const std::string& protocol, const std::string& endpoint,
                                  bool fifo) const {
  if (fifo && (protocol != "sqs" || !endpoint.ends_with(".fifo")))
    return not_served("subscriptions of a FIFO topic but those of FIFO queues");
  for (const char* known : {"sms", "application", "firehose"})
    if (protocol == known) return not_served("subscriptions of the protocol " + protocol);
  if (is_http_endpoint(protocol)) {
    if (endpoint.starts_with(protocol + "://") && endpoint.size() > protocol.size() + 3) return {};
    return invalid("Endpoint must match the specified protocol");
  }
  if (protocol == "email" || protocol == "email-json") {
    if (is_mail_address(endpoint)) return {};
    return invalid("Email address");
  }
  if (protocol == "lambda") {
    const auto function = parse_arn(endpoint);
    if (function && function->service == "lambda" && function->resource.starts_with("function:") &&
        function->account == env_.account)
      return {};
    return invalid("Lambda endpoint ARN");  // guess: the words
  }
  if (protocol != "sqs")
    return invalid("Amazon SNS does not support this protocol string: " + protocol);
  const auto arn = parse_arn(endpoint);
  if (!arn || arn->service != "sqs" || arn->resource.empty()) return invalid("SQS endpoint ARN");
  if (!fifo && arn->resource.ends_with(".fifo"))
    return invalid(
        "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to "
        "standard SNS topics");
  return {};
}

// Sends the endpoint a token that confirms the subscription (again).
void Sns::ask_to_confirm(SubscriptionRecord& record, const std::string& kind) {
  record.token = new_token();
  DeliveryRecord delivery;
  delivery.kind = kind;
  delivery.subscription = record.arn;
  delivery.topic = record.topic;
  delivery.protocol = record.protocol;
  delivery.endpoint = record.endpoint;
  delivery.token = record.token;
  delivery.message_id = env_.rng.uuid();
  delivery.published = env_.clock.now();
  controller_.add(std::move(delivery));
}

Outcome<api::SubscribeResponse> Sns::subscribe(Context& context, const api::SubscribeInput& input) {
  const auto found = topic(context, input.TopicArn);
  if (!found) return std::unexpected(found.error());
  const std::string endpoint = input.Endpoint.value_or("");
  if (auto good = check_endpoint(input.Protocol, endpoint, (*found)->fifo()); !good)
    return std::unexpected(good.error());
  if ((*found)->fifo() && input.Attributes.contains("RedrivePolicy"))
    return not_served("RedrivePolicy of a FIFO topic's subscription");
  const StringMap attributes(input.Attributes.begin(), input.Attributes.end());
  for (const auto& [name, value] : attributes)
    if (auto good = check_subscription_attribute(input.Protocol, name, value); !good)
      return std::unexpected(good.error());
  if (auto good = check_filter_policy(attributes); !good) return std::unexpected(good.error());
  const bool show = input.ReturnSubscriptionArn.value_or(false);
  const auto answer = [&](const SubscriptionRecord& record) {
    api::SubscribeResponse reply;
    reply.SubscriptionArn = record.confirmed || show ? record.arn : "pending confirmation";
    return reply;
  };
  if (const auto* old = find_subscription(input.TopicArn, input.Protocol, endpoint)) {
    if (input.Attributes.given && old->attributes != attributes)
      return invalid("Attributes Reason: Subscription already exists with different attributes");
    if (old->confirmed) return answer(*old);
    SubscriptionRecord again = *old;
    ask_to_confirm(again, "SubscriptionConfirmation");
    return answer(tables_.subscriptions.put(again.arn, again));
  }
  if (tables_.subscriptions.size() >= kMaxSubscriptions)
    return fail("SubscriptionLimitExceeded",
                "The customer already owns the maximum of subscriptions.", 403);
  SubscriptionRecord record;
  record.arn = input.TopicArn + ":" + env_.rng.uuid();
  record.topic = input.TopicArn;
  record.protocol = input.Protocol;
  record.endpoint = endpoint;
  record.attributes = attributes;
  record.created = context.now;
  // The owner of the topic subscribes what is of the same account: nobody need be asked.
  record.confirmed = record.authenticated = input.Protocol == "sqs" || input.Protocol == "lambda";
  if (!record.confirmed) ask_to_confirm(record, "SubscriptionConfirmation");
  return answer(tables_.subscriptions.put(record.arn, record));
}

Outcome<api::ConfirmSubscriptionResponse> Sns::confirm_subscription(
    Context& context, const api::ConfirmSubscriptionInput& input) {
  const auto found = topic(context, input.TopicArn);
  if (!found) return std::unexpected(found.error());
  for (const auto& [arn, record] : tables_.of_topic(input.TopicArn)) {
    if (record.token.empty() || record.token != input.Token) continue;
    const std::string name = arn;
    tables_.subscriptions.update(name, [&](SubscriptionRecord& changed) {
      changed.confirmed = true;
      changed.authenticated = !anonymous(context);
      if (input.AuthenticateOnUnsubscribe == "true" && changed.authenticated)
        changed.authenticate_on_unsubscribe = true;
    });
    api::ConfirmSubscriptionResponse reply;
    reply.SubscriptionArn = name;
    return reply;
  }
  return invalid("Token");
}

// Whether it was there or not, as AWS does. A link in a mail may end it, unless it was confirmed
// with AuthenticateOnUnsubscribe.
Outcome<model::Empty> Sns::unsubscribe(Context& context, const api::UnsubscribeInput& input) {
  const auto found = subscription(context, input.SubscriptionArn);
  if (!found && found.error().code == "NotFound") return model::Empty{};
  if (!found) return std::unexpected(found.error());
  if (anonymous(context) && (*found)->authenticate_on_unsubscribe)
    return fail("AuthorizationError", "Unsubscribe needs a signature for this subscription", 403);
  tables_.subscriptions.erase(input.SubscriptionArn);
  return model::Empty{};
}

Outcome<api::ListSubscriptionsResponse> Sns::list_subscriptions(
    Context& context, const api::ListSubscriptionsInput& input) {
  const auto prefix = context.arn("sns", "").text();
  return page<api::ListSubscriptionsResponse>(tables_.subscriptions.with_prefix(prefix),
                                              input.NextToken, context.account);
}

Outcome<api::ListSubscriptionsByTopicResponse> Sns::list_subscriptions_by_topic(
    Context& context, const api::ListSubscriptionsByTopicInput& input) {
  const auto found = topic(context, input.TopicArn);
  if (!found) return std::unexpected(found.error());
  return page<api::ListSubscriptionsByTopicResponse>(tables_.of_topic(input.TopicArn),
                                                     input.NextToken, context.account);
}

Outcome<api::GetSubscriptionAttributesResponse> Sns::get_subscription_attributes(
    Context& context, const api::GetSubscriptionAttributesInput& input) {
  const auto found = subscription(context, input.SubscriptionArn);
  if (!found) return std::unexpected(found.error());
  const SubscriptionRecord& record = **found;
  api::GetSubscriptionAttributesResponse reply;
  auto& out = reply.Attributes;
  out.given = true;
  out["SubscriptionArn"] = record.arn;
  out["TopicArn"] = record.topic;
  out["Protocol"] = record.protocol;
  out["Endpoint"] = record.endpoint;
  out["Owner"] = context.account;
  out["SubscriptionPrincipal"] = "arn:aws:iam::" + context.account + ":root";
  out["ConfirmationWasAuthenticated"] = record.authenticated ? "true" : "false";
  out["PendingConfirmation"] = record.confirmed ? "false" : "true";
  out["RawMessageDelivery"] = "false";
  for (const auto& [name, value] : record.attributes)
    if (!value.empty()) out[name] = value;
  if (out.contains("FilterPolicy") && !out.contains("FilterPolicyScope"))
    out["FilterPolicyScope"] = "MessageAttributes";
  const auto* of = tables_.topics.find(record.topic);
  if (is_http_endpoint(record.protocol) && of != nullptr)
    out["EffectiveDeliveryPolicy"] = effective_delivery_policy(*of, record);
  return reply;
}

Outcome<model::Empty> Sns::set_subscription_attributes(
    Context& context, const api::SetSubscriptionAttributesInput& input) {
  const auto found = subscription(context, input.SubscriptionArn);
  if (!found) return std::unexpected(found.error());
  const std::string value = input.AttributeValue.value_or("");
  if (input.AttributeName == "RedrivePolicy" && (*found)->topic.ends_with(".fifo"))
    return not_served("RedrivePolicy of a FIFO topic's subscription");
  if (auto good = check_subscription_attribute((*found)->protocol, input.AttributeName, value);
      !good)
    return std::unexpected(good.error());
  StringMap attributes = (*found)->attributes;
  if (value.empty()) {
    attributes.erase(input.AttributeName);
  } else {
    attributes[input.AttributeName] = value;
  }
  if (auto good = check_filter_policy(attributes); !good) return std::unexpected(good.error());
  tables_.subscriptions.update(input.SubscriptionArn, [&](SubscriptionRecord& record) {
    record.attributes = std::move(attributes);
  });
  return model::Empty{};
}

}  // namespace seatrial::services::sns
