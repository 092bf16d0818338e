// The operation table, look-ups that handlers share, the sweep, and the api for other rooms.
#include "services/sqs/service.h"

#include "base/encoding.h"
#include "decide/resource_policy/resource_policy.h"
#include "services/sqs/attributes.h"

namespace seatrial::services::sqs {

Sqs::Sqs(room::Env& env, std::function<std::string()> endpoint, cloudwatch::MetricSink* metrics)
    : Room(env, "sqs"), tables_(env.store), endpoint_(std::move(endpoint)), metrics_(metrics) {
  serve<shape::CreateQueueOp>(&Sqs::create_queue);
  serve<shape::DeleteQueueOp>(&Sqs::delete_queue);
  serve<shape::GetQueueUrlOp>(&Sqs::get_queue_url);
  serve<shape::ListQueuesOp>(&Sqs::list_queues);
  serve<shape::ListDeadLetterSourceQueuesOp>(&Sqs::list_dead_letter_source_queues);
  serve<shape::GetQueueAttributesOp>(&Sqs::get_queue_attributes);
  serve<shape::SetQueueAttributesOp>(&Sqs::set_queue_attributes);
  serve<shape::PurgeQueueOp>(&Sqs::purge_queue);
  serve<shape::TagQueueOp>(&Sqs::tag_queue);
  serve<shape::UntagQueueOp>(&Sqs::untag_queue);
  serve<shape::ListQueueTagsOp>(&Sqs::list_queue_tags);
  serve<shape::SendMessageOp>(&Sqs::send_message);
  serve<shape::SendMessageBatchOp>(&Sqs::send_message_batch);
  serve<shape::ReceiveMessageOp>(&Sqs::receive_message);
  serve<shape::DeleteMessageOp>(&Sqs::delete_message);
  serve<shape::DeleteMessageBatchOp>(&Sqs::delete_message_batch);
  serve<shape::ChangeMessageVisibilityOp>(&Sqs::change_message_visibility);
  serve<shape::ChangeMessageVisibilityBatchOp>(&Sqs::change_message_visibility_batch);
}

void Sqs::start() {
  *running_ = true;
  sweep();
  if (metrics_ == nullptr) return;
  env_.control.post_after(room::until_minute(env_.clock.now()), [this, running = running_] {
    if (*running) put_metrics();
  });
}

// Whoever waits is answered now: there will be nothing more.
void Sqs::stop() {
  *running_ = false;
  for (auto& [arn, waiting] : std::exchange(waiting_, {}))
    for (auto& [ticket, again] : waiting) again();
  waits_ = 0;
}

// "http://127.0.0.1:4566/123456789012/NAME", or any other host: the path says it. A bare name is
// taken, too, as SQS does.
Outcome<const QueueRecord*> Sqs::queue(const Context& context, const std::string& url) const {
  std::string_view name = url;
  if (const auto slash = name.rfind('/'); slash != std::string_view::npos) {
    const auto before = name.substr(0, slash);
    if (!before.ends_with("/" + context.account)) return no_queue();
    name.remove_prefix(slash + 1);
  }
  const auto* found = tables_.queues.find(context.arn("sqs", std::string(name)).text());
  if (found == nullptr) return no_queue();
  return found;
}

std::string Sqs::url_of(const QueueRecord& queue) const {
  return fmt::format("{}/{}/{}", endpoint_(), env_.account, queue.name);
}

Outcome<std::string> Sqs::send(const std::string& queue_arn, const Outgoing& message,
                               const Sender& sender) {
  const auto* found = tables_.queues.find(queue_arn);
  if (found == nullptr) return no_queue();
  if (!sender.principal.empty()) {
    const auto policy = decide::parse_resource_policy(attribute_of(*found, "Policy"));
    const decide::PolicyQuestion question{
        sender.principal,
        "sqs:SendMessage",
        queue_arn,
        {{"aws:sourcearn", sender.source_arn}, {"aws:sourceaccount", env_.account}}};
    if (!policy || decide::evaluate_policy(*policy, question) != decide::PolicyVerdict::kAllow)
      return fail("AccessDenied",
                  fmt::format("{} is not authorized to perform: sqs:SendMessage on {}: its policy "
                              "does not let {} send",
                              sender.principal, queue_arn, sender.source_arn),
                  403);
  }
  Incoming incoming;
  incoming.body = message.body;
  incoming.group = message.group_id;
  incoming.deduplication = message.deduplication_id;
  incoming.sender = sender.principal.empty() ? env_.account : sender.principal;
  for (const auto& [name, attribute] : message.attributes)
    incoming.attributes[name] = {attribute.type, attribute.type.starts_with("Binary")
                                                     ? base64_encode(attribute.value)
                                                     : attribute.value};
  const auto taken = take(*found, std::move(incoming));
  if (!taken) return std::unexpected(taken.error());
  return taken->id;
}

// Every minute: messages past their retention, what FIFO queues need remember no longer.
void Sqs::sweep() {
  const Time now = env_.clock.now();
  std::vector<std::string> gone;
  for (const auto& [arn, queue] : tables_.queues) {
    const Millis retention{number_of(queue, "MessageRetentionPeriod") * 1000};
    for (const auto& [key, message] : tables_.of_queue(arn)) {
      if (message.sent + retention > now && message.source.empty()) break;  // in order of sending
      if (message.sent + retention <= now) gone.push_back(key);
    }
  }
  for (const auto& key : gone) tables_.messages.erase(key);
  gone.clear();
  for (const auto& [key, at] : tables_.deleted)
    if (at + kOnceAMinute <= now) gone.push_back(key);
  for (const auto& key : gone) tables_.deleted.erase(key);
  tables_.duplicates.forget_old(now);
  env_.store.commit(nullptr);
  env_.control.post_after(kSweep, [this, running = running_] {
    if (*running) sweep();
  });
}

}  // namespace seatrial::services::sqs
