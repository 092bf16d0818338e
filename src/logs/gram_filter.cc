#include "logs/gram_filter.h"

#include <bit>
#include <cstdint>
#include <cstring>

namespace seatrial::logs {
namespace {

constexpr std::size_t kTextBytesPerBit = 8;
constexpr std::size_t kLeastBytes = 64;
constexpr std::uint64_t kGramMask = (1ull << (8 * kGram)) - 1;
constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15;

// The top bits of the product: every byte of the run has its say in them.
std::uint64_t bit_of(std::uint64_t gram, unsigned shift) { return (gram * kMultiplier) >> shift; }

unsigned shift_for(std::size_t filter_bytes) {
  return 64 - static_cast<unsigned>(std::countr_zero(filter_bytes * 8));
}

template <class Read>
bool holds_grams(std::size_t bytes, const Read& read, std::string_view needle) {
  if (!std::has_single_bit(bytes)) return true;
  const unsigned shift = shift_for(bytes);
  for (std::size_t i = 0; i + kGram <= needle.size(); ++i) {
    std::uint64_t gram = 0;
    std::memcpy(&gram, needle.data() + i, kGram);
    const std::uint64_t bit = bit_of(gram, shift);
    if ((read(bit >> 3) & (1 << (bit & 7))) == 0) return false;
  }
  return true;
}

}  // namespace

std::string make_gram_filter(std::string_view text) {
  const std::size_t bytes = std::bit_ceil(text.size() / kTextBytesPerBit / 8);
  std::string filter(std::max(bytes, kLeastBytes), '\0');
  if (text.size() < kGram) return filter;
  const unsigned shift = shift_for(filter.size());
  char* bits = filter.data();
  const char* end = text.data() + text.size() - kGram + 1;
  for (const char* at = text.data(); at < end; ++at) {
    std::uint64_t gram;
    std::memcpy(&gram, at, 8);
    const std::uint64_t bit = bit_of(gram & kGramMask, shift);
    bits[bit >> 3] = static_cast<char>(bits[bit >> 3] | (1 << (bit & 7)));
  }
  return filter;
}

bool may_contain(std::string_view filter, std::string_view needle) {
  return holds_grams(filter.size(), [filter](std::size_t place) { return filter[place]; }, needle);
}

bool may_contain(std::size_t bytes, const std::function<char(std::size_t)>& read,
                 std::string_view needle) {
  return holds_grams(bytes, read, needle);
}

}  // namespace seatrial::logs
