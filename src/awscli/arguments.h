// Words to options and positional arguments, as Python's argparse does it for one of the CLI's
// parsers: main, service, group, command. Each takes what it knows and leaves the rest to the next.
//
// Problem: which word is a value, an option, a command depends on argparse's rules (an option takes
// what follows up to the next word that begins with a dash; unique prefixes; '--'; "-1" is a
// number), applied anew by each parser to what the one before left over. Choice: the same steps
// over indices of words. Words with unknown parts are values unless they begin with a dash. Pure.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "awscli/parse.h"

namespace seatrial::awscli {

struct Taken {
  const Option* option = nullptr;
  std::size_t word = 0;
  bool abbreviated = false;
  std::vector<std::size_t> values;       // words
  std::optional<std::size_t> inline_at;  // offset in `word` of the value after '='
};

struct Arguments {
  std::vector<Taken> options;
  std::vector<Taken> positionals;  // those that were given a value
  std::vector<std::size_t> rest;   // words nobody wanted, in order
  std::vector<Problem> problems;
  // Some words could not be told (an option's name, or any number of words, made by the shell).
  bool incomplete = false;
};

// What one parser knows.
struct ParserTable {
  std::span<const Option> options;
  std::span<const Option> positionals;
};

Arguments take_arguments(const ParserTable& table, std::span<const Word> words,
                         std::span<const std::size_t> indices);

// Whether argparse would take the word for an option (or its attempt), known or not.
bool looks_like_option(const Word& word);

}  // namespace seatrial::awscli
