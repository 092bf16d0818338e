// Scalars as text: in form parameters, XML elements, headers, query strings and URI labels.
#pragma once
#include <string>
#include <string_view>

#include "base/value.h"
#include "wire/shapes.h"

namespace seatrial::wire {

// The canonical value of `text` for a scalar shape. `format` is the timestamp's; `where` names the
// parameter in the fault. Null after a fault.
Value scalar_from_text(const model::Shape& shape, model::TimestampFormat format,
                       std::string_view text, std::string_view where, Faults& faults);
// The opposite; a value of another kind is a BUG. `format` kDefault means ISO 8601.
std::string scalar_to_text(const model::Shape& shape, model::TimestampFormat format,
                           const Value& value, bool always_millis = false);

// Canonical numbers, whichever of Boost.JSON's three kinds holds them; others are a BUG.
std::int64_t integer_of(const Value& value);
double number_of(const Value& value);
std::string_view string_of(const Value& value);

bool is_scalar(model::Kind kind);

}  // namespace seatrial::wire
