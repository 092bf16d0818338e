#include "logs/run/chain.h"

namespace seatrial::logs::run {
namespace {

class CountStage final : public Stage {
 public:
  CountStage(Context& context, const EventFields& fields, Stage* next, std::int64_t& count)
      : Stage(context, fields, next), count_(count) {}
  void take(Row& row) override {
    ++count_;
    next().take(row);
  }

 private:
  bool take_block(const ColumnFields& columns, std::span<const std::uint32_t> events) override {
    count_ += static_cast<std::int64_t>(events.size());
    next().feed(columns, events);
    return true;
  }

  std::int64_t& count_;
};

constexpr std::size_t kNoStep = SIZE_MAX;

}  // namespace

void Collector::take(Row& row) {
  if (rows_.size() >= program_.limit()) return;
  ResultRow out;
  out.reserve(program_.columns().size());
  std::size_t size = sizeof(ResultRow);
  for (const auto& column : program_.columns()) {
    out.emplace_back();
    size += sizeof out.back();
    if (column.slot < 0) continue;
    const auto& value = row.get(column.slot);
    if (!value.present()) continue;
    out.back() = std::string(text_of(value, row.arena()));
    size += out.back()->size();
  }
  if (context().hold(size)) rows_.push_back(std::move(out));
}

Chain::Chain(const Program& program, Context& context, std::size_t first, std::int64_t& matched)
    : program_(program), context_(context) {
  auto collector = std::make_unique<Collector>(context, program.fields(), program);
  collector_ = collector.get();
  stages_.push_back(std::move(collector));
  steps_.push_back(kNoStep);
  const auto& steps = program.steps();
  for (std::size_t i = steps.size() + 1; i-- > first;) {
    if (i < steps.size()) {
      stages_.push_back(steps[i]->stage(context, program.fields(), stages_.back().get()));
      steps_.push_back(i);
    }
    if (i == program.counted_at() && first == 0) {
      stages_.push_back(
          std::make_unique<CountStage>(context, program.fields(), stages_.back().get(), matched));
      steps_.push_back(kNoStep);
    }
  }
}

std::vector<ResultRow> Chain::snapshot() {
  for (std::size_t i = stages_.size(); i-- > 0;) {
    if (!stages_[i]->holds()) continue;
    std::int64_t ignored = 0;
    const auto held = context_.held;
    Chain rest(program_, context_, steps_[i] + 1, ignored);
    stages_[i]->emit(rest.first());
    auto rows = rest.finish();
    context_.held = held;
    return rows;
  }
  return collector_->rows();
}

std::vector<ResultRow> Chain::finish() {
  first().finish();
  return collector_->rows();
}

}  // namespace seatrial::logs::run
