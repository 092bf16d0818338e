// The parts of a shown output that its command cannot print. Pure.
#pragma once
#include <string>
#include <vector>

#include "runbook/check/expected/bound.h"
#include "runbook/check/rule.h"

namespace seatrial::runbook::check {

enum class MismatchKind {
  kField,  // a name that the output has not
  kType,   // a value of another type
  kEnum,   // a value that the model does not list
  kForm,   // drawn in another way
};

struct Mismatch {
  MismatchKind kind = MismatchKind::kType;
  std::size_t begin = 0;  // bytes of the output's text
  std::size_t end = 0;
  std::string message;
  std::string suggestion = {};
  Severity severity = Severity::kError;
};

// Empty where any of its printers can print it, or where it is of none for certain.
std::vector<Mismatch> mismatches(const BoundOutput& output);

// Reports the mismatches of one kind in all outputs of the document.
void report_mismatches(const Analysis& analysis, Reports& reports, MismatchKind kind);

}  // namespace seatrial::runbook::check
