// Simple Notification Service: topics, their subscriptions, and messages on their way.
//
// Handlers change records; a message becomes one record per subscription, in the transaction of its
// Publish; the Controller carries those out.
#pragma once
#include "services/cloudwatch/api.h"
#include "services/sns/api.h"
#include "services/sns/controller.h"
#include "services/sns/parts.h"
#include "services/sns/store.h"

namespace seatrial::services::sns {

using room::Context;
using room::Outcome;

// A call without a signature: a link in a mail was followed.
inline bool anonymous(const Context& context) { return context.identity.arn.empty(); }

// A message as a publisher gives it.
struct Message {
  std::string subject, text;
  bool per_protocol = false;  // `text` is a JSON object of texts by protocol
  AttributeMap attributes;
  std::string group, deduplication;  // of a FIFO topic
};

inline constexpr std::size_t kMaxTopics = 100'000;

class Sns final : public room::Room,
                  public Publisher,
                  public ServicePublisher,
                  public cloudwatch::ResourceCounter {
 public:
  Sns(room::Env& env, Parts parts);

  void start() override { controller_.start(); }
  void stop() override { controller_.stop(); }

  Outcome<std::string> publish(const std::string& topic_arn, const std::string& subject,
                               const std::string& message,
                               const std::map<std::string, std::string>& attributes) override;
  Outcome<void> publish_as(const std::string& principal, const std::string& source_arn,
                           const std::string& topic_arn, const std::string& message) override;
  bool has_topic(const std::string& arn) const override { return tables_.topics.contains(arn); }
  std::vector<cloudwatch::CountedResource> count_resources() const override;

  // The certificate that SigningCertURL names, or nothing; any thread.
  std::string certificate(std::string_view name) const { return signer_.certificate(name); }

 private:
  Outcome<api::CreateTopicResponse> create_topic(Context&, const api::CreateTopicInput&);
  Outcome<model::Empty> delete_topic(Context&, const api::DeleteTopicInput&);
  Outcome<api::ListTopicsResponse> list_topics(Context&, const api::ListTopicsInput&);
  Outcome<api::GetTopicAttributesResponse> get_topic_attributes(
      Context&, const api::GetTopicAttributesInput&);
  Outcome<model::Empty> set_topic_attributes(Context&, const api::SetTopicAttributesInput&);
  Outcome<api::TagResourceResponse> tag_resource(Context&, const api::TagResourceRequest&);
  Outcome<api::UntagResourceResponse> untag_resource(Context&, const api::UntagResourceRequest&);
  Outcome<api::ListTagsForResourceResponse> list_tags_for_resource(
      Context&, const api::ListTagsForResourceRequest&);

  Outcome<api::SubscribeResponse> subscribe(Context&, const api::SubscribeInput&);
  Outcome<api::ConfirmSubscriptionResponse> confirm_subscription(
      Context&, const api::ConfirmSubscriptionInput&);
  Outcome<model::Empty> unsubscribe(Context&, const api::UnsubscribeInput&);
  Outcome<api::ListSubscriptionsResponse> list_subscriptions(Context&,
                                                             const api::ListSubscriptionsInput&);
  Outcome<api::ListSubscriptionsByTopicResponse> list_subscriptions_by_topic(
      Context&, const api::ListSubscriptionsByTopicInput&);
  Outcome<api::GetSubscriptionAttributesResponse> get_subscription_attributes(
      Context&, const api::GetSubscriptionAttributesInput&);
  Outcome<model::Empty> set_subscription_attributes(Context&,
                                                    const api::SetSubscriptionAttributesInput&);

  Outcome<api::PublishResponse> publish_message(Context&, const api::PublishInput&);
  Outcome<api::PublishBatchResponse> publish_batch(Context&, const api::PublishBatchInput&);

  // The topic with this ARN in the caller's region, else InvalidParameter or NotFound.
  Outcome<const TopicRecord*> topic(const Context&, const std::string& arn) const;
  Outcome<const SubscriptionRecord*> subscription(const Context&, const std::string& arn) const;
  Outcome<void> check_endpoint(const std::string& protocol, const std::string& endpoint,
                               bool fifo) const;
  const SubscriptionRecord* find_subscription(const std::string& topic, const std::string& protocol,
                                              const std::string& endpoint) const;
  void ask_to_confirm(SubscriptionRecord& record, const std::string& kind);
  struct Published {
    std::string id, sequence;  // the sequence of a FIFO topic
  };
  Outcome<Published> fan_out(const TopicRecord& topic, Message message);
  // Of a FIFO topic: fills in the deduplication id; what was taken under it already, if anything.
  Outcome<std::optional<Published>> seen_before(const TopicRecord& topic, Message& message) const;
  void remember(const TopicRecord& topic, const Message& message, const Published& published);
  std::string new_token() { return env_.rng.hex(kTokenDigits); }

  static constexpr std::size_t kTokenDigits = 200;

  Tables tables_;
  Signer signer_;
  Controller controller_;
  room::SequenceNumbers sequence_;
};

}  // namespace seatrial::services::sns
