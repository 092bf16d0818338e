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

// Commands that cannot be carried out here.
StepPtr build_step(const query::AnomalyCommand&, Builder& builder) {
  builder.refuse("anomaly is not served: it rests on models that AWS trains");
  return nullptr;
}

StepPtr build_step(const query::LookupCommand& command, Builder& builder) {
  builder.refuse(
      fmt::format("there is no lookup table '{}': lookup tables are not served", command.table));
  return nullptr;
}

StepPtr build_step(const query::RelevantFieldsCommand&, Builder& builder) {
  builder.refuse("relevantfields is not served: what it gives is not documented");
  return nullptr;
}

StepPtr build_step(const query::EstimateCommand&, Builder& builder) {
  builder.refuse("estimate is not served: the form of its result is not documented");
  return nullptr;
}

}  // namespace seatrial::logs::run
