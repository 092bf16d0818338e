// JSON as the AWS CLI reads it (Python's reader), into a tree with places. Pure.
#pragma once
#include <expected>
#include <string>
#include <string_view>

#include "awscli/node.h"

namespace seatrial::awscli {

struct SyntaxError {
  std::size_t at = 0;  // byte of the text
  std::string message;
  bool unsure = false;  // an unknown part stands before it, or it is nested too deep to judge
};

std::expected<Node, SyntaxError> read_json(std::string_view text);

}  // namespace seatrial::awscli
