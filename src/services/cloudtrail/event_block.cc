#include "services/cloudtrail/event_block.h"

namespace seatrial::services::cloudtrail {

void append_event(const StoredEvent& event, std::string& out) {
  seatrial::logs::ByteWriter to(out);
  to.zigzag(to_ms(event.at));
  to.u8(event.read_only ? 1 : 0);
  for (const std::string* text :
       {&event.id, &event.region, &event.name, &event.source, &event.user_name, &event.access_key,
        &event.resources, &event.body})
    to.text(*text);
}

std::optional<EventView> EventReader::next() {
  if (bytes_.at_end()) return std::nullopt;
  EventView view;
  view.at_ms = bytes_.zigzag();
  view.read_only = bytes_.u8() != 0;
  for (std::string_view* text : {&view.id, &view.region, &view.name, &view.source, &view.user_name,
                                 &view.access_key, &view.resources, &view.body})
    *text = bytes_.text();
  if (!bytes_.ok()) return std::nullopt;
  return view;
}

StoredEvent EventView::event(std::int64_t sequence) const {
  StoredEvent out;
  out.sequence = sequence;
  out.at = from_ms(at_ms);
  out.id = id;
  out.region = region;
  out.name = name;
  out.source = source;
  out.user_name = user_name;
  out.access_key = access_key;
  out.read_only = read_only;
  out.resources = resources;
  out.body = body;
  return out;
}

}  // namespace seatrial::services::cloudtrail
