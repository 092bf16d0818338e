// See places.h.
#include "runbook/check/output/places.h"

#include <algorithm>

namespace seatrial::runbook::check {
namespace {

std::size_t column_at(Columns& columns, int line, std::size_t byte, Unit unit) {
  const auto column = columns.at(line, byte);
  return (unit == Unit::kUtf16 ? column.utf16 : column.characters) + 1;
}

std::pair<int, std::size_t> line_and_byte(const Document& document, std::size_t byte) {
  const char* at = document.source.data() + std::min(byte, document.source.size());
  const auto behind = std::ranges::upper_bound(document.lines, at, {}, &std::string_view::data);
  if (behind == document.lines.begin()) return {1, 0};
  return {static_cast<int>(behind - document.lines.begin()),
          static_cast<std::size_t>(at - std::prev(behind)->data())};
}

}  // namespace

Region region_of(const Finding& finding, Columns& columns, Unit unit) {
  const auto byte = [](int column) { return static_cast<std::size_t>(std::max(column, 1) - 1); };
  Region region{finding.line, 0, finding.end_line, 0};
  region.column = column_at(columns, finding.line, byte(finding.column), unit);
  region.end_column = column_at(columns, finding.end_line, byte(finding.end_column), unit);
  return region;
}

Region region_of(const Edit& edit, const Document& document, Columns& columns, Unit unit) {
  const auto [line, byte] = line_and_byte(document, edit.begin);
  const auto [end_line, end_byte] = line_and_byte(document, edit.end);
  Region region{line, column_at(columns, line, byte, unit), end_line, 0};
  region.end_column = column_at(columns, end_line, end_byte, unit);
  return region;
}

}  // namespace seatrial::runbook::check
