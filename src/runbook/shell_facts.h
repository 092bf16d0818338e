// What a script's text says beside its commands: which variables it sets and uses, where, which
// files it reads and writes by redirection, its here-documents and functions, and where the grammar
// could not read it. For the checker. Pure.
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
  enum class How {
    kValue,       // NAME=value
    kLoop,        // for NAME in words
    kRead,        // read NAME, mapfile NAME, printf -v NAME, getopts ... NAME
    kDeclared,    // export NAME, local NAME
    kArithmetic,  // ((NAME = ...)), ((NAME++)), let NAME=...
    kDefault      // ${NAME:=value}
  };
  std::string name;
  ShellWord value;               // kValue: as far as it is one word
  std::vector<ShellWord> words;  // kLoop: what is gone through
  bool has_value = true;         // value says something
  bool list = false;             // NAME=( ... )
  bool in_function = false;
  std::uint32_t begin = 0;  // bytes of the name in the script
  std::uint32_t end = 0;
  std::uint32_t scope_begin = 0;  // kNested: where it is seen
  std::uint32_t scope_end = 0;
  Scope scope = Scope::kShell;
  How how = How::kValue;
};

struct VariableUse {
  std::string name;
  std::uint32_t begin = 0;  // bytes of the expansion in the script
  std::uint32_t end = 0;
  bool has_default = false;  // ${X:-...}, ${X:?...}, ${X+...}
  bool tested = false;       // [ -z "$X" ]: it is asked whether it has a value
  bool in_function = false;
};

// A place the grammar could not read, or where it missed something.
struct SyntaxError {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::string missing;  // the token that should stand there, or empty
};

// < file, > file, >> file. Not those of descriptors.
struct ShellRedirection {
  ShellWord target;
  bool writes = false;
  std::uint32_t begin = 0;  // bytes of the operator with its target
  std::uint32_t end = 0;
};

struct HereDocument {
  std::uint32_t begin = 0;  // bytes of its text
  std::uint32_t end = 0;
  std::uint32_t command_begin = 0;  // of the statement that reads it
  std::string delimiter;
  bool literal = false;  // the delimiter is quoted: nothing is expanded
};

struct ShellFunction {
  std::string name;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

struct ShellFacts {
  std::vector<ShellCommand> commands;  // as find_commands
  std::vector<ShellAssignment> assignments;
  std::vector<VariableUse> uses;
  std::vector<SyntaxError> errors;
  std::vector<ShellRedirection> redirections;
  std::vector<HereDocument> here_documents;
  std::vector<ShellFunction> functions;  // defined in it
  // Behind these bytes any variable may have a value: source, eval, export $(...).
  std::vector<std::uint32_t> unknown_setters;
};

// All in order of their places. A script over the parser's limit gives nothing.
ShellFacts shell_facts(std::string_view script);

}  // namespace seatrial::runbook
