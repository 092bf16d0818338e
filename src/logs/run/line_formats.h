// Lines of key=value and of comma-separated cells, for parse.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace seatrial::logs::run {

// {"key":"value",...} of `key=value key2="a b" flag`; a key without a value is true. Empty when
// there is no key=value in it.
std::string logfmt_to_json(std::string_view line);
// RFC 4180: cells in quotation marks may hold commas and doubled quotation marks.
std::vector<std::string> csv_cells(std::string_view line);

}  // namespace seatrial::logs::run
