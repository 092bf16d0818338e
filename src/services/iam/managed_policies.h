// The AWS managed policies that can be attached here: a fixed table of common ones.
//
// AWS's documents change over the years and nothing here evaluates them, so only a few that are
// short and stable are kept; asking for another's document is refused.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/shapes/iam.h"

namespace seatrial::services::iam {

// "arn:aws:iam::aws:policy/ReadOnlyAccess" -> its shape, without AttachmentCount.
std::optional<aws::iam::Policy> managed_policy(std::string_view arn);
std::vector<aws::iam::Policy> managed_policies();  // by ARN
// Its document, empty when this table does not keep it.
std::string_view managed_policy_document(std::string_view arn);

}  // namespace seatrial::services::iam
