// sort. Source: CWL_QuerySyntax-Sort. Rows that are equal come newest first (guess).
//
// When a limit follows, no more rows are kept than it lets through.
#include <algorithm>

#include "logs/run/natural_order.h"
#include "logs/run/sort.h"

namespace seatrial::logs::run {
namespace {

class SortStage final : public Stage {
 public:
  SortStage(Context& context, const EventFields& fields, Stage* next, const SortStep& step)
      : Stage(context, fields, next), step_(step), slots_(step.slots()) {}

  void take(Row& row) override {
    for (const auto& key : step_.keys()) row.set(key.slot, key.value->value(row));
    Held held{Kept(), 0, 0, count_++};
    if (row.event() != nullptr)
      held.timestamp = row.event()->timestamp_ms, held.sequence = row.event()->sequence;
    if (rows_.size() >= step_.most() && !sooner(row, held, rows_.front())) return;
    held.kept = Kept(row, slots_);
    const auto before = [this](const Held& a, const Held& b) { return sooner(a, b); };
    rows_.push_back(std::move(held));
    if (step_.most() == SIZE_MAX) return;
    std::ranges::push_heap(rows_, before);
    if (rows_.size() <= step_.most()) return;
    std::ranges::pop_heap(rows_, before);
    rows_.back().kept.release(context());
    rows_.pop_back();
  }
  bool holds() const override { return true; }
  void emit(Stage& to) override {
    std::vector<const Held*> sorted;
    for (const auto& held : rows_) sorted.push_back(&held);
    std::ranges::sort(sorted, [this](const Held* a, const Held* b) { return sooner(*a, *b); });
    Row row = made_row();
    for (const auto* held : sorted) {
      context().arena.reset();
      held->kept.restore(row, slots_);
      to.take(row);
    }
  }

 private:
  struct Held {
    Kept kept;
    std::int64_t timestamp, sequence;
    std::size_t index;
  };

  bool sooner_by_age(const Held& a, const Held& b) const {
    if (a.timestamp != b.timestamp) return a.timestamp > b.timestamp;
    if (a.sequence != b.sequence) return a.sequence > b.sequence;
    return a.index < b.index;
  }
  bool sooner(const Held& a, const Held& b) {
    for (std::size_t i = 0; i < step_.keys().size(); ++i)
      if (const int order = ordered(i, a.kept[i], b.kept[i]); order != 0) return order < 0;
    return sooner_by_age(a, b);
  }
  bool sooner(Row& row, const Held& at, const Held& b) {
    for (std::size_t i = 0; i < step_.keys().size(); ++i)
      if (const int order = ordered(i, row.get(step_.keys()[i].slot), b.kept[i]); order != 0)
        return order < 0;
    return sooner_by_age(at, b);
  }
  int ordered(std::size_t key, const Value& a, const Value& b) {
    const int order = sort_order(a, b, context().arena);
    return step_.keys()[key].descending ? -order : order;
  }

  const SortStep& step_;
  std::vector<int> slots_;
  std::vector<Held> rows_;  // a heap with the last one in front when their number is bounded
  std::size_t count_ = 0;
};

class PassStage final : public Stage {
 public:
  using Stage::Stage;
  void take(Row& row) override { next().take(row); }
};

}  // namespace

std::unique_ptr<Stage> SortStep::stage(Context& context, const EventFields& fields,
                                       Stage* next) const {
  if (done_) return std::make_unique<PassStage>(context, fields, next);
  return std::make_unique<SortStage>(context, fields, next, *this);
}

std::vector<int> SortStep::slots() const {
  std::vector<int> out;
  for (const auto& key : keys_) out.push_back(key.slot);
  for (const int slot : live)
    if (std::ranges::find(out, slot) == out.end()) out.push_back(slot);
  return out;
}

StepPtr build_step(const query::SortCommand& command, Builder& builder) {
  std::vector<SortStep::Key> keys;
  for (const auto& key : command.keys) {
    SortStep::Key made;
    made.field = key.item.value.kind == query::Expression::Kind::kField ? key.item.value.text : "";
    made.value = builder.expression(key.item.value);
    made.descending = key.descending;
    made.slot =
        key.item.alias.empty() ? builder.scope.fields().add_made() : builder.define(key.item.alias);
    if (!key.item.alias.empty()) builder.columns.show(key.item.alias, made.slot);
    keys.push_back(std::move(made));
  }
  return std::make_unique<SortStep>(std::move(keys));
}

}  // namespace seatrial::logs::run
