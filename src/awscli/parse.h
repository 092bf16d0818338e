// A command line of the AWS CLI against its grammar: what the CLI itself would refuse before it
// connects, and what the service's model says that the service will refuse.
//
// It follows the CLI's own steps: global options anywhere, unique prefixes of an option's name
// where the version takes them, an option takes what follows up to the next word that begins with
// a dash; then values are turned into the operation's input (values.h) and that is checked against
// the model. Words whose value is not known (shell expansions) are never reported, and where one
// might stand for several words nothing is said to be missing. Pure. Any thread.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "awscli/grammar.h"
#include "awscli/node.h"
#include "base/value.h"

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
  kMissingValue,  // an option without its value; a member that a structure must have
  kBadChoice,     // of a closed list: the CLI's own, or a map of states in one of its commands
  kUnknownWaiter,
  kOpenChoice,     // not among those the model lists; the service may know more by now
  kJoinedList,     // several values joined by commas in one word of a list option
  kExclusive,      // options that exclude each other
  kBadValue,       // type, range, length, pattern, form
  kBadShorthand,   // syntax of shorthand or JSON, unknown key
  kAbbreviation,   // a unique prefix of an option's name
  kOtherVersion,   // command, option or form of the other CLI version only
  kPayloadFormat,  // version 2 takes blobs as base64
};

// Who says no. What nobody refuses is still misleading (an abbreviation).
enum class Refuser { kClient, kService, kNobody };

// A part of the command line: bytes of one word's text.
struct Place {
  std::size_t word = 0;
  std::size_t offset = 0;
  std::size_t length = std::string::npos;  // npos: to the word's end
};

struct Problem {
  ProblemKind kind = ProblemKind::kUnknownOption;
  std::size_t word = 0;  // index of the word it is about
  std::string message;
  std::string suggestion;  // what to write instead, or empty
  std::string option;      // concerned, without dashes
  std::size_t offset = 0;  // the part of the word's text, as in Place
  std::size_t length = std::string::npos;
  Refuser refuser = Refuser::kClient;
  bool mechanical = false;  // `suggestion` in place of that part means what was meant
};

// An option as it was given.
struct Given {
  std::string name;  // in full, without dashes
  std::size_t word = 0;
  std::vector<std::size_t> values;  // words; empty with inline_value set for --name=value
  std::optional<std::string> inline_value;
};

// A file that the call reads (file://, fileb://, --template-file, `s3 cp` from here) or writes.
struct FileUse {
  std::string path;  // as written, scheme removed
  Place place;
  std::string option;  // without dashes; a positional argument's name
  bool writes = false;
};

struct ParsedCall {
  std::string path;  // "ecs update-service", as far as it is known
  const Command* command = nullptr;
  std::vector<Given> given;
  std::vector<Place> positionals;  // values of the command's own positional arguments, in order
  std::vector<Problem> problems;
  bool incomplete = false;  // unknown words hide (part of) the call

  // The operation's input in canonical form (base/value.h) as far as it is known: null stands for
  // an unknown value, kUnknownMark in a string for an unknown part of it. Object; empty for the
  // CLI's own commands and when the values could not be read.
  Value input = Object{};
  // The input may have more members than these (from a file, from words not known).
  bool input_open = false;
  std::vector<FileUse> files;

  // Where the value at a path of the input was written: "cluster", "filters[0].Name", "tags.key".
  // A path with no place of its own gets its parent's. Empty when it was not given.
  std::optional<Place> place_of(std::string_view input_path) const;
  const Given* find(std::string_view option) const;
  // The option's single value, when it was given and is known.
  std::optional<std::string_view> text_of(std::string_view option,
                                          std::span<const Word> words) const;

  std::unordered_map<std::string, Place> places;  // for place_of
};

// words[0] is "aws". `more_follow`: further words are added at run time (xargs).
ParsedCall parse_call(const Grammar& grammar, std::span<const Word> words,
                      bool more_follow = false);

// The candidate nearest to a misspelt name, or empty when none is near.
std::string nearest(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace seatrial::awscli
