// What a rule sees and what it reports. One file per rule; checker.cc has the list. Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "awscli/parse.h"
#include "base/record.h"
#include "runbook/shell_syntax.h"

namespace seatrial::runbook::check {

struct Finding {
  std::string file;
  int line = 0;  // 1-based
  int end_line = 0;
  int column = 0;  // 1-based, bytes
  int length = 1;  // bytes the finding is about, on its first line
  std::string rule;
  std::string severity = "error";  // "error", "warning"
  std::string message;
  std::string suggestion;  // what to write instead, or empty

  template <class F>
  static void fields(F&& f) {
    f("file", &Finding::file);
    f("line", &Finding::line);
    f("end_line", &Finding::end_line);
    f("column", &Finding::column);
    f("rule", &Finding::rule);
    f("severity", &Finding::severity);
    f("message", &Finding::message);
    f("suggestion", &Finding::suggestion);
  }
};

// One call of the AWS CLI in the document.
struct Call {
  const ShellCommand& shell;         // its words with their places
  const awscli::ParsedCall& parsed;  // what the CLI's grammar says
};

// A report before it has its place in the document.
struct Report {
  std::uint32_t begin = 0, end = 0;  // bytes in the script
  std::string message;
  std::string suggestion;
};

struct Rule {
  std::string_view name;
  std::string_view severity;
  bool on_damaged;  // also on commands that the shell's grammar could not read whole
  std::vector<Report> (*look)(const Call& call);
};

extern const Rule kUnknownService;
extern const Rule kUnknownOperation;
extern const Rule kUnknownOption;
extern const Rule kMissingOption;
extern const Rule kMissingValue;
extern const Rule kBadEnum;

// The parser's problems of one kind, at their words. For the rules.
std::vector<Report> problems_of(const Call& call, awscli::ProblemKind kind);

}  // namespace seatrial::runbook::check
