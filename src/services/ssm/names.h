// Parameter names: what may be put, and the forms in which one may be asked for.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "model/aws_error.h"

namespace seatrial::services::ssm {

// Refuses a name that no new parameter may have.
model::Outcome<void> check_new_name(std::string_view name);

// "name", "name:3", "name:label" or an ARN of any of them.
struct Reference {
  std::string name;      // as in the table: of an ARN "parameter/a/b" it is "/a/b"
  std::string region;    // of an ARN, else empty
  std::string account;   // likewise
  std::string selector;  // "3" or a label, else empty
};
Reference parse_reference(std::string_view text);

// "arn:aws:ssm:ap-southeast-2:123456789012:parameter/a/b" of "/a/b".
std::string arn_of(std::string_view region, std::string_view account, std::string_view name);

// Whether `name` lies under the path: anywhere below when recursive, else directly.
bool under_path(std::string_view name, std::string_view path, bool recursive);

}  // namespace seatrial::services::ssm
