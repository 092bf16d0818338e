#include "logs/run/lookup_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace seatrial::logs::run {
namespace {

// One record of a CSV after the other.
class CsvReader {
 public:
  CsvReader(std::string_view text, std::deque<std::string>& unquoted)
      : rest_(text), unquoted_(unquoted) {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
  }
  std::size_t line() const { return record_line_; }  // where the last record began
  const std::string& problem() const { return problem_; }

  // False at the end, and when the text is no CSV.
  bool next(std::vector<std::string_view>& record) {
    record.clear();
    while (!rest_.empty() && line_end() > 0) take_line_end();
    record_line_ = line_;
    if (rest_.empty()) return false;
    do {
      record.push_back(rest_.starts_with('"') ? quoted() : plain());
      if (!problem_.empty()) return false;
    } while (take_comma());
    if (!rest_.empty()) take_line_end();
    return true;
  }

 private:
  // How long the line end at hand is; 0: none is.
  std::size_t line_end() const {
    if (rest_.starts_with("\r\n")) return 2;
    return rest_.starts_with('\n') || rest_.starts_with('\r') ? 1 : 0;
  }
  void take_line_end() {
    rest_.remove_prefix(line_end());
    ++line_;
  }
  bool take_comma() {
    if (!rest_.starts_with(',')) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string_view plain() {
    const auto cell = rest_.substr(0, rest_.find_first_of(",\r\n"));
    if (cell.find('"') != std::string_view::npos)
      problem_ = fmt::format("line {}: a quotation mark within a field without them", line_);
    rest_.remove_prefix(cell.size());
    return cell;
  }
  std::string_view quoted() {
    rest_.remove_prefix(1);
    std::size_t end = rest_.find('"');
    bool doubled = false;
    while (end != std::string_view::npos && rest_.substr(end + 1).starts_with('"')) {
      doubled = true;
      end = rest_.find('"', end + 2);
    }
    if (end == std::string_view::npos) {
      problem_ = fmt::format("line {}: a quotation mark is not closed", line_);
      return {};
    }
    auto cell = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    line_ += static_cast<std::size_t>(std::ranges::count(cell, '\n'));
    if (!rest_.empty() && !rest_.starts_with(',') && line_end() == 0)
      problem_ = fmt::format("line {}: text behind the quotation mark that ends a field", line_);
    return doubled ? without_doubles(cell) : cell;
  }
  std::string_view without_doubles(std::string_view cell) {
    auto& out = unquoted_.emplace_back();
    out.reserve(cell.size());
    for (std::size_t i = 0; i < cell.size(); ++i) {
      out += cell[i];
      if (cell[i] == '"') ++i;
    }
    return out;
  }

  std::string_view rest_;
  std::deque<std::string>& unquoted_;
  std::size_t line_ = 1, record_line_ = 1;
  std::string problem_;
};

}  // namespace

std::expected<LookupTable, std::string> LookupTable::read(std::shared_ptr<const std::string> csv) {
  LookupTable table;
  table.csv_ = std::move(csv);
  CsvReader reader(*table.csv_, table.unquoted_);
  std::vector<std::string_view> record;
  if (!reader.next(record))
    return std::unexpected(reader.problem().empty() ? "the header row is missing"
                                                    : reader.problem());
  std::set<std::string_view> names;
  for (const auto name : record) {
    if (name.empty()) return std::unexpected("a column of the header row has no name");
    if (!names.insert(name).second)
      return std::unexpected(fmt::format("two columns have the name '{}'", name));
    table.columns_.emplace_back(name);
  }
  while (reader.next(record)) {
    if (record.size() != table.columns_.size())
      return std::unexpected(fmt::format("line {} has {} fields, the header row {}", reader.line(),
                                         record.size(), table.columns_.size()));
    table.cells_.insert(table.cells_.end(), record.begin(), record.end());
  }
  if (!reader.problem().empty()) return std::unexpected(reader.problem());
  return table;
}

std::size_t LookupTable::memory() const {
  std::size_t out = csv_->size() + cells_.size() * sizeof(std::string_view);
  for (const auto& text : unquoted_) out += text.size() + sizeof text;
  return out;
}

}  // namespace seatrial::logs::run
