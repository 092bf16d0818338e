// filter, where, filterIndex, search: rows that a condition holds of. Source:
// CWL_QuerySyntax-Filter.
//
// What is joined by `and` is looked at part by part. Over the columns of a block, a part that reads
// one field of few values is decided once for each value.
#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>

#include "logs/run/build.h"
#include "logs/run/hash.h"

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
      : Stage(context, fields, next), parts_(parts), known_(parts.size()) {}
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
    const auto count = columns.token_count(slot);
    holds_.assign(count + 1, 0);
    Row& row = block_row();
    row.begin_made();
    holds_[0] = decide(part, {}, row);
    auto& known = known_[static_cast<std::size_t>(&part - parts_.data())];
    for (std::size_t code = 1; code <= count; ++code) {
      const auto text = columns.raw_token(slot, code);
      const auto found = known.find(text);
      if (found != known.end()) {
        holds_[code] = found->second;
        continue;
      }
      holds_[code] = decide(part, columns.token(slot, code), row);
      if (known_bytes_ + text.size() > kMaxKnownBytes) continue;
      known_bytes_ += text.size() + kPerKnown;
      known.emplace(text, holds_[code]);
    }
    keep_by_codes(columns.codes(slot));
  }
  char decide(const Part& part, const Value& value, Row& row) {
    row.arena().reset();
    row.set(part.only, value);
    return part.condition->holds(row) ? 1 : 0;
  }
  // Without a branch for each event, which nobody could foresee.
  void keep_by_codes(std::span<const std::uint16_t> codes) {
    std::size_t kept = 0;
    for (const auto event : left_) {
      left_[kept] = event;
      kept += static_cast<std::size_t>(holds_[codes[event]]);
    }
    left_.resize(kept);
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
  // The same texts come in block after block: what was decided of each, a table for each part.
  using Known = boost::unordered_flat_map<std::string, char, HashBytes, std::equal_to<>>;
  static constexpr std::size_t kMaxKnownBytes = 8u << 20, kPerKnown = 64;
  std::vector<Known> known_;
  std::size_t known_bytes_ = 0;
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
