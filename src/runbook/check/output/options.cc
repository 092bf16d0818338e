// See options.h.
#include "runbook/check/output/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "awscli/parse.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

constexpr int kUsage = 2;

constexpr const char* kFooter = R"(
Exit codes: 0 nothing found at or above --fail-on, 1 something found, 2 usage or not everything
could be read.

  seatrial check runbook.md                   what is wrong in one document
  seatrial check docs scripts/deploy.sh       folders and scripts
  seatrial check --fix docs                   shows what can be mended, asks, writes
  seatrial check --output sarif . > a.sarif   for code scanning
  seatrial check --explain unknown-option     why a rule says what it says)";

struct Raw {
  std::vector<std::string> rules, disabled;
  std::string fail_on = "error";
};

void add_options(CLI::App& app, Options& o, Raw& raw) {
  app.add_option("FILE", o.inputs, "Markdown documents, shell scripts, folders; - for stdin");
  app.add_option("--output", o.output, "form of the findings")
      ->check(CLI::IsMember({"text", "json", "sarif", "junit"}));
  app.add_option("--fail-on", raw.fail_on, "lowest severity that ends with 1 (default: error)")
      ->check(CLI::IsMember({"error", "warning", "info", "never"}));
  app.add_option("--rule", raw.rules, "ask only this rule (repeat, or separate by commas)")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--disable", raw.disabled, "do not ask this rule (likewise)")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--cli-version", o.cli_version, "the AWS CLI the documents are for (default: 2)")
      ->check(CLI::IsMember({1, 2}));
  app.add_option("--environment", o.environment,
                 "programs that are installed: a file of names, a list a,b,c, or 'here'");
  app.add_option("--baseline", o.baseline, "leave out the findings listed in this file");
  app.add_flag("--write-baseline", o.write_baseline, "list the findings in the --baseline file");
  app.add_flag("--fix", o.fix, "mend what is mechanical: shows a diff and asks");
  app.add_flag("--yes", o.yes, "with --fix: do not ask");
  app.add_flag("--dry-run", o.dry_run, "with --fix: show the diff only");
  app.add_option("--color,--colour", o.colour, "auto, always or never (NO_COLOR is honoured)")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  app.add_option("--explain", o.explain, "print the page of a rule");
  app.add_flag("--list-rules", o.list_rules, "print all rules");
  app.footer(kFooter);
}

bool holds(const std::vector<std::string>& list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

std::string no_such_rule(const std::string& id) {
  std::vector<std::string> ids;
  for (const Rule* rule : all_rules()) ids.emplace_back(rule->id);
  const auto near = awscli::nearest(id, ids);
  return fmt::format("there is no rule '{}'{}; --list-rules prints them", id,
                     near.empty() ? "" : fmt::format(" (near: {})", near));
}

// What is wrong with the arguments together, or empty.
std::string choose_rules(const Raw& raw, Options& o) {
  for (const auto& ids : {raw.rules, raw.disabled})
    for (const auto& id : ids)
      if (find_rule(id) == nullptr) return no_such_rule(id);
  for (const Rule* rule : all_rules()) {
    const bool wanted = raw.rules.empty() || holds(raw.rules, rule->id);
    if (wanted && !holds(raw.disabled, rule->id)) o.rules.push_back(rule);
  }
  return o.rules.empty() ? "no rule is left to ask" : "";
}

std::optional<Severity> severity_of(const std::string& name) {
  for (auto severity : {Severity::kInfo, Severity::kWarning, Severity::kError})
    if (severity_name(severity) == name) return severity;
  return std::nullopt;
}

std::string contradiction(const Options& o) {
  if (!o.explain.empty() && find_rule(o.explain) == nullptr) return no_such_rule(o.explain);
  if (!o.explain.empty() || o.list_rules) return {};
  if (o.inputs.empty()) return "name documents or folders: seatrial check docs/";
  if (o.write_baseline && o.baseline.empty()) return "--write-baseline needs --baseline FILE";
  if ((o.yes || o.dry_run) && !o.fix) return "--yes and --dry-run belong to --fix";
  if (o.yes && o.dry_run) return "--yes writes and --dry-run does not: give one of them";
  if (!o.fix) return {};
  if (o.output != "text") return "--fix shows a diff: --output must be text";
  if (o.write_baseline) return "--fix and --write-baseline: one at a time";
  if (holds(o.inputs, "-")) return "--fix cannot write to standard input";
  return {};
}

}  // namespace

std::expected<Options, int> parse_options(int argc, char** argv) {
  Options options;
  Raw raw;
  CLI::App app(
      "Finds what would fail or mislead in runbooks and shell scripts, without running them.",
      "seatrial check");
  add_options(app, options, raw);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return std::unexpected(app.exit(error) == 0 ? 0 : kUsage);
  }
  options.fail_on = severity_of(raw.fail_on);
  auto wrong = choose_rules(raw, options);
  if (wrong.empty()) wrong = contradiction(options);
  if (wrong.empty()) return options;
  fmt::print(stderr, "seatrial: {}\n", wrong);
  return std::unexpected(kUsage);
}

}  // namespace seatrial::runbook::check
