#include "logs/run/program.h"

#include <algorithm>

#include "logs/run/inner.h"
#include "logs/run/needles.h"
#include "logs/run/sort.h"

namespace seatrial::logs::run {

class ProgramBuild {
 public:
  ProgramBuild(const query::Query& query, std::string_view text, const BuildOptions& options)
      : query_(query), text_(text), options_(options), scope_(program_->fields_) {}

  std::expected<std::unique_ptr<const Program>, Problem> run() {
    if (auto problem = choose_groups()) return std::unexpected(*problem);
    commands();
    if (problem_) return std::unexpected(*problem_);
    result();
    liveness();
    order();
    bounds();
    program_->by_columns_ = !program_->events_ && ColumnFields::serve(program_->fields_) &&
                            program_->request_.order == ScanRequest::Order::kAny &&
                            first_holder_groups();
    if (program_->by_columns_) note_columns();
    return std::move(program_);
  }

 private:
  std::optional<Problem> choose_groups() {
    program_->groups_ = options_.groups;
    if (query_.source) {
      const auto refuse = [&](std::string why) {
        return Problem{Problem::Kind::kMeaning, query_.source->span, std::move(why), "", {}};
      };
      if (!options_.find_groups) return refuse("SOURCE is not served here");
      auto found = options_.find_groups(*query_.source);
      if (!found) return refuse(found.error());
      program_->groups_ = std::move(*found);
    }
    program_->request_.groups = program_->groups_;
    add_hints(query_, program_->request_);
    return std::nullopt;
  }

  void commands() {
    const Surroundings around{scope_, text_, problem_,
                              [this](const query::Expression& e) { return subquery(e); }};
    Builder builder{scope_, around, columns_};
    if (options_.find_lookup) builder.find_lookup = &options_.find_lookup;
    builder.add_join = [this](std::shared_ptr<JoinPlan> plan) {
      joins_.push_back(std::move(plan));
      return tables_++;
    };
    builder.add_table = [this](const query::Query& query, Span span,
                               std::vector<std::string>& columns) {
      const auto* inner = add_inner(query, span, {nullptr, -1, tables_});
      if (inner != nullptr)
        for (const auto& column : inner->columns()) columns.push_back(column.name);
      return tables_++;
    };
    bool row_wise = true;
    for (const auto& command : query_.commands) {
      builder.command = &command;
      builder.behind = &command == &query_.commands.back() ? nullptr : &command + 1;
      const bool filters = std::holds_alternative<query::FilterCommand>(command.body) ||
                           std::holds_alternative<query::FieldsCommand>(command.body);
      // What filters at the very beginning read comes in the first round, the rest in the second.
      const bool early =
          builder.first_filters && std::holds_alternative<query::FilterCommand>(command.body);
      builder.first_filters = builder.first_filters && filters;
      scope_.set_early(early || (row_wise && stats_at_once(command)));
      auto step = std::visit([&](const auto& body) { return StepPtr(build_step(body, builder)); },
                             command.body);
      auto reads = scope_.take_reads();
      if (problem_) return;
      note_times(command);
      if (step == nullptr) continue;
      step->reads.merge(reads);
      row_wise = row_wise && step->row_wise();
      builder.last = step.get();
      program_->steps_.push_back(std::move(step));
      if (row_wise) program_->counted_at_ = program_->steps_.size();
    }
    if (!options_.show.empty()) show(builder);
    for (const auto& join : joins_) {
      auto names = join->key_names;
      for (const auto& [name, slot] : join->fields) names.push_back(name);
      add_inner(*join->query, join->span, {nullptr, -1, join->table, join->key_names.size()},
                names);
    }
  }
  // What more a command has looked at than the events of the request's time, or less.
  void note_times(const query::Command& command) {
    if (const auto* diff = std::get_if<query::DiffCommand>(&command.body)) program_->diff_ = *diff;
    const auto* late = std::get_if<query::LateCommand>(&command.body);
    if (late != nullptr && late->shift)
      program_->diff_ = query::DiffCommand{query::DiffCommand::Against::kShift, *late->shift};
    if (!std::holds_alternative<query::EstimateCommand>(command.body)) return;
    if (options_.inner) refuse(command.name, "estimate ends the whole query");
    program_->estimate_ = true;
  }
  void show(Builder& builder) {
    query::FieldsCommand command;
    command.display = true;
    for (const auto& name : options_.show) {
      query::Item item;
      item.value.text = name;
      command.items.push_back(std::move(item));
    }
    auto step = build_step(command, builder);
    step->reads = scope_.take_reads();
    program_->steps_.push_back(std::move(step));
  }
  // Without a filter before it, all that stats reads is read of every event.
  bool stats_at_once(const query::Command& command) const {
    return std::holds_alternative<query::StatsCommand>(command.body) &&
           std::ranges::none_of(query_.commands, [](const query::Command& other) {
             return std::holds_alternative<query::FilterCommand>(other.body);
           });
  }

  int subquery(const query::Expression& e) {
    const auto* inner = add_inner(*e.query, e.span, {nullptr, sets_});
    if (inner == nullptr) return -1;
    const auto columns = inner->columns().size() - (inner->events() ? 1 : 0);  // @ptr
    if (columns != 1) refuse(e.span, fmt::format("a subquery leaves one field, not {}", columns));
    return sets_++;
  }
  // Null when it is refused.
  const Program* add_inner(const query::Query& query, Span span, Program::Inner place,
                           std::vector<std::string> show = {}) {
    if (options_.inner) {
      refuse(span, "a query within a query holds no other one");
      return nullptr;
    }
    BuildOptions options = options_;
    options.inner = true;
    options.limit = kMaxSubqueryValues + 1;
    options.show = std::move(show);
    auto inner = build(query, text_, options);
    if (!inner) {
      if (!problem_) problem_ = inner.error();
      return nullptr;
    }
    place.program = std::move(*inner);
    program_->inner_.push_back(std::move(place));
    return program_->inner_.back().program.get();
  }
  void refuse(Span span, std::string message) {
    if (problem_) return;
    problem_ = Problem{Problem::Kind::kMeaning, span, std::move(message), "", {}};
  }

  void result() {
    program_->events_ = !scope_.closed();
    scope_.set_early(false);
    if (program_->estimate_) {
      program_->events_ = false;
      program_->columns_ = {{std::string(kEstimateColumn), -1}};
      return;
    }
    if (columns_.empty() && program_->events_)
      for (const char* name : {"@timestamp", "@message"})
        columns_.show(name, scope_.find(name).slot);
    program_->columns_ = columns_.all();
    if (program_->events_ &&
        std::ranges::find(program_->columns_, "@ptr", &Column::name) == program_->columns_.end())
      program_->columns_.push_back({"@ptr", scope_.find("@ptr").slot});
  }

  // What commands further behind read, of each step; backwards from the columns.
  void liveness() {
    std::set<int> live;
    for (const auto& column : program_->columns_)
      if (column.slot >= 0) live.insert(column.slot);
    for (auto step = program_->steps_.rbegin(); step != program_->steps_.rend(); ++step) {
      (*step)->live.assign(live.begin(), live.end());
      live.insert((*step)->reads.begin(), (*step)->reads.end());
    }
  }

  // Events are asked for newest first when rows come out as they go in, or as a sort by @timestamp
  // wants them, which then has nothing left to do.
  void order() {
    auto& request = program_->request_;
    request.order = ScanRequest::Order::kNewestFirst;
    for (const auto& step : program_->steps_) {
      if (step->row_wise()) continue;
      auto* sort = dynamic_cast<SortStep*>(step.get());
      if (sort == nullptr) {
        if (!step->in_order()) request.order = ScanRequest::Order::kAny;
        return;
      }
      const auto& keys = sort->keys();
      if (keys.size() == 1 && keys[0].field == "@timestamp" && !scope_.defined("@timestamp")) {
        if (!keys[0].descending) request.order = ScanRequest::Order::kOldestFirst;
        sort->set_done();
      } else {
        request.order = ScanRequest::Order::kAny;
      }
      return;
    }
  }

  void note_columns() {
    using Source = EventFields::Source;
    for (const auto& slot : program_->fields_.slots()) {
      if (slot.source == Source::kDiscovered) program_->request_.columns.push_back(slot.name);
      if (slot.source == Source::kTimestamp) program_->request_.times = true;
    }
  }

  // Whether rows end in groups before anything asks which event each is.
  bool first_holder_groups() const {
    const auto& steps = program_->steps_;
    return program_->counted_at_ < steps.size() && steps[program_->counted_at_]->groups();
  }

  // How many rows each step is asked for: what a limit behind it lets through.
  void bounds() {
    auto& limit = program_->limit_;
    std::optional<std::size_t> own;
    for (const auto& step : program_->steps_)
      if (const auto wants = step->wants()) own = std::min(own.value_or(*wants), *wants);
    limit = options_.limit > 0 ? options_.limit : own.value_or(kDefaultRows);
    if (!options_.inner) limit = std::min(limit, kMaxRows);
    std::optional<std::size_t> asked = limit;
    for (auto step = program_->steps_.rbegin(); step != program_->steps_.rend(); ++step) {
      if (const auto wants = (*step)->wants()) asked = std::min(asked.value_or(*wants), *wants);
      if (asked) (*step)->bound(*asked);
      if (!(*step)->keeps_rows() && !(*step)->wants()) asked.reset();
    }
  }

  const query::Query& query_;
  std::string_view text_;
  const BuildOptions& options_;
  std::unique_ptr<Program> program_ = std::make_unique<Program>();
  Scope scope_;
  Columns columns_;
  std::optional<Problem> problem_;
  std::vector<std::shared_ptr<JoinPlan>> joins_;
  int sets_ = 0, tables_ = 0;
};

std::expected<std::unique_ptr<const Program>, Problem> build(const query::Query& query,
                                                             std::string_view text,
                                                             const BuildOptions& options) {
  return ProgramBuild(query, text, options).run();
}

std::expected<std::unique_ptr<const Program>, Problem> build(std::string_view text,
                                                             const BuildOptions& options) {
  const auto parsed = query::parse(text);
  for (const auto& problem : parsed.problems)
    if (problem.refused()) return std::unexpected(problem);
  return build(parsed.query, text, options);
}

}  // namespace seatrial::logs::run
