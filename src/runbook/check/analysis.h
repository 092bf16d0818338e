// A document read once, for all rules: its shell fences as commands, what the AWS CLI's grammar
// says of each, what the fences expect. Built by Analysis, never changed. Pure but for
// Surroundings.
#pragma once
#include <deque>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "awscli/parse.h"
#include "runbook/check/fence_placeholders.h"
#include "runbook/document.h"
#include "runbook/foreign_text.h"
#include "runbook/plan.h"
#include "runbook/shell_facts.h"

namespace seatrial::runbook::check {

struct Fence;

// One command of a fence: also those inside substitutions, xargs, watch, `bash -c`.
struct Command {
  const Fence* fence = nullptr;
  ShellCommand shell;                     // words and their places in the fence's script
  std::string name;                       // its program without a path, or empty when not known
  std::optional<awscli::ParsedCall> aws;  // of a call of the AWS CLI

  // The value of a word, or empty when the shell makes it up.
  std::string_view known(std::size_t word) const;
};

// A fenced block that holds shell commands, whether a run would carry them out or not.
struct Fence {
  const Block* block = nullptr;
  std::size_t index = 0;  // into Document::blocks
  std::string script;     // runbook::fence_script, what is `foreign` in it blank
  ShellFacts facts;       // its commands are moved into `commands`
  std::deque<Command> commands;
  std::vector<std::size_t> starts;  // of each line of the script, in the document's source
  // Texts that are no shell: blank in the script, so that no other rule speaks of them.
  std::vector<ForeignText> foreign;
  // Unknown parts of their words, for all rules but `placeholder`.
  std::vector<FencePlaceholder> placeholders;

  // Where a byte of the script stands in the document's source.
  std::size_t source_of(std::size_t byte) const;
  int line_of(std::size_t byte) const;  // 1-based, in the document

 private:
  friend class Analysis;
  std::vector<std::size_t> lines_;  // where each line of the script begins in it
};

// What lies around the document. Rules that need what is not known stay silent.
struct Surroundings {
  // Whether the repository has the file of this path, seen from the document; empty: not known.
  std::function<bool(std::string_view path)> has_file = {};
  // The programs of the machine the runbook is for; empty: not known.
  std::set<std::string, std::less<>> programs = {};
  // Now, in seconds since the epoch: fixed days in the past are judged by it; empty: they are not.
  std::optional<std::int64_t> now_s = std::nullopt;
};

class Analysis {
 public:
  // All arguments must outlive it.
  Analysis(const Document& document, const awscli::Grammar& grammar,
           const Surroundings& surroundings);
  Analysis(const Analysis&) = delete;

  const Document& document() const { return document_; }
  const awscli::Grammar& grammar() const { return grammar_; }
  const Surroundings& surroundings() const { return surroundings_; }
  const std::deque<Fence>& fences() const { return fences_; }
  const Plan& plan() const { return plan_; }  // steps and what is expected of them
  const Fence* fence_of(const Block& block) const;

  // Calls visit(command) for each command in order.
  template <class F>
  void each_command(F&& visit) const {
    for (const auto& fence : fences_)
      for (const auto& command : fence.commands) visit(command);
  }
  template <class F>
  void each_aws(F&& visit) const {
    each_command([&](const Command& command) {
      if (command.aws) visit(command, *command.aws);
    });
  }

  // The 0-based line and byte in it of a byte of the source.
  std::pair<std::size_t, std::size_t> line_and_byte(std::size_t byte) const;
  std::size_t line_start(std::size_t line) const { return line_starts_[line]; }  // 0-based line

 private:
  void add_fence(std::size_t index);
  bool explains_placeholders_before(std::size_t index) const;

  const Document& document_;
  const awscli::Grammar& grammar_;
  const Surroundings& surroundings_;
  std::vector<std::size_t> line_starts_;
  std::deque<Fence> fences_;
  Plan plan_;
  bool explains_placeholders_ = false;  // somewhere, for all of it
};

// The value given to an option of a call ("query"), or null. `word` and, for --name=value, the byte
// in it where the value begins are in the result.
struct OptionValue {
  std::size_t word = 0;
  std::size_t offset = 0;
  std::string_view text;
};
std::optional<OptionValue> single_value(const Command& command, std::string_view option);

}  // namespace seatrial::runbook::check
