// limit, head, limit any, tail. Source: CWL_QuerySyntax-Limit.
//
// AWS goes on reading behind the last row of a limit, to count what matched; `limit any` ends.
#include <deque>

#include "logs/run/build.h"

namespace seatrial::logs::run {
namespace {

class LimitStage final : public Stage {
 public:
  LimitStage(Context& context, const EventFields& fields, Stage* next, std::size_t count, bool any)
      : Stage(context, fields, next), count_(count), any_(any) {}
  void take(Row& row) override {
    if (taken_ >= count_) return;
    ++taken_;
    next().take(row);
    if (any_ && taken_ == count_) context().enough = true;
  }

 private:
  std::size_t count_, taken_ = 0;
  bool any_;
};

class TailStage final : public Stage {
 public:
  TailStage(Context& context, const EventFields& fields, Stage* next, std::size_t count,
            const std::vector<int>& live)
      : Stage(context, fields, next), count_(count), live_(live) {}
  void take(Row& row) override {
    rows_.emplace_back(row, live_);
    if (rows_.size() <= count_) return;
    rows_.front().release(context());
    rows_.pop_front();
  }
  bool holds() const override { return true; }
  void emit(Stage& to) override {
    Row row = made_row();
    for (const auto& kept : rows_) {
      context().arena.reset();
      kept.restore(row, live_);
      to.take(row);
    }
  }

 private:
  std::size_t count_;
  const std::vector<int>& live_;
  std::deque<Kept> rows_;
};

class LimitStep final : public Step {
 public:
  LimitStep(std::size_t count, bool any, bool tail) : count_(count), any_(any), tail_(tail) {}
  std::unique_ptr<Stage> stage(Context& context, const EventFields& fields,
                               Stage* next) const override {
    if (tail_) return std::make_unique<TailStage>(context, fields, next, count_, live);
    return std::make_unique<LimitStage>(context, fields, next, count_, any_);
  }
  bool in_order() const override { return true; }
  std::optional<std::size_t> wants() const override {
    return tail_ ? std::nullopt : std::optional(count_);
  }

 private:
  std::size_t count_;
  bool any_, tail_;
};

}  // namespace

StepPtr build_step(const query::LimitCommand& command, Builder&) {
  return std::make_unique<LimitStep>(static_cast<std::size_t>(command.count), command.any,
                                     command.tail);
}

}  // namespace seatrial::logs::run
