// filter, where, filterIndex, search: rows that a condition holds of. Source:
// CWL_QuerySyntax-Filter.
#include "logs/run/build.h"

namespace seatrial::logs::run {
namespace {

class FilterStage final : public Stage {
 public:
  FilterStage(Context& context, const EventFields& fields, Stage* next, const Node& condition)
      : Stage(context, fields, next), condition_(condition) {}
  void take(Row& row) override {
    if (condition_.holds(row)) next().take(row);
  }

 private:
  const Node& condition_;
};

class FilterStep final : public Step {
 public:
  explicit FilterStep(NodePtr condition) : condition_(std::move(condition)) {}
  std::unique_ptr<Stage> stage(Context& context, const EventFields& fields,
                               Stage* next) const override {
    return std::make_unique<FilterStage>(context, fields, next, *condition_);
  }
  bool row_wise() const override { return true; }

 private:
  NodePtr condition_;
};

}  // namespace

// search TEXT (guess): the message contains it.
StepPtr build_step(const query::FilterCommand& command, Builder& builder) {
  using Kind = query::Expression::Kind;
  const auto& condition = command.condition;
  if (condition.kind == Kind::kString || condition.kind == Kind::kRegex) {
    query::Expression message, like;
    message.text = "@message";
    like.kind = Kind::kBinary;
    like.op = query::Operator::kLike;
    like.span = condition.span;
    like.parts = {std::move(message), condition};
    return std::make_unique<FilterStep>(builder.expression(like));
  }
  return std::make_unique<FilterStep>(builder.expression(condition));
}

}  // namespace seatrial::logs::run
