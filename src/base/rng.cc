#include "base/rng.h"

#include <openssl/rand.h>

#include <bit>
#include <cstring>

#include "base/check.h"

namespace seatrial {

std::string Rng::hex(std::size_t digits) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(digits);
  for (std::uint64_t bits = 0; out.size() < digits; bits >>= 4) {
    if (out.size() % 16 == 0) bits = next();
    out.push_back(kDigits[bits & 15]);
  }
  return out;
}

std::string Rng::alphanumeric(std::size_t length) {
  static constexpr char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::string out;
  for (std::size_t i = 0; i < length; ++i) out.push_back(kLetters[below(36)]);
  return out;
}

std::string Rng::uuid() {
  static constexpr char kDigits[] = "0123456789abcdef";
  static constexpr std::string_view kForm = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
  std::string out(kForm);
  std::array<std::uint64_t, 2> bits{next(), next()};
  int digit = 0;
  for (char& c : out) {
    if (c == '-') continue;
    std::uint64_t& from = bits[digit++ < 16 ? 0 : 1];
    if (c == 'x') c = kDigits[from & 15];
    if (c == 'y') c = "89ab"[from & 3];
    from >>= 4;
  }
  return out;
}

std::string Rng::bytes(std::size_t count) {
  std::string out;
  for (std::uint64_t bits = 0; out.size() < count; bits >>= 8) {
    if (out.size() % 8 == 0) bits = next();
    out.push_back(static_cast<char>(bits & 255));
  }
  return out;
}

std::uint64_t SystemRng::next() {
  const std::lock_guard lock(mutex_);
  if (left_ == 0) {
    const int ok = RAND_bytes(reinterpret_cast<unsigned char*>(pool_.data()), sizeof pool_);
    ST_CHECK(ok == 1, "the operating system gave no randomness");
    left_ = pool_.size();
  }
  return pool_[--left_];
}

SeededRng::SeededRng(std::uint64_t seed) {
  for (auto& word : state_) {  // splitmix64, as the generator's authors advise for seeding
    seed += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    word = z ^ (z >> 31);
  }
}

std::uint64_t SeededRng::next() {
  const std::lock_guard lock(mutex_);
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

}  // namespace seatrial
