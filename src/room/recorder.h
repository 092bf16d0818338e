// Who is told of every API call: CloudTrail. The gateway tells it after the answer is encoded, with
// what is then of no other use, so that recording copies nothing and no client waits for it.
#pragma once
#include <optional>
#include <string>

#include "base/time.h"
#include "base/value.h"
#include "model/pack.h"
#include "room/room.h"

namespace seatrial::room {

struct RecordedCall {
  model::Operation operation;
  std::string region, account;
  Identity identity;
  std::string request_id;
  Time at{};
  std::string source_address, user_agent;  // of CloudFormation's own calls its service name
  Value input;
  // Empty error_code: it was carried out, with this output. Else it was refused.
  std::string error_code, error_message;
  Value output;
};

class Recorder {  // any thread
 public:
  virtual ~Recorder() = default;
  // Whether calls of this operation are recorded at all: data events are not.
  virtual bool wants(const model::Operation& operation) const = 0;
  virtual void record(RecordedCall call) = 0;
};

}  // namespace seatrial::room
