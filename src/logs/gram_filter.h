// Which runs of six bytes a block may hold, so that a search for a needle skips the blocks without.
//
// Problem: a needle may be any substring, so a bloom filter of whole tokens would answer only for
// needles known to begin and end with one. Choice: one bit for each run of kGram bytes, one bit in
// eight bytes of text (1.6% of it). Random identifiers fill half of the bits, yet a needle of 16
// bytes asks eleven of them: one block in two thousand is read in vain. Rejected: two hashes a run
// (a filter twice as large for needles that are long anyway).
#pragma once
#include <functional>
#include <string>
#include <string_view>

namespace seatrial::logs {

inline constexpr std::size_t kGram = 6;

// The filter of `text`, a power of two of bytes. Reads up to 8 bytes behind `text`.
std::string make_gram_filter(std::string_view text);

// False when the text cannot contain the needle. `filter` is any string of a power of two of bytes.
bool may_contain(std::string_view filter, std::string_view needle);
// As above, of a filter of `bytes` bytes, of which `read` gives those that are asked for.
bool may_contain(std::size_t bytes, const std::function<char(std::size_t)>& read,
                 std::string_view needle);

}  // namespace seatrial::logs
