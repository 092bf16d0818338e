// What other rooms may ask of SQS: to send to a queue on behalf of an AWS service.
#pragma once
#include <map>
#include <string>

#include "room/room.h"

namespace seatrial::services::sqs {

struct OutgoingAttribute {
  std::string type;   // "String", "Number", "Binary", with a custom label perhaps
  std::string value;  // text, or raw bytes of a Binary
};

struct Outgoing {
  std::string body;
  std::map<std::string, OutgoingAttribute> attributes;
  std::string group_id, deduplication_id;  // FIFO queues only
};

// Who sends: the queue's policy must let it. An empty principal is the account itself.
struct Sender {
  std::string principal;   // "sns.amazonaws.com"
  std::string source_arn;  // the topic, the rule
};

// Control thread. Queues are named by ARN, whatever their region.
class Queues {
 public:
  virtual ~Queues() = default;
  // Says the message's id. Part of the caller's open transaction. Errors: QueueDoesNotExist,
  // AccessDenied (the queue's policy does not let the sender), InvalidParameterValue,
  // InvalidMessageContents.
  virtual room::Outcome<std::string> send(const std::string& queue_arn, const Outgoing& message,
                                          const Sender& sender) = 0;
  virtual bool has_queue(const std::string& arn) const = 0;
};

}  // namespace seatrial::services::sqs
