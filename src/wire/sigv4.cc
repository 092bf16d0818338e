#include "wire/sigv4.h"

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

#include "base/encoding.h"
#include "model/pack.h"
#include "wire/sigv2.h"
#include "wire/text.h"

namespace seatrial::wire {
namespace {

using model::fail;
using model::Outcome;

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kUnsigned = "UNSIGNED-PAYLOAD";
constexpr std::size_t kMaxCachedKeys =
    1024;  // derived signing keys; one a key, day, region, service
constexpr std::int64_t kMaxPresignedSeconds = 7 * 24 * 3600;
constexpr Millis kS3Skew{15 * 60 * 1000};

// Everything a signature says, as views of the request (or of `storage` when it was decoded).
struct Parts {
  bool presigned = false;
  std::string_view access_key, date, region, service;
  std::string_view signed_headers, signature, timestamp;
  std::int64_t expires_s = 0;
  std::array<std::string, 5> storage;
  std::string missing;  // "Authorization header requires 'Signature' parameter. ..."
};

bool split_credential(std::string_view credential, Parts& out) {
  // The access key may not contain '/', so four slashes make five parts.
  const auto parts = split(credential, '/');
  if (parts.size() != 5 || parts[4] != "aws4_request" || parts[0].empty()) return false;
  out.access_key = parts[0];
  out.date = parts[1];
  out.region = parts[2];
  out.service = parts[3];
  return true;
}

// "Credential=..., SignedHeaders=..., Signature=..." after the algorithm.
bool parse_header(std::string_view header, const HttpRequest& request, Parts& out) {
  header.remove_prefix(kAlgorithm.size());
  std::string_view credential;
  for (const std::string_view part : split(header, ',')) {
    const std::string_view field = trim(part);
    const auto value = field.substr(std::min(field.find('=') + 1, field.size()));
    if (field.starts_with("Credential=")) credential = value;
    if (field.starts_with("SignedHeaders=")) out.signed_headers = value;
    if (field.starts_with("Signature=")) out.signature = value;
  }
  out.timestamp = request.headers.get("X-Amz-Date");
  if (out.timestamp.empty()) out.timestamp = request.headers.get("Date");
  const auto require = [&](bool there, std::string_view name) {
    if (!there) out.missing += fmt::format("Authorization header requires '{}' parameter. ", name);
  };
  require(split_credential(credential, out), "Credential");
  require(!out.signature.empty(), "Signature");
  require(!out.signed_headers.empty(), "SignedHeaders");
  if (out.timestamp.empty()) {
    out.missing +=
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  }
  return out.missing.empty();
}

bool parse_query(const HttpRequest& request, Parts& out) {
  constexpr std::array<std::string_view, 5> kNames{
      "X-Amz-Credential", "X-Amz-SignedHeaders", "X-Amz-Signature", "X-Amz-Date", "X-Amz-Expires"};
  const std::string_view query = request.raw_query();
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    out.storage[i] = form_value(query, kNames[i]);
    if (out.storage[i].empty() && i < 4) {
      out.missing += fmt::format("AWS query-string parameters must include '{}'. ", kNames[i]);
    }
  }
  out.presigned = true;
  if (!split_credential(out.storage[0], out) && out.missing.empty()) {
    out.missing = "Credential must have exactly 5 slash-delimited elements. ";
  }
  out.signed_headers = out.storage[1];
  out.signature = out.storage[2];
  out.timestamp = out.storage[3];
  out.expires_s = 900;
  if (const std::string& text = out.storage[4]; !text.empty()) {
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), out.expires_s);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    if (!whole || out.expires_s < 0 || out.expires_s > kMaxPresignedSeconds) {
      out.missing += "X-Amz-Expires must be between 0 and 604800 seconds. ";
    }
  }
  return out.missing.empty();
}

enum class Found { kNone, kOther, kHeader, kQuery };

Found find_signature(const HttpRequest& request) {
  const std::string_view header = request.headers.get("Authorization");
  if (header.starts_with(kAlgorithm) && header.substr(kAlgorithm.size()).starts_with(' '))
    return Found::kHeader;
  if (!header.empty()) return Found::kOther;
  const std::string_view query = request.raw_query();
  if (query.find("X-Amz-Algorithm=") == std::string_view::npos) return Found::kNone;
  return form_value(query, "X-Amz-Algorithm") == kAlgorithm ? Found::kQuery : Found::kOther;
}

void append_collapsed(std::string_view value, std::string& out) {
  value = trim(value);
  bool space = false;
  for (const char c : value) {
    if (c == ' ' && space) continue;
    space = c == ' ';
    out += c;
  }
}

// Removes "." and ".." segments and empty ones, as every service but S3 signs its paths.
std::string normalized_path(std::string_view path) {
  if (path.find("//") == std::string_view::npos && path.find("/.") == std::string_view::npos) {
    return std::string(path);
  }
  std::vector<std::string_view> kept;
  for (const std::string_view part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..")
      kept.push_back(part);
    else if (!kept.empty())
      kept.pop_back();
  }
  std::string out;
  for (const auto part : kept) {
    out += '/';
    out += part;
  }
  if (out.empty() || path.ends_with('/')) out += '/';
  return out;
}

void append_canonical_path(const HttpRequest& request, bool s3, std::string& out) {
  const std::string_view path = request.sent_path();
  if (path.empty() || path == "/")
    out += '/';
  else if (s3)
    out += path;
  else
    out += percent_encode(normalized_path(path), true);  // encoded a second time
}

void append_canonical_query(std::string_view query, bool presigned, std::string& out) {
  if (query.empty()) return;
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& [name, value] : split_form(query)) {
    if (presigned && name == "X-Amz-Signature") continue;
    pairs.emplace_back(percent_encode(percent_decode(name)), percent_encode(percent_decode(value)));
  }
  std::sort(pairs.begin(), pairs.end());
  bool first = true;
  for (const auto& [name, value] : pairs) {
    if (!first) out += '&';
    first = false;
    out += name;
    out += '=';
    out += value;
  }
}

void append_canonical_headers(const HttpRequest& request, std::string_view names,
                              std::string& out) {
  for (const std::string_view name : split(names, ';')) {
    out += name;
    out += ':';
    bool first = true;
    for (const auto& [key, value] : request.headers.all()) {
      if (key.size() != name.size() || !same_ignoring_case(key, name)) continue;
      if (!first) out += ',';
      first = false;
      append_collapsed(value, out);
    }
    out += '\n';
  }
}

std::string payload_hash(const HttpRequest& request, const Parts& parts) {
  const std::string_view declared = request.headers.get("X-Amz-Content-Sha256");
  if (declared == kUnsigned || declared.starts_with("STREAMING-")) return std::string(declared);
  if (parts.presigned && parts.service == "s3" && declared.empty()) return std::string(kUnsigned);
  return hex_encode(sha256(request.body));
}

std::string canonical_request(const HttpRequest& request, const Parts& parts) {
  std::string out;
  out.reserve(1024);
  out += request.method;
  out += '\n';
  append_canonical_path(request, parts.service == "s3", out);
  out += '\n';
  append_canonical_query(request.raw_query(), parts.presigned, out);
  out += '\n';
  append_canonical_headers(request, parts.signed_headers, out);
  out += '\n';
  out += parts.signed_headers;
  out += '\n';
  out += payload_hash(request, parts);
  return out;
}

// Derived keys by everything they are derived from. Full means start over: a world has few keys.
class KeyCache {
 public:
  std::string get(const Parts& parts, const std::string& secret) {
    std::string name;
    for (const auto part : {parts.access_key, parts.date, parts.region, parts.service}) {
      name += part;
      name += '\n';
    }
    {
      const std::shared_lock lock(mutex_);
      if (const auto found = keys_.find(name);
          found != keys_.end() && found->second.secret == secret) {
        return found->second.key;
      }
    }
    std::string key = hmac_sha256("AWS4" + secret, parts.date);
    key = hmac_sha256(key, parts.region);
    key = hmac_sha256(key, parts.service);
    key = hmac_sha256(key, "aws4_request");
    const std::unique_lock lock(mutex_);
    if (keys_.size() >= kMaxCachedKeys) keys_.clear();
    keys_[name] = {secret, key};
    return key;
  }

 private:
  struct Entry {
    std::string secret, key;
  };
  std::shared_mutex mutex_;
  std::unordered_map<std::string, Entry> keys_;
};

KeyCache& key_cache() {
  static auto& cache = *new KeyCache;
  return cache;
}

ErrorFamily family_of_service(std::string_view signing_name) {
  const auto services = model::find_by_signing_name(signing_name);
  if (services.empty()) return ErrorFamily::kJson;
  switch (services.front().protocol()) {
    case model::Protocol::kEc2:
      return ErrorFamily::kEc2;
    case model::Protocol::kQuery:
      return ErrorFamily::kQuery;
    case model::Protocol::kRestJson:
      return ErrorFamily::kRest;
    case model::Protocol::kRestXml:
      return signing_name == "s3" ? ErrorFamily::kS3 : ErrorFamily::kQuery;
    default:
      return ErrorFamily::kJson;
  }
}

ErrorFamily guess_family(const HttpRequest& request, std::string_view signing_name) {
  if (request.headers.has("X-Amz-Target") || request.headers.has("Smithy-Protocol")) {
    return ErrorFamily::kJson;
  }
  const ErrorFamily family =
      signing_name.empty() ? ErrorFamily::kRest : family_of_service(signing_name);
  if (family != ErrorFamily::kJson && !signing_name.empty()) return family;
  bool action = false;
  form_value(request.raw_query(), "Action", &action);
  if (!action) form_value(request.body, "Action", &action);
  return action ? ErrorFamily::kQuery : family;
}

enum class Fault { kMissing, kIncomplete, kUnknownKey, kMismatch, kSkewed, kExpired };

struct Words {
  const char* code;
  int status;
  const char* message;  // null: the caller's
};

constexpr const char* kBadToken = "The security token included in the request is invalid.";
constexpr const char* kBadSignature =
    "The request signature we calculated does not match the signature you provided. Check your AWS "
    "Secret Access Key and signing method. Consult the service documentation for details.";
constexpr const char* kEc2Refusal = "AWS was not able to validate the provided access credentials";
constexpr const char* kS3BadSignature =
    "The request signature we calculated does not match the signature you provided. Check your key "
    "and signing method.";

// The table of AWS's words. Columns: missing, incomplete, unknown key, mismatch, skewed, expired.
// guess: the statuses of the json family follow DynamoDB and ECS.
constexpr Words kJsonWords[] = {
    {"MissingAuthenticationTokenException", 400, "Request is missing Authentication Token"},
    {"IncompleteSignatureException", 400, nullptr},
    {"UnrecognizedClientException", 400, kBadToken},
    {"InvalidSignatureException", 400, kBadSignature},
    {"InvalidSignatureException", 400, nullptr},
    {"InvalidSignatureException", 400, nullptr}};
constexpr Words kRestWords[] = {
    {"MissingAuthenticationTokenException", 403, "Missing Authentication Token"},
    {"IncompleteSignatureException", 403, nullptr},
    {"UnrecognizedClientException", 403, kBadToken},
    {"InvalidSignatureException", 403, kBadSignature},
    {"InvalidSignatureException", 403, nullptr},
    {"InvalidSignatureException", 403, nullptr}};
constexpr Words kQueryWords[] = {
    {"MissingAuthenticationToken", 403, "Request is missing Authentication Token"},
    {"IncompleteSignature", 400, nullptr},
    {"InvalidClientTokenId", 403, kBadToken},
    {"SignatureDoesNotMatch", 403, kBadSignature},
    {"SignatureDoesNotMatch", 403, nullptr},
    {"SignatureDoesNotMatch", 403, nullptr}};
constexpr Words kEc2Words[] = {{"AuthFailure", 401, kEc2Refusal},
                               {"AuthFailure", 401, nullptr},
                               {"AuthFailure", 401, kEc2Refusal},
                               {"AuthFailure", 401, kEc2Refusal},
                               {"RequestExpired", 400, "Request has expired."},
                               {"RequestExpired", 400, "Request has expired."}};
constexpr Words kS3Words[] = {
    {"AccessDenied", 403, "Access Denied"},
    {"AuthorizationHeaderMalformed", 400, nullptr},
    {"InvalidAccessKeyId", 403,
     "The AWS Access Key Id you provided does not exist in our records."},
    {"SignatureDoesNotMatch", 403, kS3BadSignature},
    {"RequestTimeTooSkewed", 403,
     "The difference between the request time and the server's time is too large."},
    {"AccessDenied", 403, "Request has expired"}};

const Words& words_of(ErrorFamily family, Fault fault) {
  const auto column = static_cast<std::size_t>(fault);
  switch (family) {
    case ErrorFamily::kRest:
      return kRestWords[column];
    case ErrorFamily::kQuery:
      return kQueryWords[column];
    case ErrorFamily::kEc2:
      return kEc2Words[column];
    case ErrorFamily::kS3:
      return kS3Words[column];
    default:
      return kJsonWords[column];
  }
}

std::unexpected<model::AwsError> refuse(ErrorFamily family, Fault fault, std::string message = {}) {
  const Words& words = words_of(family, fault);
  return fail(words.code, words.message != nullptr ? words.message : std::move(message),
              words.status);
}

// As YYYYMMDDTHHMMSSZ, which is how nearly every client writes it in the first place.
std::string basic_form(std::string_view timestamp, Time at) {
  const bool basic = timestamp.size() == 16 && timestamp[8] == 'T' && timestamp[15] == 'Z';
  return basic ? std::string(timestamp) : format_basic(at);
}

template <class Family>
Outcome<void> check_time(const Parts& parts, Time now, Millis skew, const Family& family_of) {
  const auto at = parse_time(parts.timestamp);
  if (!at) {
    return refuse(family_of(), Fault::kIncomplete,
                  "Date must be in ISO-8601 'basic format'. Got '" +
                      std::string(valid_utf8(parts.timestamp) ? parts.timestamp : "?") + "'.");
  }
  const std::string when = basic_form(parts.timestamp, *at);
  if (!when.starts_with(parts.date)) {
    return refuse(
        family_of(), Fault::kSkewed,
        fmt::format("Date in Credential scope does not match YYYYMMDD from ISO-8601 version "
                    "of date from HTTP: '{}' != '{}', from '{}'.",
                    parts.date, when.substr(0, 8), when));
  }
  const Millis life = parts.presigned ? Millis{parts.expires_s * 1000} : skew;
  if (*at + life >= now && *at <= now + skew) return {};
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(skew).count();
  if (*at + life < now) {
    const std::string limit =
        parts.presigned ? fmt::format("Signature expired: {} is now earlier than {}",
                                      format_basic(*at + life), format_basic(now))
                        : fmt::format("Signature expired: {} is now earlier than {} ({} - {} min.)",
                                      when, format_basic(now - skew), format_basic(now), minutes);
    return refuse(family_of(), parts.presigned ? Fault::kExpired : Fault::kSkewed, limit);
  }
  return refuse(family_of(), Fault::kSkewed,
                fmt::format("Signature not yet current: {} is still later than {} ({} + {} min.)",
                            when, format_basic(now + skew), format_basic(now), minutes));
}

bool signature_matches(const HttpRequest& request, const Parts& parts, const std::string& secret) {
  const auto at = parse_time(parts.timestamp);
  std::string to_sign(kAlgorithm);
  to_sign += '\n';
  to_sign += basic_form(parts.timestamp, *at);
  for (const char* separator = "\n"; const auto part : {parts.date, parts.region, parts.service}) {
    to_sign += separator;
    to_sign += part;
    separator = "/";
  }
  to_sign += "/aws4_request\n";
  to_sign += hex_encode(sha256(canonical_request(request, parts)));
  const std::string expected = hex_encode(hmac_sha256(key_cache().get(parts, secret), to_sign));
  return expected.size() == parts.signature.size() &&
         CRYPTO_memcmp(expected.data(), parts.signature.data(), expected.size()) == 0;
}

// A declared hash that is not the body's: the signature covers the declaration only.
bool body_matches_declared_hash(const HttpRequest& request) {
  const std::string_view declared = request.headers.get("X-Amz-Content-Sha256");
  if (declared.size() != 64) return true;
  return declared == hex_encode(sha256(request.body));
}

bool host_is_signed(std::string_view signed_headers) {
  const auto names = split(signed_headers, ';');
  return std::find(names.begin(), names.end(), "host") != names.end();
}

}  // namespace

std::optional<Signature> parse_signature(const HttpRequest& request) {
  if (has_query_v2(request)) return parse_query_v2(request);
  Parts parts;
  switch (find_signature(request)) {
    case Found::kHeader:
      parse_header(request.headers.get("Authorization"), request, parts);
      break;
    case Found::kQuery:
      parse_query(request, parts);
      break;
    default:
      return std::nullopt;
  }
  if (parts.access_key.empty()) return std::nullopt;
  return Signature{std::string(parts.access_key), std::string(parts.date),
                   std::string(parts.region), std::string(parts.service)};
}

Outcome<Signature> verify(const HttpRequest& request, Time now, const SecretLookup& secret_of,
                          const VerifyOptions& options) {
  if (has_query_v2(request)) return verify_query_v2(request, now, secret_of);
  Parts parts;
  const Found found = find_signature(request);
  if (found == Found::kHeader)
    parse_header(request.headers.get("Authorization"), request, parts);
  else if (found == Found::kQuery)
    parse_query(request, parts);
  const auto family = [&] {  // only refusals need it
    return options.family != ErrorFamily::kGuess ? options.family
                                                 : guess_family(request, parts.service);
  };
  if (found == Found::kNone) return refuse(family(), Fault::kMissing);
  if (found == Found::kOther) {
    return refuse(family(), Fault::kIncomplete, "Only AWS4-HMAC-SHA256 signatures are supported.");
  }
  if (!parts.missing.empty()) return refuse(family(), Fault::kIncomplete, parts.missing);
  if (!host_is_signed(parts.signed_headers)) {
    return refuse(family(), Fault::kIncomplete,
                  "'Host' must be a 'SignedHeader' in the AWS Authorization.");
  }
  const bool s3 = options.family == ErrorFamily::kS3 || parts.service == "s3";
  if (auto timely = check_time(parts, now, s3 ? kS3Skew : options.allowed_skew, family); !timely)
    return std::unexpected(timely.error());
  const auto secret = secret_of(parts.access_key);
  if (!secret) return refuse(family(), Fault::kUnknownKey);
  if (!signature_matches(request, parts, *secret)) return refuse(family(), Fault::kMismatch);
  if (!body_matches_declared_hash(request)) {
    if (family() != ErrorFamily::kS3) return refuse(family(), Fault::kMismatch);
    return fail("XAmzContentSHA256Mismatch",
                "The provided 'x-amz-content-sha256' header does not match what was computed.");
  }
  return Signature{std::string(parts.access_key), std::string(parts.date),
                   std::string(parts.region), std::string(parts.service)};
}

}  // namespace seatrial::wire
