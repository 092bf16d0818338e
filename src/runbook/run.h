// Carries a plan out and keeps the record of what happened.
//
// The record is the run's only state: reports are drawn from it, it is written after each step, so
// that a crash leaves what was known. Where the pieces are: plan.h (steps), session.h (the shell),
// compare.h (expectations), diagnose.h (reasons), report.h (forms of output).
#pragma once
#include <atomic>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/record.h"
#include "runbook/diagnose.h"
#include "runbook/mask.h"
#include "runbook/plan.h"
#include "runbook/session.h"

namespace seatrial::runbook {

// What the record keeps of each of a step's streams; expectations see all that was captured.
inline constexpr std::size_t kMaxRecordedOutput = 256 << 10;

struct StepRecord {
  int line = 0;
  int end_line = 0;
  std::string section, title, text;
  // "ok", "failed", "not_met" (its expectation), "followed", "not_run", "interrupted", "waiting"
  std::string status = "not_run";
  int exit_code = 0;
  double seconds = 0;
  std::string out, err;  // masked
  bool truncated = false;
  Diagnosis diagnosis;   // when failed
  std::string expected;  // text of the expectation that was compared, empty when none was
  std::vector<std::string> differences;
  std::vector<std::string> notes;

  template <class F>
  static void fields(F&& f) {
    f("line", &StepRecord::line);
    f("end_line", &StepRecord::end_line);
    f("section", &StepRecord::section);
    f("title", &StepRecord::title);
    f("text", &StepRecord::text);
    f("status", &StepRecord::status);
    f("exit_code", &StepRecord::exit_code);
    f("seconds", &StepRecord::seconds);
    f("stdout", &StepRecord::out);
    f("stderr", &StepRecord::err);
    f("truncated", &StepRecord::truncated);
    f("diagnosis", &StepRecord::diagnosis);
    f("expected", &StepRecord::expected);
    f("differences", &StepRecord::differences);
    f("notes", &StepRecord::notes);
  }
};

struct RunRecord {
  std::string file, section, world, endpoint, region, account;
  std::string started_at;  // ISO 8601
  double seconds = 0;
  std::string outcome = "running";  // "ok", "failed", "not_met", "interrupted", "waiting"
  std::vector<StepRecord> steps;

  template <class F>
  static void fields(F&& f) {
    f("file", &RunRecord::file);
    f("section", &RunRecord::section);
    f("world", &RunRecord::world);
    f("endpoint", &RunRecord::endpoint);
    f("region", &RunRecord::region);
    f("account", &RunRecord::account);
    f("started_at", &RunRecord::started_at);
    f("seconds", &RunRecord::seconds);
    f("outcome", &RunRecord::outcome);
    f("steps", &RunRecord::steps);
  }
};

struct RunOptions {
  bool keep_going = false;
  bool yes = false;
  std::chrono::milliseconds timeout{900'000};
  std::chrono::milliseconds follow{5'000};
  // Asks whether a destructive step may run; absent = nobody to ask.
  std::function<bool(const Step&)> approve;
};

class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void before_step(const StepRecord&) {}
  virtual void after_step(const StepRecord&) {}  // its status is known, expectation aside
  virtual void after_block(std::span<const StepRecord>) {}  // expectations are compared
  virtual void record_changed(const RunRecord&) {}          // to be kept
};

// Runs the plan's steps in the session; `record` comes with its head filled in and leaves complete.
void run_plan(const Plan& plan, const RunOptions& options, ShellSession& session,
              const Masker& masker, RunObserver& observer, RunRecord& record);

// 0 well, 1 a step failed, 4 only expectations were not met, 3 waits for approval, 130 interrupted.
int exit_code_of(const RunRecord& record);

}  // namespace seatrial::runbook
