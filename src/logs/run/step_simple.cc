// unmask: nothing here is masked, so it changes nothing. Source: CWL_QuerySyntax-Unmask.
#include "logs/run/build.h"

namespace seatrial::logs::run {

StepPtr build_step(const query::UnmaskCommand& command, Builder& builder) {
  for (const auto& field : command.fields) {
    const int slot = builder.slot_of(field);
    if (slot >= 0)
      builder.columns.show(field.text, slot);
    else
      builder.refuse("unmask takes the names of fields");
  }
  return nullptr;
}

// It is the run that does not take place: see Execution.
StepPtr build_step(const query::EstimateCommand&, Builder&) { return nullptr; }

}  // namespace seatrial::logs::run
