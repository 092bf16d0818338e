// The body of PutLogEvents, read in one pass into a batch.
//
// Problem: half of what an event costs on its way in was the generic value: an object, a key, two
// values and two strings for each, made to be thrown away. Choice: the form in which clients send
// it is decoded straight into the engine's batch; anything else, and anything that will be refused
// for its form, is left to the ordinary way, so that every refusal has one place that words it.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "logs/batch.h"

namespace seatrial::logs {

struct PutBody {
  std::string group, stream;  // unescaped ASCII, 1 to 512 bytes; not checked further
  EventBatch events;          // 1 to 10,000, none of them empty, no timestamp negative
};

// Nothing when the body is not JSON in UTF-8 of exactly that form: members logGroupName,
// logStreamName, logEvents (each with timestamp, an integer, and message) and sequenceToken, each
// at most once.
std::optional<PutBody> decode_put_body(std::string_view body);

}  // namespace seatrial::logs
