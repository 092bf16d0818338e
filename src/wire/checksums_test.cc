#include "wire/checksums.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "base/encoding.h"

namespace seatrial::wire {
namespace {

// The check values of the CRC catalogues, the digests of RFC 1321 and FIPS 180.
TEST(Checksums, OfTheNineDigits) {
  const auto hex = [](std::string_view algorithm) {
    return hex_encode(checksum_of(algorithm, "123456789"));
  };
  EXPECT_EQ(hex("CRC32"), "cbf43926");
  EXPECT_EQ(hex("CRC32C"), "e3069283");
  EXPECT_EQ(hex("CRC64NVME"), "ae8b14860a799888");
  EXPECT_EQ(hex("MD5"), "25f9e794323b453885f5181f1b624d0b");
  EXPECT_EQ(hex("SHA1"), "f7c3bc1d808e04732adf679965ccc34ca7ae3441");
}

TEST(Checksums, InPiecesAsInOne) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += std::to_string(i * i);
  for (const auto algorithm : checksum_algorithms()) {
    Checksum pieces(algorithm);
    for (std::size_t at = 0; at < text.size(); at += 37) pieces.add(text.substr(at, 37));
    EXPECT_EQ(pieces.digest(), checksum_of(algorithm, text)) << algorithm;
  }
  const auto by_zlib =
      crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size()));
  EXPECT_EQ(std::stoul(hex_encode(checksum_of("CRC32", text)), nullptr, 16), by_zlib);
}

TEST(Checksums, PartsPutTogether) {
  const std::string first(12345, 'a'), second(6789, 'b');
  for (const std::string_view algorithm : {"CRC32", "CRC32C", "CRC64NVME"}) {
    for (const auto& tail : {second, std::string()}) {
      EXPECT_EQ(combined_crc(algorithm, checksum_of(algorithm, first), checksum_of(algorithm, tail),
                             tail.size()),
                checksum_of(algorithm, first + tail))
          << algorithm;
    }
  }
}

std::string refused(const std::string& header, const std::string& value) {
  Headers headers;
  headers.add(header, value);
  const auto checked = check_digests(headers, "hello");
  return checked ? "accepted" : checked.error().code;
}

TEST(Checksums, ADeclaredDigestMustBeTheBodys) {
  EXPECT_EQ(refused("Content-MD5", base64_encode(checksum_of("MD5", "hello"))), "accepted");
  EXPECT_EQ(refused("Content-MD5", base64_encode(checksum_of("MD5", "other"))), "BadDigest");
  EXPECT_EQ(refused("Content-MD5", "short"), "InvalidDigest");
  EXPECT_EQ(refused("x-amz-checksum-crc32", base64_encode(checksum_of("CRC32", "hello"))),
            "accepted");
  EXPECT_EQ(refused("x-amz-checksum-crc32", base64_encode(checksum_of("CRC32", "other"))),
            "BadDigest");
  EXPECT_EQ(refused("x-amz-checksum-sha256", "AAAA"), "InvalidRequest");
  EXPECT_EQ(refused("x-amz-checksum-xxhash64", "AAAAAAAAAAA="), "NotImplemented");
}

}  // namespace
}  // namespace seatrial::wire
