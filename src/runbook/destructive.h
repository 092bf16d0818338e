// Which commands take something away that a person should agree to first. One table for the runner
// (it asks) and the checker (it wants a guard in the text). Pure.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "runbook/shell_syntax.h"

namespace seatrial::runbook {

enum class Damage {
  kLittle,      // comes back by itself, or is easily undone
  kInterrupts,  // a service, until somebody undoes it
  kRemoves,     // something that can be made again
  kLoses,       // data, for good unless there is a copy
};

struct Destruction {
  std::string what;  // "aws ecs delete-service"
  Damage damage = Damage::kLittle;
  std::size_t word = 0;  // of the command: the one that says it
};

// What a command would destroy, or nothing. A dry run destroys nothing.
std::optional<Destruction> destruction_of(const ShellCommand& command);

// What the statement's first destructive command would do ("aws ecs delete-service"), or nothing.
std::optional<std::string> destruction_in(std::string_view statement);
std::optional<std::string> destruction_in(std::span<const ShellCommand> commands);

}  // namespace seatrial::runbook
