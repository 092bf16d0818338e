// fields, display: expressions to columns. Sources: CWL_QuerySyntax-Display, -Fields.
#include "logs/run/build.h"

namespace seatrial::logs::run {
namespace {

struct Assignment {
  NodePtr value;
  int slot;
};

class FieldsStage final : public Stage {
 public:
  FieldsStage(Context& context, const EventFields& fields, Stage* next,
              const std::vector<Assignment>& assignments)
      : Stage(context, fields, next), assignments_(assignments) {}
  void take(Row& row) override {
    for (const auto& [value, slot] : assignments_) row.set(slot, value->value(row));
    next().take(row);
  }

 private:
  const std::vector<Assignment>& assignments_;
};

class FieldsStep final : public Step {
 public:
  explicit FieldsStep(std::vector<Assignment> assignments) : assignments_(std::move(assignments)) {}
  std::unique_ptr<Stage> stage(Context& context, const EventFields& fields,
                               Stage* next) const override {
    return std::make_unique<FieldsStage>(context, fields, next, assignments_);
  }
  bool row_wise() const override { return true; }
  bool keeps_rows() const override { return true; }

 private:
  std::vector<Assignment> assignments_;
};

}  // namespace

// A plain field gets no slot of its own, so that nothing is read before it is needed. Names are
// known to the next command, not to the items beside them.
StepPtr build_step(const query::FieldsCommand& command, Builder& builder) {
  struct Made {
    std::string name;
    NodePtr value;
    int slot;
  };
  std::vector<Made> made;
  for (const auto& item : command.items) {
    const int plain = item.alias.empty() ? builder.slot_of(item.value) : -1;
    made.push_back(
        {builder.name_of(item), plain >= 0 ? nullptr : builder.expression(item.value), plain});
  }
  std::vector<Assignment> assignments;
  std::vector<Column> columns;
  for (std::size_t i = 0; i < made.size(); ++i) {
    auto& [name, value, slot] = made[i];
    if (value) {
      slot = builder.define(name);
      if (command.items[i].value.kind == query::Expression::Kind::kCall)
        builder.scope.also(folded(builder.around.written(command.items[i].value)), slot);
      assignments.push_back({std::move(value), slot});
    }
    columns.push_back({name, slot});
  }
  if (command.display)
    builder.columns.display(std::move(columns));
  else
    for (auto& column : columns) builder.columns.show(column.name, column.slot);
  return std::make_unique<FieldsStep>(std::move(assignments));
}

}  // namespace seatrial::logs::run
