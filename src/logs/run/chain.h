// The stages of one run, from some step to the rows of the result.
#pragma once
#include "logs/run/program.h"
#include "logs/run/run.h"

namespace seatrial::logs::run {

// Keeps rows as texts, up to the limit.
class Collector final : public Stage {
 public:
  Collector(Context& context, const EventFields& fields, const Program& program)
      : Stage(context, fields, nullptr), program_(program) {}
  void take(Row& row) override;
  const std::vector<ResultRow>& rows() const { return rows_; }

 private:
  const Program& program_;
  std::vector<ResultRow> rows_;
};

class Chain {
 public:
  // `matched` counts rows that pass the row-wise commands at the beginning.
  Chain(const Program& program, Context& context, std::size_t first, std::int64_t& matched);
  Stage& first() { return *stages_.back(); }
  // The rows as if no more came. Stages that hold rows give what they have to a chain of copies.
  std::vector<ResultRow> snapshot();
  // The end of rows.
  std::vector<ResultRow> finish();

 private:
  const Program& program_;
  Context& context_;
  std::vector<std::unique_ptr<Stage>> stages_;  // from the last to the first
  std::vector<std::size_t> steps_;              // whose stage each is
  Collector* collector_;
};

}  // namespace seatrial::logs::run
