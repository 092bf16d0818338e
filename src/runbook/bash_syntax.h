// Whether bash can read a script, decided without starting one.
//
// Problem: a checker that says "this does not parse" must be right, and tree-sitter's bash grammar
// (shell_syntax.h) refuses much that bash reads and reads much that bash refuses.
// Choice: bash's own way of reading, written down again: its lexer, whose tokens depend on the two
// before them, and its grammar, without values. bash_syntax_test.cc holds it against `bash -n` over
// thousands of mutated scripts: what bash accepts is never refused here.
// Rejected: starting `bash -n` (a process for each fence, and no bash where documents are checked
// in CI images or on Windows). Words and commands are read elsewhere (shell_words.cc). Pure. Any
// thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial::runbook {

// Where bash stops reading.
struct BashRefusal {
  enum class Kind {
    kUnexpected,   // `found` stands where it cannot
    kUnclosed,     // what begins at `begin` needs `wanted` before the script's end
    kConditional,  // inside [[ ]]
    kArithmetic    // the three parts of for (( ))
  };
  Kind kind = Kind::kUnexpected;
  std::uint32_t begin = 0;  // bytes in the script
  std::uint32_t end = 0;
  std::string found;   // the token, "the end of the line", "the end"
  std::string wanted;  // "fi", "'", ")"
};

// The first refusal, or empty when bash reads all of it, with extended patterns switched on or off.
// Scripts nested deeper than kMaxBashNesting or longer than kMaxBashBytes are not judged.
std::optional<BashRefusal> bash_refusal(std::string_view script);

inline constexpr int kMaxBashNesting = 100;
inline constexpr std::size_t kMaxBashBytes = 1 << 20;

// A here-document whose end line never comes: bash takes the rest of the script for its text.
struct OpenHereDocument {
  std::uint32_t begin = 0;  // of the delimiter behind <<
  std::uint32_t end = 0;
  std::string delimiter;
};
std::optional<OpenHereDocument> open_here_document(std::string_view script);

// Bytes of every `<` that takes input from a file, as far as the script's words can be told apart.
std::vector<std::size_t> input_redirections(std::string_view script);

// The end of the line that begins at `begin` as bash reads lines: quotes, substitutions and
// here-documents may make it several of the text. Behind its last byte, without the line end; npos
// when a quote or bracket is never closed.
std::size_t logical_line_end(std::string_view script, std::size_t begin);

}  // namespace seatrial::runbook
