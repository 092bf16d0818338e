#include "logs/run/line_formats.h"

#include "logs/run/json_text.h"

namespace seatrial::logs::run {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// A text in quotation marks at the beginning of `line`, which is taken off it.
std::string quoted(std::string_view& line) {
  std::string out;
  std::size_t at = 1;
  for (; at < line.size() && line[at] != '"'; ++at) {
    if (line[at] == '\\' && at + 1 < line.size()) ++at;
    out += line[at];
  }
  line.remove_prefix(std::min(at + 1, line.size()));
  return out;
}

std::string_view word(std::string_view& line, std::string_view stops) {
  const auto end = std::min(line.find_first_of(stops), line.size());
  const auto out = line.substr(0, end);
  line.remove_prefix(end);
  return out;
}

}  // namespace

std::string logfmt_to_json(std::string_view line) {
  std::string out;
  bool any = false;
  while (!line.empty()) {
    if (is_blank(line[0])) {
      line.remove_prefix(1);
      continue;
    }
    const auto key = word(line, "= \t\r\n");
    std::string value = "true";
    if (line.starts_with('=')) {
      line.remove_prefix(1);
      value = json_quoted(line.starts_with('"') ? quoted(line) : word(line, " \t\r\n"));
      any = any || !key.empty();
    }
    if (key.empty()) continue;
    out += out.empty() ? "{" : ",";
    out += json_quoted(key) + ":" + value;
  }
  return any ? out + "}" : "";
}

std::vector<std::string> csv_cells(std::string_view line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  std::vector<std::string> out;
  while (true) {
    std::string cell;
    if (line.starts_with('"')) {
      std::size_t at = 1;
      for (; at < line.size(); ++at) {
        if (line[at] == '"' && (at + 1 >= line.size() || line[at + 1] != '"')) break;
        if (line[at] == '"') ++at;
        cell += line[at];
      }
      line.remove_prefix(std::min(at + 1, line.size()));
    }
    const auto end = std::min(line.find(','), line.size());
    cell += line.substr(0, end);
    out.push_back(std::move(cell));
    if (end == line.size()) return out;
    line.remove_prefix(end + 1);
  }
}

}  // namespace seatrial::logs::run
