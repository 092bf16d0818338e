// AWS Signature Version 4 for a POST of a form, as far as the sample needs it. The program is
// linked statically without libraries, so digests are here, too (FIPS 180-4, RFC 2104).
#pragma once

#include <string>
#include <string_view>

namespace omc {

std::string sha256(std::string_view bytes);  // 32 raw bytes
std::string hmac_sha256(std::string_view key, std::string_view bytes);
std::string hex(std::string_view bytes);

struct Signer {
  std::string access_key, secret_key, region, service;

  // The Authorization header for POST / with the headers content-type (a form), host and x-amz-date
  // (20260110T023000Z).
  std::string authorization(std::string_view host, std::string_view date,
                            std::string_view body) const;
};

inline constexpr std::string_view kFormType = "application/x-www-form-urlencoded; charset=utf-8";

}  // namespace omc
