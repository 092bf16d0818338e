// The digests a client may name for a body: Content-MD5 and x-amz-checksum-*, as S3 has them.
//
// The CRCs can be put together from those of parts, which is what S3 does for whole objects of
// multipart uploads. The XXHASH family of the newest SDKs is not known here; callers refuse it.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "model/aws_error.h"
#include "wire/message.h"

namespace seatrial::wire {

// AWS's names, as in ChecksumAlgorithm.
std::span<const std::string_view> checksum_algorithms();
bool is_crc(std::string_view algorithm);
// "x-amz-checksum-crc32"
std::string checksum_header(std::string_view algorithm);
// Raw bytes in a digest of the algorithm.
std::size_t checksum_size(std::string_view algorithm);

class Checksum {
 public:
  explicit Checksum(std::string_view algorithm);  // one of checksum_algorithms()
  ~Checksum();
  Checksum(Checksum&&) noexcept;
  void add(std::string_view bytes);
  std::string digest();  // raw, big-endian; ends the computation

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string checksum_of(std::string_view algorithm, std::string_view bytes);  // raw
// The CRC of two texts one after the other, from theirs and the second one's length.
std::string combined_crc(std::string_view algorithm, std::string_view first,
                         std::string_view second, std::uint64_t second_size);

// Holds a body against the digests its headers declare. Errors: InvalidDigest (not a digest at
// all), BadDigest (another body's), NotImplemented (a digest of the XXHASH family).
model::Outcome<void> check_digests(const Headers& headers, std::string_view body);

}  // namespace seatrial::wire
