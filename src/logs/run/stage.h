// The pipeline: a query's commands as steps (built once), and the stages that one run makes of
// them.
//
// Rows are pushed: take() does a command's part and passes the row on. Commands that need all rows
// first keep what they need and pass it on in finish(). What such a stage has so far can be passed
// to another chain at any time, which is how partial results come about: there is no second
// implementation of anything for them.
#pragma once
#include <memory>
#include <set>
#include <vector>

#include "logs/run/row.h"

namespace seatrial::logs::run {

class Stage {
 public:
  Stage(Context& context, const EventFields& fields, Stage* next)
      : context_(context), fields_(fields), next_(next) {}
  virtual ~Stage() = default;
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  virtual void take(Row& row) = 0;
  // Some events of a block, by its columns: whole columns at a time where the stage can, else row
  // by row.
  void feed(const ColumnFields& columns, std::span<const std::uint32_t> events);
  void finish() {
    if (holds()) emit(*next_);
    if (next_ != nullptr) next_->finish();
  }
  // Whether rows wait here until the end.
  virtual bool holds() const { return false; }
  // Passes what there is to `to`; may be called again. Not const: it may sort what it has.
  virtual void emit(Stage& to) { (void)to; }

 protected:
  // False when the stage takes rows only.
  virtual bool take_block(const ColumnFields& columns, std::span<const std::uint32_t> events) {
    return static_cast<void>(columns), static_cast<void>(events), false;
  }
  Row& block_row() {  // one to look at a block's events with
    if (!block_row_) block_row_ = std::make_unique<Row>(context_, fields_);
    return *block_row_;
  }
  Stage& next() { return *next_; }
  Context& context() { return context_; }
  const EventFields& fields() const { return fields_; }
  Row made_row() { return Row(context_, fields_); }

 private:
  Context& context_;
  const EventFields& fields_;
  Stage* next_;
  std::unique_ptr<Row> block_row_;
};

// One command, ready to run.
class Step {
 public:
  virtual ~Step() = default;
  virtual std::unique_ptr<Stage> stage(Context& context, const EventFields& fields,
                                       Stage* next) const = 0;
  // Rows pass one by one, none waits and none is turned away for others that came.
  virtual bool row_wise() const { return false; }
  // As many rows come out as go in, in the same order.
  virtual bool keeps_rows() const { return false; }
  // Rows come out in the order they go in, so that the order of events matters to it.
  virtual bool in_order() const { return false; }
  // What comes out are groups of what went in, whatever the order.
  virtual bool groups() const { return false; }
  // How many rows it needs at most, in the order they come; none: all.
  virtual std::optional<std::size_t> wants() const { return std::nullopt; }
  // No more than `rows` of what comes out will be asked for.
  virtual void bound(std::size_t rows) { (void)rows; }

  std::set<int> reads;    // slots it asks for
  std::vector<int> live;  // slots that commands behind it ask for
};

}  // namespace seatrial::logs::run
