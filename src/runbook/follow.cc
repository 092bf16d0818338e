// See follow.h. A command in a pipeline with `head` ends with it and does not count.
#include "runbook/follow.h"

#include <algorithm>
#include <array>

#include "runbook/shell_syntax.h"

namespace seatrial::runbook {
namespace {

struct Follower {
  std::string_view program;
  std::string_view word;     // that must be among the words; empty = none needed
  std::string_view options;  // one of these must be given; empty = none needed
};

// "\n" stands around each option so that whole words match.
constexpr std::array kFollowers = {
    Follower{"watch", "", ""},
    Follower{"tail", "", "\n-f\n-F\n--follow\n"},
    Follower{"aws", "tail", "\n--follow\n"},
    Follower{"kubectl", "logs", "\n-f\n--follow\n"},
    Follower{"kubectl", "get", "\n-w\n--watch\n"},
    Follower{"kubectl", "port-forward", ""},
    Follower{"kubectl", "top", "\n--watch\n"},
    Follower{"docker", "logs", "\n-f\n--follow\n"},
    Follower{"docker-compose", "logs", "\n-f\n--follow\n"},
    Follower{"journalctl", "", "\n-f\n--follow\n"},
    Follower{"top", "", ""},
    Follower{"htop", "", ""},
    Follower{"redis-cli", "monitor", ""},
    Follower{"redis-cli", "MONITOR", ""},
};

bool has_word(const ShellCommand& command, std::string_view wanted) {
  return std::ranges::any_of(command.words, [&](const ShellWord& w) { return w.text == wanted; });
}

bool has_option(const ShellCommand& command, std::string_view options) {
  return std::ranges::any_of(command.words, [&](const ShellWord& w) {
    return w.text.starts_with('-') && options.contains("\n" + w.text + "\n");
  });
}

bool is_follower(const ShellCommand& command) {
  const std::string_view path = command.words[0].text;
  const auto name = path.substr(path.find_last_of('/') + 1);
  if (name == "top" && has_word(command, "-b")) return false;
  return std::ranges::any_of(kFollowers, [&](const Follower& f) {
    return f.program == name && (f.word.empty() || has_word(command, f.word)) &&
           (f.options.empty() || has_option(command, f.options));
  });
}

// `aws ecs execute-command --interactive` that opens a shell waits for a person.
bool opens_remote_shell(const ShellCommand& command) {
  if (command.words[0].text != "aws") return false;
  if (has_word(command, "ssm") && has_word(command, "start-session")) return true;
  if (!has_word(command, "execute-command") || !has_word(command, "--interactive")) return false;
  return has_word(command, "/bin/bash") || has_word(command, "/bin/sh") ||
         has_word(command, "bash") || has_word(command, "sh");
}

}  // namespace

bool follows_for_ever(std::string_view statement) {
  return follows_for_ever(find_commands(statement));
}

bool follows_for_ever(std::span<const ShellCommand> commands) {
  if (std::ranges::any_of(commands, [](const auto& c) {
        return c.words[0].text == "head" || c.words[0].text == "timeout";
      }))
    return false;
  return std::ranges::any_of(
      commands, [](const ShellCommand& c) { return is_follower(c) || opens_remote_shell(c); });
}

}  // namespace seatrial::runbook
