// Secrets out of everything that is shown or kept. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace seatrial::runbook {

class Masker {
 public:
  // Values to hide wherever they occur; those under 6 bytes are no secrets and are left.
  explicit Masker(std::vector<std::string> secrets = {});
  // Known secrets, and what stands after names such as SecretAccessKey, aws_secret_access_key,
  // SessionToken or a private key's header, become "****".
  std::string mask(std::string_view text) const;

 private:
  std::vector<std::string> secrets_;
};

}  // namespace seatrial::runbook
