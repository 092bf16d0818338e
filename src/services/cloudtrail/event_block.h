// Many events as one piece of bytes: what the log holds in hand and what it keeps.
//
// Problem: a row a call costs more than answering the call. Choice: a call's event is written once,
// as bytes, by the thread that answered; a block is those bytes one after the other, compressed,
// under the sequence number of its first. A look-up reads blocks from the newest on and takes
// apart what it wants. Rejected: columns for the attributes, with an index each: a write costs what
// a thousand look-ups never repay.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "logs/bytes.h"
#include "services/cloudtrail/event.h"

namespace seatrial::services::cloudtrail {

// Appends the event, without its sequence number.
void append_event(const StoredEvent& event, std::string& out);

// An event as views of a block.
struct EventView {
  std::int64_t at_ms = 0;
  std::string_view id, region, name, source, user_name, access_key, resources, body;
  bool read_only = false;

  StoredEvent event(std::int64_t sequence) const;
};

class EventReader {
 public:
  explicit EventReader(std::string_view bytes) : bytes_(bytes) {}
  // The next; empty at the end and at bytes that are no event.
  std::optional<EventView> next();

 private:
  seatrial::logs::ByteReader bytes_;
};

}  // namespace seatrial::services::cloudtrail
