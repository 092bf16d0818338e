// AWS Signature Version 4: whose request is it, and did the owner of the secret sign it?
//
// Problem: every request of a world with authentication passes here, so the work is two SHA-256
// and one HMAC, with the derived key from a cache; nothing of the body is copied.
// S3's old Version 2 in the query string is in sigv2.h and found here as well.
// Choice: the header form, the presigned form, UNSIGNED-PAYLOAD and STREAMING-* payload hashes.
// SigV4a (ECDSA) is refused by name. Sources: AWS's published algorithm, botocore as the oracle.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "model/aws_error.h"
#include "wire/message.h"

namespace seatrial::wire {

struct Signature {
  std::string access_key;
  std::string date;  // the scope's, "20261121"
  std::string region;
  std::string service;
};

// The secret of an access key, empty when there is no such (active) key. Any thread.
using SecretLookup = std::function<std::optional<std::string>(std::string_view access_key)>;

// Which words the errors use; kGuess takes them from the request and the signing name.
enum class ErrorFamily { kGuess, kJson, kRest, kQuery, kEc2, kS3 };

struct VerifyOptions {
  ErrorFamily family = ErrorFamily::kGuess;
  Millis allowed_skew{5 * 60 * 1000};  // S3 allows 15 minutes whatever is said here
};

// What the request says about its signer, unverified: for --auth off, and for routing before
// verification. Empty when it carries no SigV4 signature.
std::optional<Signature> parse_signature(const HttpRequest& request);

// Checks the signature. Errors as AWS words them for the family: missing or incomplete signature,
// unknown key, wrong signature, clock skew, expired presigned URL. Any thread.
model::Outcome<Signature> verify(const HttpRequest& request, Time now,
                                 const SecretLookup& secret_of, const VerifyOptions& options = {});

}  // namespace seatrial::wire
