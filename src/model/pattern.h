// The models' regular expressions (trait "pattern"), compiled at first use and kept.
//
// They run on RE2, which cannot be made to take exponential time; the few it does not know
// (look-around, large repetitions) are taken to allow anything. Any thread.
#pragma once
#include <string_view>

#include "model/pack.h"

namespace seatrial::model {

// Whether the whole text matches the shape's pattern; true when it has none.
bool pattern_allows(const Shape& shape, std::string_view text);

}  // namespace seatrial::model
