#include "services/s3/requests.h"

#include <algorithm>

#include "wire/text.h"

namespace seatrial::services::s3 {

using room::Outcome;

Outcome<void> check_encryption(const std::optional<std::string>& algorithm,
                               const std::optional<std::string>& kms_key,
                               const std::optional<std::string>& customer_algorithm) {
  if (customer_algorithm) {
    return not_implemented("x-amz-server-side-encryption-customer-algorithm",
                           "objects are encrypted with the world's key (AES256) only.");
  }
  if ((algorithm && *algorithm != "AES256") || kms_key) {
    return not_implemented("x-amz-server-side-encryption",
                           "there is no KMS here; objects are encrypted with AES256.");
  }
  return {};
}

// Buckets have ACLs disabled, as AWS makes them since 2023.
Outcome<void> check_acl(const std::optional<std::string>& acl, bool grants) {
  const bool owners = !acl || *acl == "bucket-owner-full-control" || *acl == "private";
  if (owners && !grants) return {};
  return refused("AccessControlListNotSupported", "The bucket does not allow ACLs", 400);
}

// Those that answer at once differ in price only, which nobody pays here; archives would need
// RestoreObject.
Outcome<void> check_storage_class(const std::optional<std::string>& storage_class) {
  if (!storage_class) return {};
  for (const std::string_view served : {"STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA",
                                        "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR"}) {
    if (*storage_class == served) return {};
  }
  if (*storage_class == "GLACIER" || *storage_class == "DEEP_ARCHIVE") {
    return not_implemented("x-amz-storage-class", "there is no archive to restore from.");
  }
  return refused("InvalidStorageClass", "The storage class you specified is not valid", 400,
                 {{"StorageClassRequested", *storage_class}});
}

Outcome<void> check_metadata(const std::map<std::string, std::string>& metadata) {
  std::size_t size = 0;
  for (const auto& [name, value] : metadata) size += name.size() + value.size();
  if (size <= kMaxMetadataBytes) return {};
  return refused(
      "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", 400,
      {{"Size", std::to_string(size)}, {"MaxSizeAllowed", std::to_string(kMaxMetadataBytes)}});
}

std::string without_aws_chunked(std::string_view content_encoding) {
  std::string out;
  for (const std::string_view part : wire::split(content_encoding, ',')) {
    const std::string_view name = wire::trim(part);
    if (name.empty() || wire::same_ignoring_case(name, "aws-chunked")) continue;
    if (!out.empty()) out += ',';
    out += name;
  }
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

}  // namespace seatrial::services::s3
