// What a command does to the system it is run against, and what it aims at. Tables and the AWS
// convention for operation names; a command that is in none is kOther and never judged. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "runbook/check/analysis.h"

namespace seatrial::runbook::check {

enum class Effect {
  kOther,    // not known, or nothing outside this machine
  kReads,    // shows the state of the system
  kWaits,    // ends when a state is reached, or shows it again and again
  kChanges,  // its reply says that it is done
  kBegins,   // its reply does not say how it turned out: it returns early, or says nothing
};
Effect effect_of(const Command& command);

// "ecs", "update-service" of a call of the AWS CLI; empty when not known.
struct AwsName {
  std::string_view service;
  std::string_view operation;
};
AwsName aws_name(const Command& command);

// The word that says what is done ("update-service", "apply"), or the program when it has none.
std::size_t operation_word(const Command& command);

// Whether a word of the command is this option or begins with "option=".
bool has_option(const Command& command, std::string_view option);
// Index of the first word with this text, letter case aside, or 0.
std::size_t find_word(const Command& command, std::string_view text);
// The index of the word an option's value stands in: `--option value`, `--option=value`; 0 if none.
std::size_t option_value_word(const Command& command, std::string_view option);

// The words that name what the command works on, as written (variables as such, quotes removed):
// neither options nor the subcommand, nor values of options that say where or how (--region).
std::vector<std::string_view> targets_of(const Command& command);
bool share_target(const Command& a, const Command& b);

// Whether `check` can show how `change` turned out: of the same system, or of none in particular.
bool can_verify(const Command& check, const Command& change);

// A command inside a substitution, or started by another one (xargs, watch): `inner` lies in it.
bool is_part_of(const Command& inner, const Command& outer);

}  // namespace seatrial::runbook::check
