// What other rooms may ask of Lambda: to have a function invoked on behalf of an AWS service.
#pragma once
#include <string>

#include "room/room.h"

namespace seatrial::services::lambda {

// Who invokes: the function's resource policy must let it. An empty principal is the account
// itself.
struct Invoker {
  std::string principal;   // "sns.amazonaws.com", "events.amazonaws.com", "logs.amazonaws.com"
  std::string source_arn;  // the topic, the rule, the alarm, the log group
};

class Functions {  // control thread
 public:
  virtual ~Functions() = default;
  // Accepts one asynchronous invocation, as Invoke with InvocationType Event: part of the caller's
  // open transaction, carried out (at least once, errors retried twice) when that is durable. Says
  // the request's id. `payload` is JSON of at most kMaxAsyncPayload bytes. Errors:
  // ResourceNotFoundException, AccessDeniedException (the function's policy does not let the
  // invoker), InvalidRequestContentException, RequestTooLargeException, TooManyRequestsException.
  virtual room::Outcome<std::string> invoke_async(const std::string& function_arn,
                                                  std::string payload, const Invoker& invoker) = 0;
  // What invoke_async would say of the function and its policy; nothing is invoked: a dry run.
  virtual room::Outcome<void> may_invoke(const std::string& function_arn, const Invoker&) const {
    if (has_function(function_arn)) return {};
    return room::fail("ResourceNotFoundException", "Function not found: " + function_arn, 404);
  }
  // By ARN, with or without the qualifier $LATEST.
  virtual bool has_function(const std::string& function_arn) const = 0;
};

inline constexpr std::size_t kMaxAsyncPayload = 1 << 20;  // bytes; API_Invoke

}  // namespace seatrial::services::lambda
