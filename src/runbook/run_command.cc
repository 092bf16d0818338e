// `seatrial run` and `seatrial env`: arguments, the terminal, signals. The work is in run.cc.
#include <unistd.h>
#include <csignal>

#include <CLI/CLI.hpp>
#include <iostream>

#include "base/clock.h"
#include "base/rng.h"
#include "base/world_folder.h"
#include "runbook/commands.h"
#include "runbook/document.h"
#include "runbook/environment.h"
#include "runbook/report.h"
#include "runbook/run.h"
#include "runbook/store.h"
#include "runbook/text.h"
#include "runbook/warm_cli.h"

namespace seatrial::runbook {
namespace {

constexpr int kUsage = 2;

std::atomic<bool> g_interrupt = false;

void on_interrupt(int) { g_interrupt = true; }

struct Arguments {
  std::string world, target, output = "text", allow_endpoint;
  bool yes = false, keep_going = false, no_input = false, dry_run = false, cold = false;
  double timeout_s = 900, follow_s = 5;
};

int complain(std::string_view what, int code) {
  fmt::print(stderr, "seatrial: {}\n", what);
  return code;
}

// CLI11 prints help on stdout and errors on stderr; anything but help is a usage error.
std::optional<int> parse(CLI::App& app, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
}

std::optional<int> parse_run(Arguments& a, int argc, char** argv) {
  CLI::App app("Carries out the shell steps of a Markdown runbook against a running world.",
               "seatrial run");
  app.add_option("FILE", a.target, "the document, with #section for a part of it")->required();
  app.add_option("--world", a.world, "the world's directory");
  app.add_option("--output", a.output, "form of the report")
      ->check(CLI::IsMember({"text", "json", "junit"}));
  app.add_flag("--yes", a.yes, "run destructive steps without asking");
  app.add_flag("--keep-going", a.keep_going, "go on after a failed step");
  app.add_flag("--no-input", a.no_input,
               "never ask; a step that needs approval ends the run with 3");
  app.add_flag("--dry-run", a.dry_run, "print the steps and run nothing");
  app.add_flag("--cold-aws", a.cold, "start the AWS CLI anew for each call");
  app.add_option("--allow-endpoint", a.allow_endpoint,
                 "an endpoint besides the world's that `aws` may call");
  app.add_option("--timeout", a.timeout_s, "seconds a step may take")->check(CLI::PositiveNumber);
  app.add_option("--follow", a.follow_s, "seconds a command that never ends is followed")
      ->check(CLI::PositiveNumber);
  return parse(app, argc, argv);
}

struct Target {
  std::string path, section;
};

// The file's own name may hold a '#'.
Target split_target(const std::string& text) {
  std::error_code error;
  const auto hash = text.rfind('#');
  if (hash == std::string::npos || std::filesystem::exists(text, error)) return {text, ""};
  return {text.substr(0, hash), text.substr(hash + 1)};
}

bool ask(const Step& step) {
  fmt::print(stderr, "\nline {}: this takes something away ({}):\n{}\nrun it? [y/N] ", step.line,
             *step.destroys, step.text);
  std::string answer;
  if (!std::getline(std::cin, answer)) return false;
  answer = lower(trim(answer));
  return answer == "y" || answer == "yes";
}

// Text goes out as steps end; the other forms once, at the end.
class Reporter final : public RunObserver {
 public:
  Reporter(bool text, TextStyle style, RunStore& store)
      : text_(text), style_(style), store_(store) {}

  void before_step(const StepRecord& step) override {
    if (!text_ || step.section == section_) return;
    section_ = step.section;
    print(text_heading(section_));
  }
  void after_step(const StepRecord& step) override {
    if (text_) print(text_step(step, style_));
  }
  void after_block(std::span<const StepRecord> steps) override {
    for (const auto& step : steps)
      if (text_) print(text_expectation(step, style_));
  }
  void record_changed(const RunRecord& record) override { store_.save(record); }

 private:
  static void print(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
  }

  bool text_;
  TextStyle style_;
  RunStore& store_;
  std::string section_;
};

bool wants_color() { return ::isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr; }

struct Job {
  Arguments arguments;
  Target target;
  Document document;
  Plan plan;
};

// The exit code where the job cannot begin.
std::optional<int> prepare(Job& job) {
  job.target = split_target(job.arguments.target);
  const auto bytes = read_file(job.target.path);
  if (!bytes) return complain(bytes.error(), kUsage);
  parse_document(*bytes, job.document);
  std::optional<Section> section;
  if (!job.target.section.empty()) {
    const auto found = find_section(job.document, job.target.section);
    if (!found) return complain(job.target.path + ": " + found.error(), kUsage);
    section = *found;
  }
  job.plan = make_plan(job.document, section);
  if (job.plan.steps.empty())
    return complain(job.arguments.target + ": there is no shell step in it", kUsage);
  return std::nullopt;
}

std::string run_name(const Target& target) {
  auto name = heading_slug(std::filesystem::path(target.path).stem().string());
  if (!target.section.empty()) name += "-" + heading_slug(target.section);
  std::erase_if(name, [](char c) {
    return !std::isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '_';
  });
  return name;
}

RunRecord record_head(const Job& job, const WorldEndpoint& endpoint, Time now) {
  RunRecord record;
  record.file = job.target.path, record.section = job.target.section;
  record.world = endpoint.world, record.endpoint = endpoint.endpoint;
  record.region = endpoint.region, record.account = endpoint.account;
  record.started_at = format_iso8601_seconds(now);
  return record;
}

void print_result(const Arguments& arguments, const RunRecord& record, const RunStore& store) {
  if (arguments.output == "json") std::cout << json_report(record);
  if (arguments.output == "junit") std::cout << junit_report(record);
  if (arguments.output == "text") std::cout << text_summary(record, {wants_color()});
  std::cout.flush();
  fmt::print(stderr, "record: {}/record.json\n", store.folder());
}

RunOptions options_of(const Arguments& arguments) {
  RunOptions options;
  options.keep_going = arguments.keep_going, options.yes = arguments.yes;
  const auto ms = [](double seconds) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(std::min(seconds, 1e9) * 1000));
  };
  options.timeout = ms(arguments.timeout_s), options.follow = ms(arguments.follow_s);
  const bool terminal = ::isatty(STDIN_FILENO) != 0 && ::isatty(STDERR_FILENO) != 0;
  if (terminal && !arguments.no_input) options.approve = ask;
  return options;
}

int rehearse(const Job& job, const WorldEndpoint& endpoint) {
  SystemClock clock;
  SystemRng rng;
  RunStore store;
  const auto now = clock.now();
  if (auto why = store.open(endpoint.world, now, run_name(job.target)); !why.empty())
    return complain(why, 1);
  ShellSession::Options shell{shell_environment(endpoint), "", &g_interrupt};
  if (!job.arguments.allow_endpoint.empty())
    shell.environment.push_back("SEATRIAL_ALLOW_ENDPOINT=" + job.arguments.allow_endpoint);
  std::unique_ptr<WarmCli> warm;
  if (!job.arguments.cold) warm = WarmCli::start(shell.environment, endpoint.world + "/run/bin");
  if (warm) std::ranges::move(warm->variables(), std::back_inserter(shell.environment));
  ShellSession session(std::move(shell), rng);
  if (auto why = session.start(); !why.empty()) return complain(why, 1);
  const bool text = job.arguments.output == "text";
  if (text)
    fmt::print("{} on {} (account {}, region {}), {} steps\n", job.arguments.target,
               endpoint.endpoint, endpoint.account, endpoint.region, job.plan.steps.size());
  std::fflush(stdout);
  Reporter reporter(text, {wants_color()}, store);
  auto record = record_head(job, endpoint, now);
  std::signal(SIGINT, on_interrupt);
  std::signal(SIGTERM, on_interrupt);
  run_plan(job.plan, options_of(job.arguments), session, Masker({endpoint.secret_access_key}),
           reporter, record);
  print_result(job.arguments, record, store);
  return exit_code_of(record);
}

}  // namespace

int run_command(int argc, char** argv) {
  Job job;
  if (auto code = parse_run(job.arguments, argc, argv)) return *code;
  if (auto code = prepare(job)) return *code;
  if (job.arguments.dry_run) {
    std::cout << (job.arguments.output == "json" ? json_plan(job.plan) : text_plan(job.plan));
    return 0;
  }
  const auto endpoint = read_endpoint(seatrial::find_world(job.arguments.world).string());
  if (!endpoint) return complain(endpoint.error(), kUsage);
  if (auto why = write_environment_files(*endpoint); !why.empty()) return complain(why, 1);
  return rehearse(job, *endpoint);
}

int env_command(int argc, char** argv) {
  std::string world;
  CLI::App app("Prints shell lines that point AWS clients at a running world.", "seatrial env");
  app.add_option("--world", world, "the world's directory");
  if (auto code = parse(app, argc, argv)) return *code;
  const auto endpoint = read_endpoint(seatrial::find_world(world).string());
  if (!endpoint) return complain(endpoint.error(), 1);
  if (auto why = write_environment_files(*endpoint); !why.empty()) return complain(why, 1);
  std::cout << env_exports(*endpoint);
  return 0;
}

}  // namespace seatrial::runbook
