// The grammar of IAM policy documents. They are checked and kept here; nothing evaluates them yet.
#pragma once
#include <string_view>

#include "model/aws_error.h"

namespace seatrial::services::iam {

enum class PolicyKind { kIdentityInline, kManaged, kTrust };

// MalformedPolicyDocument when `text` is no policy of this kind.
model::Outcome<void> check_policy_document(std::string_view text, PolicyKind kind);

// The characters that count against AWS's size limits: all but whitespace.
std::size_t policy_size(std::string_view text);

}  // namespace seatrial::services::iam
