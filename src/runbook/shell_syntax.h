// Shell text as its grammar sees it: whole statements, and the words of every command in it.
//
// Problem: a fenced block holds several commands with comments, continuations, here-documents,
// quotes, pipes and substitutions; line-wise reading of it is wrong sooner or later.
// Choice: tree-sitter's bash grammar, which also survives text that is no valid shell.
// Rejected: `bash -n` (says only yes or no), a grammar of our own.
// Users: plan.cc (statements become steps), destructive.cc, follow.cc, check/ (words). Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace seatrial::runbook {

// What the shell replaces in a word.
struct ShellExpansion {
  enum class Kind {
    kVariable,
    kSubstitution,
    kArithmetic,
    kPlaceholder,  // not the shell but a person is to replace it (mark_placeholder)
    kOther
  };
  Kind kind = Kind::kOther;
  std::string name;         // of the variable
  std::size_t at = 0;       // its kUnknown's index in the word's text
  std::uint32_t begin = 0;  // bytes in the script
  std::uint32_t end = 0;
};

// A word of a command. Where expansions make (part of) its value unknown, kUnknown stands for each.
struct ShellWord {
  static constexpr char kUnknown = '\x01';
  std::string text;         // quotes removed
  std::uint32_t begin = 0;  // bytes in the script
  std::uint32_t end = 0;
  bool known = true;                   // text is the exact value
  bool quoted = false;                 // one word whatever its value
  std::vector<std::uint32_t> origins;  // of each byte of text: its place in the script
  std::vector<ShellExpansion> expansions;

  // Where the byte `at` of text stands in the script; behind the last one, where that ends.
  std::uint32_t origin(std::size_t at) const {
    if (at < origins.size()) return origins[at];
    return origins.empty() ? begin : origins.back() + 1;
  }
};

struct ShellCommand {
  std::vector<ShellWord> words;  // words[0] is the command's name
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  bool damaged = false;          // a syntax error inside or right behind it
  bool open_ended = false;       // more arguments are appended at run time (xargs)
  bool in_substitution = false;  // inside $( ) or backquotes
  bool in_pipeline = false;
  bool remote = false;               // runs on another machine or in a container
  bool in_quotes = false;            // stands in a quoted word (watch '...', bash -c "...")
  std::uint32_t pipeline_begin = 0;  // bytes of the pipeline it is a member of
  std::uint32_t pipeline_end = 0;
};

// One top-level statement: a simple command, pipeline, list, compound or function definition.
struct ShellStatement {
  std::string text;                    // as written, continuations and here-documents whole
  std::uint32_t line = 0;              // 0-based line within the script
  std::uint32_t end_line = 0;          // its last line
  std::vector<std::string> comments;   // the comment lines directly above, without '#'
  std::vector<std::string> trailing;   // comments after it on its last line
  bool damaged = false;                // the grammar could not read all of it
  std::vector<ShellCommand> commands;  // as find_commands; their places are those in the script
};

struct ShellScript {
  std::vector<ShellStatement> statements;
  std::vector<std::string> closing_comments;  // comments after the last statement
};

// Splits a script into its top-level statements. Text the grammar cannot read becomes statements by
// paragraph, marked damaged, so that nothing is lost.
ShellScript split_statements(std::string_view script);

// Every command of a script in order: in pipelines, lists, compounds, substitutions, and those that
// xargs, find -exec, watch, `bash -c`, eval, sudo, ssh, docker exec and the like start.
std::vector<ShellCommand> find_commands(std::string_view script);

// The bytes [begin, end) of the script that stand in the word become one unknown part of it.
void mark_placeholder(ShellWord& word, std::uint32_t begin, std::uint32_t end);

// The command names of a script that is one single pipeline, else empty.
std::vector<std::string> pipeline_names(std::string_view script);

// Names of variables that a script expands, without those it gives a default (${X:-...}) or assigns
// before; in order of first use.
std::vector<std::string> used_variables(std::string_view script);

// Names that a script's top-level shell gives a value (assignments, export, read, for).
std::vector<std::string> assigned_variables(std::string_view script);

// True when the whole text is one valid script.
bool is_valid_shell(std::string_view script);

}  // namespace seatrial::runbook
