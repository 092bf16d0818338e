// The forms in which a caller names a function. Pure. Source: API_Invoke, "FunctionName".
#pragma once
#include <optional>
#include <string>

#include "room/room.h"

namespace seatrial::services::lambda {

struct FunctionName {
  std::string region, name;
  std::string qualifier;  // a version or an alias; empty: $LATEST
  std::string key() const { return region + "/" + name; }
};

// A name, "ACCOUNT:function:NAME" or an ARN, each with ":QUALIFIER" perhaps, of the caller's
// region.
room::Outcome<FunctionName> parse_function_name(const room::Context& context,
                                                const std::string& text,
                                                const std::optional<std::string>& qualifier);
// An ARN of any region of the account.
std::optional<FunctionName> parse_function_arn(const std::string& account, const std::string& arn);

std::string function_arn(const std::string& region, const std::string& account,
                         const std::string& name);

}  // namespace seatrial::services::lambda
