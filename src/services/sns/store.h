// SNS's records: topics and subscriptions by ARN, deliveries by their number.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "model/shapes/sns.h"
#include "room/fifo.h"
#include "store/table.h"

namespace seatrial::services::sns {

namespace api = aws::sns;
using StringMap = std::map<std::string, std::string>;

struct TopicRecord {
  std::string arn;
  StringMap attributes;  // as set; see attributes.h
  StringMap tags;
  template <class F>
  static void fields(F&& f) {
    f("arn", &TopicRecord::arn);
    f("attributes", &TopicRecord::attributes);
    f("tags", &TopicRecord::tags);
  }
  bool fifo() const { return arn.ends_with(".fifo"); }
};

struct SubscriptionRecord {
  std::string arn, topic, protocol, endpoint;
  std::string token;  // of the last confirmation asked for
  bool confirmed = false;
  bool authenticated = false;  // confirmed by a signed request
  bool authenticate_on_unsubscribe = false;
  StringMap attributes;
  Time created{};
  template <class F>
  static void fields(F&& f) {
    f("arn", &SubscriptionRecord::arn);
    f("topic", &SubscriptionRecord::topic);
    f("protocol", &SubscriptionRecord::protocol);
    f("endpoint", &SubscriptionRecord::endpoint);
    f("token", &SubscriptionRecord::token);
    f("confirmed", &SubscriptionRecord::confirmed);
    f("authenticated", &SubscriptionRecord::authenticated);
    f("authenticate_on_unsubscribe", &SubscriptionRecord::authenticate_on_unsubscribe);
    f("attributes", &SubscriptionRecord::attributes);
    f("created", &SubscriptionRecord::created);
  }
};

struct AttributeRecord {
  std::string type;   // "String", "Number", "String.Array", "Binary"
  std::string value;  // a Binary's is base64
  template <class F>
  static void fields(F&& f) {
    f("type", &AttributeRecord::type);
    f("value", &AttributeRecord::value);
  }
};
using AttributeMap = std::map<std::string, AttributeRecord>;

// One message on its way to one subscription. It carries what the subscription was when it was
// made, so that a confirmation of an unsubscription still finds its way.
struct DeliveryRecord {
  std::string kind;  // "Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"
  std::string subscription, topic, protocol, endpoint;
  std::string message_id, subject, message, token;
  std::string group, deduplication, sequence;  // of a FIFO topic
  bool sealed = false;  // `message` is sealed by the vault (a topic with a KMS key)
  AttributeMap attributes;
  Time published{}, due{};
  int attempts = 0;
  template <class F>
  static void fields(F&& f) {
    f("kind", &DeliveryRecord::kind);
    f("subscription", &DeliveryRecord::subscription);
    f("topic", &DeliveryRecord::topic);
    f("protocol", &DeliveryRecord::protocol);
    f("endpoint", &DeliveryRecord::endpoint);
    f("message_id", &DeliveryRecord::message_id);
    f("subject", &DeliveryRecord::subject);
    f("message", &DeliveryRecord::message);
    f("token", &DeliveryRecord::token);
    f("group", &DeliveryRecord::group);
    f("deduplication", &DeliveryRecord::deduplication);
    f("sequence", &DeliveryRecord::sequence);
    f("sealed", &DeliveryRecord::sealed);
    f("attributes", &DeliveryRecord::attributes);
    f("published", &DeliveryRecord::published);
    f("due", &DeliveryRecord::due);
    f("attempts", &DeliveryRecord::attempts);
  }
};

// The key and certificate that sign messages.
struct SigningRecord {
  std::string sealed_key, certificate;  // PEM
  template <class F>
  static void fields(F&& f) {
    f("sealed_key", &SigningRecord::sealed_key);
    f("certificate", &SigningRecord::certificate);
  }
};

// What a FIFO topic has taken in the last five minutes.
struct Tables {
  explicit Tables(store::Store& store)
      : topics(store, "sns.topic"),
        subscriptions(store, "sns.subscription"),
        deliveries(store, "sns.delivery"),
        duplicates(store, "sns.duplicate"),
        signing(store, "sns.signing") {}
  store::Table<TopicRecord> topics;
  store::Table<SubscriptionRecord> subscriptions;  // a topic's follow each other
  store::Table<DeliveryRecord> deliveries;         // by delivery_key
  room::Duplicates duplicates;
  store::Table<SigningRecord> signing;  // one, "key"

  auto of_topic(const std::string& topic) const { return subscriptions.with_prefix(topic + ":"); }
};

// "arn:...:topic:uuid" -> "arn:...:topic"
inline std::string topic_of(const std::string& subscription) {
  return subscription.substr(0, subscription.rfind(':'));
}

}  // namespace seatrial::services::sns
