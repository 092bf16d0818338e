// What is special about FIFO topics: each message has a group and a deduplication id, is taken once
// in five minutes, and has a number. Order needs nothing: deliveries are made in that of
// publishing, and one to a queue is never tried again.
// docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html
#include <algorithm>

#include "base/encoding.h"
#include "services/sns/attributes.h"
#include "services/sns/service.h"

namespace seatrial::services::sns {
namespace {

constexpr std::size_t kMaxToken = 128;

bool good_token(const std::string& text) {
  return !text.empty() && text.size() <= kMaxToken &&
         std::ranges::all_of(text, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

// Within the topic, or within the message's group.
std::string duplicate_key(const TopicRecord& topic, const Message& message) {
  const bool by_group = attribute_of(topic.attributes, "FifoThroughputScope") == "MessageGroup";
  return room::Duplicates::key(topic.arn, message.group, by_group, message.deduplication);
}

}  // namespace

Outcome<std::optional<Sns::Published>> Sns::seen_before(const TopicRecord& topic,
                                                        Message& message) const {
  if (!topic.fifo()) {
    if (message.group.empty() && message.deduplication.empty()) return std::nullopt;
    return invalid(
        "MessageGroupId Reason: The request includes a parameter that is not valid for this topic "
        "type");
  }
  if (message.group.empty())
    return invalid("The MessageGroupId parameter is required for FIFO topics");
  if (message.deduplication.empty()) {
    if (attribute_of(topic.attributes, "ContentBasedDeduplication") != "true")
      return invalid(
          "The topic should either have ContentBasedDeduplication enabled or "
          "MessageDeduplicationId provided explicitly");
    message.deduplication = hex_encode(sha256(message.text));
  }
  if (!good_token(message.group)) return invalid("MessageGroupId");
  if (!good_token(message.deduplication)) return invalid("MessageDeduplicationId");
  const auto* seen = tables_.duplicates.find(duplicate_key(topic, message), env_.clock.now());
  if (seen == nullptr) return std::nullopt;
  return Published{seen->id, seen->sequence};
}

void Sns::remember(const TopicRecord& topic, const Message& message, const Published& published) {
  const Time now = env_.clock.now();
  tables_.duplicates.put(duplicate_key(topic, message), {published.id, published.sequence, now});
  tables_.duplicates.forget_old(now);
}

}  // namespace seatrial::services::sns
