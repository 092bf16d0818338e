// A table in a document, with the places of its cells: as the AWS CLI draws it (a title, rules of
// dashes and plus signs) or as Markdown has it. Pure.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

namespace seatrial::runbook::check {

struct TableCell {
  std::string_view text;  // trimmed
  std::size_t begin = 0;  // bytes in the table's text; of an empty cell where it would stand
  std::size_t end = 0;
};

struct TablePart {
  std::string_view title;         // empty: none
  std::vector<TableCell> header;  // not empty
  std::vector<std::vector<TableCell>> rows;
};

// Empty where the text is no table, or one without a header or with tables inside it.
std::optional<TablePart> parse_table_part(std::string_view text);

}  // namespace seatrial::runbook::check
