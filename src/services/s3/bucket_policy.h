// Bucket policies: what PutBucketPolicy takes, and what a stored one denies.
//
// Everybody who signs here is of the bucket's own account and may do everything, so an Allow gives
// nobody more; what a policy decides is what it denies. Choice: a Deny is evaluated for every call,
// and what of it cannot be evaluated is refused when the policy is put. Rejected: keeping policies
// as text, which would let through what they forbid.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/value.h"
#include "decide/resource_policy/resource_policy.h"
#include "room/room.h"

namespace seatrial::services::s3 {

inline constexpr std::size_t kMaxPolicyBytes = 20u << 10;  // AWS

// Whether the text is a policy of this bucket. Errors: MalformedPolicy, NotImplemented (a Deny that
// cannot be evaluated, access without a signature).
room::Outcome<Value> read_bucket_policy(std::string_view text, const std::string& bucket);
// As AWS says: an Allow for everyone that no condition ties to a known account or place.
bool is_public(const Value& policy);

// What a call does: "s3:GetObject" to "arn:aws:s3:::bucket/key".
struct Access {
  std::string action, resource;
};
// Of an operation with its request's members; empty where no policy decides.
std::vector<Access> accesses_of(std::string_view operation, const Value& input);
// The condition keys of a call.
std::map<std::string, std::string> policy_context(const room::Context& context, const Value& input);

}  // namespace seatrial::services::s3
