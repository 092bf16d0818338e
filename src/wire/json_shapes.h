// JSON by shape: shared by the json and rest-json protocols.
#pragma once
#include <string>

#include "base/value.h"
#include "wire/shapes.h"

namespace seatrial::wire {

// Strict JSON text with a nesting limit; faults on anything else. Null for an empty body.
Value parse_json_body(std::string_view body, Faults& faults);
// Parsed JSON to canonical form. `body_only` leaves out members bound elsewhere (top level only).
Value json_to_value(const model::Member* member, const model::Shape& shape, Value&& json,
                    Faults& faults, bool body_only = false);
// Appends canonical `value` as JSON text. A member the shape does not have is a BUG.
void append_json(const model::Member* member, const model::Shape& shape, const Value& value,
                 std::string& out, bool body_only = false);
void append_json_string(std::string_view text, std::string& out);

}  // namespace seatrial::wire
