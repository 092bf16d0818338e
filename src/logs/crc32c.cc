#include "logs/crc32c.h"

#include <array>
#include <cstring>
#include <string>
#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace seatrial::logs {
namespace {

constexpr std::uint32_t kPolynomial = 0x82F63B78;

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kPolynomial : 0);
    table[i] = crc;
  }
  return table;
}

std::uint32_t by_table(std::string_view bytes, std::uint32_t crc) {
  static constexpr auto kTable = make_table();
  for (const char c : bytes) {
    crc = (crc >> 8) ^ kTable[(crc ^ static_cast<unsigned char>(c)) & 0xFF];
  }
  return crc;
}

#if defined(__x86_64__)
// The instruction takes three cycles but one can begin in each: three runs of bytes at once, whose
// sums are then put together.
constexpr std::size_t kLane = 1024;

// What kLane zero bytes behind it do to a sum, by each of its four bytes.
struct Shift {
  std::array<std::array<std::uint32_t, 256>, 4> of_byte;

  Shift() {
    for (unsigned place = 0; place < 4; ++place) {
      for (std::uint32_t byte = 0; byte < 256; ++byte) {
        of_byte[place][byte] = by_table(std::string(kLane, '\0'), byte << (8 * place));
      }
    }
  }
  std::uint32_t operator()(std::uint32_t sum) const {
    return of_byte[0][sum & 0xFF] ^ of_byte[1][sum >> 8 & 0xFF] ^ of_byte[2][sum >> 16 & 0xFF] ^
           of_byte[3][sum >> 24];
  }
};

__attribute__((target("sse4.2"))) std::uint32_t by_lanes(std::string_view& bytes,
                                                         std::uint32_t before) {
  static const Shift shift;
  while (bytes.size() >= 3 * kLane) {
    std::uint64_t first = before, second = 0, third = 0;
    for (const char* at = bytes.data(); at < bytes.data() + kLane; at += 8) {
      std::uint64_t words[3];
      std::memcpy(&words[0], at, 8);
      std::memcpy(&words[1], at + kLane, 8);
      std::memcpy(&words[2], at + 2 * kLane, 8);
      first = _mm_crc32_u64(first, words[0]);
      second = _mm_crc32_u64(second, words[1]);
      third = _mm_crc32_u64(third, words[2]);
    }
    before = shift(static_cast<std::uint32_t>(first)) ^ static_cast<std::uint32_t>(second);
    before = shift(before) ^ static_cast<std::uint32_t>(third);
    bytes.remove_prefix(3 * kLane);
  }
  return before;
}

__attribute__((target("sse4.2"))) std::uint32_t by_instruction(std::string_view bytes,
                                                               std::uint32_t before) {
  std::uint64_t crc = by_lanes(bytes, before);
  while (bytes.size() >= 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data(), 8);
    crc = _mm_crc32_u64(crc, word);
    bytes.remove_prefix(8);
  }
  auto rest = static_cast<std::uint32_t>(crc);
  for (const char c : bytes) rest = _mm_crc32_u8(rest, static_cast<unsigned char>(c));
  return rest;
}
#endif

}  // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t before) {
#if defined(__x86_64__)
  static const bool kHas = __builtin_cpu_supports("sse4.2") != 0;
  if (kHas) return ~by_instruction(bytes, ~before);
#endif
  return ~by_table(bytes, ~before);
}

}  // namespace seatrial::logs
