// Resource policies (of queues, topics, buses) as far as they decide what AWS services may do on a
// resource. Pure.
//
// Problem: a queue without a policy that lets SNS send is a bug that AWS shows at once and a
// lenient simulation hides. Choice: the policy grammar with its common conditions, evaluated for
// service principals and callers; what cannot be evaluated is refused when the policy is set.
// Rejected: keeping policies as text, which would answer success for nothing.
//
// docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
#pragma once
#include <expected>
#include <map>
#include <string>
#include <string_view>

#include "base/value.h"

namespace seatrial::decide {

struct PolicyQuestion {
  std::string service;                         // the principal: "sns.amazonaws.com"
  std::string action;                          // "sqs:SendMessage"
  std::string resource;                        // ARN
  std::map<std::string, std::string> context;  // condition keys in lower case: "aws:sourcearn"
  // Who calls, where that is no service: "arn:aws:iam::123456789012:user/ann", and the account.
  std::string caller = "", account = "";
};

enum class PolicyVerdict { kNone, kAllow, kDeny };

// What is wrong with a policy document, or the document. Empty text is no document.
std::expected<Value, std::string> parse_resource_policy(std::string_view text);

// Of a document that was parsed; a Deny beats every Allow.
PolicyVerdict evaluate_policy(const Value& policy, const PolicyQuestion& question);

}  // namespace seatrial::decide
