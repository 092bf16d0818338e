#include "services/s3/store.h"

#include <fmt/format.h>

namespace seatrial::services::s3 {

std::string version_prefix(std::string_view bucket, std::string_view key) {
  std::string out(bucket);
  out += '/';
  out += key;
  out += '\0';
  return out;
}

std::string version_row(std::string_view bucket, std::string_view key, std::uint64_t number) {
  return version_prefix(bucket, key) + fmt::format("{:016x}", ~number);
}

std::string upload_row(std::string_view bucket, std::string_view id) {
  return fmt::format("{}/{}", bucket, id);
}

std::string part_row(std::string_view bucket, std::string_view id, int number) {
  return fmt::format("{}/{}/{:05}", bucket, id, number);
}

std::string after_prefix(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 255) prefix.pop_back();
  if (!prefix.empty())
    prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

}  // namespace seatrial::services::s3
