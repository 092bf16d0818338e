#include "services/lambda/event_sources.h"

#include "base/encoding.h"
#include "base/log.h"

namespace seatrial::services::lambda {
namespace {

// {"stringValue":...,"binaryValue":...,"stringListValues":[],"binaryListValues":[],"dataType":...}
Object attribute_record(const Value& attribute) {
  Object out;
  if (const auto* text = find_member(attribute, "StringValue")) out["stringValue"] = *text;
  if (find_member(attribute, "BinaryValue") != nullptr)
    out["binaryValue"] = base64_encode(text_member(attribute, "BinaryValue"));
  out["stringListValues"] = Array{};
  out["binaryListValues"] = Array{};
  out["dataType"] = text_member(attribute, "DataType");
  return out;
}

bool reports_items(const MappingRecord& mapping) {
  const auto& types = mapping.mapping.FunctionResponseTypes;
  return std::ranges::find(types, "ReportBatchItemFailures") != types.end();
}

}  // namespace

Object event_record(const Value& message, const std::string& queue_arn, const std::string& region) {
  Object attributes, own;
  if (const auto* given = find_member(message, "MessageAttributes")) {
    for (const auto& [name, value] : given->as_object()) own[name] = attribute_record(value);
  }
  if (const auto* given = find_member(message, "Attributes")) attributes = given->as_object();
  Object out{{"messageId", text_member(message, "MessageId")},
             {"receiptHandle", text_member(message, "ReceiptHandle")},
             {"body", text_member(message, "Body")},
             {"attributes", std::move(attributes)},
             {"messageAttributes", std::move(own)}};
  if (find_member(message, "MD5OfMessageAttributes") != nullptr)
    out["md5OfMessageAttributes"] = text_member(message, "MD5OfMessageAttributes");
  out["md5OfBody"] = text_member(message, "MD5OfBody");
  out["eventSource"] = "aws:sqs";
  out["eventSourceARN"] = queue_arn;
  out["awsRegion"] = region;
  return out;
}

// An empty answer, null or an empty list is success; an item without an id fails the batch.
std::optional<std::set<std::string>> failed_items(const std::string& payload) {
  std::set<std::string> failed;
  const auto answer = parse_json(payload);
  if (!answer) return payload.empty() ? std::optional(failed) : std::nullopt;
  const auto* items = find_member(*answer, "batchItemFailures");
  if (items == nullptr || items->is_null()) return failed;
  if (!items->is_array()) return std::nullopt;
  for (const Value& item : items->as_array()) {
    std::string id(text_member(item, "itemIdentifier"));
    if (id.empty()) return std::nullopt;
    failed.insert(std::move(id));
  }
  return failed;
}

void EventSources::start() {
  *running_ = true;
  poll();
}

room::Context EventSources::context(const MappingRecord& mapping) const {
  const auto arn = "arn:aws:iam::" + env_.account + ":root";
  return {env_, mapping.region, env_.account, {"", arn, env_.account}, "", env_.clock.now()};
}

void EventSources::poll() {
  std::vector<MappingRecord> enabled;
  std::map<std::string, Source> kept;
  for (const auto& [key, mapping] : tables_.mappings) {
    if (mapping.enabled()) enabled.push_back(mapping);
    if (const auto known = sources_.find(key); known != sources_.end())
      kept[key] = std::move(known->second);
  }
  sources_ = std::move(kept);
  for (const auto& mapping : enabled) poll(mapping);
  env_.control.post_after(kPoll, [this, running = running_] {
    if (*running) poll();
  });
}

// Until the queue gives nothing more, or as many batches are under way as may be.
void EventSources::poll(const MappingRecord& mapping) {
  Source& source = sources_[mapping.key()];
  const int most = mapping.most_concurrent().value_or(kMostConcurrent);
  if (source.under_way >= most || choose_(*mapping.mapping.FunctionArn).empty()) return;
  const auto arn = parse_arn(*mapping.mapping.EventSourceArn);
  const auto found =
      env_.api.call(context(mapping), "sqs", "GetQueueUrl", Object{{"QueueName", arn->resource}});
  if (!found) return;  // it may be made anew
  const std::string url(text_member(*found, "QueueUrl"));
  while (source.under_way < most) {
    const bool more = gather(mapping, url, source);
    const bool whole = ready(mapping, source.gathering);
    if (whole ? !hand_over(mapping, url, source) : !more) return;
  }
}

// One receive; false when the queue gave nothing.
bool EventSources::gather(const MappingRecord& mapping, const std::string& url, Source& source) {
  Batch& batch = source.gathering;
  const int room = *mapping.mapping.BatchSize - static_cast<int>(batch.records.size());
  if (room <= 0 || batch.bytes >= kMaxBatchBytes) return false;
  const auto reply = env_.api.call(context(mapping), "sqs", "ReceiveMessage",
                                   Object{{"QueueUrl", url},
                                          {"MaxNumberOfMessages", std::min(room, kReceive)},
                                          {"WaitTimeSeconds", 0},
                                          {"MessageSystemAttributeNames", Array{"All"}},
                                          {"MessageAttributeNames", Array{"All"}}});
  const auto* messages = reply ? find_member(*reply, "Messages") : nullptr;
  if (messages == nullptr || messages->as_array().empty()) return false;
  if (batch.records.empty()) batch.first = env_.clock.now();
  for (const Value& message : messages->as_array()) {
    auto record = event_record(message, *mapping.mapping.EventSourceArn, mapping.region);
    batch.bytes += to_json(record).size();
    batch.records.push_back(std::move(record));
  }
  return true;
}

bool EventSources::ready(const MappingRecord& mapping, const Batch& batch) const {
  if (batch.records.empty()) return false;
  const Millis window{1'000LL * mapping.mapping.MaximumBatchingWindowInSeconds.value_or(0)};
  return static_cast<int>(batch.records.size()) >= *mapping.mapping.BatchSize ||
         batch.bytes >= kMaxBatchBytes || batch.first + window <= env_.clock.now();
}

// False without room for it: then its messages come again when their visibility timeout is over.
bool EventSources::hand_over(const MappingRecord& mapping, const std::string& url, Source& source) {
  auto records = std::make_shared<Array>(std::move(source.gathering.records));
  source.gathering = {};
  const std::string function = choose_(*mapping.mapping.FunctionArn);
  Job job{.function = function,
          .request_id = env_.rng.uuid(),
          .payload = to_json(Object{{"Records", *records}}),
          .client_context = "",
          .arn = *mapping.mapping.FunctionArn};
  job.done = [this, running = running_, mapping, url, records](const Finished& how) {
    if (*running) finished(mapping, url, *records, how);
  };
  ++source.under_way;
  if (environments_.run(std::move(job))) return true;
  --source.under_way;
  environments_.count(function, "Throttles", 1, "Count");
  return false;
}

void EventSources::finished(const MappingRecord& mapping, const std::string& url,
                            const Array& records, const Finished& how) {
  if (const auto source = sources_.find(mapping.key()); source != sources_.end())
    --source->second.under_way;
  if (how.failed) return;
  std::set<std::string> failed;
  if (reports_items(mapping)) {
    auto items = failed_items(how.payload);
    if (!items) return;
    failed = std::move(*items);
    const auto known = [&](const std::string& id) {
      return std::ranges::any_of(
          records, [&](const Value& record) { return text_member(record, "messageId") == id; });
    };
    if (!std::ranges::all_of(failed, known)) return;  // an id of no message: all have failed
  }
  Array entries;
  const auto erase = [&] {
    if (entries.empty()) return;
    const auto done = env_.api.call(context(mapping), "sqs", "DeleteMessageBatch",
                                    Object{{"QueueUrl", url}, {"Entries", std::move(entries)}});
    if (!done) log::warning("lambda: {} keeps messages: {}", url, done.error().message);
    entries = Array{};
  };
  for (const Value& record : records) {
    if (failed.contains(std::string(text_member(record, "messageId")))) continue;
    entries.push_back(Object{{"Id", std::to_string(entries.size())},
                             {"ReceiptHandle", text_member(record, "receiptHandle")}});
    if (entries.size() == static_cast<std::size_t>(kReceive)) erase();
  }
  erase();
}

}  // namespace seatrial::services::lambda
