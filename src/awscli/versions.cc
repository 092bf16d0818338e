// See versions.h.
#include "awscli/versions.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace seatrial::awscli {
namespace {

Cli other(Cli cli) { return cli == Cli::kV1 ? Cli::kV2 : Cli::kV1; }
int number(Cli cli) { return cli == Cli::kV1 ? 1 : 2; }

struct Replacement {
  std::string_view path, instead;
};

// guess: the wording; that these replace each other is AWS's migration guide's.
constexpr std::array kReplacements = {
    Replacement{"ecr get-login", "get-login-password"},
};

bool has_option(const Grammar& grammar, std::string_view path, std::string_view option) {
  const auto& globals = grammar.global_options();
  if (std::ranges::find(globals, option, &Option::name) != globals.end()) return true;
  const Command* command = grammar.command(path);
  return command != nullptr && command->find(option) != nullptr;
}

}  // namespace

void look_in_other_version(const Grammar& grammar, std::string_view path, Problem& problem) {
  const Grammar elsewhere(other(grammar.cli()));
  if (!has_option(elsewhere, path, problem.option)) return;
  problem.kind = ProblemKind::kOtherVersion;
  problem.message = fmt::format("only version {} of the AWS CLI has --{}", number(elsewhere.cli()),
                                problem.option);
}

void look_in_other_version(const Grammar& grammar, std::string_view path, std::string_view word,
                           Problem& problem) {
  const Grammar elsewhere(other(grammar.cli()));
  const auto full = path.empty() ? std::string(word) : fmt::format("{} {}", path, word);
  if (path.empty() ? !elsewhere.has_service(word) : !elsewhere.has(full)) return;
  problem.kind = ProblemKind::kOtherVersion;
  problem.message =
      fmt::format("only version {} of the AWS CLI has 'aws {}'", number(elsewhere.cli()), full);
  problem.suggestion.clear();
  for (const auto& [old, instead] : kReplacements)
    if (full == old) problem.suggestion = instead;
}

}  // namespace seatrial::awscli
