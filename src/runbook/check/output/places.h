// Bytes of a document as the places of its findings and edits, in the units of formats. Pure.
#pragma once
#include "runbook/check/output/columns.h"
#include "runbook/check/rule.h"

namespace seatrial::runbook::check {

// 1-based lines and columns, the end exclusive.
struct Region {
  int line = 0;
  std::size_t column = 0;
  int end_line = 0;
  std::size_t end_column = 0;
};

enum class Unit { kCharacters, kUtf16 };

Region region_of(const Finding& finding, Columns& columns, Unit unit);
Region region_of(const Edit& edit, const Document& document, Columns& columns, Unit unit);

}  // namespace seatrial::runbook::check
