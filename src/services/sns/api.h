// What other rooms may ask of SNS: to publish to a topic.
#pragma once
#include <map>
#include <string>

#include "room/room.h"

namespace seatrial::services::sns {

// Control thread. Topics are named by ARN, whatever their region.
class Publisher {
 public:
  virtual ~Publisher() = default;
  // Says the message's id. Part of the caller's open transaction: durable, and delivered at least
  // once to each subscription whose filter accepts it, when that is. An empty subject is none.
  // Attributes become message attributes of the type String. Errors: NotFound (no such topic),
  // InvalidParameter (empty or over 256 KiB, an unusable subject or attribute).
  virtual room::Outcome<std::string> publish(
      const std::string& topic_arn, const std::string& subject, const std::string& message,
      const std::map<std::string, std::string>& attributes) = 0;
  virtual bool has_topic(const std::string& arn) const = 0;
};

// The same for a service that the topic's policy must let in.
class ServicePublisher {
 public:
  virtual ~ServicePublisher() = default;
  // As Publisher::publish, for "events.amazonaws.com" on behalf of the rule `source_arn`.
  // AuthorizationError when the policy does not let it.
  virtual room::Outcome<void> publish_as(const std::string& principal,
                                         const std::string& source_arn,
                                         const std::string& topic_arn,
                                         const std::string& message) = 0;
};

}  // namespace seatrial::services::sns
