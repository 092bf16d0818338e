// The AWS CLI's grammar: which commands there are and which options each takes, from the service
// models and the CLI's own facts (facts.h).
//
// Users: parse.h (a command line against it), the runbook's checker, later the native executor.
// Commands are kept for the program's life, once for all Grammars of a version. Any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "awscli/facts.h"
#include "model/pack.h"

namespace seatrial::awscli {

struct Option {
  std::string name;  // without dashes
  Values values = Values::kOne;
  std::size_t count = 1;  // of kOne
  bool required = false;
  Type type = Type::kAny;
  std::vector<std::string> choices;   // the CLI's own, closed list; empty = anything
  std::optional<model::Shape> shape;  // of the input member, where it is one
  std::string member;                 // its name in the model
  bool negative = false;              // sets the member to false
  bool paging = false;                // the CLI's own --max-items, --page-size, --starting-token
  // Neither a member nor one that every operation has.
  bool is_own() const;
  // What the model lists for the value (or the elements of the list), where it lists any.
  std::vector<std::string> model_choices() const;
};

struct Command {
  std::string path;  // "ecs update-service", "ecs wait services-stable", "s3 cp"
  std::vector<Option> options;
  std::vector<Option> positionals;
  bool open = false;          // takes any further arguments
  bool has_children = false;  // is a group, too ("configure")
  std::optional<model::Operation> operation;
  const Option* find(std::string_view name) const;
};

class Grammar {
 public:
  explicit Grammar(Cli cli) : cli_(cli), facts_(facts(cli)) {}

  Cli cli() const { return cli_; }
  bool has_service(std::string_view name) const;
  std::vector<std::string> services() const;
  // A path that only groups further commands ("s3", "ecs wait", "ecs").
  bool is_group(std::string_view path) const;
  std::vector<std::string> children(std::string_view path) const;
  // Whether a path names a command or a group; cheaper than looking through children().
  bool has(std::string_view path) const;
  // Built at first use, then kept as long as the program lives; null when there is none.
  const Command* command(std::string_view path) const;
  const std::vector<Option>& global_options() const;

 private:
  std::optional<model::Service> modelled(std::string_view service) const;
  std::optional<Command> modelled_command(std::string_view path) const;
  std::optional<Command> build_command(std::string_view path) const;
  Command own_command(std::string_view path, const CommandFacts& facts) const;
  void apply_facts(Command& command, const CommandFacts& facts) const;

  Cli cli_;
  const Facts& facts_;
};

// A member's name as an option, by botocore's rule: "taskARNs" -> "task-arns".
std::string option_name(std::string_view member);

}  // namespace seatrial::awscli
