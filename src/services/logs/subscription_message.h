// What a subscription's destination gets: gzip'd JSON. Pure.
#pragma once
#include <string>
#include <vector>

#include "base/time.h"
#include "logs/engine.h"

namespace seatrial::services::logs {

struct MessageOrigin {
  std::string owner;  // the account
  std::string group;  // its name
  std::string filter;
};

// The JSON of a DATA_MESSAGE of one stream's events.
std::string data_message(const MessageOrigin& origin, const std::string& stream,
                         const std::vector<const seatrial::logs::Event*>& events);
// The JSON of the CONTROL_MESSAGE that tells whether a destination can be reached.
std::string control_message(std::string_view destination, Time at);

}  // namespace seatrial::services::logs
