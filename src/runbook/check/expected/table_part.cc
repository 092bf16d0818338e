// See table_part.h.
#include "runbook/check/expected/table_part.h"

#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

struct Line {
  std::string_view text;  // trimmed
  std::size_t begin = 0;
};

bool is_rule_line(std::string_view line) {
  return line.size() >= 3 && line.find_first_not_of("-+|:= ") == std::string_view::npos &&
         line.find('-') != std::string_view::npos;
}

std::vector<Line> lines_with_places(std::string_view text) {
  std::vector<Line> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = trim(text.substr(at, end - at));
    if (!line.empty()) lines.push_back({line, std::size_t(line.data() - text.data())});
    at = end + 1;
  }
  return lines;
}

std::vector<TableCell> cells_with_places(const Line& line) {
  std::vector<TableCell> cells;
  for (std::size_t at = 1; at < line.text.size();) {
    const std::size_t bar = std::min(line.text.find('|', at), line.text.size());
    const std::string_view raw = line.text.substr(at, bar - at);
    const std::string_view text = trim(raw);
    const std::size_t before = text.empty() ? 0 : std::size_t(text.data() - raw.data());
    const std::size_t begin = line.begin + at + before;
    cells.push_back({text, begin, begin + text.size()});
    at = bar + 1;
  }
  return cells;
}

bool is_row(std::string_view line) {
  return line.size() > 1 && line.starts_with('|') && line.ends_with('|') && !line.starts_with("||");
}

}  // namespace

std::optional<TablePart> parse_table_part(std::string_view text) {
  TablePart table;
  const auto lines = lines_with_places(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (is_rule_line(lines[i].text)) continue;
    if (!is_row(lines[i].text)) return std::nullopt;
    auto cells = cells_with_places(lines[i]);
    const bool ruled = i + 1 < lines.size() && is_rule_line(lines[i + 1].text);
    const bool followed = i + 2 < lines.size() && is_row(lines[i + 2].text);
    if (!table.header.empty()) {
      if (cells.size() != table.header.size()) return std::nullopt;
      table.rows.push_back(std::move(cells));
    } else if (cells.size() == 1 && table.title.empty() && followed) {
      table.title = cells[0].text;
    } else if (ruled && followed) {
      table.header = std::move(cells);
    } else {
      return std::nullopt;
    }
  }
  return table.header.empty() ? std::nullopt : std::optional(std::move(table));
}

}  // namespace seatrial::runbook::check
