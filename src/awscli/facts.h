// What the AWS CLI changes about the grammar that follows from the models: renamed, added and
// removed options, commands of its own. Read from embedded text once. Any thread.
#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial::awscli {

enum class Cli { kV1 = 1, kV2 = 2 };

enum class Values { kNone, kOne, kOptional, kAny, kSome };

// What the CLI itself checks of a value, beside the model.
enum class Type { kAny, kInteger, kFloat, kComplex };

struct FactOption {
  Values values = Values::kOne;
  std::size_t count = 1;  // of kOne
  bool required = false;
  Type type = Type::kAny;
  std::vector<std::string> choices;
  std::string member;     // of the operation's input that it sets, or empty
  bool negative = false;  // to false
};

struct NamedFactOption {
  std::string name;
  FactOption option;
};

struct CommandFacts {
  bool custom = false;    // is no modelled operation
  bool group = false;     // only groups others
  bool open = false;      // takes any further arguments
  std::string operation;  // a modelled one under this name, or empty
  std::map<std::string, FactOption, std::less<>> options;
  std::vector<NamedFactOption> positionals;  // in their order
  std::set<std::string, std::less<>> removed_options;
};

struct Facts {
  std::map<std::string, CommandFacts, std::less<>> commands;  // by path; "" has the global options
  std::set<std::string, std::less<>> removed;                 // operations and services, by path
  std::map<std::string, std::string, std::less<>> aliases;    // command name -> model's name
  // Names of commands one level below a path, modelled ones aside.
  std::vector<std::string> children(std::string_view path) const;
};

// Version 2's are laid over version 1's: the installed v2 that they were read from is older, and an
// option that either knows is better accepted than reported.
const Facts& facts(Cli cli);

}  // namespace seatrial::awscli
