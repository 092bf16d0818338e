// Publishing: a message is checked once and becomes a delivery per subscription that wants it.
#include <algorithm>
#include <charconv>
#include <set>

#include "base/encoding.h"
#include "base/utf8.h"
#include "decide/event_pattern/event_pattern.h"
#include "services/sns/attributes.h"
#include "services/sns/service.h"

namespace seatrial::services::sns {
namespace {

constexpr std::size_t kMaxMessage = 256 * 1024, kMaxSubject = 100, kMaxBatch = 10;
constexpr std::size_t kMaxAttributeName = 256, kMaxEntryId = 80;

Outcome<void> check_subject(const std::string& subject) {
  const bool good =
      subject.size() <= kMaxSubject && subject.front() != ' ' &&
      std::ranges::all_of(subject, [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
  if (!good) return invalid("Subject");
  return {};
}

Outcome<void> check_attribute_name(const std::string& name) {
  const bool characters = std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
  });
  if (!name.empty() && name.size() <= kMaxAttributeName && characters && name.front() != '.' &&
      name.back() != '.' && name.find("..") == std::string::npos)
    return {};
  return fail("ParameterValueInvalid",
              fmt::format("The message attribute name '{}' is not valid", name));
}

bool is_number(std::string_view text) {
  double ignored = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, ignored);
  return read.ec == std::errc{} && read.ptr == end && text.front() != 'i' && text.front() != 'n';
}

Outcome<AttributeRecord> attribute_record(const std::string& name,
                                          const api::MessageAttributeValue& given) {
  const auto problem = [&](std::string_view what) {
    return fail("ParameterValueInvalid", fmt::format("The message attribute '{}' {}", name, what));
  };
  const std::string& type = given.DataType;
  const std::string base = type.substr(0, type.find('.'));
  if (base != "String" && base != "Number" && base != "Binary")
    return problem(
        "has an invalid message attribute type, the set of supported type prefixes is Binary, "
        "Number, and String.");
  const auto& value = base == "Binary" ? given.BinaryValue : given.StringValue;
  const auto& other = base == "Binary" ? given.StringValue : given.BinaryValue;
  if (!value || value->empty())
    return problem(fmt::format(
        "must contain non-empty message attribute value for message attribute type '{}'.", type));
  if (other) return problem("must contain one value only.");
  if (base == "Number" && !is_number(*value))
    return problem(fmt::format("has a value that is no number: '{}'.", *value));
  if (type == "String.Array")
    if (const auto list = parse_json(*value); !list || !list->is_array())
      return problem("is a String.Array whose value is no JSON array.");
  return AttributeRecord{type, base == "Binary" ? base64_encode(*value) : *value};
}

Outcome<AttributeMap> attribute_map(const model::Map<api::MessageAttributeValue>& given) {
  AttributeMap out;
  for (const auto& [name, value] : given) {
    if (auto good = check_attribute_name(name); !good) return std::unexpected(good.error());
    auto record = attribute_record(name, value);
    if (!record) return std::unexpected(record.error());
    out[name] = std::move(*record);
  }
  return out;
}

std::size_t size_of(const Message& message) {
  std::size_t size = message.text.size();
  for (const auto& [name, attribute] : message.attributes)
    size += name.size() + attribute.type.size() + attribute.value.size();
  return size;
}

Outcome<Message> checked_message(const std::optional<std::string>& subject, const std::string& text,
                                 const std::optional<std::string>& structure,
                                 const model::Map<api::MessageAttributeValue>& attributes) {
  Message message;
  message.text = text;
  if (text.empty()) return invalid("Empty message");
  if (!valid_utf8(text)) return invalid("Message Reason: not UTF-8");
  if (subject) {
    if (subject->empty()) return invalid("Subject");
    if (auto good = check_subject(*subject); !good) return std::unexpected(good.error());
    message.subject = *subject;
  }
  auto records = attribute_map(attributes);
  if (!records) return std::unexpected(records.error());
  message.attributes = std::move(*records);
  if (size_of(message) > kMaxMessage) return invalid("Message too long");
  if (!structure) return message;
  if (*structure != "json") return invalid("MessageStructure");
  const auto parsed = parse_json(text);
  if (!parsed || !parsed->is_object())
    return invalid("Message Structure - JSON message body failed to parse");
  const auto* otherwise = find_member(*parsed, "default");
  if (otherwise == nullptr || !otherwise->is_string())
    return invalid("Message Structure - No default entry in JSON message body");
  message.per_protocol = true;
  return message;
}

// What a filter policy of attributes is matched against. A Binary matches nothing.
Value filterable(const AttributeMap& attributes) {
  Object out;
  for (const auto& [name, attribute] : attributes) {
    if (attribute.type == "String.Array" || attribute.type.starts_with("Number")) {
      if (auto value = parse_json(attribute.value)) out[name] = std::move(*value);
    } else if (attribute.type.starts_with("String")) {
      out[name] = attribute.value;
    }
  }
  return out;
}

bool wants(const SubscriptionRecord& subscription, const Message& message) {
  const std::string policy = attribute_of(subscription.attributes, "FilterPolicy");
  if (policy.empty()) return true;
  const bool body = attribute_of(subscription.attributes, "FilterPolicyScope") == "MessageBody";
  const auto pattern = decide::EventPattern::compile(
      policy, body ? decide::PatternDialect::kBody : decide::PatternDialect::kAttributes);
  if (!pattern) return false;  // it was checked when it was set
  if (!body) return pattern->matches(filterable(message.attributes));
  const auto parsed = parse_json(message.text);
  return parsed && parsed->is_object() && pattern->matches(*parsed);
}

std::string text_for(const Message& message, const Value& by_protocol,
                     const std::string& protocol) {
  if (!message.per_protocol) return message.text;
  const auto own = find_member(by_protocol, protocol);
  return std::string(own != nullptr && own->is_string() ? as_view(own->get_string())
                                                        : text_member(by_protocol, "default"));
}

}  // namespace

Outcome<Sns::Published> Sns::fan_out(const TopicRecord& topic, Message message) {
  auto seen = seen_before(topic, message);
  if (!seen) return std::unexpected(seen.error());
  if (*seen) return **std::move(seen);
  if (controller_.full())
    return fail("Throttled", "Too many deliveries wait; the message was not taken.", 429);
  Published published{env_.rng.uuid(), topic.fifo() ? sequence_.next(env_.clock.now()) : ""};
  if (topic.fifo()) remember(topic, message, published);
  const bool sealed = !attribute_of(topic.attributes, "KmsMasterKeyId").empty();
  controller_.count(topic.arn, "NumberOfMessagesPublished");
  controller_.count(topic.arn, "PublishSize", static_cast<double>(message.text.size()));
  const Value by_protocol =
      message.per_protocol ? parse_json(message.text).value_or(Value()) : Value();
  for (const auto& [arn, subscription] : tables_.of_topic(topic.arn)) {
    if (!subscription.confirmed) continue;
    if (!wants(subscription, message)) {
      controller_.count(topic.arn, "NumberOfNotificationsFilteredOut");
      continue;
    }
    DeliveryRecord delivery;
    delivery.kind = "Notification";
    delivery.subscription = arn;
    delivery.topic = topic.arn;
    delivery.protocol = subscription.protocol;
    delivery.endpoint = subscription.endpoint;
    delivery.message_id = published.id;
    delivery.group = message.group;
    delivery.deduplication = message.deduplication;
    delivery.sequence = published.sequence;
    delivery.subject = message.subject;
    delivery.message = text_for(message, by_protocol, subscription.protocol);
    delivery.sealed = sealed;
    if (sealed) delivery.message = env_.vault.seal(delivery.message, "sns/" + topic.arn);
    delivery.attributes = message.attributes;
    delivery.published = env_.clock.now();
    controller_.add(std::move(delivery));
  }
  return published;
}

Outcome<std::string> Sns::publish(const std::string& topic_arn, const std::string& subject,
                                  const std::string& message,
                                  const std::map<std::string, std::string>& attributes) {
  const auto* found = tables_.topics.find(topic_arn);
  if (found == nullptr) return topic_not_found();
  model::Map<api::MessageAttributeValue> values;
  for (const auto& [name, value] : attributes) {
    values[name].DataType = "String";
    values[name].StringValue = value;
  }
  const auto checked = checked_message(subject.empty() ? std::nullopt : std::optional(subject),
                                       message, std::nullopt, values);
  if (!checked) return std::unexpected(checked.error());
  auto published = fan_out(*found, *checked);
  if (!published) return std::unexpected(published.error());
  return std::move(published->id);
}

Outcome<api::PublishResponse> Sns::publish_message(Context& context,
                                                   const api::PublishInput& input) {
  if (input.PhoneNumber) return not_served("SMS, so PhoneNumber");
  if (input.TopicArn && input.TargetArn)
    return invalid("TopicArn and TargetArn cannot both be set");
  const auto& arn = input.TopicArn ? input.TopicArn : input.TargetArn;
  if (!arn) return invalid("TopicArn or TargetArn Reason: no value for required parameter");
  const auto found = topic(context, *arn);
  if (!found) return std::unexpected(found.error());
  auto message = checked_message(input.Subject, input.Message, input.MessageStructure,
                                 input.MessageAttributes);
  if (!message) return std::unexpected(message.error());
  message->group = input.MessageGroupId.value_or("");
  message->deduplication = input.MessageDeduplicationId.value_or("");
  auto published = fan_out(**found, *std::move(message));
  if (!published) return std::unexpected(published.error());
  api::PublishResponse reply;
  reply.MessageId = std::move(published->id);
  if ((*found)->fifo()) reply.SequenceNumber = std::move(published->sequence);
  return reply;
}

Outcome<api::PublishBatchResponse> Sns::publish_batch(Context& context,
                                                      const api::PublishBatchInput& input) {
  const auto found = topic(context, input.TopicArn);
  if (!found) return std::unexpected(found.error());
  const auto& entries = input.PublishBatchRequestEntries;
  if (entries.empty())
    return fail("EmptyBatchRequest", "The batch request doesn't contain any entries.");
  if (entries.size() > kMaxBatch)
    return fail("TooManyEntriesInBatchRequest",
                "The batch request contains more entries than permissible.");
  std::set<std::string> ids;
  std::size_t total = 0;
  for (const auto& entry : entries) {
    const bool good = !entry.Id.empty() && entry.Id.size() <= kMaxEntryId &&
                      std::ranges::all_of(entry.Id, [](unsigned char c) {
                        return std::isalnum(c) != 0 || c == '-' || c == '_';
                      });
    if (!good)
      return fail("InvalidBatchEntryId",
                  "The Id of a batch entry in a batch request doesn't abide by the specification.");
    if (!ids.insert(entry.Id).second)
      return fail("BatchEntryIdsNotDistinct",
                  "Two or more batch entries in the request have the same Id.");
    total += entry.Message.size();
  }
  if (total > kMaxMessage)
    return fail("BatchRequestTooLong",
                "The length of all the messages put together is more than the limit.");
  api::PublishBatchResponse reply;
  reply.Successful.given = reply.Failed.given = true;
  for (const auto& entry : entries) {
    auto message = checked_message(entry.Subject, entry.Message, entry.MessageStructure,
                                   entry.MessageAttributes);
    Outcome<Published> published = Published{};
    if (message) {
      message->group = entry.MessageGroupId.value_or("");
      message->deduplication = entry.MessageDeduplicationId.value_or("");
      published = fan_out(**found, *std::move(message));
    } else {
      published = std::unexpected(message.error());
    }
    if (published) {
      api::PublishBatchResultEntry done;
      done.Id = entry.Id;
      done.MessageId = published->id;
      if ((*found)->fifo()) done.SequenceNumber = published->sequence;
      reply.Successful.push_back(std::move(done));
    } else {
      api::BatchResultErrorEntry failed;
      failed.Id = entry.Id;
      failed.Code = published.error().code;
      failed.Message = published.error().message;
      failed.SenderFault = true;
      reply.Failed.push_back(std::move(failed));
    }
  }
  return reply;
}

}  // namespace seatrial::services::sns
