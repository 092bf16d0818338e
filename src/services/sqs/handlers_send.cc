// Sending: one message or ten, checked, deduplicated (FIFO) and put at the queue's end.
#include <algorithm>
#include <set>

#include "base/encoding.h"
#include "base/utf8.h"
#include "services/sqs/attributes.h"
#include "services/sqs/batch.h"
#include "services/sqs/digest.h"
#include "services/sqs/service.h"

namespace seatrial::services::sqs {
namespace {

constexpr std::size_t kMaxAttributes = 10, kMaxAttributeName = 256, kMaxFifoText = 128;
constexpr int kMaxDelay = 900;
constexpr std::size_t kMaxBatchBytes = 1'048'576;

// XML's characters: https://www.w3.org/TR/REC-xml/#charsets
bool allowed_text(std::string_view text) {
  return valid_utf8(text) &&
         std::ranges::none_of(
             text,
             [](unsigned char c) { return c < 0x20 && c != '\t' && c != '\n' && c != '\r'; }) &&
         text.find("\xEF\xBF\xBE") == text.npos && text.find("\xEF\xBF\xBF") == text.npos;
}

Outcome<void> check_text(std::string_view body) {
  if (body.empty()) return missing("MessageBody");
  if (allowed_text(body)) return {};
  return fail("InvalidMessageContents",
              "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to "
              "#xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF");
}

bool good_attribute_name(const std::string& name) {
  const bool characters = std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
  });
  return characters && !name.empty() && name.size() <= kMaxAttributeName && name.front() != '.' &&
         name.back() != '.' && name.find("..") == name.npos;
}

Outcome<AttributeRecord> attribute_record(const std::string& name,
                                          const shape::MessageAttributeValue& given) {
  const auto problem = [&](const std::string& what) {
    return fail("InvalidParameterValue", fmt::format("The message attribute '{}' {}", name, what));
  };
  if (!good_attribute_name(name))
    return fail("InvalidParameterValue",
                "Message attribute name can only contain alphanumerics, hyphens, underscores and "
                "periods: " +
                    name);
  if (!given.StringListValues.empty() || !given.BinaryListValues.empty())
    return fail("UnsupportedOperation",
                "Message attribute list values in SendMessage operation are not supported.");
  const std::string base = given.DataType.substr(0, given.DataType.find('.'));
  if (base != "String" && base != "Number" && base != "Binary")
    return problem(
        "has an invalid message attribute type, the set of supported type prefixes is Binary, "
        "Number, and String.");
  const auto& value = base == "Binary" ? given.BinaryValue : given.StringValue;
  if (!value || value->empty())
    return problem(fmt::format(
        "must contain a non-empty message attribute value for message attribute type '{}'.",
        given.DataType));
  if (base == "Binary") return AttributeRecord{given.DataType, base64_encode(*value)};
  if (!allowed_text(*value)) return problem("has a value with characters that are not allowed.");
  return AttributeRecord{given.DataType, *value};
}

Outcome<AttributeMap> attribute_map(const model::Map<shape::MessageAttributeValue>& given) {
  if (given.size() > kMaxAttributes)
    return fail("InvalidParameterValue",
                fmt::format("Number of message attributes [{}] exceeds the allowed maximum [10].",
                            given.size()));
  AttributeMap out;
  for (const auto& [name, value] : given) {
    auto record = attribute_record(name, value);
    if (!record) return std::unexpected(record.error());
    out[name] = std::move(*record);
  }
  return out;
}

std::size_t size_of(std::string_view body, const AttributeMap& attributes) {
  std::size_t size = body.size();
  for (const auto& [name, attribute] : attributes) {
    const bool binary = attribute.type.starts_with("Binary");
    size += name.size() + attribute.type.size() +
            (binary ? attribute.value.size() / 4 * 3 : attribute.value.size());
  }
  return size;
}

// Alphanumerics and punctuation, 1 to 128.
bool good_fifo_text(const std::string& text) {
  return !text.empty() && text.size() <= kMaxFifoText &&
         std::ranges::all_of(text, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

template <class Request>
Outcome<Sqs::Incoming> Sqs::incoming(const Context& context, const Request& request) const {
  Incoming out;
  if (auto good = check_text(request.MessageBody); !good) return std::unexpected(good.error());
  out.body = request.MessageBody;
  out.delay_s = request.DelaySeconds;
  if (out.delay_s && (*out.delay_s < 0 || *out.delay_s > kMaxDelay))
    return invalid_value(std::to_string(*out.delay_s), "DelaySeconds",
                         "DelaySeconds must be >= 0 and <= 900.");
  auto attributes = attribute_map(request.MessageAttributes);
  if (!attributes) return std::unexpected(attributes.error());
  out.attributes = std::move(*attributes);
  for (const auto& [name, value] : request.MessageSystemAttributes) {
    if (name != "AWSTraceHeader" || value.DataType != "String")
      return fail("InvalidParameterValue",
                  "Message system attribute name and type can only be AWSTraceHeader, String.");
    out.trace = value.StringValue.value_or("");
  }
  out.group = request.MessageGroupId.value_or("");
  out.deduplication = request.MessageDeduplicationId.value_or("");
  out.sender = context.identity.user_id;
  return out;
}

Outcome<Sqs::Taken> Sqs::take(const QueueRecord& queue, Incoming message) {
  const auto limit = static_cast<std::size_t>(number_of(queue, "MaximumMessageSize"));
  const auto bytes = size_of(message.body, message.attributes);
  if (bytes > limit)
    return fail("InvalidParameterValue",
                fmt::format("One or more parameters are invalid. Reason: Message must be shorter "
                            "than {} bytes.",
                            limit));
  const Time now = env_.clock.now();
  MessageRecord record;
  record.id = env_.rng.uuid();
  record.group = message.group;
  std::string duplicate;
  if (queue.fifo()) {
    if (message.delay_s)
      return invalid_value(std::to_string(*message.delay_s), "DelaySeconds",
                           "The request include parameter that is not valid for this queue type.");
    if (message.group.empty()) return missing("MessageGroupId");
    if (message.deduplication.empty()) {
      if (!flag_of(queue, "ContentBasedDeduplication"))
        return fail("InvalidParameterValue",
                    "The queue should either have ContentBasedDeduplication enabled or "
                    "MessageDeduplicationId provided explicitly");
      message.deduplication = hex_encode(sha256(message.body));
    }
    if (!good_fifo_text(message.group))
      return invalid_value(message.group, "MessageGroupId", "1 to 128 characters and punctuation.");
    if (!good_fifo_text(message.deduplication))
      return invalid_value(message.deduplication, "MessageDeduplicationId",
                           "1 to 128 characters and punctuation.");
    const bool by_group = attribute_of(queue, "DeduplicationScope") == "messageGroup";
    duplicate = room::Duplicates::key(queue.arn, message.group, by_group, message.deduplication);
    if (const auto* seen = tables_.duplicates.find(duplicate, now))
      return Taken{seen->id, seen->sequence};
    record.deduplication = message.deduplication;
  } else if (!message.deduplication.empty()) {
    return invalid_value(message.deduplication, "MessageDeduplicationId",
                         "The request includes a parameter that is not valid for this queue type.");
  }
  record.sequence = sequence_.next(now);
  record.sealed =
      flag_of(queue, "SqsManagedSseEnabled") || !attribute_of(queue, "KmsMasterKeyId").empty();
  record.body =
      record.sealed ? env_.vault.seal(message.body, "sqs/" + queue.arn) : std::move(message.body);
  record.attributes = std::move(message.attributes);
  record.trace = std::move(message.trace);
  record.sender = std::move(message.sender);
  record.sent = now;
  record.visible = now + Millis{message.delay_s.value_or(number_of(queue, "DelaySeconds")) * 1000};
  const Taken taken{record.id, record.sequence};
  count(queue, "NumberOfMessagesSent");
  count(queue, "SentMessageSize", static_cast<double>(bytes));
  if (queue.fifo()) tables_.duplicates.put(duplicate, {record.id, record.sequence, now});
  const std::string arn = queue.arn;
  tables_.messages.put(message_key(arn, taken.sequence), std::move(record));
  wake(arn);
  return taken;
}

Outcome<shape::SendMessageResult> Sqs::send_message(Context& context,
                                                    const shape::SendMessageRequest& input) {
  const auto found = queue(context, input.QueueUrl);
  if (!found) return std::unexpected(found.error());
  auto message = incoming(context, input);
  if (!message) return std::unexpected(message.error());
  shape::SendMessageResult reply;
  reply.MD5OfMessageBody = md5_hex(message->body);
  if (!message->attributes.empty())
    reply.MD5OfMessageAttributes = md5_of_attributes(message->attributes);
  if (!message->trace.empty())
    reply.MD5OfMessageSystemAttributes =
        md5_of_attributes({{"AWSTraceHeader", {"String", message->trace}}});
  const bool fifo = (*found)->fifo();
  const auto taken = take(**found, std::move(*message));
  if (!taken) return std::unexpected(taken.error());
  reply.MessageId = taken->id;
  if (fifo) reply.SequenceNumber = taken->sequence;
  return reply;
}

Outcome<shape::SendMessageBatchResult> Sqs::send_message_batch(
    Context& context, const shape::SendMessageBatchRequest& input) {
  const auto found = queue(context, input.QueueUrl);
  if (!found) return std::unexpected(found.error());
  if (auto good = check_batch(input.Entries, "SendMessageBatchRequestEntry"); !good)
    return std::unexpected(good.error());
  std::size_t total = 0;
  for (const auto& entry : input.Entries) total += entry.MessageBody.size();
  if (total > kMaxBatchBytes)
    return fail(
        "BatchRequestTooLong",
        fmt::format("Batch requests cannot be longer than {} bytes. You have sent {} bytes.",
                    kMaxBatchBytes, total));
  shape::SendMessageBatchResult reply;
  reply.Successful.given = reply.Failed.given = true;
  for (const auto& entry : input.Entries) {
    auto message = incoming(context, entry);
    const auto attributes = message ? message->attributes : AttributeMap{};
    const auto trace = message ? message->trace : std::string();
    Outcome<Taken> taken = Taken{};
    if (message) {
      taken = take(**found, std::move(*message));
    } else {
      taken = std::unexpected(message.error());
    }
    if (!taken) {
      reply.Failed.push_back(batch_error(entry.Id, taken.error()));
      continue;
    }
    shape::SendMessageBatchResultEntry done;
    done.Id = entry.Id;
    done.MessageId = taken->id;
    done.MD5OfMessageBody = md5_hex(entry.MessageBody);
    if (!attributes.empty()) done.MD5OfMessageAttributes = md5_of_attributes(attributes);
    if (!trace.empty())
      done.MD5OfMessageSystemAttributes =
          md5_of_attributes({{"AWSTraceHeader", {"String", trace}}});
    if ((*found)->fifo()) done.SequenceNumber = taken->sequence;
    reply.Successful.push_back(std::move(done));
  }
  return reply;
}

}  // namespace seatrial::services::sqs
