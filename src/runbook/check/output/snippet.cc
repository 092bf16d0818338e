// See snippet.h. A line may be megabytes long: only what is near the finding is looked at.
#include "runbook/check/output/snippet.h"

#include <algorithm>

#include "runbook/check/output/columns.h"
#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

constexpr std::size_t kTab = 4;
constexpr std::string_view kCut = "...";
// Bytes that a column may take (a letter with its marks) when the place of a cut is estimated.
constexpr std::size_t kBytesOfColumn = 8;

struct Cell {
  std::string text;
  std::size_t width = 1;
  std::size_t byte = 0;  // in the line
};

bool changes_direction(char32_t c) {
  return c == 0x61C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

// What is shown for a character, or empty when it is shown itself.
std::string stand_in(char32_t c) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  if (c < 0x20) return {'\xE2', '\x90', static_cast<char>(0x80 + c)};  // the control pictures
  if (c == 0x7F) return "\xE2\x90\xA1";
  const bool control = c >= 0x80 && c < 0xA0;
  return control || changes_direction(c) || c == 0x2028 || c == 0x2029 ? std::string(kReplacement)
                                                                       : std::string();
}

std::size_t back_to_character(std::string_view line, std::size_t byte) {
  while (byte > 0 && byte < line.size() && (line[byte] & 0xC0) == 0x80) --byte;
  return byte;
}

// The bytes [begin, end) of the line; tabs as blanks up to the next stop.
std::vector<Cell> cells_of(std::string_view line, std::size_t begin, std::size_t end) {
  std::vector<Cell> cells;
  std::size_t column = 0;
  for (std::size_t at = begin; at < end;) {
    const auto [code, length] = decode_utf8(line.substr(at, 4));
    Cell cell{std::string(line.substr(at, length)), static_cast<std::size_t>(width_of(code)), at};
    if (code == '\t') {
      cell.width = kTab - column % kTab;
      cell.text.assign(cell.width, ' ');
    } else if (auto shown = stand_in(code); !shown.empty()) {
      cell.text = std::move(shown), cell.width = 1;
    }
    column += cell.width;
    cells.push_back(std::move(cell));
    at += length;
  }
  return cells;
}

std::size_t width_between(const std::vector<Cell>& cells, std::size_t first, std::size_t last) {
  std::size_t width = 0;
  for (auto i = first; i < last; ++i) width += cells[i].width;
  return width;
}

// Which cells are shown, around the one the finding begins at.
struct Window {
  std::size_t first = 0, last = 0;  // half open
  bool cut_left = false, cut_right = false;
};

Window window_around(const std::vector<Cell>& cells, std::size_t caret, std::size_t width,
                     bool more_left, bool more_right) {
  if (!more_left && !more_right && width_between(cells, 0, cells.size()) <= width)
    return {0, cells.size(), false, false};
  const auto room = width - 2 * kCut.size();
  Window window{caret, caret, false, false};
  // As much before the finding as keeps two thirds for what is behind its beginning.
  const bool from_start = !more_left && width_between(cells, 0, caret) <= room * 2 / 3;
  std::size_t used = 0;
  while (window.first > 0 && (from_start || used + cells[window.first - 1].width <= room / 3))
    used += cells[--window.first].width;
  while (window.last < cells.size() && used + cells[window.last].width <= room)
    used += cells[window.last++].width;
  window.cut_left = more_left || window.first > 0;
  window.cut_right = more_right || window.last < cells.size();
  return window;
}

Snippet draw(const std::vector<Cell>& cells, const Window& window, std::size_t caret,
             std::size_t end_byte) {
  Snippet out;
  if (window.cut_left) out.line = kCut, out.mark = std::string(kCut.size(), ' ');
  for (auto i = window.first; i < window.last; ++i) {
    out.line += cells[i].text;
    const bool marked = i > caret && cells[i].byte < end_byte;
    if (i < caret) out.mark.append(cells[i].width, ' ');
    if (i == caret)
      out.mark += '^' + std::string(std::max<std::size_t>(cells[i].width, 1) - 1, '~');
    if (marked) out.mark.append(cells[i].width, '~');
  }
  if (caret >= window.last) out.mark += '^';  // behind the line's end
  if (window.cut_right) out.line += kCut;
  return out;
}

}  // namespace

Snippet snippet(const Finding& finding, const Document& document, std::size_t width) {
  const auto index = static_cast<std::size_t>(finding.line - 1);
  if (finding.line < 1 || index >= document.lines.size()) return {};
  const auto line = document.lines[index];
  width = std::max<std::size_t>(width, 40);
  const auto begin = back_to_character(
      line, std::min(static_cast<std::size_t>(std::max(finding.column, 1) - 1), line.size()));
  const auto end = finding.end_line == finding.line
                       ? static_cast<std::size_t>(std::max(finding.end_column - 1, 0))
                       : line.size();
  const auto reach = width * kBytesOfColumn;
  const auto from = back_to_character(line, begin > reach ? begin - reach : 0);
  const auto to =
      line.size() - begin > reach ? back_to_character(line, begin + reach) : line.size();
  const auto cells = cells_of(line, from, to);
  const auto caret = static_cast<std::size_t>(
      std::ranges::lower_bound(cells, begin, {}, &Cell::byte) - cells.begin());
  const auto window = window_around(cells, caret, width, from > 0, to < line.size());
  return draw(cells, window, caret, end);
}

std::string harmless(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto [code, length] = decode_utf8(text.substr(at, 4));
    const bool broken = code == 0xFFFD && length == 1;
    const auto shown = code == '\t' ? std::string(" ") : broken ? "\xEF\xBF\xBD" : stand_in(code);
    out += shown.empty() ? text.substr(at, length) : std::string_view(shown);
    at += length;
  }
  return out;
}

}  // namespace seatrial::runbook::check
