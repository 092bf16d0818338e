// What other rooms may ask of Firehose: to take a record on behalf of an AWS service.
#pragma once
#include <string>

#include "room/room.h"

namespace seatrial::services::firehose {

inline constexpr std::size_t kMaxRecordBytes = 1'024'000;  // the service model's Data

// Control thread. Streams are named by ARN, whatever their region.
class DeliveryStreams {
 public:
  virtual ~DeliveryStreams() = default;
  virtual bool has_stream(const std::string& arn) const = 0;
  // Takes a record in the caller's open transaction. Errors: ResourceNotFoundException,
  // InvalidArgumentException (larger than kMaxRecordBytes), ServiceUnavailableException (the stream
  // holds as much as it may: later).
  virtual room::Outcome<void> put_record(const std::string& arn, std::string data) = 0;
};

}  // namespace seatrial::services::firehose
