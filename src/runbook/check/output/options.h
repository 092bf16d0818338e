// The arguments of `seatrial check`.
#pragma once
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "runbook/check/rule.h"

namespace seatrial::runbook::check {

struct Options {
  std::vector<std::string> inputs;
  std::string output = "text";
  int cli_version = 2;
  std::string environment;                             // empty: not known
  std::vector<const Rule*> rules;                      // to ask
  std::optional<Severity> fail_on = Severity::kError;  // empty: never
  std::string baseline;
  bool write_baseline = false;
  bool fix = false, yes = false, dry_run = false;
  std::string explain;
  bool list_rules = false;
  std::string colour = "auto";
};

// The exit code instead when there is nothing to do (help) or the arguments make no sense; what is
// wrong is then said on stderr.
std::expected<Options, int> parse_options(int argc, char** argv);

}  // namespace seatrial::runbook::check
