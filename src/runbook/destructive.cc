// See destructive.h. A rule matches a command's program, then each of its words in turn against
// the words of the command, in order, with others between; `*` at an end matches any ending.
#include "runbook/destructive.h"

#include <algorithm>
#include <array>

#include "runbook/shell_syntax.h"
#include "runbook/text.h"

namespace seatrial::runbook {
namespace {

struct Rule {
  std::string_view program;
  std::string_view words;  // blank-separated, in order
};

constexpr std::array kRules = {
    Rule{"aws", "delete-*"},
    Rule{"aws", "terminate-*"},
    Rule{"aws", "deregister-*"},
    Rule{"aws", "stop-task"},
    Rule{"aws", "stop-db-*"},
    Rule{"aws", "stop-instances"},
    Rule{"aws", "reboot-*"},
    Rule{"aws", "failover-*"},
    Rule{"aws", "purge-queue"},
    Rule{"aws", "schedule-key-deletion"},
    Rule{"aws", "disable-key"},
    Rule{"aws", "remove-*"},
    Rule{"aws", "revoke-*"},
    Rule{"aws", "restore-db-*"},
    Rule{"aws", "--desired-count 0"},
    Rule{"aws", "--desired-capacity 0"},
    Rule{"aws", "--max-size 0"},
    Rule{"aws", "s3 rm"},
    Rule{"aws", "s3 rb"},
    Rule{"aws", "s3 mv"},
    Rule{"aws", "s3 sync --delete"},
    Rule{"redis-cli", "flushall"},
    Rule{"redis-cli", "flushdb"},
    Rule{"redis-cli", "shutdown"},
    Rule{"terraform", "apply"},
    Rule{"terraform", "destroy"},
    Rule{"terraform", "state rm"},
    Rule{"kubectl", "delete"},
    Rule{"kubectl", "drain"},
    Rule{"kubectl", "--replicas=0"},
    Rule{"helm", "uninstall"},
    Rule{"helm", "delete"},
    Rule{"docker", "rm"},
    Rule{"docker", "rmi"},
    Rule{"docker", "prune"},
    Rule{"docker", "kill"},
    Rule{"docker", "stop"},
    Rule{"docker-compose", "down"},
    Rule{"dropdb", ""},
    Rule{"shutdown", ""},
    Rule{"reboot", ""},
    Rule{"mkfs*", ""},
    Rule{"dd", "of=*"},
    Rule{"git", "reset --hard"},
    Rule{"git", "push --force"},
    Rule{"git", "push -f"},
    Rule{"git", "clean"},
};

// Statements inside an argument of psql, mysql and the like.
constexpr std::array<std::string_view, 7> kSql = {
    "drop table", "drop database", "drop schema",         "drop index",
    "truncate ",  "delete from",   "pg_terminate_backend"};
constexpr std::array<std::string_view, 5> kSqlPrograms = {"psql", "mysql", "sqlite3", "pg_restore",
                                                          "aws"};

bool word_matches(std::string_view pattern, std::string_view word) {
  if (pattern.ends_with('*')) return word.starts_with(pattern.substr(0, pattern.size() - 1));
  return word == pattern;
}

bool rule_matches(const Rule& rule, std::string_view program, const ShellCommand& command) {
  if (!word_matches(rule.program, program)) return false;
  auto wanted = split_blanks(rule.words);
  std::size_t next = 0;
  for (std::size_t i = 1; i < command.words.size() && next < wanted.size(); ++i)
    if (word_matches(wanted[next], lower(command.words[i].text))) ++next;
  return next == wanted.size();
}

bool removes_files(std::string_view program, const ShellCommand& command) {
  if (program != "rm") return false;
  return std::ranges::any_of(command.words, [](const ShellWord& w) {
    if (w.text == "--recursive") return true;
    return w.text.starts_with('-') && !w.text.starts_with("--") &&
           (w.text.contains('r') || w.text.contains('R'));
  });
}

bool runs_sql(std::string_view program, const ShellCommand& command) {
  if (std::ranges::find(kSqlPrograms, program) == kSqlPrograms.end()) return false;
  for (const auto& word : command.words) {
    const auto text = collapse_blanks(lower(word.text)) + " ";
    if (std::ranges::any_of(kSql, [&](auto sql) { return text.contains(sql); })) return true;
  }
  return false;
}

std::string describe(std::string_view program, const ShellCommand& command) {
  std::string out(program);
  for (std::size_t i = 1; i < command.words.size() && i < 3; ++i)
    if (command.words[i].known) out += " " + shorten(command.words[i].text, 40);
  return out;
}

}  // namespace

std::optional<std::string> destruction_in(std::string_view statement) {
  for (const auto& command : find_commands(statement)) {
    const std::string_view path = command.words[0].text;
    const auto program = path.substr(path.find_last_of('/') + 1);
    const bool listed = std::ranges::any_of(
        kRules, [&](const Rule& rule) { return rule_matches(rule, program, command); });
    if (listed || removes_files(program, command) || runs_sql(program, command))
      return describe(program, command);
  }
  return std::nullopt;
}

}  // namespace seatrial::runbook
