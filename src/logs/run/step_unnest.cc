// unnest LIST into NAME, expand LIST: a row for each element. Source: CWL_QuerySyntax-Unnest.
//
// guess: unnest gives no row of what is no list; expand leaves such a row as it is.
#include "logs/run/build.h"
#include "logs/run/json_text.h"

namespace seatrial::logs::run {
namespace {

struct Unnest {
  NodePtr list;
  int into = -1;
  bool expand = false;
};

class UnnestStage final : public Stage {
 public:
  UnnestStage(Context& context, const EventFields& fields, Stage* next, const Unnest& unnest)
      : Stage(context, fields, next), unnest_(unnest) {}
  void take(Row& row) override {
    const auto value = unnest_.list->value(row);
    const auto document = json_document(value.text);
    if (document.empty() || document[0] != '[') {
      if (!unnest_.expand) return;
      row.set(unnest_.into, value);
      return next().take(row);
    }
    json_each(document, row.arena(), [&](std::string_view, const Value& element) {
      if (context().failed() || context().enough) return;
      row.set(unnest_.into, element);
      next().take(row);
    });
  }

 private:
  const Unnest& unnest_;
};

class UnnestStep final : public Step {
 public:
  explicit UnnestStep(Unnest unnest) : unnest_(std::move(unnest)) {}
  std::unique_ptr<Stage> stage(Context& context, const EventFields& fields,
                               Stage* next) const override {
    return std::make_unique<UnnestStage>(context, fields, next, unnest_);
  }
  bool row_wise() const override { return true; }

 private:
  Unnest unnest_;
};

}  // namespace

StepPtr build_step(const query::UnnestCommand& command, Builder& builder) {
  Unnest unnest;
  unnest.expand = command.expand;
  unnest.list = builder.expression(command.list);
  const bool field = command.list.kind == query::Expression::Kind::kField;
  if (command.expand && !field) builder.refuse("expand takes the name of a field");
  const auto name = command.expand ? command.list.text : command.into.text;
  unnest.into = builder.define(name);
  builder.columns.show(name, unnest.into);
  return std::make_unique<UnnestStep>(std::move(unnest));
}

}  // namespace seatrial::logs::run
