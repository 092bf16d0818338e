#include "logs/find_bytes.h"

#include <cstring>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace seatrial::logs {

// Compares the first and the last byte of the needle at sixteen places at once: text agrees with
// both seldom enough that the rest may be compared byte by byte.
std::size_t find_bytes(std::string_view text, std::string_view needle, std::size_t from) {
#if defined(__SSE2__)
  if (needle.size() >= 2 && from <= text.size()) {
    const char* at = text.data() + from;
    const char* end = text.data() + text.size();
    const auto reach = static_cast<std::ptrdiff_t>(needle.size() - 1);
    const __m128i first = _mm_set1_epi8(needle.front()), last = _mm_set1_epi8(needle.back());
    for (; end - at >= reach + 16; at += 16) {
      const auto* head = reinterpret_cast<const __m128i*>(at);
      const auto* tail = reinterpret_cast<const __m128i*>(at + reach);
      auto mask = static_cast<unsigned>(
          _mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(_mm_loadu_si128(head), first),
                                          _mm_cmpeq_epi8(_mm_loadu_si128(tail), last))));
      for (; mask != 0; mask &= mask - 1) {
        const char* found = at + __builtin_ctz(mask);
        if (std::memcmp(found + 1, needle.data() + 1, needle.size() - 1) == 0) {
          return static_cast<std::size_t>(found - text.data());
        }
      }
    }
    from = static_cast<std::size_t>(at - text.data());
  }
#endif
  return text.find(needle, from);
}

}  // namespace seatrial::logs
