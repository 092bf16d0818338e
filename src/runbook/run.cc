// See run.h.
#include "runbook/run.h"

#include <algorithm>
#include <array>

#include "runbook/compare.h"
#include "runbook/shell_syntax.h"
#include "runbook/text.h"

namespace seatrial::runbook {
namespace {

// Programs that say "nothing found" by exit code 1: inside a pipeline that is no failure.
constexpr std::array<std::string_view, 6> kAnswering = {"grep", "egrep", "rg",
                                                        "diff", "cmp",   "test"};
constexpr int kBrokenPipe = 141;  // 128 + SIGPIPE: a reader that had enough

// The pipeline's member that failed though the last one went well, or empty.
std::string failed_member(const Step& step, const StepOutput& output) {
  const auto names = pipeline_names(step.text);
  if (names.size() != output.pipe_status.size()) return {};
  for (std::size_t i = 0; i + 1 < names.size(); ++i) {
    const int code = output.pipe_status[i];
    if (code == 0 || code == kBrokenPipe) continue;
    if (code == 1 && std::ranges::find(kAnswering, names[i]) != kAnswering.end()) continue;
    return names[i];
  }
  return {};
}

// `export X=$(aws ...)` and `echo "$(aws ...)"` end well whatever the call did.
const AwsCall* hidden_failure(const Step& step, const StepOutput& output) {
  if (step.text.contains("||") || !(step.text.contains("$(") || step.text.contains('`')))
    return nullptr;
  const auto commands = find_commands(step.text);
  const bool called = std::ranges::any_of(commands, [](const ShellCommand& c) {
    return c.in_substitution && c.words[0].text == "aws";
  });
  if (!called) return nullptr;
  const auto it =
      std::ranges::find_if(output.aws_calls, [](const AwsCall& c) { return c.exit_code != 0; });
  return it == output.aws_calls.end() ? nullptr : &*it;
}

class Runner {
 public:
  Runner(const Plan& plan, const RunOptions& options, ShellSession& session, const Masker& masker,
         RunObserver& observer, RunRecord& record)
      : plan_(plan),
        options_(options),
        session_(session),
        masker_(masker),
        observer_(observer),
        record_(record) {}

  void run() {
    for (const auto& step : plan_.steps) record_.steps.push_back(blank_record(step));
    observer_.record_changed(record_);
    for (const auto& block : plan_.blocks) {
      run_block(block);
      if (stop_) break;
    }
    record_.outcome = outcome();
    observer_.record_changed(record_);
  }

 private:
  StepRecord blank_record(const Step& step) const {
    StepRecord out;
    out.line = step.line, out.end_line = step.end_line;
    out.section = step.section, out.title = step.title;
    out.text = masker_.mask(step.text);
    return out;
  }

  void run_block(const BlockPlan& block) {
    outputs_.clear();
    for (auto i = block.first_step; i < block.end_step && !stop_; ++i) run_step(i);
    verify(block);
    observer_.after_block(
        std::span(record_.steps).subspan(block.first_step, block.end_step - block.first_step));
    observer_.record_changed(record_);
  }

  void run_step(std::size_t index) {
    const Step& step = plan_.steps[index];
    StepRecord& record = record_.steps[index];
    observer_.before_step(record);
    if (step.destroys && !options_.yes && !approved(step, record))
      return observer_.after_step(record);
    const auto unset = unset_variables(index);
    StepLimits limits{options_.timeout,
                      step.follows ? options_.follow : std::chrono::milliseconds(0)};
    auto output = session_.run(step.text, limits);
    judge(index, output, unset, record);
    outputs_.emplace_back(index, std::move(output.out));
    record_.seconds += record.seconds;
    if (failed(record) && !options_.keep_going) stop_ = true;
    if (record.status == "interrupted") stop_ = true;
    observer_.after_step(record);
    observer_.record_changed(record_);
  }

  bool approved(const Step& step, StepRecord& record) {
    if (options_.approve && options_.approve(step)) return true;
    record.status = "waiting";
    record.notes.push_back("needs approval: " + *step.destroys);
    stop_ = true;
    return false;
  }

  std::vector<UnsetVariable> unset_variables(std::size_t index) const {
    const auto set = session_.set_variables();
    const bool known = !set.empty();  // before the first step nothing is known
    std::vector<UnsetVariable> out;
    for (const auto& name : used_variables(plan_.steps[index].text)) {
      if (std::isdigit(static_cast<unsigned char>(name[0]))) continue;
      if (known ? set.contains(name) : std::getenv(name.c_str()) != nullptr) continue;
      out.push_back(origin_of(name, index));
    }
    return out;
  }

  // The nearest step before that sets a variable of this one to a value to be replaced.
  std::string stand_in_of(std::size_t index) const {
    for (const auto& name : used_variables(plan_.steps[index].text)) {
      for (std::size_t i = index; i-- > 0;) {
        const auto names = assigned_variables(plan_.steps[i].text);
        if (std::ranges::find(names, name) == names.end()) continue;
        if (plan_.steps[i].stand_in.empty()) break;
        return fmt::format("${} has a value that line {} says to replace", name,
                           plan_.steps[i].line);
      }
    }
    return {};
  }

  // Whether a variable of this step was last set from a load balancer's DNSName.
  bool uses_load_balancer_name(std::size_t index) const {
    for (const auto& name : used_variables(plan_.steps[index].text)) {
      for (std::size_t i = index; i-- > 0;) {
        const auto names = assigned_variables(plan_.steps[i].text);
        if (std::ranges::find(names, name) == names.end()) continue;
        if (plan_.steps[i].text.contains("DNSName")) return true;
        break;
      }
    }
    return false;
  }

  UnsetVariable origin_of(const std::string& name, std::size_t before) const {
    for (std::size_t i = before; i-- > 0;) {
      const auto names = assigned_variables(plan_.steps[i].text);
      if (std::ranges::find(names, name) == names.end()) continue;
      const auto& record = record_.steps[i];
      return {name, record.line, failed(record), record.diagnosis.cause};
    }
    return {name};
  }

  void judge(std::size_t index, const StepOutput& output, const std::vector<UnsetVariable>& unset,
             StepRecord& record) {
    const Step& step = plan_.steps[index];
    record.exit_code = output.exit_code;
    record.seconds = output.seconds;
    record.out = kept(output.out);
    record.err = kept(output.err);
    record.truncated =
        output.truncated || std::max(output.out.size(), output.err.size()) > kMaxRecordedOutput;
    if (output.shell_died)
      record.notes.push_back("ended the shell; a new one goes on from its state");
    if (output.interrupted) {
      record.status = "interrupted";
      return;
    }
    const bool aws_error =
        output.err.contains("An error occurred (") || output.out.contains("An error occurred (");
    if (output.followed && !aws_error) {
      record.status = "followed";
      record.notes.push_back(fmt::format("followed for {:g} s", options_.follow.count() / 1000.0));
      return;
    }
    std::string member = output.exit_code == 0 ? failed_member(step, output) : "";
    const AwsCall* hidden =
        output.exit_code == 0 && member.empty() ? hidden_failure(step, output) : nullptr;
    if (hidden != nullptr) member = "aws " + shorten(masker_.mask(hidden->arguments), 60);
    const bool bad =
        output.exit_code != 0 || output.timed_out || !member.empty() || output.followed;
    record.status = bad ? "failed" : "ok";
    if (!bad) return;
    record.diagnosis = diagnose({step.text, code_of(output, hidden), record.out, record.err, unset,
                                 output.timed_out, member, stand_in_of(index),
                                 uses_load_balancer_name(index)});
    record.diagnosis.reason = masker_.mask(record.diagnosis.reason);
  }

  std::string kept(std::string_view text) const {
    return masker_.mask(valid_utf8(strip_ansi(text.substr(0, kMaxRecordedOutput))));
  }

  static int code_of(const StepOutput& output, const AwsCall* hidden) {
    if (hidden != nullptr) return hidden->exit_code;
    if (output.exit_code != 0) return output.exit_code;
    for (int code : output.pipe_status)
      if (code != 0) return code;
    return 0;
  }

  static bool failed(const StepRecord& record) { return record.status == "failed"; }

  // The last step of the block whose output is of the expectation's form is the one it is about.
  // A block with no such output is compared with the last step that printed anything.
  const std::pair<std::size_t, std::string>* subject(const Expectation& expectation) const {
    for (auto it = outputs_.rbegin(); it != outputs_.rend(); ++it)
      if (succeeded(it->first) && is_comparable(expectation, it->second)) return &*it;
    for (auto it = outputs_.rbegin(); it != outputs_.rend(); ++it)
      if (succeeded(it->first) && !trim(it->second).empty()) return &*it;
    for (auto it = outputs_.rbegin(); it != outputs_.rend(); ++it)
      if (succeeded(it->first)) return &*it;
    return nullptr;
  }

  bool succeeded(std::size_t index) const {
    const auto& status = record_.steps[index].status;
    return status == "ok" || status == "not_met" || status == "followed";
  }

  // Expectations of one form are alternatives; an output and a status are both wanted.
  void verify(const BlockPlan& block) {
    if (stop_ || block.expectations.empty()) return;
    for (auto kind :
         {Expectation::Kind::kOutput, Expectation::Kind::kOneOf, Expectation::Kind::kHttpStatus}) {
      std::vector<const Expectation*> alternatives;
      for (const auto& expectation : block.expectations)
        if (expectation.kind == kind) alternatives.push_back(&expectation);
      if (!alternatives.empty()) verify_one_of(alternatives);
    }
  }

  void verify_one_of(const std::vector<const Expectation*>& alternatives) {
    const auto* about = subject(*alternatives.front());
    if (about == nullptr) return;  // no step ended well: its failure is told already
    StepRecord& record = record_.steps[about->first];
    record.expected =
        masker_.mask(alternatives.front()->text.empty() ? alternatives.front()->introduction
                                                        : alternatives.front()->text);
    std::vector<std::string> differences;
    for (const auto* alternative : alternatives) {
      auto comparison = compare_output(*alternative, about->second);
      if (comparison.met) return;
      if (differences.empty()) differences = std::move(comparison.differences);
    }
    record.status = "not_met";
    for (auto& difference : differences) record.differences.push_back(masker_.mask(difference));
    if (!options_.keep_going) stop_ = true;
  }

  std::string outcome() const {
    const auto any = [&](std::string_view status) {
      return std::ranges::any_of(record_.steps,
                                 [&](const StepRecord& s) { return s.status == status; });
    };
    for (auto status : {"interrupted", "failed", "waiting", "not_met"})
      if (any(status)) return status;
    return "ok";
  }

  const Plan& plan_;
  const RunOptions& options_;
  ShellSession& session_;
  const Masker& masker_;
  RunObserver& observer_;
  RunRecord& record_;
  bool stop_ = false;
  std::vector<std::pair<std::size_t, std::string>> outputs_;  // of the block under way
};

}  // namespace

void run_plan(const Plan& plan, const RunOptions& options, ShellSession& session,
              const Masker& masker, RunObserver& observer, RunRecord& record) {
  Runner(plan, options, session, masker, observer, record).run();
}

int exit_code_of(const RunRecord& record) {
  if (record.outcome == "ok") return 0;
  if (record.outcome == "not_met") return 4;
  if (record.outcome == "waiting") return 3;
  if (record.outcome == "interrupted") return 130;
  return 1;
}

}  // namespace seatrial::runbook
