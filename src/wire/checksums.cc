#include "wire/checksums.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/encoding.h"

namespace seatrial::wire {
namespace {

using model::fail;

constexpr std::array<std::string_view, 7> kAlgorithms{"CRC32",  "CRC32C", "CRC64NVME", "SHA1",
                                                      "SHA256", "SHA512", "MD5"};
constexpr std::array<std::string_view, 3> kUnknown{"XXHASH64", "XXHASH3", "XXHASH128"};

// A reflected CRC with all ones at both ends: polynomial and width say all of it.
struct Crc {
  std::uint64_t polynomial;
  int bits;
  std::array<std::array<std::uint64_t, 256>, 8> tables;  // by eight bytes at a time

  Crc(std::uint64_t polynomial_, int bits_) : polynomial(polynomial_), bits(bits_) {
    for (std::uint64_t byte = 0; byte < 256; ++byte) {
      std::uint64_t rest = byte;
      for (int i = 0; i < 8; ++i) rest = (rest & 1) != 0 ? rest >> 1 ^ polynomial : rest >> 1;
      tables[0][byte] = rest;
    }
    for (std::size_t k = 1; k < 8; ++k) {
      for (std::size_t byte = 0; byte < 256; ++byte) {
        const std::uint64_t before = tables[k - 1][byte];
        tables[k][byte] = before >> 8 ^ tables[0][before & 255];
      }
    }
  }

  std::uint64_t ones() const { return bits == 64 ? ~0ull : (1ull << bits) - 1; }

  std::uint64_t update(std::uint64_t crc, std::string_view bytes) const {
    const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
    std::size_t left = bytes.size();
    for (; left >= 8; left -= 8, at += 8) {
      std::uint64_t word = 0;
      for (int i = 7; i >= 0; --i) word = word << 8 | at[i];
      word ^= crc;
      crc = 0;
      for (std::size_t i = 0; i < 8; ++i) crc ^= tables[7 - i][word >> (8 * i) & 255];
    }
    for (; left > 0; --left) crc = crc >> 8 ^ tables[0][(crc ^ *at++) & 255];
    return crc;
  }

  // Product of two polynomials modulo this one's; the highest bit is x^0.
  std::uint64_t times(std::uint64_t a, std::uint64_t b) const {
    std::uint64_t product = 0;
    for (std::uint64_t mark = 1ull << (bits - 1); mark != 0; mark >>= 1) {
      if ((a & mark) != 0) product ^= b;
      b = (b & 1) != 0 ? b >> 1 ^ polynomial : b >> 1;
    }
    return product;
  }

  // x to the power of 8 * bytes.
  std::uint64_t shift_of(std::uint64_t bytes) const {
    std::uint64_t power = 1ull << (bits - 9), result = 1ull << (bits - 1);
    for (; bytes != 0; bytes >>= 1) {
      if ((bytes & 1) != 0) result = times(power, result);
      power = times(power, power);
    }
    return result;
  }
};

const Crc* crc_of(std::string_view algorithm) {
  static const Crc crc32{0xEDB88320, 32}, crc32c{0x82F63B78, 32};
  static const Crc crc64{0x9A6C9329AC4BC9B5, 64};
  if (algorithm == "CRC32") return &crc32;
  if (algorithm == "CRC32C") return &crc32c;
  return algorithm == "CRC64NVME" ? &crc64 : nullptr;
}

const EVP_MD* message_digest(std::string_view algorithm) {
  if (algorithm == "SHA1") return EVP_sha1();
  if (algorithm == "SHA256") return EVP_sha256();
  if (algorithm == "SHA512") return EVP_sha512();
  return algorithm == "MD5" ? EVP_md5() : nullptr;
}

std::string big_endian(std::uint64_t number, int bits) {
  std::string out;
  for (int shift = bits - 8; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(number >> shift & 255));
  return out;
}

std::uint64_t number_of(std::string_view bytes) {
  std::uint64_t number = 0;
  for (const char c : bytes) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

model::Outcome<void> check_digest(std::string_view algorithm, std::string_view declared,
                                  std::string_view body, std::string_view header) {
  const auto raw = base64_decode(declared);
  if (!raw || raw->size() != checksum_size(algorithm)) {
    if (header == "Content-MD5")
      return fail("InvalidDigest", "The Content-MD5 you specified was invalid.");
    return fail("InvalidRequest", fmt::format("Value for {} header is invalid.", header));
  }
  if (*raw == checksum_of(algorithm, body)) return {};
  if (header == "Content-MD5") {
    return fail("BadDigest", "The Content-MD5 you specified did not match what we received.");
  }
  return fail(
      "BadDigest",
      fmt::format("The {} you specified did not match the calculated checksum.", algorithm));
}

}  // namespace

struct Checksum::State {
  const Crc* crc = nullptr;
  std::uint64_t rest = 0;
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{nullptr, &EVP_MD_CTX_free};
};

std::span<const std::string_view> checksum_algorithms() { return kAlgorithms; }
bool is_crc(std::string_view algorithm) { return crc_of(algorithm) != nullptr; }

std::string checksum_header(std::string_view algorithm) {
  std::string out = "x-amz-checksum-";
  for (const char c : algorithm) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

std::size_t checksum_size(std::string_view algorithm) {
  if (const Crc* crc = crc_of(algorithm)) return static_cast<std::size_t>(crc->bits / 8);
  const EVP_MD* digest = message_digest(algorithm);
  return digest == nullptr ? 0 : static_cast<std::size_t>(EVP_MD_get_size(digest));
}

Checksum::Checksum(std::string_view algorithm) : state_(std::make_unique<State>()) {
  state_->crc = crc_of(algorithm);
  if (state_->crc != nullptr) {
    state_->rest = state_->crc->ones();
    return;
  }
  const EVP_MD* digest = message_digest(algorithm);
  ST_CHECK(digest != nullptr, "a checksum algorithm nobody knows");
  state_->context.reset(EVP_MD_CTX_new());
  EVP_DigestInit_ex(state_->context.get(), digest, nullptr);
}

Checksum::~Checksum() = default;
Checksum::Checksum(Checksum&&) noexcept = default;

void Checksum::add(std::string_view bytes) {
  if (state_->crc != nullptr)
    state_->rest = state_->crc->update(state_->rest, bytes);
  else
    EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size());
}

std::string Checksum::digest() {
  if (state_->crc != nullptr)
    return big_endian(state_->rest ^ state_->crc->ones(), state_->crc->bits);
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  EVP_DigestFinal_ex(state_->context.get(), reinterpret_cast<unsigned char*>(out.data()), &size);
  out.resize(size);
  return out;
}

std::string checksum_of(std::string_view algorithm, std::string_view bytes) {
  Checksum checksum(algorithm);
  checksum.add(bytes);
  return checksum.digest();
}

std::string combined_crc(std::string_view algorithm, std::string_view first,
                         std::string_view second, std::uint64_t second_size) {
  const Crc* crc = crc_of(algorithm);
  ST_CHECK(crc != nullptr, "only CRCs can be combined");
  const std::uint64_t shifted = crc->times(crc->shift_of(second_size), number_of(first));
  return big_endian(shifted ^ number_of(second), crc->bits);
}

model::Outcome<void> check_digests(const Headers& headers, std::string_view body) {
  if (const auto declared = headers.get("Content-MD5"); !declared.empty()) {
    if (auto ok = check_digest("MD5", declared, body, "Content-MD5"); !ok) return ok;
  }
  for (const std::string_view algorithm : kUnknown) {
    if (!headers.has(checksum_header(algorithm))) continue;
    return fail("NotImplemented", fmt::format("Seatrial does not know the checksum {}.", algorithm),
                501);
  }
  for (const std::string_view algorithm : kAlgorithms) {
    const std::string header = checksum_header(algorithm);
    const auto declared = headers.get(header);
    if (declared.empty()) continue;
    if (auto ok = check_digest(algorithm, declared, body, header); !ok) return ok;
  }
  return {};
}

}  // namespace seatrial::wire
