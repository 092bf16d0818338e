// Which commands never end by themselves: they are followed for a while and then interrupted. Pure.
#pragma once
#include <span>
#include <string_view>

#include "runbook/shell_syntax.h"

namespace seatrial::runbook {

bool follows_for_ever(std::string_view statement);
bool follows_for_ever(std::span<const ShellCommand> commands);  // of the statement

}  // namespace seatrial::runbook
