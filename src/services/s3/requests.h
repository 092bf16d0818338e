// What S3's requests have in common, member by member: what is refused by name, what describes an
// object, which digests are declared. Templates, for the generated requests share names, not a
// base.
#pragma once
#include <optional>
#include <string>

#include "model/shapes/s3.h"
#include "services/s3/errors.h"
#include "services/s3/names.h"
#include "services/s3/store.h"

namespace seatrial::services::s3 {

// The digest a client declares for its bytes, and the algorithm it wants kept.
struct Declared {
  std::string md5;        // base64 of Content-MD5, or empty
  std::string algorithm;  // "CRC32"; empty: none named
  std::string value;      // base64, or empty
};

// Errors: NotImplemented, naming the header.
room::Outcome<void> check_encryption(const std::optional<std::string>& algorithm,
                                     const std::optional<std::string>& kms_key,
                                     const std::optional<std::string>& customer_algorithm);
room::Outcome<void> check_acl(const std::optional<std::string>& acl, bool grants);
room::Outcome<void> check_storage_class(const std::optional<std::string>& storage_class);
// Headers and metadata as they are kept. Errors: MetadataTooLarge.
room::Outcome<void> check_metadata(const std::map<std::string, std::string>& metadata);
std::string without_aws_chunked(std::string_view content_encoding);
std::string lower(std::string_view text);

// Everything of a write that has no counterpart here.
template <class R>
room::Outcome<void> check_unserved(const R& r) {
  if constexpr (requires { r.ACL; }) {
    const bool grants = r.GrantFullControl || r.GrantRead || r.GrantReadACP || r.GrantWriteACP;
    if (auto ok = check_acl(r.ACL, grants); !ok) return ok;
  }
  if constexpr (requires { r.SSECustomerAlgorithm; }) {
    std::optional<std::string> sse, kms;
    if constexpr (requires { r.ServerSideEncryption; }) {
      sse = r.ServerSideEncryption;
      kms = r.SSEKMSKeyId;
      if (r.SSEKMSEncryptionContext) kms = r.SSEKMSEncryptionContext;
    }
    const auto customer = r.SSECustomerAlgorithm ? r.SSECustomerAlgorithm : r.SSECustomerKey;
    if (auto ok = check_encryption(sse, kms, customer); !ok) return ok;
  }
  if constexpr (requires { r.CopySourceSSECustomerAlgorithm; }) {
    if (auto ok = check_encryption({}, {}, r.CopySourceSSECustomerAlgorithm); !ok) return ok;
  }
  if constexpr (requires { r.ObjectLockMode; }) {
    if (r.ObjectLockMode || r.ObjectLockRetainUntilDate || r.ObjectLockLegalHoldStatus)
      return invalid_request("Bucket is missing Object Lock Configuration");
  }
  if constexpr (requires { r.WriteOffsetBytes; }) {
    if (r.WriteOffsetBytes)
      return not_implemented("x-amz-write-offset-bytes", "only directory buckets append.");
  }
  if constexpr (requires { r.StorageClass; }) return check_storage_class(r.StorageClass);
  return {};
}

// The description of an object from a request that makes one.
template <class R>
room::Outcome<Description> description_of(const R& r) {
  Description d;
  d.content_type = r.ContentType.value_or("binary/octet-stream");
  d.cache_control = r.CacheControl.value_or("");
  d.content_disposition = r.ContentDisposition.value_or("");
  d.content_encoding = without_aws_chunked(r.ContentEncoding.value_or(""));
  d.content_language = r.ContentLanguage.value_or("");
  d.expires = r.Expires;
  d.website_redirect = r.WebsiteRedirectLocation.value_or("");
  d.storage_class = r.StorageClass.value_or("STANDARD");
  for (const auto& [name, value] : r.Metadata) d.metadata[lower(name)] = value;
  if (auto ok = check_metadata(d.metadata); !ok) return std::unexpected(ok.error());
  if (r.Tagging) {
    auto tags = parse_tagging(*r.Tagging);
    if (!tags) return std::unexpected(tags.error());
    d.tags = *std::move(tags);
  }
  return d;
}

// Calls f(algorithm, member) for each checksum member of a request or reply.
template <class R, class F>
void each_checksum(R& r, F&& f) {
  f("CRC32", r.ChecksumCRC32);
  f("CRC32C", r.ChecksumCRC32C);
  f("CRC64NVME", r.ChecksumCRC64NVME);
  f("SHA1", r.ChecksumSHA1);
  f("SHA256", r.ChecksumSHA256);
  f("SHA512", r.ChecksumSHA512);
  f("MD5", r.ChecksumMD5);
}

// Errors: InvalidRequest (several, or an algorithm without a value), NotImplemented (XXHASH).
template <class R>
room::Outcome<Declared> declared_by(const R& r) {
  Declared out;
  int count = 0;
  each_checksum(r, [&](const char* algorithm, const std::optional<std::string>& value) {
    if (!value) return;
    ++count;
    out.algorithm = algorithm;
    out.value = *value;
  });
  if (count > 1) {
    return invalid_request(
        "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
  }
  const bool xxhash = r.ChecksumXXHASH64 || r.ChecksumXXHASH3 || r.ChecksumXXHASH128;
  if (xxhash) return not_implemented("x-amz-checksum-xxhash*", "XXHASH is not known here.");
  if constexpr (requires { r.ContentMD5; }) out.md5 = r.ContentMD5.value_or("");
  if constexpr (requires { r.ChecksumAlgorithm; }) {
    if (r.ChecksumAlgorithm && out.algorithm.empty()) {
      return invalid_request(
          "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or "
          "x-amz-trailer headers were found.");
    }
  }
  return out;
}

template <class Output>
void show_checksum(const StoredChecksum& checksum, Output& out) {
  if (checksum.algorithm.empty()) return;
  each_checksum(out, [&](std::string_view algorithm, std::optional<std::string>& value) {
    if (algorithm == checksum.algorithm) value = checksum.value;
  });
  if constexpr (requires { out.ChecksumType; })
    out.ChecksumType = checksum.composite ? "COMPOSITE" : "FULL_OBJECT";
}

}  // namespace seatrial::services::s3
