// SQS's records: queues by ARN, messages by queue and sequence number.
//
// Problem: a received message must be found again by visibility, order, group and receipt. Choice:
// the ordered table itself is the queue; a receive walks it from the oldest and skips what is not
// visible. Rejected: indexes by visibility in memory, which would have to follow every undone
// transaction; AWS bounds messages in flight to 120,000, and so the walk.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "model/shapes/sqs.h"
#include "room/fifo.h"
#include "store/table.h"

namespace seatrial::services::sqs {

namespace shape = aws::sqs;
using StringMap = std::map<std::string, std::string>;

struct QueueRecord {
  std::string arn, name;
  StringMap attributes;  // as set; see attributes.h
  StringMap tags;
  Time created{}, modified{}, purged{};
  template <class F>
  static void fields(F&& f) {
    f("arn", &QueueRecord::arn);
    f("name", &QueueRecord::name);
    f("attributes", &QueueRecord::attributes);
    f("tags", &QueueRecord::tags);
    f("created", &QueueRecord::created);
    f("modified", &QueueRecord::modified);
    f("purged", &QueueRecord::purged);
  }
  bool fifo() const { return name.ends_with(".fifo"); }
};

struct AttributeRecord {
  std::string type, value;  // a Binary's value is base64
  template <class F>
  static void fields(F&& f) {
    f("type", &AttributeRecord::type);
    f("value", &AttributeRecord::value);
  }
};
using AttributeMap = std::map<std::string, AttributeRecord>;

struct MessageRecord {
  std::string id, body, sequence;
  bool sealed = false;  // `body` is sealed by the vault (SqsManagedSseEnabled)
  AttributeMap attributes;
  std::string trace, sender, group, deduplication, source;  // `source`: whose dead letter it is
  std::string receipt;                                      // of the last receive
  int receives = 0;
  Time sent{}, visible{}, first_received{};
  template <class F>
  static void fields(F&& f) {
    f("id", &MessageRecord::id);
    f("body", &MessageRecord::body);
    f("sequence", &MessageRecord::sequence);
    f("sealed", &MessageRecord::sealed);
    f("attributes", &MessageRecord::attributes);
    f("trace", &MessageRecord::trace);
    f("sender", &MessageRecord::sender);
    f("group", &MessageRecord::group);
    f("deduplication", &MessageRecord::deduplication);
    f("source", &MessageRecord::source);
    f("receipt", &MessageRecord::receipt);
    f("receives", &MessageRecord::receives);
    f("sent", &MessageRecord::sent);
    f("visible", &MessageRecord::visible);
    f("first_received", &MessageRecord::first_received);
  }
  bool in_flight(Time now) const { return !receipt.empty() && visible > now; }
};

// What a FIFO queue has taken in the last five minutes.
struct Tables {
  explicit Tables(store::Store& store)
      : queues(store, "sqs.queue"),
        messages(store, "sqs.message"),
        duplicates(store, "sqs.duplicate"),
        deleted(store, "sqs.deleted") {}
  store::Table<QueueRecord> queues;
  store::Table<MessageRecord> messages;  // "ARN|SEQUENCE"
  room::Duplicates duplicates;
  store::Table<Time> deleted;  // queues deleted a moment ago, by ARN

  auto of_queue(const std::string& arn) const { return messages.with_prefix(arn + "|"); }
};

inline std::string message_key(const std::string& queue, const std::string& sequence) {
  return queue + "|" + sequence;
}

}  // namespace seatrial::services::sqs
