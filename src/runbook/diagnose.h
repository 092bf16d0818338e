// Why a step failed, in one sentence, and whose fault it is. Pure.
//
// The causes follow from what is seen, not from guesses about intent:
//   document  the command cannot work as written: a placeholder left in it, a variable nothing set,
//             a usage error, a name or file that does not exist
//   system    the command is right and what it operates is not: refused, unhealthy, timed out
//   unknown   neither can be told
#pragma once
#include <set>
#include <string>
#include <vector>

#include "base/record.h"

namespace seatrial::runbook {

// A variable that the text expands and that has no value.
struct UnsetVariable {
  std::string name;
  int setter_line = 0;  // the last step before that sets it; 0 = none in this run
  bool setter_failed = false;
  std::string setter_cause;  // its diagnosis' cause
};

struct Evidence {
  std::string text;  // the step's shell text
  int exit_code = 0;
  std::string out, err;
  std::vector<UnsetVariable> unset_variables;
  bool timed_out = false;
  std::string failed_member;  // of a pipeline whose last command went well
  std::string stand_in;       // says which value the document itself calls not the real one
  bool load_balancer_name = false;  // a variable of it holds a load balancer's own DNS name
};

struct Diagnosis {
  std::string cause = "unknown";  // "document", "system", "unknown"
  std::string reason;             // one line
  std::string error_code;         // AWS's, when it was one
  std::string operation;

  template <class F>
  static void fields(F&& f) {
    f("cause", &Diagnosis::cause);
    f("reason", &Diagnosis::reason);
    f("error_code", &Diagnosis::error_code);
    f("operation", &Diagnosis::operation);
  }
};

Diagnosis diagnose(const Evidence& evidence);

}  // namespace seatrial::runbook
