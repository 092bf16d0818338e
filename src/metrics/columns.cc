#include "metrics/columns.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace seatrial::metrics {
namespace {

constexpr int kMaxPlaces = 12;
constexpr double kMaxInteger = 9007199254740992.0;  // 2^53: beyond it integers are not exact

constexpr std::size_t kMaxConstant = 1 << 24;  // a column of one value takes a few bytes only

// The first byte of a column of doubles.
constexpr char kXored = 'x', kConstant = 'c';
constexpr char kPlain = '0';        // + places: integers as they are
constexpr char kDifferences = 'A';  // + places: each less its predecessor

// Times: a constant stride, or each stride less its predecessor.
constexpr char kEven = 'e', kUneven = 'u';

constexpr std::array<double, kMaxPlaces + 1> kPowers{1,   1e1, 1e2, 1e3,  1e4,  1e5, 1e6,
                                                     1e7, 1e8, 1e9, 1e10, 1e11, 1e12};

std::uint64_t zigzag(std::int64_t v) {
  return (static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63);
}
std::int64_t unzigzag(std::uint64_t v) {
  return static_cast<std::int64_t>(v >> 1) ^ -static_cast<std::int64_t>(v & 1);
}

std::size_t varint_size(std::uint64_t value) {
  return (static_cast<std::size_t>(std::bit_width(value | 1)) + 6) / 7;
}

bool is_decimal(double value, int places, std::int64_t& integer) {
  const double scaled = std::nearbyint(value * kPowers[static_cast<std::size_t>(places)]);
  if (!(std::abs(scaled) < kMaxInteger)) return false;
  integer = static_cast<std::int64_t>(scaled);
  const double back = static_cast<double>(integer) / kPowers[static_cast<std::size_t>(places)];
  return std::bit_cast<std::uint64_t>(back) == std::bit_cast<std::uint64_t>(value);
}

// The fewest places at which every value is an exact decimal; -1 when there are none.
int places_of(std::span<const double> values, std::vector<std::int64_t>& integers) {
  int places = 0;
  integers.resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    bool risen = false;
    while (places <= kMaxPlaces && !is_decimal(values[i], places, integers[i])) {
      ++places;
      risen = true;
    }
    if (places > kMaxPlaces) return -1;
    if (risen) {  // those before must hold at the new scale, too
      for (std::size_t j = 0; j < i; ++j)
        if (!is_decimal(values[j], places, integers[j])) return -1;
    }
  }
  return places;
}

void append_integers(std::string& to, const std::vector<std::int64_t>& integers, int places) {
  std::size_t plain = 0, differences = 0;
  std::int64_t before = 0;
  for (const auto v : integers) {
    plain += varint_size(zigzag(v));
    differences += varint_size(zigzag(v - before));
    before = v;
  }
  const bool differ = differences < plain;
  to += static_cast<char>((differ ? kDifferences : kPlain) + places);
  before = 0;
  for (const auto v : integers) {
    append_varint(to, zigzag(differ ? v - before : v));
    before = v;
  }
}

void append_xored(std::string& to, std::span<const double> values) {
  to += kXored;
  const auto begin = to.size();
  to.resize(begin + values.size() * 8);
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto bits = std::bit_cast<std::uint64_t>(values[i]);
    const auto changed = bits ^ before;
    before = bits;
    for (std::size_t plane = 0; plane < 8; ++plane)
      to[begin + plane * values.size() + i] = static_cast<char>(changed >> (56 - 8 * plane));
  }
}

}  // namespace

void append_varint(std::string& to, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) to += static_cast<char>(value | 0x80);
  to += static_cast<char>(value);
}

void append_times(std::string& to, std::span<const std::uint32_t> times) {
  bool even = true;
  for (std::size_t i = 2; i < times.size(); ++i)
    even = even && times[i] - times[i - 1] == times[1] - times[0];
  to += even ? kEven : kUneven;
  if (!times.empty()) append_varint(to, times[0]);
  if (even) {
    if (times.size() > 1) append_varint(to, times[1] - times[0]);
    return;
  }
  std::int64_t before = 0;
  for (std::size_t i = 1; i < times.size(); ++i) {
    const std::int64_t stride = times[i] - times[i - 1];
    append_varint(to, zigzag(stride - before));
    before = stride;
  }
}

void append_doubles(std::string& to, std::span<const double> values) {
  if (values.empty()) return;
  bool constant = true;
  const auto first = std::bit_cast<std::uint64_t>(values[0]);
  for (const double v : values) constant = constant && std::bit_cast<std::uint64_t>(v) == first;
  if (constant) {
    to += kConstant;
    const auto one = values.first(1);
    std::vector<std::int64_t> integer;
    const int places = places_of(one, integer);
    places < 0 ? append_xored(to, one) : append_integers(to, integer, places);
    return;
  }
  std::vector<std::int64_t> integers;
  const int places = places_of(values, integers);
  places < 0 ? append_xored(to, values) : append_integers(to, integers, places);
}

std::uint64_t ColumnReader::varint() {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64 && at_ < bytes_.size(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes_[at_++]);
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return ok_ ? value : 0;
  }
  fail();
  return 0;
}

std::string_view ColumnReader::bytes(std::size_t count) {
  if (!ok_ || count > bytes_.size() - at_) {
    fail();
    return {};
  }
  at_ += count;
  return bytes_.substr(at_ - count, count);
}

std::vector<std::uint32_t> ColumnReader::times(std::size_t count) {
  std::vector<std::uint32_t> times;
  const auto mode = bytes(1);
  if (!ok_ || count == 0) return times;
  const bool even = mode[0] == kEven;
  if ((!even && mode[0] != kUneven) || (!even && count > bytes_.size() - at_ + 1)) {
    fail();
    return times;
  }
  times.reserve(count);
  times.push_back(static_cast<std::uint32_t>(varint()));
  std::int64_t stride = even && count > 1 ? static_cast<std::int64_t>(varint()) : 0;
  for (std::size_t i = 1; i < count && ok_; ++i) {
    if (!even) stride += unzigzag(varint());
    times.push_back(times.back() + static_cast<std::uint32_t>(stride));
  }
  return ok_ ? times : std::vector<std::uint32_t>{};
}

bool ColumnReader::decimals(int places, std::vector<double>& values) {
  const bool differ = places >= kDifferences;
  places -= differ ? kDifferences : kPlain;
  if (places < 0 || places > kMaxPlaces || values.size() > bytes_.size() - at_) return fail();
  std::int64_t integer = 0;
  for (auto& value : values) {
    const auto v = unzigzag(varint());
    integer = differ ? static_cast<std::int64_t>(static_cast<std::uint64_t>(integer) +
                                                 static_cast<std::uint64_t>(v))
                     : v;
    value = static_cast<double>(integer) / kPowers[static_cast<std::size_t>(places)];
  }
  return ok_;
}

bool ColumnReader::xored(std::vector<double>& values) {
  const auto planes = bytes(values.size() * 8);
  if (!ok_) return false;
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint64_t changed = 0;
    for (std::size_t plane = 0; plane < 8; ++plane)
      changed = changed << 8 | static_cast<unsigned char>(planes[plane * values.size() + i]);
    bits ^= changed;
    values[i] = std::bit_cast<double>(bits);
  }
  return true;
}

std::vector<double> ColumnReader::doubles(std::size_t count) {
  if (count == 0 || !ok_) return {};
  const auto mode = bytes(1);
  if (!ok_) return {};
  if (mode[0] == kConstant) {
    if (count > kMaxConstant) return fail(), std::vector<double>{};
    const auto one = doubles(1);
    return ok_ ? std::vector<double>(count, one[0]) : std::vector<double>{};
  }
  if (count > bytes_.size() - at_) {
    fail();
    return {};
  }
  std::vector<double> values(count);
  const bool read = mode[0] == kXored ? xored(values) : decimals(mode[0], values);
  return read ? values : std::vector<double>{};
}

}  // namespace seatrial::metrics
