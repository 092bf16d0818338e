// The only source of randomness, so that a simulation's seed reproduces everything.
#pragma once
#include <array>
#include <cstdint>
#include <mutex>
#include <string>

namespace seatrial {

class Rng {
 public:
  virtual ~Rng() = default;
  virtual std::uint64_t next() = 0;  // 64 uniform bits; any thread

  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  std::string hex(std::size_t digits);
  std::string alphanumeric(std::size_t length);  // A-Z0-9, as access keys and ids use
  std::string uuid();                            // version 4
  std::string bytes(std::size_t count);          // raw
};

// The operating system's generator: keys, ids and nonces of a real world.
class SystemRng final : public Rng {
 public:
  std::uint64_t next() override;

 private:
  std::mutex mutex_;
  std::array<std::uint64_t, 64> pool_{};
  std::size_t left_ = 0;
};

// xoshiro256** from a seed: tests and simulation.
class SeededRng final : public Rng {
 public:
  explicit SeededRng(std::uint64_t seed);
  std::uint64_t next() override;

 private:
  std::mutex mutex_;
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace seatrial
