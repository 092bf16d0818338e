// Digests and signature; the contract is in sign.h.
#include "sign.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>

namespace omc {
namespace {

using Words = std::array<uint32_t, 8>;

// The first 32 bits of the fractional parts of roots of the first primes, as the standard has them.
constexpr bool is_prime(uint32_t n) {
  for (uint32_t d = 2; d * d <= n; ++d)
    if (n % d == 0) return false;
  return true;
}
uint32_t fraction(long double root) {
  return static_cast<uint32_t>((root - std::floor(root)) * 4294967296.0L);
}

struct Tables {
  std::array<uint32_t, 64> rounds;
  Words start;
  Tables() {
    uint32_t prime = 2;
    for (size_t i = 0; i < rounds.size(); ++prime) {
      if (!is_prime(prime)) continue;
      if (i < start.size()) start[i] = fraction(std::sqrt(static_cast<long double>(prime)));
      rounds[i++] = fraction(std::cbrt(static_cast<long double>(prime)));
    }
  }
};
const Tables& tables() {
  static const Tables kTables;
  return kTables;
}

void add_block(Words& state, const unsigned char* block) {
  std::array<uint32_t, 64> w{};
  for (size_t i = 0; i < 16; ++i) {
    w[i] = uint32_t(block[4 * i]) << 24 | uint32_t(block[4 * i + 1]) << 16 |
           uint32_t(block[4 * i + 2]) << 8 | block[4 * i + 3];
  }
  for (size_t i = 16; i < 64; ++i) {
    const uint32_t a = w[i - 15], b = w[i - 2];
    w[i] = w[i - 16] + w[i - 7] + (std::rotr(a, 7) ^ std::rotr(a, 18) ^ a >> 3) +
           (std::rotr(b, 17) ^ std::rotr(b, 19) ^ b >> 10);
  }
  auto [a, b, c, d, e, f, g, h] = state;
  for (size_t i = 0; i < 64; ++i) {
    const uint32_t one = h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) +
                         ((e & f) ^ (~e & g)) + tables().rounds[i] + w[i];
    const uint32_t two =
        (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    h = g;
    g = f;
    f = e;
    e = d + one;
    d = c;
    c = b;
    b = a;
    a = one + two;
  }
  const Words added{a, b, c, d, e, f, g, h};
  for (size_t i = 0; i < state.size(); ++i) state[i] += added[i];
}

}  // namespace

std::string sha256(std::string_view bytes) {
  std::string padded(bytes);
  padded += '\x80';
  while (padded.size() % 64 != 56) padded += '\0';
  for (int shift = 56; shift >= 0; shift -= 8) {
    padded += static_cast<char>(uint64_t{bytes.size()} * 8 >> shift);
  }
  Words state = tables().start;
  for (size_t i = 0; i < padded.size(); i += 64) {
    add_block(state, reinterpret_cast<const unsigned char*>(padded.data()) + i);
  }
  std::string out;
  for (const uint32_t word : state)
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(word >> shift);
  return out;
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  std::string block(key.size() > 64 ? sha256(key) : std::string(key));
  block.resize(64, '\0');
  std::string inner = block, outer = block;
  for (char& c : inner) c ^= 0x36;
  for (char& c : outer) c ^= 0x5c;
  return sha256(outer + sha256(inner.append(bytes)));
}

std::string hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out.append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 15]);
  }
  return out;
}

std::string Signer::authorization(std::string_view host, std::string_view date,
                                  std::string_view body) const {
  const std::string day(date.substr(0, 8));
  const std::string scope = day + "/" + region + "/" + service + "/aws4_request";
  const std::string names = "content-type;host;x-amz-date";
  std::string canonical = "POST\n/\n\ncontent-type:";
  canonical.append(kFormType).append("\nhost:").append(host).append("\nx-amz-date:").append(date);
  canonical.append("\n\n").append(names).append("\n").append(hex(sha256(body)));
  const std::string to_sign =
      "AWS4-HMAC-SHA256\n" + std::string(date) + "\n" + scope + "\n" + hex(sha256(canonical));
  std::string key = "AWS4" + secret_key;
  for (const std::string& part : {day, region, service, std::string("aws4_request")}) {
    key = hmac_sha256(key, part);
  }
  return "AWS4-HMAC-SHA256 Credential=" + access_key + "/" + scope + ", SignedHeaders=" + names +
         ", Signature=" + hex(hmac_sha256(key, to_sign));
}

}  // namespace omc
