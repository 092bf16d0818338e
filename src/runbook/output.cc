// See output.h.
#include "runbook/output.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "runbook/text.h"

namespace seatrial::runbook {
namespace {

using Row = std::vector<std::string>;

bool is_rule(std::string_view line) {
  line = trim(line);
  return line.size() >= 3 && line.find_first_not_of("-+|:= ") == std::string_view::npos &&
         line.contains('-');
}

Row cells_of(std::string_view line) {
  line = trim(line);
  while (line.starts_with('|')) line.remove_prefix(1);
  while (line.ends_with('|')) line.remove_suffix(1);
  Row cells;
  for (;;) {
    const auto bar = line.find('|');
    cells.emplace_back(trim(line.substr(0, bar)));
    if (bar == std::string_view::npos) return cells;
    line.remove_prefix(bar + 1);
  }
}

bool is_table(const std::vector<std::string_view>& lines) {
  int rules = 0;
  for (auto line : lines) {
    line = trim(line);
    if (line.empty()) continue;
    if (is_rule(line))
      ++rules;
    else if (!line.starts_with('|'))
      return false;
  }
  return rules > 0;
}

Value list_of_objects(const Row& header, const std::vector<Row>& rows) {
  Array out;
  for (const auto& row : rows) {
    Object object;
    for (std::size_t i = 0; i < header.size(); ++i)
      object[header[i]] = i < row.size() ? parse_scalar(row[i]) : Value();
    out.push_back(std::move(object));
  }
  return out;
}

Value list_of_rows(const std::vector<Row>& rows) {
  Array out;
  for (const auto& row : rows) {
    Array cells;
    for (const auto& cell : row) cells.push_back(parse_scalar(cell));
    if (cells.size() == 1)
      out.push_back(cells[0]);
    else
      out.push_back(std::move(cells));
  }
  return out;
}

// Without a header the CLI prints either one object, a name and a value a line, or a list of
// lists: text that repeats in the first column, or a number there, means rows.
bool is_name_value(const std::vector<Row>& rows) {
  std::vector<std::string> names;
  for (const auto& row : rows) {
    if (row.size() != 2 || row[0].empty() || !std::isalpha(row[0][0]) || row[0].contains(' '))
      return false;
    names.push_back(row[0]);
  }
  std::ranges::sort(names);
  return std::ranges::adjacent_find(names) == names.end() && std::isupper(names[0][0]);
}

// The table's lines between its rules.
std::vector<std::vector<Row>> sections_of(const std::vector<std::string_view>& lines) {
  std::vector<std::vector<Row>> sections(1);
  for (auto line : lines) {
    if (trim(line).empty()) continue;
    if (is_rule(line)) {
      if (!sections.back().empty()) sections.emplace_back();
    } else {
      sections.back().push_back(cells_of(line));
    }
  }
  if (sections.back().empty()) sections.pop_back();
  return sections;
}

Value parse_table(const std::vector<std::string_view>& lines) {
  auto sections = sections_of(lines);
  if (sections.empty()) return Array{};
  const bool titled =
      is_rule(trim(lines.front())) && sections[0].size() == 1 && sections[0][0].size() == 1;
  if (titled && sections.size() > 1) sections.erase(sections.begin());
  if (sections.size() == 1) {
    if (is_name_value(sections[0])) {
      Object object;
      for (const auto& row : sections[0]) object[row[0]] = parse_scalar(row[1]);
      return object;
    }
    return titled && sections[0].empty() ? Value(Array{}) : list_of_rows(sections[0]);
  }
  std::vector<Row> rows;
  for (std::size_t i = 1; i < sections.size(); ++i)
    rows.insert(rows.end(), sections[i].begin(), sections[i].end());
  return list_of_objects(sections[0].front(), rows);
}

bool may_be_json(std::string_view text) {
  return text.starts_with('{') || text.starts_with('[') || text.starts_with('"') ||
         text == "null" || text == "true" || text == "false";
}

Value parse_text(std::string_view text) {
  Array lines;
  for (auto line : split_lines(text))
    if (!trim(line).empty()) lines.push_back(parse_scalar(line));
  return lines.size() == 1 ? lines[0] : Value(std::move(lines));
}

}  // namespace

Value parse_scalar(std::string_view text) {
  text = trim(text);
  if (text == "None" || text == "null") return nullptr;
  if (text == "True" || text == "true") return true;
  if (text == "False" || text == "false") return false;
  const bool padded = text.size() > 1 && text[0] == '0' && text[1] != '.';
  std::int64_t integer = 0;
  auto result = std::from_chars(text.data(), text.data() + text.size(), integer);
  if (!padded && result.ec == std::errc() && result.ptr == text.data() + text.size())
    return integer;
  double real = 0;
  auto real_result = std::from_chars(text.data(), text.data() + text.size(), real);
  const bool number = real_result.ec == std::errc() && real_result.ptr == text.data() + text.size();
  if (!padded && number && text.find_first_not_of("0123456789.-+eE") == std::string_view::npos)
    return real;
  return Value(std::string(text));
}

ParsedOutput parse_output(std::string_view raw) {
  const auto text = trim(raw);
  if (text.empty()) return {};
  if (may_be_json(text)) {
    if (auto value = parse_json(text)) return {ParsedOutput::Form::kJson, std::move(*value)};
  }
  const auto lines = split_lines(text);
  if (is_table(lines)) return {ParsedOutput::Form::kTable, parse_table(lines)};
  return {ParsedOutput::Form::kText, parse_text(text)};
}

}  // namespace seatrial::runbook
