// join: rows beside those of another query with the same key; appendcols: beside those of the same
// number. Source: CWL_QuerySyntax-Join.
//
// The other query runs first and whole. Which of its fields are wanted is known only when the
// commands behind have been read: names like right.field ask for them one by one.
#include <algorithm>

#include "logs/run/inner.h"
#include "logs/run/late.h"

namespace seatrial::logs::run {
namespace {

class JoinStage final : public Stage {
 public:
  JoinStage(Context& context, const EventFields& fields, Stage* next, const JoinPlan& plan)
      : Stage(context, fields, next), plan_(plan) {}
  void take(Row& row) override {
    const auto& table = context().tables[static_cast<std::size_t>(plan_.table)];
    std::string key;
    bool whole = true;
    for (const auto& node : plan_.keys) {
      const auto value = node->value(row);
      whole = whole && value.present();
      key += Table::key_part(text_of(value, row.arena()));
    }
    const auto [first, last] = table.keys.equal_range(key);
    if (!whole || first == last) {
      for (const auto& [name, slot] : plan_.fields) row.set(slot, {});
      if (plan_.left_outer) next().take(row);
      return;
    }
    for (auto at = first; at != last && !context().failed(); ++at) {
      const auto& other = table.rows[at->second];
      for (std::size_t i = 0; i < plan_.fields.size(); ++i) {
        const auto& value = other[plan_.keys.size() + i];
        row.set(plan_.fields[i].second, value ? Value::of(std::string_view(*value)) : Value{});
      }
      next().take(row);
    }
  }

 private:
  const JoinPlan& plan_;
};

class JoinStep final : public Step {
 public:
  explicit JoinStep(std::shared_ptr<const JoinPlan> plan) : plan_(std::move(plan)) {}
  std::unique_ptr<Stage> stage(Context& context, const EventFields& fields,
                               Stage* next) const override {
    return std::make_unique<JoinStage>(context, fields, next, *plan_);
  }
  bool row_wise() const override { return true; }

 private:
  std::shared_ptr<const JoinPlan> plan_;
};

struct Append {
  int table = -1;
  std::vector<std::pair<std::size_t, int>> columns;  // of the other result, into which slot
  std::size_t most = SIZE_MAX;
};

class AppendStage final : public Stage {
 public:
  AppendStage(Context& context, const EventFields& fields, Stage* next, const Append& plan)
      : Stage(context, fields, next), plan_(plan) {}
  void take(Row& row) override {
    const auto& rows = context().tables[static_cast<std::size_t>(plan_.table)].rows;
    for (const auto& [column, slot] : plan_.columns) {
      const bool there = at_ < rows.size() && at_ < plan_.most && rows[at_][column];
      row.set(slot, there ? Value::of(std::string_view(*rows[at_][column])) : Value{});
    }
    ++at_;
    next().take(row);
  }

 private:
  const Append& plan_;
  std::size_t at_ = 0;
};

class AppendStep final : public Step {
 public:
  explicit AppendStep(Append plan) : plan_(std::move(plan)) {}
  std::unique_ptr<Stage> stage(Context& context, const EventFields& fields,
                               Stage* next) const override {
    return std::make_unique<AppendStage>(context, fields, next, plan_);
  }
  bool in_order() const override { return true; }
  bool keeps_rows() const override { return true; }

 private:
  Append plan_;
};

// The name behind "alias."; empty when it has another one in front.
std::string behind_prefix(const std::string& name, const std::string& alias) {
  return !alias.empty() && name.starts_with(alias + ".") ? name.substr(alias.size() + 1) : "";
}

}  // namespace

StepPtr build_step(const query::JoinCommand& command, Builder& builder) {
  auto plan = std::make_shared<JoinPlan>();
  plan->left_outer = command.left_outer;
  plan->query = command.query;
  plan->span = builder.command->name;
  const auto &left = command.left.text, &right = command.right.text;
  if (left.empty() || right.empty() || left == right) {
    builder.refuse("join names its two sides: left=A right=B");
    return nullptr;
  }
  for (const auto& [one, other] : command.on) {
    const bool turned = behind_prefix(one.text, left).empty();
    const auto mine = behind_prefix(turned ? other.text : one.text, left);
    const auto theirs = behind_prefix(turned ? one.text : other.text, right);
    if (mine.empty() || theirs.empty()) {
      builder.around.refuse(one.span,
                            fmt::format("fields are compared as {}.FIELD={}.FIELD", left, right));
      return nullptr;
    }
    plan->keys.push_back(builder.field(mine));
    plan->key_names.push_back(theirs);
  }
  plan->table = builder.add_join(plan);
  auto* fields = &builder.scope.fields();
  builder.scope.join(left, right, [plan, fields](std::string_view name) {
    for (const auto& [known, slot] : plan->fields)
      if (known == name) return slot;
    plan->fields.emplace_back(std::string(name), fields->add_made());
    return plan->fields.back().second;
  });
  return std::make_unique<JoinStep>(std::move(plan));
}

StepPtr build_appendcols(const query::LateCommand& command, Builder& builder) {
  if (!known_options(command, builder, {"override", "max"})) return nullptr;
  const auto* replaces = option(command, "override");
  Append plan;
  if (const auto* most = option(command, "max")) {
    const auto number = parse_number(*most);
    if (!number || *number < 1) {
      builder.refuse("max is a number of rows");
      return nullptr;
    }
    plan.most = static_cast<std::size_t>(*number);
  }
  std::vector<std::string> names;
  plan.table = builder.add_table(*command.query, builder.command->name, names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const bool known = !builder.columns.named(names[i]).empty();
    if (names[i] == "@ptr" || (known && (replaces == nullptr || folded(*replaces) != "true")))
      continue;
    plan.columns.emplace_back(i, builder.define(names[i]));
    builder.columns.show(names[i], plan.columns.back().second);
  }
  return std::make_unique<AppendStep>(std::move(plan));
}

}  // namespace seatrial::logs::run
