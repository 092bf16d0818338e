// A recorded call as CloudTrail shows it. Pure functions.
//
// What is kept is small: the call's parts, its parameters without secrets, its resources. The
// event's JSON is made of them when somebody asks. Source: "CloudTrail record contents",
// version 1.09.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "room/recorder.h"

namespace seatrial::services::cloudtrail {

constexpr std::size_t kMaxPartBytes = 100'000;  // of parameters or response in an event

struct Resource {
  std::string type, name;
};

// An event as the log keeps it.
struct StoredEvent {
  std::int64_t sequence = 0;
  Time at{};
  std::string id, region, name, source;
  std::string user_name, access_key;
  bool read_only = false;
  std::string resources;  // JSON: [["AWS::S3::Bucket","name"],...]
  std::string body;       // JSON: what else the event says
};

// Without what the model calls sensitive.
StoredEvent stored_event(const room::RecordedCall& call, std::string id);
std::vector<Resource> resources_of(std::string_view resources);  // as StoredEvent has them
// The event as the API's CloudTrailEvent and the delivered files have it.
Value event_json(const StoredEvent& event, const std::string& account);

// Management events only: what reads or writes data by the thousand is not recorded.
bool is_management(const model::Operation& operation);
bool is_read_only(const model::Operation& operation);

}  // namespace seatrial::services::cloudtrail
