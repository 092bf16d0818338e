// See columns.h.
#include "runbook/check/output/columns.h"

#include <algorithm>

#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

// Behind this the last place is kept, so that the end of a finding does not lose its beginning.
constexpr std::size_t kStride = 1024;

void count_columns(std::string_view text, Column& column) {
  while (!text.empty()) {
    const auto [code, length] = decode_utf8(text.substr(0, 4));
    ++column.characters;
    column.utf16 += code > 0xFFFF ? 2 : 1;
    text.remove_prefix(std::min(length, text.size()));
  }
}

}  // namespace

Column Columns::at(int line, std::size_t byte) {
  const auto index = static_cast<std::size_t>(line - 1);
  if (line < 1 || index >= document_.lines.size()) return {byte, byte};
  const auto text = document_.lines[index];
  byte = std::min(byte, text.size());
  if (line != line_ || byte < byte_) line_ = line, byte_ = 0, column_ = {};
  Column column = column_;
  count_columns(text.substr(byte_, byte - byte_), column);
  if (byte > byte_ + 2 * kStride) {
    auto keep = byte - kStride;
    while (keep > byte_ && (text[keep] & 0xC0) == 0x80) --keep;
    count_columns(text.substr(byte_, keep - byte_), column_);
    byte_ = keep;
  }
  return column;
}

}  // namespace seatrial::runbook::check
