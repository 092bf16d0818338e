// A program that the machine does not have. docs/rules/missing-command.md
//
// Certain only where the programs are known (--environment): without them nothing is said. What the
// document installs, defines or asks for first (command -v) is left alone, and what runs elsewhere.
#include <array>
#include <set>

#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

constexpr std::array<std::string_view, 62> kBuiltins = {
    ".",      ":",       "[",         "alias",    "bg",       "bind",    "break",    "builtin",
    "caller", "cd",      "command",   "compgen",  "complete", "compopt", "continue", "declare",
    "dirs",   "disown",  "echo",      "enable",   "eval",     "exec",    "exit",     "export",
    "false",  "fc",      "fg",        "getopts",  "hash",     "help",    "history",  "jobs",
    "kill",   "let",     "local",     "logout",   "mapfile",  "popd",    "printf",   "pushd",
    "pwd",    "read",    "readarray", "readonly", "return",   "set",     "shift",    "shopt",
    "source", "suspend", "test",      "times",    "trap",     "true",    "type",     "typeset",
    "ulimit", "umask",   "unalias",   "unset",    "wait",     "time"};

// Commands whose further words name programs that are there afterwards, or are asked for.
bool brings(const Command& command) {
  constexpr std::array<std::string_view, 14> kInstallers = {
      "apt",  "apt-get", "yum",  "dnf",   "apk", "brew", "pip",
      "pip3", "npm",     "snap", "cargo", "gem", "pipx", "amazon-linux-extras"};
  if (command.name == "command" || command.name == "which" || command.name == "type" ||
      command.name == "hash" || command.name == "alias")
    return true;
  if (std::ranges::find(kInstallers, command.name) == kInstallers.end()) return false;
  return std::ranges::any_of(command.shell.words, [](const ShellWord& word) {
    return word.text == "install" || word.text == "add" || word.text == "i";
  });
}

std::set<std::string, std::less<>> brought_by(const Analysis& analysis) {
  std::set<std::string, std::less<>> names;
  for (const auto& fence : analysis.fences())
    for (const auto& function : fence.facts.functions) names.insert(function.name);
  analysis.each_command([&](const Command& command) {
    if (!brings(command)) return;
    for (std::size_t i = 1; i < command.shell.words.size(); ++i) {
      const auto& text = command.shell.words[i].text;
      names.insert(text.substr(0, text.find_first_of("=@")));
    }
  });
  return names;
}

bool can_be_known(const Command& command) {
  const auto& shell = command.shell;
  return !shell.damaged && !shell.remote && !command.name.empty() &&
         command.name == shell.words[0].text && !command.name.starts_with('-');
}

void check_missing_command(const Analysis& analysis, Reports& reports) {
  const auto& programs = analysis.surroundings().programs;
  if (programs.empty()) return;
  const auto brought = brought_by(analysis);
  analysis.each_command([&](const Command& command) {
    if (!can_be_known(command) || programs.contains(command.name)) return;
    if (std::ranges::find(kBuiltins, command.name) != kBuiltins.end()) return;
    if (brought.contains(command.name)) return;
    reports.at_word(
        command, 0,
        {fmt::format("'{}' is not among the programs of the environment", command.name)});
  });
}

}  // namespace

const Rule kMissingCommand{"missing-command", Severity::kError,
                           "a program that the environment does not have", check_missing_command};

}  // namespace seatrial::runbook::check
