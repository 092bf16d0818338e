// sessionize FIELD, ... [maxspan PERIOD] [as NAME]: events of the same values whose gaps are no
// longer than the span are one session. Source: CWL_QuerySyntax-Sessionize, with the defaults 30m
// and session_id.
//
// guess: sessions are numbered from 1 in the order of their beginnings; a row that lacks one of the
// fields is in none.
#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "logs/query/period.h"
#include "logs/run/late.h"
#include "logs/run/time_units.h"

namespace seatrial::logs::run {
namespace {

struct Sessions {
  std::vector<int> fields;
  int time = -1, out = -1;
  std::int64_t gap_ms = 0;
};

class SessionStage final : public Stage {
 public:
  SessionStage(Context& context, const EventFields& fields, Stage* next, const Sessions& plan,
               const std::vector<int>& live)
      : Stage(context, fields, next), plan_(plan), live_(live) {}
  void take(Row& row) override {
    Held held;
    if (const auto& time = row.get(plan_.time); time.present())
      held.at_ms = static_cast<std::int64_t>(time.number);
    for (const int field : plan_.fields) {
      const auto value = row.get(field);
      held.whole = held.whole && value.present();
      held.key += Table::key_part(text_of(value, row.arena()));
    }
    context().hold(held.key.size());
    held.kept = Kept(row, live_);
    rows_.push_back(std::move(held));
  }
  bool holds() const override { return true; }
  void emit(Stage& to) override {
    const auto sessions = number();
    Row row = made_row();
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      context().arena.reset();
      rows_[i].kept.restore(row, live_);
      row.set(plan_.out, sessions[i] == 0 ? Value{} : Value::of(static_cast<double>(sessions[i])));
      to.take(row);
    }
  }

 private:
  struct Held {
    Kept kept;
    std::string key;
    std::int64_t at_ms = 0;
    bool whole = true;
  };
  // Of each row its session's number; 0: none.
  std::vector<std::size_t> number() const {
    std::vector<std::size_t> order(rows_.size()), out(rows_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [this](std::size_t i) { return rows_[i].at_ms; });
    struct Last {
      std::int64_t at_ms;
      std::size_t session;
    };
    std::unordered_map<std::string_view, Last> known;
    std::size_t count = 0;
    for (const auto i : order) {
      if (!rows_[i].whole) continue;
      const auto [found, fresh] = known.try_emplace(rows_[i].key, Last{rows_[i].at_ms, 0});
      auto& last = found->second;
      if (fresh || rows_[i].at_ms - last.at_ms > plan_.gap_ms) last.session = ++count;
      last.at_ms = rows_[i].at_ms;
      out[i] = last.session;
    }
    return out;
  }

  const Sessions& plan_;
  const std::vector<int>& live_;
  std::vector<Held> rows_;
};

class SessionStep final : public Step {
 public:
  explicit SessionStep(Sessions plan) : plan_(std::move(plan)) {}
  std::unique_ptr<Stage> stage(Context& context, const EventFields& fields,
                               Stage* next) const override {
    return std::make_unique<SessionStage>(context, fields, next, plan_, live);
  }
  bool in_order() const override { return true; }

 private:
  Sessions plan_;
};

}  // namespace

StepPtr build_sessionize(const query::LateCommand& command, Builder& builder) {
  constexpr std::int64_t kDefaultGap = 30 * 60'000;
  if (!known_options(command, builder, {"maxspan"})) return nullptr;
  Sessions plan;
  plan.gap_ms = kDefaultGap;
  if (const auto* span = option(command, "maxspan")) {
    const auto period = query::parse_period(*span);
    if (!period) {
      builder.refuse("maxspan is a length of time");
      return nullptr;
    }
    plan.gap_ms = rough_length(*period);
  }
  for (const auto& column : late_columns(command, builder)) {
    if (column.slot < 0) {
      builder.refuse(fmt::format("there is no field {} left here", column.name));
      return nullptr;
    }
    builder.scope.note_read(column.slot);
    plan.fields.push_back(column.slot);
  }
  plan.time = builder.scope.find("@timestamp").slot;
  if (plan.time < 0) {
    builder.refuse("sessionize needs the events' @timestamp");
    return nullptr;
  }
  builder.scope.note_read(plan.time);
  const std::string name = command.alias.text.empty() ? "session_id" : command.alias.text;
  plan.out = builder.define(name);
  builder.columns.show(name, plan.out);
  return std::make_unique<SessionStep>(std::move(plan));
}

}  // namespace seatrial::logs::run
