// Who is told of every API call: CloudTrail. The gateway tells it after the answer is encoded, on
// the connection's thread; a call is told in views, so that recording copies only what it keeps.
#pragma once
#include <string_view>

#include "base/time.h"
#include "base/value.h"
#include "model/pack.h"
#include "room/room.h"

namespace seatrial::room {

struct RecordedCall {
  model::Operation operation;
  const Identity& identity;
  std::string_view region, request_id;
  Time at{};
  std::string_view source_address, user_agent;  // of CloudFormation's own calls its service name
  const Value& input;
  const Value* output = nullptr;           // of a call that was carried out
  const model::AwsError* error = nullptr;  // of one that was refused
};

class Recorder {  // any thread
 public:
  virtual ~Recorder() = default;
  // Whether calls of this operation are recorded at all: data events are not.
  virtual bool wants(const model::Operation& operation) const = 0;
  virtual void record(const RecordedCall& call) = 0;
};

}  // namespace seatrial::room
