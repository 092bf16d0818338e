// Numbers of one series as bytes that compress well: what VictoriaMetrics and Gorilla do, chosen
// per column. Doubles that are decimals of few places become integers and their differences; others
// are xored with their predecessor and stored byte plane by byte plane. The rest is zstd's
// (segment.cc).
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial::metrics {

void append_varint(std::string& to, std::uint64_t value);
void append_times(std::string& to, std::span<const std::uint32_t> ascending);
void append_doubles(std::string& to, std::span<const double> values);

// Reads what was appended, in order; after the first thing that cannot be, ok() is false and
// everything read is empty. No allocation is larger than the input allows for.
class ColumnReader {
 public:
  explicit ColumnReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t varint();
  std::vector<std::uint32_t> times(std::size_t count);
  std::vector<double> doubles(std::size_t count);
  std::string_view bytes(std::size_t count);
  std::string_view rest() const { return bytes_.substr(at_); }
  bool ok() const { return ok_; }
  bool at_end() const { return at_ == bytes_.size(); }

 private:
  bool fail() {
    ok_ = false;
    return false;
  }
  bool decimals(int places, std::vector<double>& values);
  bool xored(std::vector<double>& values);

  std::string_view bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace seatrial::metrics
