// json field=NAME "a.b" as NAME: one value of a field that is JSON.
#include "logs/run/build.h"
#include "logs/run/json_text.h"

namespace seatrial::logs::run {
namespace {

class JsonStage final : public Stage {
 public:
  JsonStage(Context& context, const EventFields& fields, Stage* next, const Node& source,
            const JsonPaths& paths, int slot)
      : Stage(context, fields, next), source_(source), paths_(paths), slot_(slot) {}
  void take(Row& row) override {
    Value found;
    const auto document = json_document(source_.value(row).text);
    if (!document.empty()) paths_.scan(document, {&found, 1}, row.arena());
    row.set(slot_, found);
    next().take(row);
  }

 private:
  const Node& source_;
  const JsonPaths& paths_;
  int slot_;
};

class JsonStep final : public Step {
 public:
  JsonStep(NodePtr source, std::string_view path, int slot)
      : source_(std::move(source)), slot_(slot) {
    paths_.add(path, 0);
  }
  std::unique_ptr<Stage> stage(Context& context, const EventFields& fields,
                               Stage* next) const override {
    return std::make_unique<JsonStage>(context, fields, next, *source_, paths_, slot_);
  }
  bool row_wise() const override { return true; }
  bool keeps_rows() const override { return true; }

 private:
  NodePtr source_;
  JsonPaths paths_;
  int slot_;
};

}  // namespace

StepPtr build_step(const query::JsonCommand& command, Builder& builder) {
  auto source = builder.field(command.field.text);
  const int slot = builder.define(command.alias.text);
  builder.columns.show(command.alias.text, slot);
  return std::make_unique<JsonStep>(std::move(source), command.path, slot);
}

}  // namespace seatrial::logs::run
