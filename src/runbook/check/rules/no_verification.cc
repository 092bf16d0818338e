// A procedure ends with a change whose outcome nobody looks at. docs/rules/no-verification.md
//
// Only changes whose command returns before they have taken effect, or says nothing of it
// (reading/effects.cc); a synchronous call that AWS answered is done.
#include "runbook/check/reading/effects.h"
#include "runbook/check/rules/outcome.h"
#include "runbook/check/rules/rules.h"

namespace seatrial::runbook::check {
namespace {

std::string what(const Command& command) {
  if (command.aws) return command.aws->path;
  const auto word = operation_word(command);
  return word == 0 ? command.name : command.name + " " + command.shell.words[word].text;
}

void check_no_verification(const Analysis& analysis, Reports& reports) {
  for (const auto& unseen : unseen_changes(Story(analysis))) {
    if (unseen.rollback) continue;
    reports.at_word(*unseen.change, operation_word(*unseen.change),
                    {fmt::format("the procedure ends here, nothing looks at the outcome of `{}`",
                                 what(*unseen.begun)),
                     "wait for the state that is wanted, or look at it"});
  }
}

}  // namespace

const Rule kNoVerification{"no-verification", Severity::kInfo,
                           "a procedure that ends without a look at its outcome",
                           check_no_verification};

}  // namespace seatrial::runbook::check
