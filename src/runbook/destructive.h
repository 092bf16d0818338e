// Which commands take something away that a person should agree to first. One table. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace seatrial::runbook {

// What the statement's first destructive command would do ("aws ecs delete-service"), or nothing.
std::optional<std::string> destruction_in(std::string_view statement);

}  // namespace seatrial::runbook
