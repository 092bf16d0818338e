// Secrets at rest: AES-256-GCM under the world's key (<world>/key, mode 0600, made once).
#pragma once
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/rng.h"

namespace seatrial::room {

class Vault {
 public:
  // Reads the key file or makes it (durably, before anything is encrypted with it).
  static std::expected<Vault, std::string> open(const std::filesystem::path& key_file, Rng& rng);

  // Nonce, ciphertext and tag as base64. `purpose` is authenticated: a value sealed for one
  // purpose does not open for another ("ssm/ap-southeast-2//db/password").
  std::string seal(std::string_view plain, std::string_view purpose);
  // A sealed text that does not open is corrupt state: FATAL.
  std::string open_sealed(std::string_view sealed, std::string_view purpose) const;

 private:
  Vault(std::string key, Rng& rng) : key_(std::move(key)), rng_(&rng) {}
  std::string key_;
  Rng* rng_;
};

}  // namespace seatrial::room
