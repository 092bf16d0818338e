// What a script's text says beside its commands: which variables it sets and uses, where, and where
// the grammar could not read it. For the checker. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "runbook/shell_syntax.h"

namespace seatrial::runbook {

struct ShellAssignment {
  enum class Scope {
    kShell,    // the script's own shell: it lasts
    kCommand,  // `NAME=value command`: for that command only
    kNested    // a subshell, substitution or pipeline's member: lost when that ends
  };
  std::string name;
  ShellWord value;          // empty for `read NAME`, `for NAME in ...` and `export NAME`
  bool has_value = true;    // false where value says nothing
  std::uint32_t begin = 0;  // bytes of the name in the script
  std::uint32_t end = 0;
  Scope scope = Scope::kShell;
};

struct VariableUse {
  std::string name;
  std::uint32_t begin = 0;  // bytes of the expansion in the script
  std::uint32_t end = 0;
  bool has_default = false;  // ${X:-...}, ${X:?...}, ${X+...}
};

// A place the grammar could not read, or where it missed something.
struct SyntaxError {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::string missing;  // the token that should stand there, or empty
};

struct ShellFacts {
  std::vector<ShellCommand> commands;  // as find_commands
  std::vector<ShellAssignment> assignments;
  std::vector<VariableUse> uses;
  std::vector<SyntaxError> errors;
  std::vector<std::string> functions;  // defined in it
};

// All in order of their places. A script over the parser's limit gives nothing.
ShellFacts shell_facts(std::string_view script);

}  // namespace seatrial::runbook
