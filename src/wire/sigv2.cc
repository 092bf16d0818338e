#include "wire/sigv2.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "base/encoding.h"
#include "wire/text.h"

namespace seatrial::wire {
namespace {

using model::fail;

// The parameters that are part of what is signed, in order.
constexpr std::array<std::string_view, 42> kSigned{"accelerate",
                                                   "acl",
                                                   "analytics",
                                                   "cors",
                                                   "defaultObjectAcl",
                                                   "delete",
                                                   "encryption",
                                                   "intelligent-tiering",
                                                   "inventory",
                                                   "legal-hold",
                                                   "lifecycle",
                                                   "location",
                                                   "logging",
                                                   "metrics",
                                                   "notification",
                                                   "object-lock",
                                                   "ownershipControls",
                                                   "partNumber",
                                                   "policy",
                                                   "policyStatus",
                                                   "publicAccessBlock",
                                                   "replication",
                                                   "requestPayment",
                                                   "response-cache-control",
                                                   "response-content-disposition",
                                                   "response-content-encoding",
                                                   "response-content-language",
                                                   "response-content-type",
                                                   "response-expires",
                                                   "restore",
                                                   "retention",
                                                   "select",
                                                   "select-type",
                                                   "storageClass",
                                                   "tagging",
                                                   "torrent",
                                                   "uploadId",
                                                   "uploads",
                                                   "versionId",
                                                   "versioning",
                                                   "versions",
                                                   "website"};

std::string hmac_sha1(std::string_view key, std::string_view bytes) {
  std::string out(EVP_MAX_MD_SIZE, '\0');
  unsigned length = 0;
  HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
       reinterpret_cast<unsigned char*>(out.data()), &length);
  out.resize(length);
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

// x-amz-* headers, sorted, those of one name joined.
std::string canonical_headers(const HttpRequest& request) {
  std::map<std::string, std::string> found;
  for (const auto& [name, value] : request.headers.all()) {
    const std::string key = lower(name);
    if (!key.starts_with("x-amz-")) continue;
    auto& joined = found[key];
    if (!joined.empty()) joined += ',';
    joined += trim(value);
  }
  std::string out;
  for (const auto& [name, value] : found) out += name + ":" + value + "\n";
  return out;
}

// Bucket and key, as path-style has them, and the signed parameters.
std::string canonical_resource(const HttpRequest& request) {
  std::string out(request.raw_path());
  std::vector<std::string> parameters;
  for (const auto& [name, value] : split_form(request.raw_query())) {
    if (std::find(kSigned.begin(), kSigned.end(), name) == kSigned.end()) continue;
    const bool bare = value.empty();
    parameters.push_back(std::string(name) + (bare ? "" : "=" + percent_decode(value)));
  }
  std::sort(parameters.begin(), parameters.end());
  char separator = '?';
  for (const auto& parameter : parameters) {
    out += separator + parameter;
    separator = '&';
  }
  return out;
}

}  // namespace

bool has_query_v2(const HttpRequest& request) {
  const std::string_view query = request.raw_query();
  return query.find("AWSAccessKeyId=") != std::string_view::npos &&
         query.find("Signature=") != std::string_view::npos &&
         query.find("X-Amz-Algorithm=") == std::string_view::npos &&
         !request.headers.has("Authorization");
}

Signature parse_query_v2(const HttpRequest& request) {
  return {form_value(request.raw_query(), "AWSAccessKeyId"), "", "", "s3"};
}

model::Outcome<Signature> verify_query_v2(const HttpRequest& request, Time now,
                                          const SecretLookup& secret_of) {
  Signature who = parse_query_v2(request);
  const std::string expires = form_value(request.raw_query(), "Expires");
  std::int64_t seconds = 0;
  const auto [end, error] =
      std::from_chars(expires.data(), expires.data() + expires.size(), seconds);
  if (expires.empty() || error != std::errc{} || end != expires.data() + expires.size()) {
    return fail("AccessDenied",
                "Query-string authentication requires the Signature, Expires and "
                "AWSAccessKeyId parameters",
                403);
  }
  if (seconds < to_ms(now) / 1000) return fail("AccessDenied", "Request has expired", 403);
  const auto secret = secret_of(who.access_key);
  if (!secret) {
    return fail("InvalidAccessKeyId",
                "The AWS Access Key Id you provided does not exist in our records.", 403);
  }
  std::string to_sign = request.method + "\n";
  to_sign += std::string(request.headers.get("Content-MD5")) + "\n";
  to_sign += std::string(request.headers.get("Content-Type")) + "\n" + expires + "\n";
  to_sign += canonical_headers(request) + canonical_resource(request);
  const std::string expected = base64_encode(hmac_sha1(*secret, to_sign));
  const std::string given = form_value(request.raw_query(), "Signature");
  if (given.size() == expected.size() &&
      CRYPTO_memcmp(given.data(), expected.data(), given.size()) == 0)
    return who;
  return fail(
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided. Check "
      "your key and signing method.",
      403);
}

}  // namespace seatrial::wire
