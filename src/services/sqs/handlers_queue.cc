// Queues, their attributes and tags.
#include <algorithm>

#include "room/page_token.h"
#include "services/sqs/attributes.h"
#include "services/sqs/service.h"

namespace seatrial::services::sqs {
namespace {

constexpr std::size_t kMaxName = 80, kMaxTags = 50, kPage = 1000, kMaxQueues = 100'000;

Outcome<void> check_name(const std::string& name) {
  std::string_view stem = name;
  if (stem.ends_with(".fifo")) stem.remove_suffix(5);
  const bool characters = std::ranges::all_of(
      stem, [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; });
  if (!stem.empty() && name.size() <= kMaxName && characters) return {};
  return fail(
      "InvalidParameterValue",
      "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
}

Outcome<StringMap> checked_attributes(bool fifo, const model::Map<std::string>& given) {
  for (const auto& [name, value] : given)
    if (auto good = check_attribute(fifo, name, value); !good) return std::unexpected(good.error());
  return StringMap(given.begin(), given.end());
}

// Sets what is given; an empty text takes a policy or key away.
void set_all(StringMap& attributes, const StringMap& given) {
  for (const auto& [name, value] : given) {
    if (value.empty()) {
      attributes.erase(name);
    } else {
      attributes[name] = value;
    }
  }
}

std::string seconds(Time at) { return std::to_string(to_ms(at) / 1000); }

// Cuts a list of URLs in order of the queues' names to a page.
template <class Reply>
Outcome<void> cut(Reply& reply, model::List<std::string>& urls,
                  const std::optional<std::string>& token, const std::optional<int>& most) {
  if (most && (*most < 1 || *most > static_cast<int>(kPage)))
    return invalid_value(std::to_string(*most), "MaxResults", "Must be between 1 and 1000.");
  if (token) {
    const auto after = room::page_token_key(*token);
    if (!after) return fail("InvalidParameterValue", "Invalid NextToken");
    std::erase_if(urls, [&](const std::string& url) { return url <= *after; });
  }
  const auto limit = static_cast<std::size_t>(most.value_or(kPage));
  if (urls.size() <= limit) return {};
  urls.resize(limit);
  if (most) reply.NextToken = room::page_token(urls.back());
  return {};
}

}  // namespace

Outcome<void> Sqs::check_redrive(const QueueRecord& queue, const std::string& policy) const {
  const auto redrive = parse_redrive(policy);
  if (!redrive) return {};
  const auto refuse = [&](std::string_view why) {
    return invalid_value(policy, "RedrivePolicy", why);
  };
  const auto* target = tables_.queues.find(redrive->target);
  if (target == nullptr) return refuse("Dead letter target does not exist.");
  if (target->fifo() != queue.fifo())
    return refuse("Dead-letter queue must be same type of queue as the source.");
  if (parse_arn(redrive->target)->region != parse_arn(queue.arn)->region)
    return refuse("Dead-letter queue must be in the same region as the source.");
  if (!allows_redrive(*target, queue.arn))
    return refuse("The dead-letter queue's RedriveAllowPolicy does not let this queue use it.");
  return {};
}

Outcome<shape::CreateQueueResult> Sqs::create_queue(Context& context,
                                                    const shape::CreateQueueRequest& input) {
  if (auto good = check_name(input.QueueName); !good) return std::unexpected(good.error());
  const bool fifo = input.QueueName.ends_with(".fifo");
  auto attributes = checked_attributes(fifo, input.Attributes);
  if (!attributes) return std::unexpected(attributes.error());
  if (fifo && !attributes->contains("FifoQueue"))
    return fail("InvalidParameterValue",
                "The name of a FIFO queue can only include alphanumeric characters, hyphens, or "
                "underscores, must end with .fifo suffix and be 1 to 80 in length.");
  QueueRecord made;
  made.name = input.QueueName;
  made.arn = context.arn("sqs", made.name).text();
  if (const auto* old = tables_.queues.find(made.arn)) {
    for (const auto& [name, value] : *attributes)
      if (attribute_of(*old, name) != value)
        return fail("QueueNameExists",
                    fmt::format("A queue already exists with the same name and a different value "
                                "for attribute {}",
                                name));
    return shape::CreateQueueResult{url_of(*old)};
  }
  if (const auto* at = tables_.deleted.find(made.arn);
      at != nullptr && *at + kOnceAMinute > context.now)
    return fail("QueueDeletedRecently",
                "You must wait 60 seconds after deleting a queue before you can create another "
                "with the same name.");
  if (tables_.queues.size() >= kMaxQueues) return fail("OverLimit", "Too many queues.");
  if (input.tags.size() > kMaxTags)
    return fail("InvalidParameterValue", "Too many tags added for queue " + made.name + ".");
  if (auto good = check_redrive(made, (*attributes)["RedrivePolicy"]); !good)
    return std::unexpected(good.error());
  set_all(made.attributes, *attributes);
  made.tags = {input.tags.begin(), input.tags.end()};
  made.created = made.modified = context.now;
  const auto& stored = tables_.queues.put(made.arn, made);
  return shape::CreateQueueResult{url_of(stored)};
}

void Sqs::erase_messages(const std::string& arn) {
  std::vector<std::string> keys;
  for (const auto& [key, message] : tables_.of_queue(arn)) keys.push_back(key);
  for (const auto& key : keys) tables_.messages.erase(key);
}

Outcome<model::Empty> Sqs::delete_queue(Context& context, const shape::DeleteQueueRequest& input) {
  const auto found = queue(context, input.QueueUrl);
  if (!found) return std::unexpected(found.error());
  const std::string arn = (*found)->arn;
  erase_messages(arn);
  tables_.duplicates.forget(arn);
  tables_.queues.erase(arn);
  tables_.deleted.put(arn, context.now);
  wake(arn);
  return model::Empty{};
}

Outcome<shape::GetQueueUrlResult> Sqs::get_queue_url(Context& context,
                                                     const shape::GetQueueUrlRequest& input) {
  const auto found = queue(context, input.QueueName);
  if (!found) return std::unexpected(found.error());
  if (input.QueueOwnerAWSAccountId.value_or(context.account) != context.account) return no_queue();
  return shape::GetQueueUrlResult{url_of(**found)};
}

Outcome<shape::ListQueuesResult> Sqs::list_queues(Context& context,
                                                  const shape::ListQueuesRequest& input) {
  shape::ListQueuesResult reply;
  const auto prefix = context.arn("sqs", input.QueueNamePrefix.value_or("")).text();
  for (const auto& [arn, record] : tables_.queues.with_prefix(prefix))
    reply.QueueUrls.push_back(url_of(record));
  if (auto good = cut(reply, reply.QueueUrls, input.NextToken, input.MaxResults); !good)
    return std::unexpected(good.error());
  return reply;
}

Outcome<shape::ListDeadLetterSourceQueuesResult> Sqs::list_dead_letter_source_queues(
    Context& context, const shape::ListDeadLetterSourceQueuesRequest& input) {
  const auto found = queue(context, input.QueueUrl);
  if (!found) return std::unexpected(found.error());
  shape::ListDeadLetterSourceQueuesResult reply;
  reply.queueUrls.given = true;
  for (const auto& [arn, record] : tables_.queues) {
    const auto redrive = redrive_of(record);
    if (redrive && redrive->target == (*found)->arn) reply.queueUrls.push_back(url_of(record));
  }
  if (auto good = cut(reply, reply.queueUrls, input.NextToken, input.MaxResults); !good)
    return std::unexpected(good.error());
  return reply;
}

Outcome<shape::GetQueueAttributesResult> Sqs::get_queue_attributes(
    Context& context, const shape::GetQueueAttributesRequest& input) {
  const auto found = queue(context, input.QueueUrl);
  if (!found) return std::unexpected(found.error());
  const QueueRecord& record = **found;
  std::size_t visible = 0, flying = 0, delayed = 0;
  for (const auto& [key, message] : tables_.of_queue(record.arn))
    ++(message.visible <= context.now   ? visible
       : message.in_flight(context.now) ? flying
                                        : delayed);
  StringMap all{{"QueueArn", record.arn},
                {"CreatedTimestamp", seconds(record.created)},
                {"LastModifiedTimestamp", seconds(record.modified)},
                {"ApproximateNumberOfMessages", std::to_string(visible)},
                {"ApproximateNumberOfMessagesNotVisible", std::to_string(flying)},
                {"ApproximateNumberOfMessagesDelayed", std::to_string(delayed)}};
  for (const char* name :
       {"DelaySeconds", "MaximumMessageSize", "MessageRetentionPeriod",
        "ReceiveMessageWaitTimeSeconds", "VisibilityTimeout", "SqsManagedSseEnabled"})
    all[name] = attribute_of(record, name);
  if (record.fifo()) {
    all["ContentBasedDeduplication"] = "false";
    all["DeduplicationScope"] = "queue";
    all["FifoThroughputLimit"] = "perQueue";
  }
  for (const auto& [name, value] : record.attributes) all[name] = value;
  shape::GetQueueAttributesResult reply;
  for (const auto& name : input.AttributeNames) {
    if (name == "All") {
      for (const auto& [key, value] : all) reply.Attributes[key] = value;
    } else if (!is_attribute(name)) {
      return fail("InvalidAttributeName", fmt::format("Unknown Attribute {}.", name));
    } else if (all.contains(name)) {
      reply.Attributes[name] = all[name];
    }
  }
  return reply;
}

Outcome<model::Empty> Sqs::set_queue_attributes(Context& context,
                                                const shape::SetQueueAttributesRequest& input) {
  const auto found = queue(context, input.QueueUrl);
  if (!found) return std::unexpected(found.error());
  QueueRecord changed = **found;
  const auto given = checked_attributes(changed.fifo(), input.Attributes);
  if (!given) return std::unexpected(given.error());
  if (const auto policy = given->find("RedrivePolicy"); policy != given->end())
    if (auto good = check_redrive(changed, policy->second); !good)
      return std::unexpected(good.error());
  set_all(changed.attributes, *given);
  changed.modified = context.now;
  tables_.queues.put(changed.arn, changed);
  return model::Empty{};
}

Outcome<model::Empty> Sqs::purge_queue(Context& context, const shape::PurgeQueueRequest& input) {
  const auto found = queue(context, input.QueueUrl);
  if (!found) return std::unexpected(found.error());
  const QueueRecord& record = **found;
  if (record.purged != Time{} && record.purged + kOnceAMinute > context.now)
    return fail("PurgeQueueInProgress",
                fmt::format("Only one PurgeQueue operation on {} is allowed every 60 seconds.",
                            record.name));
  erase_messages(record.arn);
  tables_.queues.update(record.arn, [&](QueueRecord& changed) { changed.purged = context.now; });
  return model::Empty{};
}

Outcome<model::Empty> Sqs::tag_queue(Context& context, const shape::TagQueueRequest& input) {
  const auto found = queue(context, input.QueueUrl);
  if (!found) return std::unexpected(found.error());
  QueueRecord changed = **found;
  for (const auto& [key, value] : input.Tags) changed.tags[key] = value;
  if (changed.tags.size() > kMaxTags)
    return fail("InvalidParameterValue", "Too many tags added for queue " + changed.name + ".");
  tables_.queues.put(changed.arn, changed);
  return model::Empty{};
}

Outcome<model::Empty> Sqs::untag_queue(Context& context, const shape::UntagQueueRequest& input) {
  const auto found = queue(context, input.QueueUrl);
  if (!found) return std::unexpected(found.error());
  tables_.queues.update((*found)->arn, [&](QueueRecord& changed) {
    for (const auto& key : input.TagKeys) changed.tags.erase(key);
  });
  return model::Empty{};
}

Outcome<shape::ListQueueTagsResult> Sqs::list_queue_tags(Context& context,
                                                         const shape::ListQueueTagsRequest& input) {
  const auto found = queue(context, input.QueueUrl);
  if (!found) return std::unexpected(found.error());
  shape::ListQueueTagsResult reply;
  for (const auto& [key, value] : (*found)->tags) reply.Tags[key] = value;
  return reply;
}

}  // namespace seatrial::services::sqs
