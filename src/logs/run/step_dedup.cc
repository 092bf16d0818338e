// dedup: the first row for each combination of values. Source: CWL_QuerySyntax-Dedup: rows that
// lack one of the fields are all kept.
#include <unordered_set>

#include "logs/run/build.h"
#include "logs/run/hash.h"

namespace seatrial::logs::run {
namespace {

class DedupStage final : public Stage {
 public:
  DedupStage(Context& context, const EventFields& fields, Stage* next,
             const std::vector<NodePtr>& keys)
      : Stage(context, fields, next), keys_(keys) {}
  void take(Row& row) override {
    key_.clear();
    for (const auto& node : keys_) {
      const auto value = node->value(row);
      if (!value.present()) return next().take(row);
      const auto text = text_of(value, row.arena());
      key_ += fmt::format("{}:", text.size());
      key_ += text;
    }
    if (seen_.contains(key_) || !context().hold(key_.size() + kPerKey)) return;
    seen_.insert(key_);
    next().take(row);
  }

 private:
  static constexpr std::size_t kPerKey = 64;
  const std::vector<NodePtr>& keys_;
  std::string key_;
  std::unordered_set<std::string, HashBytes, std::equal_to<>> seen_;
};

class DedupStep final : public Step {
 public:
  explicit DedupStep(std::vector<NodePtr> keys) : keys_(std::move(keys)) {}
  std::unique_ptr<Stage> stage(Context& context, const EventFields& fields,
                               Stage* next) const override {
    return std::make_unique<DedupStage>(context, fields, next, keys_);
  }

  bool in_order() const override { return true; }

 private:
  std::vector<NodePtr> keys_;
};

}  // namespace

StepPtr build_step(const query::DedupCommand& command, Builder& builder) {
  std::vector<NodePtr> keys;
  for (const auto& field : command.fields) keys.push_back(builder.field(field.text));
  return std::make_unique<DedupStep>(std::move(keys));
}

}  // namespace seatrial::logs::run
