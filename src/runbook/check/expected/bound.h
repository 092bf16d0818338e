// Which command a block of output in a document belongs to. Pure.
#pragma once
#include <string>
#include <vector>

#include "jmespath/type.h"
#include "runbook/check/analysis.h"
#include "runbook/check/query.h"

namespace seatrial::runbook::check {

// A call that may have printed it, with what it prints.
struct Printer {
  const Command* command = nullptr;
  OutputForm form = OutputForm::kUnknown;
  jmespath::Type type;
};

struct BoundOutput {
  const Block* block = nullptr;
  std::string text;               // of the block, byte for byte; what is no output in it is blank
  bool announced = true;          // as what is expected; else it only stands behind the commands
  bool others = false;            // commands of which nothing is known may have printed it, too
  std::vector<Printer> printers;  // in their order
};

// All fences with output that have a printer. In the document's order.
std::vector<BoundOutput> bound_outputs(const Analysis& analysis);

}  // namespace seatrial::runbook::check
