// `seatrial check FILE...`, as a table of contents: arguments (options.h), inputs, the checker, the
// baseline, a format, mends.
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "base/clock.h"
#include "base/time.h"
#include "runbook/check/checker.h"
#include "runbook/check/output/baseline.h"
#include "runbook/check/output/fingerprints.h"
#include "runbook/check/output/fix_session.h"
#include "runbook/check/output/formats.h"
#include "runbook/check/output/inputs.h"
#include "runbook/check/output/options.h"
#include "runbook/check/output/rule_pages.h"
#include "runbook/check/output/surroundings.h"
#include "runbook/check/rules/rules.h"
#include "runbook/commands.h"

namespace seatrial::runbook {
namespace check {
namespace {

constexpr int kFindings = 1, kUsage = 2;
constexpr std::size_t kWidth = 120;  // where there is no terminal

void say(std::string_view message) { fmt::print(stderr, "seatrial: {}\n", message); }

bool wants_colour(const std::string& colour) {
  if (colour != "auto") return colour == "always";
  const char* none = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  return ::isatty(STDOUT_FILENO) != 0 && (none == nullptr || *none == '\0') &&
         (terminal == nullptr || std::string_view(terminal) != "dumb");
}

std::size_t terminal_width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kWidth;
  return std::clamp<std::size_t>(size.ws_col, 60, 200);
}

std::unique_ptr<Format> make_format(const Options& options) {
  const FormatSettings settings{wants_colour(options.colour), terminal_width(), options.fail_on,
                                options.rules, rule_page};
  if (options.output == "json") return json_format();
  if (options.output == "sarif") return sarif_format(settings);
  if (options.output == "junit") return junit_format(settings);
  return text_format(settings);
}

int list_rules() {
  for (const Rule* rule : all_rules())
    fmt::print("{:<24} {:<8} {}\n", rule->id, severity_name(rule->severity), rule->summary);
  return 0;
}

void count(const Report& report, Totals& totals) {
  ++totals.files;
  for (const auto& finding : report.findings) {
    auto& of_severity = finding.severity == Severity::kError     ? totals.errors
                        : finding.severity == Severity::kWarning ? totals.warnings
                                                                 : totals.infos;
    ++of_severity;
    if (!finding.fix.empty()) ++totals.fixable;
  }
}

class Checking {
 public:
  Checking(const Options& options, std::set<std::string, std::less<>> programs)
      : options_(options),
        programs_(std::move(programs)),
        grammar_(options.cli_version == 1 ? awscli::Cli::kV1 : awscli::Cli::kV2) {
    for (const Rule* rule : options_.rules) rules_.emplace(rule->id);
  }

  int run() {
    if (!load_baseline()) return kUsage;
    const auto inputs = find_inputs(options_.inputs);
    if (options_.fix)
      if (const auto code = fix(inputs)) return *code;
    const auto format = make_format(options_);
    print(format->begin());
    for (const auto& fault : inputs.faults)
      not_read(fault.substr(0, fault.find(": ")), fault, *format);
    for (const auto& input : inputs.found) check_input(input, *format);
    print(format->end(totals_));
    if (!finish_baseline() || !flush()) return kUsage;
    if (totals_.unreadable > 0) return kUsage;
    return fails() ? kFindings : 0;
  }

 private:
  bool load_baseline() {
    if (options_.baseline.empty()) return true;
    baseline_.emplace(options_.baseline);
    if (options_.write_baseline && !std::filesystem::exists(options_.baseline)) return true;
    if (const auto loaded = baseline_->load(); !loaded) return say(loaded.error()), false;
    return true;
  }

  Outcome outcome_of(const Document& document, const std::string& path) {
    auto around = path == "-" ? Surroundings{} : neighbourhood_.of(path);
    around.programs = programs_;
    around.now_s = to_ms(SystemClock().now()) / 1000;
    return check_and_suppress(document, grammar_, around, options_.rules);
  }

  void check_input(const Input& input, Format& format) {
    Document document;
    const auto bytes = read_input(input);
    if (!bytes) return not_read(input.name, bytes.error(), format);
    if (const auto parsed = parse_input(input, *bytes, document); !parsed)
      return not_read(input.name, parsed.error(), format);
    auto outcome = outcome_of(document, input.path);
    for (const auto& part : outcome.unread)
      not_read(input.name, fmt::format("{}:{}: {}", input.name, part.line, part.why), format);
    auto report = report_of(input, document, std::move(outcome.findings));
    totals_.suppressed += outcome.suppressed;
    totals_.left_out += outcome.left_out;
    if (baseline_ && options_.write_baseline) baseline_->note(report);
    if (baseline_ && !options_.write_baseline) totals_.baselined += baseline_->subtract(report);
    count(report, totals_);
    if (!options_.dry_run) print(format.document(report));
  }

  Report report_of(const Input& input, const Document& document, std::vector<Finding> findings) {
    Report report{document, input.name, input.name, std::move(findings), {}};
    report.fingerprints = fingerprints(report.findings, document);
    if (input.path == "-") return report;
    std::error_code error;
    const auto root = neighbourhood_.root_of(input.path);
    if (!root.empty())
      report.repository_path =
          std::filesystem::weakly_canonical(input.path, error).lexically_relative(root).string();
    return report;
  }

  void not_read(const std::string& name, const std::string& why, Format& format) {
    say(why);
    ++totals_.unreadable;
    print(format.unreadable(name, why));
  }

  // The findings of a file's bytes that may be mended: not suppressed, not in the baseline.
  std::vector<Finding> open_findings(const Input& input, std::string_view bytes) {
    Document document;
    if (!parse_input(input, bytes, document)) return {};
    auto report = report_of(input, document, outcome_of(document, input.path).findings);
    if (baseline_) baseline_->subtract(report);
    return std::move(report.findings);
  }

  // The exit code when the run ends with the mends.
  std::optional<int> fix(const Inputs& inputs) {
    FixSession session(options_.yes, options_.dry_run);
    if (!session.can_decide()) {
      say("--fix asks before it writes, and here is nobody to ask: give --yes or --dry-run");
      return kUsage;
    }
    for (const auto& input : inputs.found)
      if (const auto bytes = read_input(input))
        session.look(input.path, *bytes,
                     [&](std::string_view text) { return open_findings(input, text); });
    if (!session.decide_and_write()) return kUsage;
    if (!options_.dry_run) return std::nullopt;
    return flush() ? session.anything() ? kFindings : 0 : kUsage;
  }

  bool finish_baseline() {
    if (!baseline_) return true;
    if (!options_.write_baseline) {
      if (const auto gone = baseline_->gone(rules_))
        say(fmt::format("{} of the findings in {} are gone; --write-baseline drops them", gone,
                        options_.baseline));
      return true;
    }
    if (const auto saved = baseline_->save(rules_); !saved) return say(saved.error()), false;
    say(fmt::format("{} findings are listed in {}", totals_.findings(), options_.baseline));
    return true;
  }

  bool fails() const {
    if (!options_.fail_on || options_.write_baseline) return false;
    if (*options_.fail_on == Severity::kError) return totals_.errors > 0;
    if (*options_.fail_on == Severity::kWarning) return totals_.errors + totals_.warnings > 0;
    return totals_.findings() > 0;
  }

  static void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

  static bool flush() {
    if (std::fflush(stdout) == 0 && !std::ferror(stdout)) return true;
    say(fmt::format("cannot write the findings: {}", std::strerror(errno)));
    return false;
  }

  const Options& options_;
  std::set<std::string, std::less<>> programs_;
  std::set<std::string, std::less<>> rules_;
  awscli::Grammar grammar_;
  Neighbourhood neighbourhood_;
  std::optional<Baseline> baseline_;
  Totals totals_;
};

}  // namespace
}  // namespace check

int check_command(int argc, char** argv) {
  const auto options = check::parse_options(argc, argv);
  if (!options) return options.error();
  if (options->list_rules) return check::list_rules();
  if (!options->explain.empty()) {
    fmt::print("{}", check::rule_page(options->explain));
    return 0;
  }
  std::set<std::string, std::less<>> programs;
  if (!options->environment.empty()) {
    auto read = check::read_programs(options->environment);
    if (!read) return check::say(read.error()), check::kUsage;
    programs = std::move(*read);
  }
  return check::Checking(*options, std::move(programs)).run();
}

}  // namespace seatrial::runbook
