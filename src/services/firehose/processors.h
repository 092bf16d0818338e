// What a stream's processing configuration makes of a record. Pure.
//
// Served: Decompression (GZIP), CloudWatchLogProcessing (DataMessageExtraction) and
// AppendDelimiterToRecord. Source: "Decompress CloudWatch Logs" (Firehose developer guide).
#pragma once
#include <expected>
#include <string>
#include <vector>

#include "model/shapes/firehose.h"
#include "room/room.h"

namespace seatrial::services::firehose {

struct Processing {
  bool decompress = false;
  bool extract_messages = false;  // of a CloudWatch Logs document; else it stays whole
  std::string delimiter;          // behind each record

  // What a configuration asks for. Errors name the processor or parameter that is not served or
  // makes no sense.
  static room::Outcome<Processing> read(
      const std::optional<aws::firehose::ProcessingConfiguration>& configuration);
};

struct ProcessingFailure {
  std::string code, message;
};

// The records that become of one: none of a control message whose messages are extracted.
std::expected<std::vector<std::string>, ProcessingFailure> process(const Processing& processing,
                                                                   std::string_view data);

}  // namespace seatrial::services::firehose
