// The operation table, look-ups that all handlers share, and the api for other rooms.
#include "services/sns/service.h"

#include "decide/resource_policy/resource_policy.h"
#include "services/sns/attributes.h"

namespace seatrial::services::sns {

Sns::Sns(room::Env& env, Parts parts)
    : Room(env, "sns"),
      tables_(env.store),
      signer_(tables_.signing, env.vault),
      controller_(env, tables_, signer_, std::move(parts)) {
  serve<api::CreateTopicOp>(&Sns::create_topic);
  serve<api::DeleteTopicOp>(&Sns::delete_topic);
  serve<api::ListTopicsOp>(&Sns::list_topics);
  serve<api::GetTopicAttributesOp>(&Sns::get_topic_attributes);
  serve<api::SetTopicAttributesOp>(&Sns::set_topic_attributes);
  serve<api::TagResourceOp>(&Sns::tag_resource);
  serve<api::UntagResourceOp>(&Sns::untag_resource);
  serve<api::ListTagsForResourceOp>(&Sns::list_tags_for_resource);
  serve<api::SubscribeOp>(&Sns::subscribe);
  serve<api::ConfirmSubscriptionOp>(&Sns::confirm_subscription);
  serve<api::UnsubscribeOp>(&Sns::unsubscribe);
  serve<api::ListSubscriptionsOp>(&Sns::list_subscriptions);
  serve<api::ListSubscriptionsByTopicOp>(&Sns::list_subscriptions_by_topic);
  serve<api::GetSubscriptionAttributesOp>(&Sns::get_subscription_attributes);
  serve<api::SetSubscriptionAttributesOp>(&Sns::set_subscription_attributes);
  serve<api::PublishOp>(&Sns::publish_message);
  serve<api::PublishBatchOp>(&Sns::publish_batch);
}

Outcome<const TopicRecord*> Sns::topic(const Context& context, const std::string& arn) const {
  const auto parsed = parse_arn(arn);
  if (!parsed)
    return invalid("TopicArn Reason: An ARN must have at least 6 elements, not " +
                   std::to_string(1 + std::ranges::count(arn, ':')));
  if (parsed->service != "sns" || parsed->resource.empty() || parsed->region.empty())
    return invalid("TopicArn");
  const auto* found = tables_.topics.find(arn);
  // A call without a signature (a link in a mail) is in no region.
  const bool elsewhere = !anonymous(context) && parsed->region != context.region;
  if (found == nullptr || elsewhere) return topic_not_found();
  return found;
}

Outcome<const SubscriptionRecord*> Sns::subscription(const Context& context,
                                                     const std::string& arn) const {
  const auto parsed = parse_arn(arn);
  if (!parsed || parsed->service != "sns" || parsed->resource.find(':') == std::string::npos)
    return invalid("SubscriptionArn Reason: An ARN must have at least 6 elements");
  const auto* found = tables_.subscriptions.find(arn);
  const bool elsewhere = !anonymous(context) && parsed->region != context.region;
  if (found == nullptr || elsewhere) return subscription_not_found();
  return found;
}

const SubscriptionRecord* Sns::find_subscription(const std::string& topic,
                                                 const std::string& protocol,
                                                 const std::string& endpoint) const {
  for (const auto& [arn, record] : tables_.of_topic(topic))
    if (record.protocol == protocol && record.endpoint == endpoint) return &record;
  return nullptr;
}

Outcome<void> Sns::publish_as(const std::string& principal, const std::string& source_arn,
                              const std::string& topic_arn, const std::string& message) {
  const auto* found = tables_.topics.find(topic_arn);
  if (found == nullptr) return topic_not_found();
  const std::string own = attribute_of(found->attributes, "Policy");
  const auto policy = decide::parse_resource_policy(
      own.empty() ? default_topic_policy(topic_arn, env_.account) : own);
  // EventBridge gives no AWS:SourceOwner, so the default policy does not let it in.
  const decide::PolicyQuestion question{
      principal,
      "sns:Publish",
      topic_arn,
      {{"aws:sourcearn", source_arn}, {"aws:sourceaccount", env_.account}}};
  if (!policy || decide::evaluate_policy(*policy, question) != decide::PolicyVerdict::kAllow)
    return fail("AuthorizationError",
                fmt::format("{} is not authorized to perform: SNS:Publish on resource: {}",
                            principal, topic_arn),
                403);
  const auto sent = publish(topic_arn, "", message, {});
  if (!sent) return std::unexpected(sent.error());
  return {};
}

}  // namespace seatrial::services::sns
