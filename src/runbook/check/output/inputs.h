// What `seatrial check` is asked to look at: files, folders, standard input.
#pragma once
#include <expected>
#include <string>
#include <vector>

#include "runbook/document.h"

namespace seatrial::runbook::check {

// Folders are walked this deep, and this many documents are checked at once.
inline constexpr int kMaxFolderDepth = 64;
inline constexpr std::size_t kMaxInputs = 100'000;

struct Input {
  std::string path;  // "-": standard input
  std::string name;  // as shown
};

struct Inputs {
  std::vector<Input> found;         // each once, folders' files by name
  std::vector<std::string> faults;  // what is not there or holds nothing, with what to do
};

// Below a folder: *.md, *.markdown, *.sh and *.bash; hidden folders, node_modules and vendor are
// left out, links to folders are not followed.
Inputs find_inputs(const std::vector<std::string>& arguments);

// Reads the bytes; the reason when they cannot be had.
std::expected<std::string, std::string> read_input(const Input& input);

// Reads them as what they are: a shell script (by name or #! line) or Markdown. The reason when
// they are neither: binary, UTF-16, a program in another language.
std::expected<void, std::string> parse_input(const Input& input, std::string_view bytes,
                                             Document& out);

}  // namespace seatrial::runbook::check
