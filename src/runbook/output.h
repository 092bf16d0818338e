// What a command printed, as a value: JSON, the AWS CLI's tables, Markdown tables, lines of text.
//
// Tables become lists: of objects where the table has a header, of rows (lists) where not, an
// object where it is one of names and values. Cells are scalars: numbers, true, false, "None" as
// null, else text. Plain text becomes a list of lines, one line a scalar. Pure.
#pragma once
#include <string_view>

#include "base/value.h"

namespace seatrial::runbook {

struct ParsedOutput {
  enum class Form { kNothing, kJson, kTable, kText };
  Form form = Form::kNothing;
  Value value;
};

ParsedOutput parse_output(std::string_view text);

// A table's cell or a line of text as a scalar.
Value parse_scalar(std::string_view text);

}  // namespace seatrial::runbook
