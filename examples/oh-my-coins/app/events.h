// What happens in the business, told by those it happens to: POST
// /api/v1/events/OrderPlaced?value=2 writes one log event, from which a metric filter makes a
// metric. The service makes up none.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "log.h"

namespace omc {

struct Event {
  bool error = false;         // level=ERROR
  std::string text;           // message=...; else "event NAME"
  std::vector<Field> fields;  // "event" first, then the query's others in order
};

inline constexpr size_t kMaxEventFields = 12;
inline constexpr size_t kMaxEventValue = 200;  // bytes

// `name` is the path's last part, `query` what stands after the question mark, percent-encoded. The
// error says what is wrong with them.
std::expected<Event, std::string> read_event(std::string_view name, std::string_view query);

}  // namespace omc
