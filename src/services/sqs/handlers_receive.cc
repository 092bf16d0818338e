// Receiving, deleting, and changing how long a message stays out of sight.
#include <algorithm>
#include <array>
#include <set>

#include "base/encoding.h"
#include "services/sqs/attributes.h"
#include "services/sqs/batch.h"
#include "services/sqs/digest.h"
#include "services/sqs/service.h"

namespace seatrial::services::sqs {
namespace {

// A long poll that has waited; it may go on waiting until then.
struct Waited final : room::Prepared {
  explicit Waited(Time until) : deadline(until) {}
  Time deadline;
};

constexpr int kMaxMessages = 10, kMaxWait = 20, kMaxVisibility = 43200;

// "All", ".*", "prefix.*" (AWS also takes "prefix*"), or the name itself.
bool asked_for(const model::List<std::string>& names, std::string_view name) {
  return std::ranges::any_of(names, [&](std::string_view asked) {
    if (asked == "All" || asked == ".*") return true;
    if (asked.ends_with(".*")) return name.starts_with(asked.substr(0, asked.size() - 2));
    return asked.ends_with('*') ? name.starts_with(asked.substr(0, asked.size() - 1))
                                : asked == name;
  });
}

// All that a receive may ask for. Source: API_ReceiveMessage.
Outcome<void> check_names(const model::List<std::string>& names) {
  static constexpr std::array<std::string_view, 11> kKnown = {"All",
                                                              "SenderId",
                                                              "SentTimestamp",
                                                              "AWSTraceHeader",
                                                              "MessageGroupId",
                                                              "ApproximateReceiveCount",
                                                              "SequenceNumber",
                                                              "MessageDeduplicationId",
                                                              "ApproximateFirstReceiveTimestamp",
                                                              "DeadLetterQueueSourceArn",
                                                              "SqsManagedSseEnabled"};
  for (const auto& name : names)
    if (std::ranges::find(kKnown, name) == kKnown.end())
      return fail("InvalidAttributeName", "Unknown Attribute " + name + ".");
  return {};
}

std::string millis(Time at) { return std::to_string(to_ms(at)); }

StringMap system_attributes(const QueueRecord& queue, const MessageRecord& record) {
  StringMap out{{"SenderId", record.sender},
                {"SentTimestamp", millis(record.sent)},
                {"ApproximateReceiveCount", std::to_string(record.receives)},
                {"ApproximateFirstReceiveTimestamp", millis(record.first_received)}};
  if (!record.trace.empty()) out["AWSTraceHeader"] = record.trace;
  if (!record.source.empty()) out["DeadLetterQueueSourceArn"] = record.source;
  if (!record.group.empty()) out["MessageGroupId"] = record.group;
  if (queue.fifo()) {
    out["MessageDeduplicationId"] = record.deduplication;
    out["SequenceNumber"] = record.sequence;
  }
  return out;
}

}  // namespace

Outcome<Sqs::Wanted> Sqs::wanted(const QueueRecord& queue,
                                 const shape::ReceiveMessageRequest& input) const {
  const auto within = [](std::optional<int> value, int least, int most) {
    return !value || (*value >= least && *value <= most);
  };
  const auto refuse = [](int value, std::string_view name, std::string_view reason) {
    return invalid_value(std::to_string(value), name, reason);
  };
  if (!within(input.MaxNumberOfMessages, 1, kMaxMessages))
    return refuse(*input.MaxNumberOfMessages, "MaxNumberOfMessages",
                  "Must be between 1 and 10, if provided.");
  if (!within(input.WaitTimeSeconds, 0, kMaxWait))
    return refuse(*input.WaitTimeSeconds, "WaitTimeSeconds",
                  "Must be >= 0 and <= 20, if provided.");
  if (!within(input.VisibilityTimeout, 0, kMaxVisibility))
    return refuse(*input.VisibilityTimeout, "VisibilityTimeout",
                  "Must be >= 0 and <= 43200, if provided.");
  if (input.ReceiveRequestAttemptId) {
    if (queue.fifo()) return not_served("ReceiveRequestAttemptId");
    return invalid_value(*input.ReceiveRequestAttemptId, "ReceiveRequestAttemptId",
                         "The request includes a parameter that is not valid for this queue type.");
  }
  const auto seconds = input.VisibilityTimeout ? std::int64_t{*input.VisibilityTimeout}
                                               : number_of(queue, "VisibilityTimeout");
  return Wanted{input.MaxNumberOfMessages.value_or(1), Millis{seconds * 1000}};
}

std::size_t Sqs::in_flight(const QueueRecord& queue) const {
  const Time now = env_.clock.now();
  return static_cast<std::size_t>(std::ranges::count_if(
      tables_.of_queue(queue.arn), [&](const auto& entry) { return entry.second.in_flight(now); }));
}

// The keys of up to `count` messages that can be received now. Messages that were received too
// often go to the dead-letter queue on the way.
Sqs::Choice Sqs::choose(const QueueRecord& queue, int count) {
  const Time now = env_.clock.now();
  const Millis retention{number_of(queue, "MessageRetentionPeriod") * 1000};
  const auto redrive = redrive_of(queue);
  std::vector<std::string> chosen, dead;
  std::set<std::string> blocked;  // groups with a message that is out
  for (const auto& [key, message] : tables_.of_queue(queue.arn)) {
    if (chosen.size() == static_cast<std::size_t>(count)) break;
    if (message.sent + retention <= now) continue;  // the sweep takes it
    if (queue.fifo() && blocked.contains(message.group)) continue;
    if (message.visible > now) {
      if (queue.fifo()) blocked.insert(message.group);
      continue;
    }
    if (redrive && message.receives >= redrive->max_receives &&
        tables_.queues.contains(redrive->target)) {
      dead.push_back(key);
      continue;
    }
    chosen.push_back(key);
  }
  for (const auto& key : dead) move_to_dead_letters(queue, key);
  return {std::move(chosen), !dead.empty()};
}

bool Sqs::move_to_dead_letters(const QueueRecord& queue, const std::string& key) {
  const auto redrive = redrive_of(queue);
  const auto* target = redrive ? tables_.queues.find(redrive->target) : nullptr;
  const auto* found = tables_.messages.find(key);
  if (target == nullptr || found == nullptr) return false;
  MessageRecord moved = *found;
  if (moved.sealed) {
    const auto plain = env_.vault.open_sealed(moved.body, "sqs/" + queue.arn);
    moved.body = env_.vault.seal(plain, "sqs/" + target->arn);
  }
  // A standard queue keeps the message's age, a FIFO queue begins anew: SQS developer guide,
  // "Dead-letter queues and message retention".
  if (target->fifo()) moved.sent = env_.clock.now();
  moved.source = queue.arn;
  moved.receipt.clear();
  moved.visible = env_.clock.now();
  moved.sequence = sequence_.next(env_.clock.now());
  const std::string arn = target->arn;
  tables_.messages.erase(key);
  tables_.messages.put(message_key(arn, moved.sequence), moved);
  wake(arn);
  return true;
}

shape::Message Sqs::receive(const QueueRecord& queue, const std::string& key, Millis visibility,
                            const shape::ReceiveMessageRequest& request) {
  MessageRecord record = *tables_.messages.find(key);
  const Time now = env_.clock.now();
  ++record.receives;
  if (record.first_received == Time{}) record.first_received = now;
  record.receipt = env_.rng.hex(16);
  record.visible = now + visibility;
  shape::Message out;
  out.MessageId = record.id;
  out.ReceiptHandle = base64_encode(key + "|" + record.receipt);
  out.Body = record.sealed ? env_.vault.open_sealed(record.body, "sqs/" + queue.arn) : record.body;
  out.MD5OfBody = md5_hex(*out.Body);
  for (const auto& [name, value] : system_attributes(queue, record))
    if (asked_for(request.AttributeNames, name) ||
        asked_for(request.MessageSystemAttributeNames, name))
      out.Attributes[name] = value;
  AttributeMap shown;
  for (const auto& [name, attribute] : record.attributes) {
    if (!asked_for(request.MessageAttributeNames, name)) continue;
    shown[name] = attribute;
    auto& value = out.MessageAttributes[name];
    value.DataType = attribute.type;
    if (attribute.type.starts_with("Binary"))
      value.BinaryValue = base64_decode(attribute.value).value_or("");
    else
      value.StringValue = attribute.value;
  }
  if (!shown.empty()) out.MD5OfMessageAttributes = md5_of_attributes(shown);
  tables_.messages.put(key, std::move(record));
  return out;
}

Outcome<shape::ReceiveMessageResult> Sqs::receive_message(
    Context& context, const shape::ReceiveMessageRequest& input) {
  const auto found = queue(context, input.QueueUrl);
  if (!found) return std::unexpected(found.error());
  const QueueRecord& record = **found;
  const auto want = wanted(record, input);
  if (!want) return std::unexpected(want.error());
  if (auto good = check_names(input.AttributeNames); !good) return std::unexpected(good.error());
  if (tables_.messages.size() >= kMaxInFlight && in_flight(record) >= kMaxInFlight)
    return fail("OverLimit", "Too many messages in flight; delete some or let them time out.");
  shape::ReceiveMessageResult reply;
  const Choice choice = choose(record, want->count);
  for (const auto& key : choice.keys)
    reply.Messages.push_back(receive(record, key, want->visibility, input));
  const auto wait_s = input.WaitTimeSeconds ? std::int64_t{*input.WaitTimeSeconds}
                                            : number_of(record, "ReceiveMessageWaitTimeSeconds");
  // What a waiting call has changed is undone, so one that moved dead letters does not wait.
  if (reply.Messages.empty() && !choice.moved && wait_s > 0)
    wait(context, record, Millis{wait_s * 1000});
  if (context.prepare) return reply;  // it will be made again
  if (reply.Messages.empty())
    count(record, "NumberOfEmptyReceives");
  else
    count(record, "NumberOfMessagesReceived", static_cast<double>(reply.Messages.size()));
  return reply;
}

// The call is made again when the queue has something, a message becomes visible, or time is over.
void Sqs::wait(Context& context, const QueueRecord& queue, Millis most) {
  const auto* before = static_cast<const Waited*>(context.prepared.get());
  const Time deadline = before == nullptr ? context.now + most : before->deadline;
  if (context.now >= deadline || !*running_ || waits_ >= kMaxWaiting) return;
  Time next = deadline;
  for (const auto& [key, message] : tables_.of_queue(queue.arn))
    if (message.visible > context.now) next = std::min(next, message.visible);
  context.prepare = [this, arn = queue.arn, deadline, delay = next - context.now](auto done) {
    ++waits_;
    const auto ticket = ++tickets_;
    waiting_[arn][ticket] = [done, deadline] { done(std::make_shared<Waited>(deadline)); };
    env_.control.post_after(delay, [this, ticket, running = running_, arn] {
      if (*running) resume(arn, ticket);
    });
  };
}

// Unless it has been resumed already.
void Sqs::resume(const std::string& arn, std::uint64_t ticket) {
  const auto found = waiting_.find(arn);
  if (found == waiting_.end()) return;
  auto call = found->second.extract(ticket);
  if (found->second.empty()) waiting_.erase(found);
  if (call.empty()) return;
  --waits_;
  call.mapped()();
}

// After the transaction at hand: whoever waits for the queue looks again.
void Sqs::wake(const std::string& arn) {
  if (!waiting_.contains(arn)) return;
  env_.control.post([this, running = running_, arn] {
    const auto found = waiting_.find(arn);
    if (!*running || found == waiting_.end()) return;
    std::vector<std::uint64_t> tickets;
    for (const auto& [ticket, again] : found->second) tickets.push_back(ticket);
    for (const auto ticket : tickets) resume(arn, ticket);
  });
}

// The message's key when the receipt is its last; empty when it is an old one or the message is
// gone.
Outcome<std::string> Sqs::received_key(const QueueRecord& queue, const std::string& receipt) const {
  const auto invalid = [&] {
    return fail(
        "ReceiptHandleIsInvalid",
        fmt::format("The input receipt handle \"{}\" is not a valid receipt handle.", receipt));
  };
  const auto text = base64_decode(receipt);
  const auto bar = text ? text->rfind('|') : std::string::npos;
  if (bar == std::string::npos || !text->starts_with(queue.arn + "|")) return invalid();
  const std::string key = text->substr(0, bar);
  const auto* message = tables_.messages.find(key);
  if (message == nullptr || message->receipt != text->substr(bar + 1)) return std::string();
  return key;
}

Outcome<void> Sqs::remove(const QueueRecord& queue, const std::string& receipt) {
  const auto key = received_key(queue, receipt);
  if (!key) return std::unexpected(key.error());
  if (!key->empty()) {
    tables_.messages.erase(*key);
    count(queue, "NumberOfMessagesDeleted");
    if (queue.fifo()) wake(queue.arn);  // the next of its group is free
  }
  return {};
}

Outcome<void> Sqs::change_visibility(const QueueRecord& queue, const std::string& receipt,
                                     int seconds) {
  if (seconds < 0 || seconds > kMaxVisibility)
    return invalid_value(std::to_string(seconds), "VisibilityTimeout",
                         "VisibilityTimeout must be an integer between 0 and 43200.");
  const auto key = received_key(queue, receipt);
  if (!key) return std::unexpected(key.error());
  const Time now = env_.clock.now();
  if (key->empty())
    return invalid_value(
        receipt, "ReceiptHandle",
        "Message does not exist or is not available for visibility timeout change.");
  if (tables_.messages.find(*key)->visible <= now)
    return fail("MessageNotInflight", "The message referred to isn't in flight.");
  tables_.messages.update(*key,
                          [&](MessageRecord& m) { m.visible = now + Millis{seconds * 1000LL}; });
  if (seconds == 0) wake(queue.arn);
  return {};
}

Outcome<model::Empty> Sqs::delete_message(Context& context,
                                          const shape::DeleteMessageRequest& input) {
  const auto found = queue(context, input.QueueUrl);
  if (!found) return std::unexpected(found.error());
  if (auto done = remove(**found, input.ReceiptHandle); !done) return std::unexpected(done.error());
  return model::Empty{};
}

Outcome<shape::DeleteMessageBatchResult> Sqs::delete_message_batch(
    Context& context, const shape::DeleteMessageBatchRequest& input) {
  const auto found = queue(context, input.QueueUrl);
  if (!found) return std::unexpected(found.error());
  if (auto good = check_batch(input.Entries, "DeleteMessageBatchRequestEntry"); !good)
    return std::unexpected(good.error());
  shape::DeleteMessageBatchResult reply;
  reply.Successful.given = reply.Failed.given = true;
  for (const auto& entry : input.Entries) {
    if (const auto done = remove(**found, entry.ReceiptHandle); done)
      reply.Successful.push_back({entry.Id});
    else
      reply.Failed.push_back(batch_error(entry.Id, done.error()));
  }
  return reply;
}

Outcome<model::Empty> Sqs::change_message_visibility(
    Context& context, const shape::ChangeMessageVisibilityRequest& input) {
  const auto found = queue(context, input.QueueUrl);
  if (!found) return std::unexpected(found.error());
  const auto done = change_visibility(**found, input.ReceiptHandle, input.VisibilityTimeout);
  if (!done) return std::unexpected(done.error());
  return model::Empty{};
}

Outcome<shape::ChangeMessageVisibilityBatchResult> Sqs::change_message_visibility_batch(
    Context& context, const shape::ChangeMessageVisibilityBatchRequest& input) {
  const auto found = queue(context, input.QueueUrl);
  if (!found) return std::unexpected(found.error());
  if (auto good = check_batch(input.Entries, "ChangeMessageVisibilityBatchRequestEntry"); !good)
    return std::unexpected(good.error());
  shape::ChangeMessageVisibilityBatchResult reply;
  reply.Successful.given = reply.Failed.given = true;
  for (const auto& entry : input.Entries) {
    if (!entry.VisibilityTimeout) {
      reply.Failed.push_back(batch_error(entry.Id, missing("VisibilityTimeout").error()));
      continue;
    }
    if (const auto done = change_visibility(**found, entry.ReceiptHandle, *entry.VisibilityTimeout))
      reply.Successful.push_back({entry.Id});
    else
      reply.Failed.push_back(batch_error(entry.Id, done.error()));
  }
  return reply;
}

}  // namespace seatrial::services::sqs
