// A secret is printed on the terminal, given on a command line, or written in the document.
// docs/rules/secret-printed.md
//
// Terminals are recorded, shared and scrolled back; command lines stand in the shell's history and
// in the process list. Values that look like placeholders are left alone.
#include <algorithm>
#include <array>

#include "runbook/check/reading/effects.h"
#include "runbook/check/reading/words.h"
#include "runbook/check/rules/rules.h"
#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

// Shortest literal that is taken for a secret.
constexpr std::size_t kShortest = 6;

bool names_secret(std::string_view name) {
  if (says_any(name, {"arn",    "id",  "name",   "names",  "file",     "path", "version",
                      "count",  "url", "length", "policy", "key id",   "type", "prefix",
                      "expir*", "ttl", "dir",    "next",   "starting", "page", "continuation"}))
    return false;
  if (says(name, "pass")) return name.size() > 4;  // PASS alone counts tests
  return says_any(name, {"password", "passwd", "secret", "token", "apikey", "api key",
                         "private key", "access key", "credential*", "pgpassword"});
}

bool is_placeholder(std::string_view value) {
  if (value.size() < kShortest || value.find_first_of("<>{}[]$*\x01") != std::string_view::npos)
    return true;
  if (value.contains("...") || value.contains('/') || value.contains("arn:")) return true;
  return says_any(value, {"your*",    "my*",         "change*",  "replace*", "example*",
                          "sample",   "placeholder", "password", "secret",   "token",
                          "xxx*",     "test*",       "dummy",    "fake",     "localstack",
                          "postgres", "none",        "null",     "redacted", "prompt"}) ||
         lower(value).contains("example") || lower(value).contains("xxx") ||
         std::ranges::none_of(value, [](char c) { return c >= '0' && c <= '9'; });
}

// What follows the command or its pipeline on the line: "> file".
bool is_redirected(const Command& command) {
  const std::string_view script = command.fence->script;
  const auto end = std::max(command.shell.end, command.shell.pipeline_end);
  auto rest = script.substr(std::min<std::size_t>(end, script.size()));
  rest = rest.substr(0, rest.find_first_of("\n;"));
  const auto at = rest.find('>');
  return at != std::string_view::npos && (at == 0 || rest[at - 1] != '2');
}

// The last member of the pipeline the command is in; itself when it is in none.
const Command& last_of_pipeline(const Command& command) {
  const Command* last = &command;
  if (command.shell.in_pipeline)
    for (const auto& other : command.fence->commands)
      if (other.shell.in_pipeline && other.shell.pipeline_begin == command.shell.pipeline_begin &&
          other.shell.begin > last->shell.begin)
        last = &other;
  return *last;
}

// Programs that print what they read.
constexpr std::array<std::string_view, 14> kPrinters = {"awk",  "base64", "cat", "column", "cut",
                                                        "grep", "head",   "jq",  "less",   "more",
                                                        "sed",  "sort",   "tr",  "yq"};

// Whether what the command prints reaches the terminal.
bool is_shown(const Command& command) {
  if (command.shell.in_substitution || is_redirected(command)) return false;
  const Command& last = last_of_pipeline(command);
  if (&last == &command) return true;
  if (last.name == "jq") {
    // A field that is no secret by its name.
    for (std::size_t i = 1; i < last.shell.words.size(); ++i) {
      const auto filter = last.known(i);
      if (filter.starts_with('.') && filter.size() > 1 && !filter.contains("SecretString"))
        return names_secret(filter);
    }
    return true;
  }
  if (last.name == "grep" && (has_option(last, "-q") || has_option(last, "-c"))) return false;
  return std::ranges::find(kPrinters, last.name) != kPrinters.end();
}

// Whether the --query, if there is one, lets the value through.
bool lets_through(const Command& command, std::string_view member) {
  const auto query = option_value_word(command, "--query");
  if (query == 0) return true;
  const auto text = command.known(query);
  return text == "@" || text == "*" || text == "Parameter" || text == "Parameters" ||
         text.ends_with("[]") || text.ends_with("[*]") || text.contains(member);
}

bool prints_aws_secret(const Command& command) {
  const auto [service, operation] = aws_name(command);
  if (service == "secretsmanager")
    return operation.ends_with("get-secret-value") && lets_through(command, "Secret");
  return service == "ssm" && operation.starts_with("get-parameter") &&
         has_option(command, "--with-decryption") && lets_through(command, "Value");
}

bool prints_kubernetes_secret(const Command& command) {
  if (command.name != "kubectl" || find_word(command, "get") == 0) return false;
  if (find_word(command, "secret") == 0 && find_word(command, "secrets") == 0) return false;
  const auto output =
      std::max(option_value_word(command, "-o"), option_value_word(command, "--output"));
  return output > 0 && says_any(command.shell.words[output].text, {"yaml", "json", "jsonpath*"});
}

bool prints_secret_file(const Command& command) {
  if (command.name != "cat" && command.name != "less" && command.name != "more") return false;
  return std::ranges::any_of(command.shell.words, [](const ShellWord& word) {
    const auto name = std::string_view(word.text).substr(word.text.find_last_of('/') + 1);
    return name == ".env" || name.starts_with(".env.prod") || name == ".pgpass" ||
           word.text.ends_with(".aws/credentials") || name.starts_with("id_rsa");
  });
}

bool prints_output(const Command& command) {
  if (command.name != "terraform") return false;
  const auto output = find_word(command, "output");
  return output > 0 && has_option(command, "-raw") && names_secret(command.shell.words.back().text);
}

void look_at_printing(const Command& command, Reports& reports) {
  if (command.shell.damaged) return;
  const bool prints = prints_aws_secret(command) || prints_kubernetes_secret(command) ||
                      prints_secret_file(command) || prints_output(command);
  if (!prints || !is_shown(command)) return;
  reports.at_word(command, operation_word(command),
                  {"this prints a secret on the terminal",
                   command.aws ? "ask for what is not secret (describe-secret, a --query), or keep "
                                 "the value in a variable"
                               : "keep the value in a variable"});
}

void look_at_echo(const Command& command, Reports& reports) {
  if (command.name != "echo" && command.name != "printf") return;
  if (command.shell.in_pipeline || command.shell.in_substitution || is_redirected(command)) return;
  const std::string_view script = command.fence->script;
  for (std::size_t i = 1; i < command.shell.words.size(); ++i)
    for (const auto& expansion : command.shell.words[i].expansions) {
      const auto written = script.substr(expansion.begin, expansion.end - expansion.begin);
      if (expansion.kind != ShellExpansion::Kind::kVariable || !names_secret(expansion.name) ||
          written.find_first_of("#+%") != std::string_view::npos)
        continue;
      reports.at(*command.fence, expansion.begin, expansion.end,
                 {"this prints a secret on the terminal",
                  "print whether it is set: ${" + expansion.name + ":+set}"});
    }
}

// The password in "scheme://user:password@host", or empty.
std::string_view password_in_url(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos) return {};
  const auto at = text.find('@', scheme);
  const auto colon = text.find(':', scheme + 3);
  if (at == std::string_view::npos || colon == std::string_view::npos || colon > at) return {};
  return text.substr(colon + 1, at - colon - 1);
}

void report_argument(const Command& command, std::size_t word, std::string_view secret,
                     std::string_view instead, Reports& reports) {
  const bool variable = secret.contains(ShellWord::kUnknown);
  if (secret.empty() || (!variable && is_placeholder(secret))) return;
  reports.at_word(command, word,
                  {"a password on the command line is seen by everybody who lists processes" +
                       std::string(variable ? "" : ", and stays in the shell's history"),
                   std::string(instead), variable ? Severity::kInfo : Severity::kWarning});
}

void look_at_arguments(const Command& command, Reports& reports) {
  const auto& words = command.shell.words;
  const bool psql = command.name == "psql" || command.name == "pg_dump";
  const bool mysql = command.name == "mysql" || command.name == "mysqldump";
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::string_view text = words[i].text;
    const std::string_view next = i + 1 < words.size() ? std::string_view(words[i + 1].text) : "";
    if (psql)
      report_argument(command, i, password_in_url(text), "PGPASSWORD or ~/.pgpass", reports);
    if (mysql && text.starts_with("-p") && text.size() > 2)
      report_argument(command, i, text.substr(2), "MYSQL_PWD or an option file", reports);
    if (mysql && text.starts_with("--password="))
      report_argument(command, i, text.substr(11), "MYSQL_PWD or an option file", reports);
    if (command.name == "redis-cli" && (text == "-a" || text == "--pass"))
      report_argument(command, i + 1, next, "REDISCLI_AUTH", reports);
    if (command.name == "sshpass" && text.starts_with("-p") && text.size() > 2)
      report_argument(command, i, text.substr(2), "a key", reports);
    if (command.name == "docker" && (text == "-p" || text == "--password") &&
        find_word(command, "login") > 0)
      report_argument(command, i + 1, next, "--password-stdin", reports);
  }
}

void look_at_assignments(const Fence& fence, Reports& reports) {
  for (const auto& assignment : fence.facts.assignments) {
    if (!assignment.has_value || !assignment.value.known || !names_secret(assignment.name))
      continue;
    const std::string_view value = assignment.value.text;
    const bool aws_key = assignment.name == "AWS_SECRET_ACCESS_KEY" && value.size() == 40 &&
                         !value.contains("EXAMPLE");
    if (!aws_key && is_placeholder(value)) continue;
    reports.at(fence, assignment.value.begin, assignment.value.end,
               {"a secret is written here for everybody who reads the document",
                "take it from where secrets are kept when it is needed"});
  }
}

void check_secret_printed(const Analysis& analysis, Reports& reports) {
  for (const auto& fence : analysis.fences()) {
    look_at_assignments(fence, reports);
    for (const auto& command : fence.commands) {
      look_at_printing(command, reports);
      look_at_echo(command, reports);
      look_at_arguments(command, reports);
    }
  }
}

}  // namespace

const Rule kSecretPrinted{"secret-printed", Severity::kWarning,
                          "a secret on the terminal, on a command line or in the document",
                          check_secret_printed};

}  // namespace seatrial::runbook::check
