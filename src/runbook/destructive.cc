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
  Damage damage;
};

// The first that matches counts: the particular stands before the general.
constexpr std::array kRules = {
    Rule{"aws", "--desired-count 0", Damage::kRemoves},
    Rule{"aws", "--desired-capacity 0", Damage::kRemoves},
    Rule{"aws", "--max-size 0", Damage::kRemoves},
    Rule{"aws", "sqs delete-message*", Damage::kLittle},
    Rule{"aws", "delete-tags", Damage::kLittle},
    Rule{"aws", "delete-query-definition", Damage::kLittle},
    Rule{"aws", "delete-change-set", Damage::kLittle},
    Rule{"aws", "delete-dashboards", Damage::kLittle},
    Rule{"aws", "delete-db-*", Damage::kLoses},
    Rule{"aws", "delete-table", Damage::kLoses},
    Rule{"aws", "delete-bucket", Damage::kLoses},
    Rule{"aws", "delete-object*", Damage::kLoses},
    Rule{"aws", "delete-file-system", Damage::kLoses},
    Rule{"aws", "delete-volume", Damage::kLoses},
    Rule{"aws", "delete-snapshot", Damage::kLoses},
    Rule{"aws", "delete-backup*", Damage::kLoses},
    Rule{"aws", "delete-recovery-point", Damage::kLoses},
    Rule{"aws", "delete-log-*", Damage::kLoses},
    Rule{"aws", "delete-cache-cluster", Damage::kLoses},
    Rule{"aws", "delete-replication-group", Damage::kLoses},
    Rule{"aws", "delete-secret", Damage::kLoses},
    Rule{"aws", "delete-parameter*", Damage::kLoses},
    Rule{"aws", "delete-user-pool", Damage::kLoses},
    Rule{"aws", "delete-stack", Damage::kLoses},
    Rule{"aws", "delete-*", Damage::kRemoves},
    Rule{"aws", "terminate-*", Damage::kRemoves},
    Rule{"aws", "deregister-task-definition", Damage::kLittle},
    Rule{"aws", "deregister-*", Damage::kInterrupts},
    Rule{"aws", "stop-task", Damage::kLittle},
    Rule{"aws", "stop-db-*", Damage::kInterrupts},
    Rule{"aws", "stop-instances", Damage::kInterrupts},
    Rule{"aws", "reboot-*", Damage::kInterrupts},
    Rule{"aws", "failover-*", Damage::kInterrupts},
    Rule{"aws", "purge-queue", Damage::kLoses},
    Rule{"aws", "schedule-key-deletion", Damage::kLoses},
    Rule{"aws", "disable-key", Damage::kInterrupts},
    Rule{"aws", "remove-tags*", Damage::kLittle},
    Rule{"aws", "remove-*", Damage::kInterrupts},
    Rule{"aws", "revoke-*", Damage::kInterrupts},
    Rule{"aws", "restore-db-*", Damage::kLittle},
    Rule{"aws", "s3 rm --recursive", Damage::kLoses},
    Rule{"aws", "s3 rm", Damage::kRemoves},
    Rule{"aws", "s3 rb --force", Damage::kLoses},
    Rule{"aws", "s3 rb", Damage::kLittle},  // refuses a bucket that is not empty
    Rule{"aws", "s3 mv", Damage::kLittle},
    Rule{"aws", "s3 sync --delete", Damage::kLoses},
    Rule{"redis-cli", "flushall", Damage::kLoses},
    Rule{"redis-cli", "flushdb", Damage::kLoses},
    Rule{"redis-cli", "shutdown", Damage::kInterrupts},
    Rule{"terraform", "apply", Damage::kRemoves},
    Rule{"terraform", "destroy", Damage::kLoses},
    Rule{"terraform", "state rm", Damage::kRemoves},
    Rule{"kubectl", "delete namespace", Damage::kLoses},
    Rule{"kubectl", "delete ns", Damage::kLoses},
    Rule{"kubectl", "delete pvc", Damage::kLoses},
    Rule{"kubectl", "delete pv", Damage::kLoses},
    Rule{"kubectl", "delete pod*", Damage::kLittle},  // its controller makes another
    Rule{"kubectl", "delete", Damage::kRemoves},
    Rule{"kubectl", "drain", Damage::kInterrupts},
    Rule{"kubectl", "--replicas=0", Damage::kRemoves},
    Rule{"kubectl", "--replicas 0", Damage::kRemoves},
    Rule{"helm", "uninstall", Damage::kRemoves},
    Rule{"helm", "delete", Damage::kRemoves},
    Rule{"docker", "volume rm", Damage::kLoses},
    Rule{"docker", "volume prune", Damage::kLoses},
    Rule{"docker", "rm", Damage::kLittle},
    Rule{"docker", "rmi", Damage::kLittle},
    Rule{"docker", "system prune -a*", Damage::kRemoves},
    Rule{"docker", "system prune --all", Damage::kRemoves},
    Rule{"docker", "prune", Damage::kLittle},
    Rule{"docker", "kill", Damage::kInterrupts},
    Rule{"docker", "stop", Damage::kInterrupts},
    Rule{"docker", "compose down -v", Damage::kLoses},
    Rule{"docker-compose", "down -v", Damage::kLoses},
    Rule{"docker-compose", "down", Damage::kInterrupts},
    Rule{"dropdb", "", Damage::kLoses},
    Rule{"shutdown", "", Damage::kInterrupts},
    Rule{"reboot", "", Damage::kInterrupts},
    Rule{"mkfs*", "", Damage::kLoses},
    Rule{"dd", "of=*", Damage::kLoses},
    Rule{"git", "reset --hard", Damage::kLittle},
    Rule{"git", "push --force", Damage::kLittle},
    Rule{"git", "push -f", Damage::kLittle},
    Rule{"git", "clean", Damage::kLittle},
};

// Statements inside an argument of psql, mysql and the like.
struct Statement {
  std::string_view sql;
  Damage damage;
};
constexpr std::array kSql = {
    Statement{"drop table", Damage::kLoses},
    Statement{"drop database", Damage::kLoses},
    Statement{"drop schema", Damage::kLoses},
    Statement{"truncate ", Damage::kLoses},
    Statement{"delete from", Damage::kLoses},
    Statement{"drop index", Damage::kRemoves},
    Statement{"pg_terminate_backend", Damage::kInterrupts},
};
constexpr std::array<std::string_view, 5> kSqlPrograms = {"psql", "mysql", "sqlite3", "pg_restore",
                                                          "aws"};

bool word_matches(std::string_view pattern, std::string_view word) {
  if (pattern.ends_with('*')) return word.starts_with(pattern.substr(0, pattern.size() - 1));
  return word == pattern;
}

// The word that says it (0 of a rule without words), or nothing. `words` are in lower case.
std::optional<std::size_t> matched_word(const Rule& rule, std::string_view program,
                                        const std::vector<std::string>& words) {
  if (!word_matches(rule.program, program)) return std::nullopt;
  const auto first = rule.words.substr(0, rule.words.find(' '));
  const auto is_first = [&](const std::string& word) { return word_matches(first, word); };
  if (!first.empty() && std::ranges::none_of(words, is_first)) return std::nullopt;
  const auto wanted = split_blanks(rule.words);
  // A service's name only tells operations apart.
  const std::size_t telling =
      wanted.size() > 1 && (wanted[0] == "s3" || wanted[0] == "sqs") ? 1 : 0;
  std::size_t next = 0, word = 0;
  for (std::size_t i = 1; i < words.size() && next < wanted.size(); ++i)
    if (word_matches(wanted[next], words[i]) && next++ == telling) word = i;
  return next == wanted.size() ? std::optional(word) : std::nullopt;
}

bool removes_files(std::string_view program, const ShellCommand& command) {
  if (program != "rm") return false;
  return std::ranges::any_of(command.words, [](const ShellWord& w) {
    if (w.text == "--recursive") return true;
    return w.text.starts_with('-') && !w.text.starts_with("--") &&
           (w.text.contains('r') || w.text.contains('R'));
  });
}

// The program and its first words that are no options: "redis-cli FLUSHALL".
std::string describe(std::string_view program, const ShellCommand& command) {
  std::string out(program);
  int shown = 0;
  for (std::size_t i = 1; i < command.words.size() && shown < 2; ++i) {
    const auto& word = command.words[i];
    if (!word.known || (word.text.starts_with('-') && program != "rm")) continue;
    out += " " + shorten(word.text, 40);
    ++shown;
  }
  return out;
}

std::optional<Destruction> destruction_by_sql(std::string_view program,
                                              const ShellCommand& command) {
  if (std::ranges::find(kSqlPrograms, program) == kSqlPrograms.end()) return std::nullopt;
  for (std::size_t i = 1; i < command.words.size(); ++i) {
    const auto text = collapse_blanks(lower(command.words[i].text)) + " ";
    for (const auto& statement : kSql) {
      const auto at = text.find(statement.sql);
      if (at == std::string::npos) continue;
      const bool some = statement.sql == "delete from" && text.find(" where ", at) != text.npos;
      return Destruction{describe(program, command), some ? Damage::kLittle : statement.damage, i};
    }
  }
  return std::nullopt;
}

bool is_dry_run(const ShellCommand& command) {
  return std::ranges::any_of(command.words, [](const ShellWord& word) {
    return word.text == "--dryrun" ||
           (word.text.starts_with("--dry-run") && !word.text.ends_with("=none"));
  });
}

}  // namespace

std::optional<Destruction> destruction_of(const ShellCommand& command) {
  if (is_dry_run(command)) return std::nullopt;
  const std::string_view path = command.words[0].text;
  const auto program = path.substr(path.find_last_of('/') + 1);
  std::vector<std::string> words;
  for (const auto& word : command.words) words.push_back(lower(word.text));
  for (const auto& rule : kRules)
    if (const auto word = matched_word(rule, program, words))
      return Destruction{describe(program, command), rule.damage, *word};
  if (removes_files(program, command))
    return Destruction{describe(program, command), Damage::kLoses, 0};
  return destruction_by_sql(program, command);
}

std::optional<std::string> destruction_in(std::string_view statement) {
  return destruction_in(find_commands(statement));
}

std::optional<std::string> destruction_in(std::span<const ShellCommand> commands) {
  for (const auto& command : commands)
    if (auto destruction = destruction_of(command)) return std::move(destruction->what);
  return std::nullopt;
}

}  // namespace seatrial::runbook
