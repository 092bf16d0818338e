// A command line of the AWS CLI against its grammar: what the CLI itself would refuse.
//
// It follows the CLI's parser: global options anywhere, unique prefixes of an option's name
// accepted, an option takes what follows up to the next word that begins with a dash. Words whose
// value is not known (shell expansions) are never reported, and where one might stand for several
// words nothing is said to be missing. Pure. Any thread.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "awscli/grammar.h"

namespace seatrial::awscli {

struct Word {
  std::string text;
  bool known = true;    // text is the exact value
  bool quoted = false;  // an unknown one that is quoted stands for exactly one word
};

enum class ProblemKind {
  kUnknownService,
  kUnknownOperation,
  kUnknownOption,
  kMissingOption,
  kMissingValue,
  kBadChoice
};

struct Problem {
  ProblemKind kind = ProblemKind::kUnknownOption;
  std::size_t word = 0;  // index of the word it is about
  std::string message;
  std::string suggestion;  // what to write instead, or empty
  std::string option;      // concerned, without dashes
};

// An option as it was given.
struct Given {
  std::string name;  // in full, without dashes
  std::size_t word = 0;
  std::vector<std::size_t> values;  // words; empty with inline_value set for --name=value
  std::optional<std::string> inline_value;
};

struct ParsedCall {
  std::string path;  // "ecs update-service", as far as it is known
  std::optional<Command> command;
  std::vector<Given> given;
  std::vector<Problem> problems;
  bool incomplete = false;  // unknown words hide (part of) the call
};

// words[0] is "aws". `more_follow`: further words are added at run time (xargs).
ParsedCall parse_call(const Grammar& grammar, std::span<const Word> words,
                      bool more_follow = false);

// The candidate nearest to a misspelt name, or empty when none is near.
std::string nearest(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace seatrial::awscli
