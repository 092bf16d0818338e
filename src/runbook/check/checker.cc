// See checker.h: fences to calls, calls to the rules, reports to places.
#include "runbook/check/checker.h"

#include <algorithm>
#include <array>

#include "runbook/plan.h"
#include "runbook/text.h"

namespace seatrial::runbook::check {
namespace {

constexpr std::array<const Rule*, 6> kRules = {&kUnknownService, &kUnknownOperation,
                                               &kUnknownOption,  &kMissingOption,
                                               &kMissingValue,   &kBadEnum};

// Lines and columns of bytes in a fence's script.
class Places {
 public:
  Places(const Block& block, std::string_view script) : block_(block) {
    starts_.push_back(0);
    for (std::size_t i = 0; i < script.size(); ++i)
      if (script[i] == '\n') starts_.push_back(i + 1);
  }

  void place(const Report& report, Finding& finding) const {
    const auto first = line_of(report.begin);
    const auto last = line_of(std::max(report.begin, report.end > 0 ? report.end - 1 : 0));
    finding.line = block_.line + static_cast<int>(first);
    finding.end_line = block_.line + static_cast<int>(last);
    const int indent = first < block_.columns.size() ? block_.columns[first] : 0;
    finding.column = indent + static_cast<int>(report.begin - starts_[first]) + 1;
    const auto line_end = first + 1 < starts_.size() ? starts_[first + 1] - 1 : report.end;
    finding.length = std::max(1, static_cast<int>(std::min<std::size_t>(report.end, line_end)) -
                                     static_cast<int>(report.begin));
  }

 private:
  std::size_t line_of(std::size_t byte) const {
    return static_cast<std::size_t>(std::ranges::upper_bound(starts_, byte) - starts_.begin()) - 1;
  }

  const Block& block_;
  std::vector<std::size_t> starts_;
};

bool is_aws(const ShellCommand& command) {
  const auto& name = command.words[0];
  return name.known && (name.text == "aws" || name.text.ends_with("/aws"));
}

awscli::ParsedCall parse(const awscli::Grammar& grammar, const ShellCommand& command) {
  std::vector<awscli::Word> words;
  for (const auto& word : command.words) words.push_back({word.text, word.known, word.quoted});
  return awscli::parse_call(grammar, words, command.open_ended);
}

void check_command(const ShellCommand& command, const awscli::Grammar& grammar,
                   const Places& places, const Document& document, std::vector<Finding>& findings) {
  const auto parsed = parse(grammar, command);
  const Call call{command, parsed};
  for (const Rule* rule : kRules) {
    if (command.damaged && !rule->on_damaged) continue;
    for (auto& report : rule->look(call)) {
      Finding finding;
      finding.file = document.path;
      finding.rule = rule->name, finding.severity = rule->severity;
      finding.message = std::move(report.message),
      finding.suggestion = std::move(report.suggestion);
      places.place(report, finding);
      findings.push_back(std::move(finding));
    }
  }
}

}  // namespace

std::vector<Report> problems_of(const Call& call, awscli::ProblemKind kind) {
  std::vector<Report> out;
  for (const auto& problem : call.parsed.problems) {
    if (problem.kind != kind) continue;
    const auto& word = call.shell.words[std::min(problem.word, call.shell.words.size() - 1)];
    out.push_back({word.begin, word.end, problem.message, problem.suggestion});
  }
  return out;
}

std::vector<Finding> check_document(const Document& document, const awscli::Grammar& grammar) {
  std::vector<Finding> findings;
  for (const auto& block : document.blocks) {
    if (!is_shell_fence(block)) continue;
    const auto script = fence_script(block);
    const Places places(block, script);
    for (const auto& command : find_commands(script))
      if (is_aws(command)) check_command(command, grammar, places, document, findings);
  }
  std::ranges::stable_sort(findings, {},
                           [](const Finding& f) { return std::pair(f.line, f.column); });
  return findings;
}

std::string finding_text(const Finding& finding, const Document& document) {
  std::string out = fmt::format("{}:{}:{}: {}: {} [{}]\n", finding.file, finding.line,
                                finding.column, finding.severity, finding.message, finding.rule);
  const auto index = static_cast<std::size_t>(finding.line - 1);
  if (index < document.lines.size()) {
    std::string lead(document.lines[index].substr(0, static_cast<std::size_t>(finding.column - 1)));
    for (char& c : lead)
      if (c != '\t') c = ' ';
    out += fmt::format("    {}\n    {}^{}\n", document.lines[index], lead,
                       std::string(static_cast<std::size_t>(finding.length - 1), '~'));
  }
  if (!finding.suggestion.empty()) out += fmt::format("    write: {}\n", finding.suggestion);
  return out;
}

}  // namespace seatrial::runbook::check
