// `seatrial check FILE...`: arguments and forms of output. The work is in check/checker.cc and
// check/rules.
#include <CLI/CLI.hpp>
#include <iostream>

#include "runbook/check/checker.h"
#include "runbook/check/output/formats.h"
#include "runbook/check/rules/rules.h"
#include "runbook/commands.h"

namespace seatrial::runbook {
namespace {

constexpr int kUsage = 2;

struct Arguments {
  std::vector<std::string> files;
  std::string output = "text";
  int cli_version = 2;
};

std::optional<int> parse(Arguments& a, int argc, char** argv) {
  CLI::App app("Checks the AWS CLI commands of Markdown runbooks without running them.",
               "seatrial check");
  app.add_option("FILE", a.files, "documents")->required();
  app.add_option("--output", a.output, "form of the findings")
      ->check(CLI::IsMember({"text", "json"}));
  app.add_option("--cli-version", a.cli_version, "the AWS CLI they are for")
      ->check(CLI::IsMember({1, 2}));
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
}

struct Checked {
  std::vector<check::Finding> findings;
  std::string text;
};

bool check_file(const std::string& path, const awscli::Grammar& grammar, Checked& out) {
  const auto bytes = read_file(path);
  if (!bytes) {
    fmt::print(stderr, "seatrial: {}\n", bytes.error());
    return false;
  }
  Document document;
  document.path = path;
  parse_document(*bytes, document);
  for (auto& finding : check::check_document(document, grammar, {}, check::all_rules())) {
    out.text += check::finding_text(finding, document);
    out.findings.push_back(std::move(finding));
  }
  return true;
}

}  // namespace

int check_command(int argc, char** argv) {
  Arguments arguments;
  if (auto code = parse(arguments, argc, argv)) return *code;
  const awscli::Grammar grammar(arguments.cli_version == 1 ? awscli::Cli::kV1 : awscli::Cli::kV2);
  Checked checked;
  bool all_read = true;
  for (const auto& path : arguments.files)
    all_read = check_file(path, grammar, checked) && all_read;
  if (arguments.output == "json")
    std::cout << to_pretty_json(check::findings_json(checked.findings), 2) << "\n";
  else
    std::cout << checked.text;
  std::cout.flush();
  if (!all_read) return kUsage;
  if (arguments.output == "text")
    fmt::print(stderr, "{} finding{} in {} file{}\n", checked.findings.size(),
               checked.findings.size() == 1 ? "" : "s", arguments.files.size(),
               arguments.files.size() == 1 ? "" : "s");
  return checked.findings.empty() ? 0 : 1;
}

}  // namespace seatrial::runbook
