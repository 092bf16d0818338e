#include "logs/run/run.h"

#include <algorithm>

#include "logs/run/chain.h"
#include "logs/run/text_search.h"
#include "logs/run/time_units.h"

namespace seatrial::logs::run {

namespace {

constexpr std::size_t kEventsPerLook = 1'024;  // between looks at whether to stop

}  // namespace

// What a run needs on its thread.
class Execution::Runner {
 public:
  explicit Runner(Execution& owner) : owner_(owner), program_(*owner.program_) {
    context_.origin = owner.origin_;
    context_.start_ms = owner.times_.start_ms;
    context_.end_ms = owner.times_.end_ms;
    context_.now_ms = owner.times_.now_ms;
  }

  void run() {
    if (program_.estimate()) return estimate();
    inner();
    Chain chain(program_, context_, 0, statistics_.records_matched);
    if (goes_on()) scan(chain, owner_.times_.start_ms, owner_.times_.end_ms);
    if (goes_on() && program_.diff()) compare(chain);
    Result result;
    if (goes_on()) result.rows = chain.finish();
    if (owner_.stopped_ && context_.failure.empty()) result.rows = chain.snapshot();
    result.statistics = statistics_;
    const auto state = context_.failed() ? State::kFailed
                       : owner_.stopped_ ? State::kStopped
                                         : State::kComplete;
    owner_.publish(std::move(result), state, context_.failure);
  }

 private:
  bool goes_on() const { return !owner_.stopped_ && !context_.failed(); }

  // Subqueries first, each whole.
  void inner() {
    for (const auto& part : program_.inner()) {
      if (!goes_on()) return;
      const std::shared_ptr<const Program> program(std::shared_ptr<void>(), part.program.get());
      Execution execution(program, owner_.source_, owner_.origin_, owner_.times_);
      execution.parent_stop_ = &owner_.stopped_;
      execution.run();
      if (execution.state() == State::kFailed) return context_.fail(execution.failure());
      keep(part, *execution.result());
    }
  }
  void keep(const Program::Inner& part, const Result& result) {
    add(result.statistics);
    if (result.rows.size() > kMaxSubqueryValues)
      return context_.fail(
          fmt::format("A query within the query gives more than {} rows.", kMaxSubqueryValues));
    context_.hold(2 * result.bytes);
    if (part.set >= 0)
      keep_set(static_cast<std::size_t>(part.set), result);
    else
      keep_table(part, result);
  }
  void keep_set(std::size_t at, const Result& result) {
    if (context_.sets.size() <= at) context_.sets.resize(at + 1);
    for (const auto& row : result.rows)
      if (row[0]) context_.sets[at].insert(*row[0]);
  }
  void keep_table(const Program::Inner& part, const Result& result) {
    const auto at = static_cast<std::size_t>(part.table);
    if (context_.tables.size() <= at) context_.tables.resize(at + 1);
    auto& table = context_.tables[at];
    table.rows = result.rows;
    for (std::size_t i = 0; i < table.rows.size() && part.keys > 0; ++i) {
      std::string key;
      bool whole = true;
      for (std::size_t k = 0; k < part.keys; ++k) {
        whole = whole && table.rows[i][k];
        key += Table::key_part(table.rows[i][k].value_or(""));
      }
      if (whole) table.keys.emplace(std::move(key), i);
    }
  }

  void estimate() {
    std::int64_t bytes = estimate_of(program_);
    for (const auto& part : program_.inner()) bytes += estimate_of(*part.program);
    Result result;
    result.rows.push_back({std::to_string(bytes)});
    owner_.publish(std::move(result), State::kComplete, "");
  }
  std::int64_t estimate_of(const Program& program) {
    auto request = program.request();
    request.start_ms = owner_.times_.start_ms;
    request.end_ms = owner_.times_.end_ms;
    std::int64_t bytes = owner_.source_.estimate(request);
    if (!program.diff()) return bytes;
    const auto earlier = how_much_earlier(*program.diff());
    request.start_ms -= earlier;
    request.end_ms -= earlier;
    return bytes + owner_.source_.estimate(request);
  }

  // The time that `diff` compares with: as long, and so much earlier. guess: a month is 30 days.
  std::int64_t how_much_earlier(const query::DiffCommand& diff) const {
    constexpr std::int64_t kDay = 86'400'000;
    using Against = query::DiffCommand::Against;
    if (diff.against == Against::kDay) return kDay;
    if (diff.against == Against::kWeek) return 7 * kDay;
    if (diff.against == Against::kMonth) return 30 * kDay;
    if (diff.against == Against::kShift) return rough_length(diff.shift);
    return owner_.times_.end_ms - owner_.times_.start_ms + 1;
  }
  void compare(Chain& chain) {
    const auto earlier = how_much_earlier(*program_.diff());
    context_.comparing = true;
    scan(chain, owner_.times_.start_ms - earlier, owner_.times_.end_ms - earlier);
  }

  void scan(Chain& chain, std::int64_t start_ms, std::int64_t end_ms) {
    ScanRequest request = program_.request();
    request.start_ms = start_ms;
    request.end_ms = end_ms;
    Row row(context_, program_.fields());
    ColumnFields columns(program_.fields(), context_.origin);
    const auto before = statistics_;
    ScanStatistics scanned;
    if (program_.by_columns())
      scanned = owner_.source_.scan_blocks(
          request, [&](Block& block) { return take(block, columns, row, chain); });
    else
      scanned = owner_.source_.scan(
          request, [&](std::span<const EventView> events) { return take(events, row, chain); });
    const auto matched = statistics_.records_matched;
    statistics_ = before;
    statistics_.records_matched = matched;
    add({0, scanned.events_scanned, scanned.bytes_scanned, scanned.events_skipped,
         scanned.bytes_skipped, scanned.groups_scanned});
  }
  bool take(Block& block, ColumnFields& columns, Row& row, Chain& chain) {
    if (!columns.load(block)) return take(with_needles(block.rows()), row, chain);
    for (auto at = static_cast<std::uint32_t>(all_.size()); at < block.size(); ++at)
      all_.push_back(at);
    chain.first().feed(columns, std::span(all_).first(block.size()));
    if (context_.enough || context_.failed()) return false;
    statistics_.records_scanned += static_cast<std::int64_t>(block.size());
    return look_up(chain);
  }
  bool take(std::span<const EventView> events, Row& row, Chain& chain) {
    std::size_t left = kEventsPerLook;
    for (const auto& event : events) {
      statistics_.records_scanned += 1;
      statistics_.bytes_scanned += static_cast<std::int64_t>(event.message.size());
      context_.arena.reset();
      row.begin(event);
      chain.first().take(row);
      if (context_.enough || context_.failed()) return false;
      if (--left == 0) {
        left = kEventsPerLook;
        if (owner_.stopping()) return false;
      }
    }
    return look_up(chain);
  }
  // Looking for the needles costs less than looking into the JSON.
  std::span<const EventView> with_needles(std::span<const EventView> events) {
    const auto& needles = program_.request().needles;
    if (needles.empty()) return events;
    wanted_.clear();
    for (const auto& event : events)
      if (std::ranges::all_of(
              needles, [&](const std::string& needle) { return contains(event.message, needle); }))
        wanted_.push_back(event);
    return wanted_;
  }
  // After each batch: whether to go on, and whether somebody asked for what there is.
  bool look_up(Chain& chain) {
    if (context_.arena.exhausted())
      context_.fail(fmt::format("An event's values need more than {} MB.", kMaxScratchBytes >> 20));
    if (owner_.wanted_.exchange(false)) partial(chain);
    return goes_on() && !owner_.stopping();
  }
  void partial(Chain& chain) {
    Result result;
    result.rows = chain.snapshot();
    result.statistics = statistics_;
    owner_.publish(std::move(result), State::kRunning, "");
  }
  void add(const Statistics& more) {
    statistics_.records_scanned += more.records_scanned;
    statistics_.bytes_scanned += more.bytes_scanned;
    statistics_.records_skipped += more.records_skipped;
    statistics_.bytes_skipped += more.bytes_skipped;
    statistics_.groups_scanned += more.groups_scanned;
  }

  Execution& owner_;
  const Program& program_;
  Context context_;
  Statistics statistics_;
  std::vector<EventView> wanted_;
  std::vector<std::uint32_t> all_;  // 0, 1, 2, ...: every event of a block
};

Execution::Execution(std::shared_ptr<const Program> program, EventSource& source, Origin origin,
                     Times times)
    : program_(std::move(program)),
      source_(source),
      origin_(std::move(origin)),
      times_(times),
      result_(std::make_shared<Result>()) {}

void Execution::run() { Runner(*this).run(); }

bool Execution::stopping() {
  if (parent_stop_ != nullptr && *parent_stop_) stopped_ = true;
  return stopped_;
}

Execution::State Execution::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

std::string Execution::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

std::shared_ptr<const Result> Execution::result() {
  wanted_ = true;
  const std::lock_guard lock(mutex_);
  return result_;
}

void Execution::publish(Result result, State state, std::string failure) {
  for (const auto& row : result.rows) {
    result.bytes += sizeof(ResultRow);
    for (const auto& value : row) result.bytes += sizeof value + (value ? value->size() : 0);
  }
  auto shared = std::make_shared<const Result>(std::move(result));
  const std::lock_guard lock(mutex_);
  result_ = std::move(shared);
  state_ = state;
  failure_ = std::move(failure);
}

}  // namespace seatrial::logs::run
