// The AWS CLI's shorthand syntax, into a tree with places: Name=a,Values=b,c  key={a=b}  key=[a,b].
//
// The grammar knows no model: every scalar is a text, and "a,b" after a key is a list. What the
// model makes of that is values.cc's. Pure.
#pragma once
#include <expected>
#include <string_view>

#include "awscli/facts.h"
#include "awscli/json_text.h"
#include "awscli/node.h"

namespace seatrial::awscli {

// A map, or where the CLI stops reading.
std::expected<Node, SyntaxError> read_shorthand(std::string_view text, Cli cli);

}  // namespace seatrial::awscli
