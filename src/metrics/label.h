// Labels of results, with their dynamic parts: "${MAX}", "${LAST_TIME}", "${PROP('Dim.Service')}".
// Source: "Using dynamic labels" of the user guide.
#pragma once
#include <expected>
#include <string>
#include <vector>

#include "metrics/math/value.h"

namespace seatrial::metrics {

struct LabelFacts {
  std::string region, account;
  int offset_min = 0;      // of times, from UTC
  std::int64_t now_s = 0;  // what "relative" is relative to
};

bool is_dynamic(std::string_view label);
// The error names what is no dynamic expression, or says that there are more than allowed.
std::expected<void, std::string> check_label(std::string_view label);
std::string expand_label(std::string_view label, const math::Series& series,
                         const LabelFacts& facts);

// Names for series found together: of namespace, name and dimensions what tells them apart.
void label_apart(math::Array& found);

}  // namespace seatrial::metrics
