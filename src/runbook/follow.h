// Which commands never end by themselves: they are followed for a while and then interrupted. Pure.
#pragma once
#include <string_view>

namespace seatrial::runbook {

bool follows_for_ever(std::string_view statement);

}  // namespace seatrial::runbook
