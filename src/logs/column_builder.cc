#include "logs/column_builder.h"

#include <algorithm>
#include <array>

#include "logs/bytes.h"
#include "logs/json_scan.h"

namespace seatrial::logs {
namespace {

constexpr std::int64_t kMaxExact = std::int64_t{1} << 53;
constexpr int kMaxDigits = 15;
// A dictionary is given up when it has this many texts and most rows bring a new one.
constexpr std::size_t kTrialTokens = 1024;

std::int64_t power_of_ten(unsigned exponent) {
  std::int64_t power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

std::uint64_t hash_of(std::string_view token) {
  std::uint64_t head = 0, tail = 0;
  const std::size_t size = std::min<std::size_t>(token.size(), 8);
  std::memcpy(&head, token.data(), size);
  std::memcpy(&tail, token.data() + token.size() - size, size);
  const std::uint64_t mixed =
      (head ^ (token.size() << 56)) * 0x9E3779B97F4A7C15 + tail * 0xC2B2AE3D27D4EB4F;
  return mixed ^ (mixed >> 29);
}

// The scaled integers of a column, or nothing where one is not exact.
std::optional<std::vector<std::int64_t>> scaled(const std::vector<Decimal>& numbers,
                                                unsigned digits) {
  std::vector<std::int64_t> out;
  out.reserve(numbers.size());
  for (const Decimal& number : numbers) {
    const std::int64_t factor = power_of_ten(digits - number.digits);
    if (std::abs(number.mantissa) >= kMaxExact / factor) return std::nullopt;
    out.push_back(number.mantissa * factor);
  }
  return out;
}

std::uint8_t width_of(std::uint64_t range) {
  if (range < (1u << 8)) return 1;
  if (range < (1u << 16)) return 2;
  return range < (1ull << 32) ? 4 : 8;
}

// Byte planes: the high bytes of like numbers are alike and compress.
void append_planes(const std::vector<std::int64_t>& values, std::int64_t least, std::uint8_t width,
                   std::string& out) {
  for (unsigned plane = 0; plane < width; ++plane) {
    for (const std::int64_t value : values) {
      const auto above = static_cast<std::uint64_t>(value) - static_cast<std::uint64_t>(least);
      out.push_back(static_cast<char>(above >> (8 * plane)));
    }
  }
}

std::string encode_numbers(std::vector<std::int64_t> values, const std::vector<bool>& there,
                           unsigned digits) {
  std::int64_t least = INT64_MAX, most = INT64_MIN;
  bool absent = false;
  for (std::size_t i = 0; i < values.size(); ++i) {
    absent = absent || !there[i];
    if (!there[i]) continue;
    least = std::min(least, values[i]);
    most = std::max(most, values[i]);
  }
  std::string absent_bits(absent ? (values.size() + 7) / 8 : 0, '\0');
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (there[i]) continue;
    values[i] = least;
    absent_bits[i / 8] = static_cast<char>(absent_bits[i / 8] | (1 << (i % 8)));
  }
  const std::uint8_t width = width_of(static_cast<std::uint64_t>(most - least));
  std::string raw;
  ByteWriter out(raw);
  out.u8(static_cast<std::uint8_t>(digits));
  out.u8(width);
  out.u8(absent ? 1 : 0);
  out.u64(static_cast<std::uint64_t>(least));
  raw += absent_bits;
  append_planes(values, least, width, raw);
  return raw;
}

std::string encode_tokens(const std::vector<std::string_view>& tokens,
                          const std::vector<std::uint16_t>& codes) {
  std::string raw;
  ByteWriter out(raw);
  out.varint(tokens.size());
  for (const auto token : tokens) out.text(token);
  if (tokens.size() < 256) {
    for (const std::uint16_t code : codes) out.u8(static_cast<std::uint8_t>(code));
  } else {
    raw.append(reinterpret_cast<const char*>(codes.data()), codes.size() * sizeof codes[0]);
  }
  return raw;
}

// Names that a path could not name, or that could be taken for a path.
bool is_plain_name(std::string_view name) {
  return name.find_first_of("\\.") == std::string_view::npos;
}

}  // namespace

std::optional<Decimal> canonical_decimal(std::string_view token) {
  const bool negative = token.starts_with('-');
  std::string_view rest = token.substr(negative ? 1 : 0);
  Decimal number;
  int seen = 0;
  bool point = false;
  for (const char c : rest) {
    if (c == '.') {
      point = true;
      continue;
    }
    if (c < '0' || c > '9' || ++seen > kMaxDigits) return std::nullopt;
    number.mantissa = number.mantissa * 10 + (c - '0');
    if (point) ++number.digits;
  }
  if (point && rest.back() == '0') return std::nullopt;
  if (negative && number.mantissa == 0) return std::nullopt;
  if (negative) number.mantissa = -number.mantissa;
  return number;
}

std::uint16_t Dictionary::code_of(std::string_view token) {
  if (slots_.empty()) slots_.resize(kSlots);
  std::size_t slot = hash_of(token) % kSlots;
  while (slots_[slot] != 0) {
    if (tokens_[slots_[slot] - 1u] == token) return slots_[slot];
    slot = (slot + 1) % kSlots;
  }
  if (tokens_.size() == kMaxTokens || bytes_ + token.size() > kMaxTokenBytes) return 0;
  tokens_.push_back(token);
  bytes_ += token.size();
  return slots_[slot] = static_cast<std::uint16_t>(tokens_.size());
}

void ColumnBuilder::Member::add_token(std::size_t row, std::string_view token) {
  const std::uint16_t code = dictionary.code_of(token);
  const std::size_t size = dictionary.tokens().size();
  const bool unlike = size > kTrialTokens && size > codes.size() / 4 * 3;
  if (code == 0 || (unlike && !numbers_kept) || (numbers_kept && size > kMaxNumberTokens)) {
    tokens_kept = false;
    return;
  }
  codes.resize(row);
  codes.push_back(code);
}

void ColumnBuilder::Member::add_number(std::size_t row, std::string_view token) {
  const auto number = canonical_decimal(token);
  if (!number) {
    numbers_kept = false;
    return;
  }
  numbers.resize(row);
  there.resize(row);
  numbers.push_back(*number);
  there.push_back(true);
}

void ColumnBuilder::Member::add(std::size_t row, std::string_view token) {
  last_row = row;
  if (numbers_kept) add_number(row, token);
  if (tokens_kept) add_token(row, token);
}

ColumnBuilder::Encoded ColumnBuilder::Member::finish(std::size_t rows) {
  Encoded column{std::string(name), Column::Kind::kAbsent, {}};
  if (tokens_kept) {
    codes.resize(rows);
    column.kind = Column::Kind::kTokens;
    column.raw = encode_tokens(dictionary.tokens(), codes);
  } else if (numbers_kept) {
    numbers.resize(rows);
    there.resize(rows);
    unsigned digits = 0;
    for (const Decimal& number : numbers) digits = std::max<unsigned>(digits, number.digits);
    if (auto values = scaled(numbers, digits)) {
      column.kind = Column::Kind::kNumbers;
      column.raw = encode_numbers(std::move(*values), there, digits);
    }
  }
  return column;
}

ColumnBuilder::Member* ColumnBuilder::find(std::string_view name) {
  if (expected_ < members_.size() && members_[expected_].name == name) {
    return &members_[expected_++];
  }
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i].name != name) continue;
    expected_ = i + 1;
    return &members_[i];
  }
  if (members_.size() == kMaxMembers) return nullptr;
  members_.emplace_back().name = name;
  expected_ = members_.size();
  return &members_.back();
}

bool ColumnBuilder::add(std::size_t row, std::string_view message) {
  JsonScanner in(message);
  if (!in.take_spaced('{')) return false;
  expected_ = 0;
  bool more = in.peek() != '}';
  while (more) {
    std::string_view name = in.string();
    if (name.size() < 2 || !in.take_spaced(':')) return false;
    name = name.substr(1, name.size() - 2);
    if (name.find('\\') != std::string_view::npos) return false;
    Member* member = find(name);
    if (member == nullptr || member->last_row == row) return false;
    const bool deep = in.peek() == '{' || in.peek() == '[';
    const std::string_view token = in.value();
    if (token.empty()) return false;
    if (deep || !is_plain_name(name)) {
      nested_ = true;
      member->last_row = row;
      member->tokens_kept = member->numbers_kept = false;
    } else {
      member->add(row, token);
    }
    in.skip_space();
    more = in.take(',');
    if (more) in.skip_space();
  }
  if (!in.take('}')) return false;
  in.skip_space();
  return in.at_end();
}

std::vector<ColumnBuilder::Encoded> ColumnBuilder::finish() {
  std::vector<Encoded> columns;
  for (Member& member : members_) columns.push_back(member.finish(rows_));
  return columns;
}

}  // namespace seatrial::logs
