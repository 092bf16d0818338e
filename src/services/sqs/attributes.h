// Attributes of queues: which there are, what they may be, what holds where none is set.
#pragma once
#include <optional>
#include <string>

#include "services/sqs/errors.h"
#include "services/sqs/store.h"

namespace seatrial::services::sqs {

// The error is InvalidAttributeName, InvalidAttributeValue or UnsupportedOperation.
room::Outcome<void> check_attribute(bool fifo, const std::string& name, const std::string& value);

std::string attribute_of(const QueueRecord& queue, std::string_view name);  // set or default
std::int64_t number_of(const QueueRecord& queue, std::string_view name);
bool flag_of(const QueueRecord& queue, std::string_view name);

// Every attribute name that GetQueueAttributes knows, beside All.
bool is_attribute(std::string_view name);

struct Redrive {
  std::string target;
  int max_receives = 0;
};
std::optional<Redrive> redrive_of(const QueueRecord& queue);
std::optional<Redrive> parse_redrive(const std::string& text);
// Whether the queue's RedriveAllowPolicy lets `source` use it for dead letters.
bool allows_redrive(const QueueRecord& queue, const std::string& source);

}  // namespace seatrial::services::sqs
