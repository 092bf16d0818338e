// Signature Version 2 in the query string, as S3 alone still takes it: boto3 presigns URLs with it
// in the regions that are older than Version 4. Source: "Signing and authenticating REST requests".
#pragma once
#include "wire/sigv4.h"

namespace seatrial::wire {

// Whether the request carries AWSAccessKeyId, Signature and Expires in its query.
bool has_query_v2(const HttpRequest& request);
// The access key it names; region and date, which it does not say, are empty.
Signature parse_query_v2(const HttpRequest& request);
// Errors: AccessDenied (expired, malformed), InvalidAccessKeyId, SignatureDoesNotMatch.
model::Outcome<Signature> verify_query_v2(const HttpRequest& request, Time now,
                                          const SecretLookup& secret_of);

}  // namespace seatrial::wire
