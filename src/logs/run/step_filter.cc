// filter, where, filterIndex, search: rows that a condition holds of. Source:
// CWL_QuerySyntax-Filter.
//
// What is joined by `and` is looked at part by part. Over the columns of a block, a part that reads
// one field of few values is decided once for each value.
#include <algorithm>

#include "logs/run/build.h"

namespace seatrial::logs::run {
namespace {

struct Part {
  NodePtr condition;
  int only = -1;  // the slot it reads, when it is one
};

class FilterStage final : public Stage {
 public:
  FilterStage(Context& context, const EventFields& fields, Stage* next,
              const std::vector<Part>& parts)
      : Stage(context, fields, next), parts_(parts) {}
  void take(Row& row) override {
    for (const auto& part : parts_)
      if (!part.condition->holds(row)) return;
    next().take(row);
  }

 private:
  bool take_block(const ColumnFields& columns, std::span<const std::uint32_t> events) override {
    left_.assign(events.begin(), events.end());
    for (const auto& part : parts_) {
      if (part.only >= 0 && !columns.codes(static_cast<std::size_t>(part.only)).empty())
        by_codes(part, columns);
      else
        by_rows(part, columns);
    }
    next().feed(columns, left_);
    return true;
  }
  void by_codes(const Part& part, const ColumnFields& columns) {
    const auto slot = static_cast<std::size_t>(part.only);
    const auto& tokens = columns.tokens(slot);
    Row& row = block_row();
    row.begin_made();
    holds_.assign(tokens.size() + 1, 0);
    for (std::size_t code = 0; code <= tokens.size(); ++code) {
      row.arena().reset();
      row.set(part.only, code == 0 ? Value{} : tokens[code - 1]);
      holds_[code] = part.condition->holds(row) ? 1 : 0;
    }
    const auto codes = columns.codes(slot);
    std::erase_if(left_, [&](std::uint32_t event) { return holds_[codes[event]] == 0; });
  }
  void by_rows(const Part& part, const ColumnFields& columns) {
    Row& row = block_row();
    std::erase_if(left_, [&](std::uint32_t event) {
      row.arena().reset();
      row.begin(columns, event);
      return !part.condition->holds(row);
    });
  }

  const std::vector<Part>& parts_;
  std::vector<std::uint32_t> left_;
  std::vector<char> holds_;  // by code
};

class FilterStep final : public Step {
 public:
  explicit FilterStep(std::vector<Part> parts) : parts_(std::move(parts)) {}
  std::unique_ptr<Stage> stage(Context& context, const EventFields& fields,
                               Stage* next) const override {
    return std::make_unique<FilterStage>(context, fields, next, parts_);
  }
  bool row_wise() const override { return true; }

 private:
  std::vector<Part> parts_;
};

void add_parts(const query::Expression& condition, Builder& builder, std::vector<Part>& parts,
               std::set<int>& reads) {
  if (condition.kind == query::Expression::Kind::kBinary && condition.op == query::Operator::kAnd) {
    for (const auto& part : condition.parts) add_parts(part, builder, parts, reads);
    return;
  }
  Part part{builder.expression(condition), -1};
  const auto own = builder.scope.take_reads();
  if (own.size() == 1) part.only = *own.begin();
  reads.insert(own.begin(), own.end());
  parts.push_back(std::move(part));
}

}  // namespace

// search TEXT (guess): the message contains it.
StepPtr build_step(const query::FilterCommand& command, Builder& builder) {
  using Kind = query::Expression::Kind;
  const auto& condition = command.condition;
  std::vector<Part> parts;
  std::set<int> reads;
  if (condition.kind == Kind::kString || condition.kind == Kind::kRegex) {
    query::Expression message, like;
    message.text = "@message";
    like.kind = Kind::kBinary;
    like.op = query::Operator::kLike;
    like.span = condition.span;
    like.parts = {std::move(message), condition};
    add_parts(like, builder, parts, reads);
  } else {
    add_parts(condition, builder, parts, reads);
  }
  auto step = std::make_unique<FilterStep>(std::move(parts));
  step->reads = std::move(reads);
  return step;
}

}  // namespace seatrial::logs::run
