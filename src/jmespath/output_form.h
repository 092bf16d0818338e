// What a result looks like where the AWS CLI does not print JSON, and where it cannot print it.
// The CLI's formatter.py, table.py are the source. Pure. Any thread.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "jmespath/infer.h"
#include "jmespath/type.h"

namespace seatrial::jmespath {

// A table with a header: of a list of objects, or of one object.
struct TableForm {
  Type row;                          // a structure
  std::vector<std::string> columns;  // of single values, in the order in which they are drawn
  bool every_column = false;         // all of them are always drawn
};

// Empty where a result of this type is drawn without a header, or may be.
std::optional<TableForm> table_form(const Type& printed);

// Parts of a row of values that --output table cannot draw beside the others: it stops.
std::vector<Problem> table_problems(const Expression& expression, const Type& printed);

}  // namespace seatrial::jmespath
