// JMESPath text to a tree. Pure. Any thread.
#pragma once
#include <expected>
#include <string_view>

#include "jmespath/ast.h"
#include "jmespath/lexer.h"

namespace seatrial::jmespath {

// Of the tree. Everything that walks one recurses no deeper.
inline constexpr std::uint32_t kMaxDepth = 200;

// What Python's jmespath.compile() accepts is accepted, what it refuses is refused. Functions that
// do not exist are not its business: they fail when they are called (infer.h tells beforehand).
// With `unknown_bytes`, a literal that has kUnknownByte in it is an unknown one: it can be inferred
// over, not evaluated. Anywhere else that byte is an error.
std::expected<Expression, SyntaxError> parse(std::string_view expression,
                                             bool unknown_bytes = false);

}  // namespace seatrial::jmespath
