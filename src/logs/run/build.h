// Commands of the tree to steps: what they share while a query is built.
#pragma once
#include "logs/query/ast.h"
#include "logs/run/compile_expression.h"
#include "logs/run/lookup_table.h"
#include "logs/run/stage.h"

namespace seatrial::logs::run {

struct Column {
  std::string name;
  int slot = -1;
};

// Which columns a result has: those of the last `display`; else all that `fields` and `parse`
// named; else @timestamp and @message. Behind stats its own.
class Columns {
 public:
  void show(std::string name, int slot);  // behind those shown so far
  void display(std::vector<Column> columns) { columns_ = std::move(columns), displayed_ = true; }
  void reset() { columns_.clear(), displayed_ = false; }
  bool empty() const { return columns_.empty(); }
  const std::vector<Column>& all() const { return columns_; }
  // The columns whose names a pattern names (name, or name*).
  std::vector<Column> named(std::string_view pattern) const;

 private:
  std::vector<Column> columns_;
  bool displayed_ = false;
};

struct JoinPlan;

// The bins that the last stats grouped by.
struct Bins {
  int slot = -1;
  query::Period period;
  std::int64_t offset_ms = 0;
  std::vector<int> others;  // slots of what else stands behind `by`
};

struct Builder {
  Scope& scope;
  Surroundings around;
  Columns& columns;
  const query::Command* command = nullptr;
  const query::Command* behind = nullptr;  // the command behind it
  bool first_filters = true;               // only filters so far
  std::optional<Bins> bins;
  // The number of the table for a join's other side, whose query is built at the end; and for the
  // rows of a query that is built at once, whose columns are named.
  std::function<int(std::shared_ptr<JoinPlan>)> add_join;
  std::function<int(const query::Query&, Span, std::vector<std::string>& columns)> add_table;
  const FindLookup* find_lookup = nullptr;  // null: there are no lookup tables
  Step* last = nullptr;                     // that of the command before

  NodePtr expression(const query::Expression& e) const { return compile_expression(e, around); }
  NodePtr field(std::string_view name) const { return field_node(name, around); }
  int define(const std::string& name) { return scope.define(name); }
  // An item's column: its alias, or as it is written.
  std::string name_of(const query::Item& item) const;
  // The slot of a plain field; else -1.
  int slot_of(const query::Expression& e) const;
  // Refuses the command, by its name.
  void refuse(std::string message) const { around.refuse(command->name, std::move(message)); }
};

using StepPtr = std::unique_ptr<Step>;

// One for each command; null when it does nothing to rows.
StepPtr build_step(const query::FieldsCommand&, Builder&);
StepPtr build_step(const query::FilterCommand&, Builder&);
StepPtr build_step(const query::StatsCommand&, Builder&);
StepPtr build_step(const query::SortCommand&, Builder&);
StepPtr build_step(const query::LimitCommand&, Builder&);
StepPtr build_step(const query::ParseCommand&, Builder&);
StepPtr build_step(const query::DedupCommand&, Builder&);
StepPtr build_step(const query::PatternCommand&, Builder&);
StepPtr build_step(const query::DiffCommand&, Builder&);
StepPtr build_step(const query::AnomalyCommand&, Builder&);
StepPtr build_step(const query::UnmaskCommand&, Builder&);
StepPtr build_step(const query::UnnestCommand&, Builder&);
StepPtr build_step(const query::JsonCommand&, Builder&);
StepPtr build_step(const query::LookupCommand&, Builder&);
StepPtr build_step(const query::RelevantFieldsCommand&, Builder&);
StepPtr build_step(const query::CountFrequentCommand&, Builder&);
StepPtr build_step(const query::EstimateCommand&, Builder&);
StepPtr build_step(const query::JoinCommand&, Builder&);
StepPtr build_step(const query::LateCommand&, Builder&);

}  // namespace seatrial::logs::run
