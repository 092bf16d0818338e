// Which changes of a procedure nobody looks at afterwards: shared by no-verification and
// rollback-unchecked, so that each change is reported by one of them. Pure.
#pragma once
#include <vector>

#include "runbook/check/reading/story.h"

namespace seatrial::runbook::check {

struct Unseen {
  const Command* change = nullptr;  // the last changing command of the procedure
  const Command* begun = nullptr;   // the one whose outcome is not looked at; often the same
  bool rollback = false;            // `begun` goes back to an earlier version
};

// One or none of each kind in a procedure, in the document's order.
std::vector<Unseen> unseen_changes(const Story& story);

}  // namespace seatrial::runbook::check
