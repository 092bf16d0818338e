// Bytes of a line as the columns that people, editors and terminals count. Pure.
#pragma once
#include <cstddef>
#include <string_view>

#include "runbook/document.h"

namespace seatrial::runbook::check {

// Columns of a terminal: 0, 1 or 2.
int width_of(char32_t c);

// How much of a line stands before a byte.
struct Column {
  std::size_t characters = 0;  // code points
  std::size_t utf16 = 0;       // code units
};

// The columns of one document. Quick when asked in the order of the document: a line of megabytes
// with thousands of findings is counted once.
class Columns {
 public:
  explicit Columns(const Document& document) : document_(document) {}

  // `line` 1-based, `byte` 0-based and cut to the line.
  Column at(int line, std::size_t byte);

 private:
  const Document& document_;
  int line_ = 0;
  std::size_t byte_ = 0;
  Column column_;
};

}  // namespace seatrial::runbook::check
