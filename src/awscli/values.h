// From the words given to an option to a tree that the model can judge: which notation they are in,
// what the CLI makes of each, which files it reads. The second half is validate.h.
//
// Problems go to the context; a value that the CLI cannot read gives an unknown node, so that it is
// reported once. Pure.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "awscli/grammar.h"
#include "awscli/json_text.h"
#include "awscli/node.h"
#include "awscli/parse.h"

namespace seatrial::awscli {

struct ValueContext {
  Cli cli = Cli::kV2;
  std::string path;            // of the command
  std::string_view service;    // as the CLI names it, "" for commands of its own
  std::string_view operation;  // "describe-instances"
  bool own_options = false;    // options were given that are no members of the input
  bool raw_blobs = false;      // --cli-binary-format raw-in-base64-out, or version 1
  std::span<const Word> words;
  ParsedCall* call = nullptr;  // problems and files go here
};

// One value as it was written.
struct Source {
  std::string_view text;
  std::size_t word = 0, offset = 0;  // where the text begins
  bool several = false;              // stands for any number of words
};
std::vector<Source> sources_of(std::span<const Word> words, const Given& given);

// The member's value; empty when the option sets none (a paging option).
std::optional<Node> read_option(const ValueContext& context, const Option& option,
                                const Given& given);

// JSON that must be an object, as --cli-input-json takes it.
Node read_input_json(const ValueContext& context, const Option& option, const Given& given);

// A text member that takes any JSON, since it travels in a header.
bool is_json_header(const model::Member& member);

// For what reads and judges values: a problem at a part of the command line.
Problem& add_problem(const ValueContext& context, ProblemKind kind, const Place& place,
                     std::string message);
Place place_of(const Node& node);
Place place_of(const Source& source);

}  // namespace seatrial::awscli
