// Reference data for `lookup` and `cidrlookup`: the CSV that CreateLookupTable takes.
//
// CSV is RFC 4180's: fields in quotation marks may hold commas, line ends and doubled quotation
// marks. The first row names the columns, each name once; every other row has as many fields.
// Blank lines count for nothing.
#pragma once
#include <deque>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial::logs::run {

class LookupTable {
 public:
  // What is wrong with the CSV, and in which line.
  static std::expected<LookupTable, std::string> read(std::shared_ptr<const std::string> csv);

  const std::vector<std::string>& columns() const { return columns_; }
  std::size_t rows() const { return columns_.empty() ? 0 : cells_.size() / columns_.size(); }
  std::string_view cell(std::size_t row, std::size_t column) const {
    return cells_[row * columns_.size() + column];
  }
  std::size_t memory() const;  // bytes, about

 private:
  std::shared_ptr<const std::string> csv_;  // that cells are views of
  std::vector<std::string> columns_;
  std::vector<std::string_view> cells_;
  std::deque<std::string> unquoted_;  // those that are no piece of the CSV
};

// A table as a query is built with it: read when the query runs, which may take a while.
struct LookupSource {
  std::vector<std::string> columns;
  std::shared_ptr<const std::string> csv;
};
// The table of that name; what is wrong with it otherwise.
using FindLookup = std::function<std::expected<LookupSource, std::string>(const std::string& name)>;

}  // namespace seatrial::logs::run
