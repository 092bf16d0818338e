// countFrequent FIELD, ...: how often each combination of values comes, the most frequent first.
// guess: the count's column is named @count; rows that lack a field are not counted.
#include <algorithm>
#include <unordered_map>

#include "logs/run/build.h"
#include "logs/run/hash.h"

namespace seatrial::logs::run {
namespace {

struct FrequentPlan {
  std::vector<NodePtr> values;
  std::vector<int> slots;  // of the values
  int count = -1;
};

class FrequentStage final : public Stage {
 public:
  FrequentStage(Context& context, const EventFields& fields, Stage* next, const FrequentPlan& plan)
      : Stage(context, fields, next), plan_(plan) {}
  void take(Row& row) override {
    std::string key;
    for (std::size_t i = 0; i < plan_.values.size(); ++i) {
      const auto value = plan_.values[i]->value(row);
      if (!value.present()) return;
      const auto text = text_of(value, row.arena());
      key += fmt::format("{}:", text.size());
      key += text;
      row.set(plan_.slots[i], value);
    }
    const auto known = numbers_.find(key);
    if (known != numbers_.end()) {
      ++groups_[known->second].count;
      return;
    }
    if (!context().hold(key.size() + kPerGroup)) return;
    numbers_.emplace(std::move(key), groups_.size());
    groups_.push_back({Kept(row, plan_.slots), 1});
  }
  bool holds() const override { return true; }
  void emit(Stage& to) override {
    std::vector<const Group*> sorted;
    for (const auto& group : groups_) sorted.push_back(&group);
    std::ranges::stable_sort(sorted, std::greater(), [](const Group* g) { return g->count; });
    Row row = made_row();
    for (const auto* group : sorted) {
      context().arena.reset();
      group->values.restore(row, plan_.slots);
      row.set(plan_.count, Value::of(static_cast<double>(group->count)));
      to.take(row);
    }
  }

 private:
  static constexpr std::size_t kPerGroup = 96;
  struct Group {
    Kept values;
    std::int64_t count;
  };
  const FrequentPlan& plan_;
  std::unordered_map<std::string, std::size_t, HashBytes, std::equal_to<>> numbers_;
  std::vector<Group> groups_;
};

class CountStep final : public Step {
 public:
  explicit CountStep(FrequentPlan plan) : plan_(std::move(plan)) {}
  std::unique_ptr<Stage> stage(Context& context, const EventFields& fields,
                               Stage* next) const override {
    return std::make_unique<FrequentStage>(context, fields, next, plan_);
  }
  bool groups() const override { return true; }

 private:
  FrequentPlan plan_;
};

}  // namespace

StepPtr build_step(const query::CountFrequentCommand& command, Builder& builder) {
  FrequentPlan plan;
  for (const auto& field : command.fields) plan.values.push_back(builder.field(field.text));
  auto reads = builder.scope.take_reads();
  builder.scope.close();
  builder.columns.reset();
  for (const auto& field : command.fields) {
    plan.slots.push_back(builder.define(field.text));
    builder.columns.show(field.text, plan.slots.back());
  }
  plan.count = builder.define("@count");
  builder.columns.show("@count", plan.count);
  auto step = std::make_unique<CountStep>(std::move(plan));
  step->reads = std::move(reads);
  return step;
}

}  // namespace seatrial::logs::run
