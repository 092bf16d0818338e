#include "logs/run/compile_expression.h"

#include <cmath>

#include "logs/run/json_text.h"
#include "logs/run/text_search.h"
#include "logs/run/time_units.h"

namespace seatrial::logs::run {
namespace {

using query::Expression;
using query::Operator;
using Kind = Expression::Kind;

class Literal final : public Node {
 public:
  explicit Literal(Value value) : text_(value.text), value_(value) { value_.text = text_; }
  Value value(Row&) const override { return value_; }
  const Value* literal() const override { return &value_; }

 private:
  std::string text_;
  Value value_;
};

class Slot final : public Node {
 public:
  explicit Slot(int slot) : slot_(slot) {}
  Value value(Row& row) const override { return row.get(slot_); }
  int slot() const override { return slot_; }

 private:
  int slot_;
};

// a.b of a map a that a command made: a map, or a text that is one.
class Path final : public Node {
 public:
  Path(NodePtr base, std::string_view path) : base_(std::move(base)) { paths_.add(path, 0); }
  Value value(Row& row) const override {
    const auto document = json_document(base_->value(row).text);
    Value out;
    if (!document.empty()) paths_.scan(document, {&out, 1}, row.arena());
    return out;
  }

 private:
  NodePtr base_;
  JsonPaths paths_;
};

class Element final : public Node {
 public:
  Element(NodePtr base, NodePtr index) : base_(std::move(base)), index_(std::move(index)) {}
  Value value(Row& row) const override {
    const auto document = json_document(base_->value(row).text);
    const auto index = index_->value(row);
    if (document.empty() || !index.present()) return {};
    return json_at(document, text_of(index, row.arena()), row.arena());
  }

 private:
  NodePtr base_, index_;
};

class Bin final : public Node {
 public:
  Bin(int slot, const query::Period& period, std::int64_t offset)
      : slot_(slot), period_(period), offset_(offset) {}
  Value value(Row& row) const override {
    const auto& at = row.get(slot_);
    if (!at.present()) return {};
    const auto ms = static_cast<std::int64_t>(at.number) - offset_;
    return Value::time(static_cast<double>(floor_time(ms, period_) + offset_));
  }

 private:
  int slot_;
  query::Period period_;
  std::int64_t offset_;
};

class Comparison final : public Node {
 public:
  Comparison(Operator op, NodePtr left, NodePtr right)
      : op_(op), left_(std::move(left)), right_(std::move(right)) {}
  Value value(Row& row) const override { return Value::of(holds(row)); }
  // guess: != holds of a field that is not there, as the opposite of =.
  bool holds(Row& row) const override {
    const auto left = left_->value(row), right = right_->value(row);
    if (op_ == Operator::kEqual) return equal(left, right, row.arena());
    if (op_ == Operator::kNotEqual) return !equal(left, right, row.arena());
    const auto order = compare(left, right, row.arena());
    if (!order) return false;
    switch (op_) {
      case Operator::kLess:
        return *order < 0;
      case Operator::kLessEqual:
        return *order <= 0;
      case Operator::kGreater:
        return *order > 0;
      default:
        return *order >= 0;
    }
  }

 private:
  Operator op_;
  NodePtr left_, right_;
};

class Both final : public Node {
 public:
  Both(bool all, NodePtr left, NodePtr right)
      : all_(all), left_(std::move(left)), right_(std::move(right)) {}
  Value value(Row& row) const override { return Value::of(holds(row)); }
  bool holds(Row& row) const override {
    return all_ ? left_->holds(row) && right_->holds(row) : left_->holds(row) || right_->holds(row);
  }

 private:
  bool all_;
  NodePtr left_, right_;
};

class Not final : public Node {
 public:
  explicit Not(NodePtr part) : part_(std::move(part)) {}
  Value value(Row& row) const override { return Value::of(holds(row)); }
  bool holds(Row& row) const override { return !part_->holds(row); }

 private:
  NodePtr part_;
};

class Arithmetic final : public Node {
 public:
  Arithmetic(Operator op, NodePtr left, NodePtr right)
      : op_(op), left_(std::move(left)), right_(std::move(right)) {}
  Value value(Row& row) const override {
    const auto left = number_of(left_->value(row)), right = number_of(right_->value(row));
    if (!left || !right) return {};
    const double out = calculate(*left, *right);
    return std::isfinite(out) ? Value::of(out) : Value{};
  }

 private:
  double calculate(double a, double b) const {
    switch (op_) {
      case Operator::kAdd:
        return a + b;
      case Operator::kSubtract:
        return a - b;
      case Operator::kMultiply:
        return a * b;
      case Operator::kDivide:
        return a / b;
      case Operator::kModulo:
        return std::fmod(a, b);
      default:
        return std::pow(a, b);
    }
  }

  Operator op_;
  NodePtr left_, right_;
};

class Negative final : public Node {
 public:
  explicit Negative(NodePtr part) : part_(std::move(part)) {}
  Value value(Row& row) const override {
    const auto number = number_of(part_->value(row));
    return number ? Value::of(-*number) : Value{};
  }

 private:
  NodePtr part_;
};

// like "text", like /expression/, =~ /expression/.
class Like final : public Node {
 public:
  Like(NodePtr left, std::string needle, std::shared_ptr<const Regex> regex, bool negated)
      : left_(std::move(left)),
        needle_(std::move(needle)),
        regex_(std::move(regex)),
        negated_(negated) {}
  Value value(Row& row) const override { return Value::of(holds(row)); }
  bool holds(Row& row) const override {
    const auto value = left_->value(row);
    if (!value.present()) return negated_;
    const auto text = text_of(value, row.arena());
    return (regex_ ? regex_->found_in(text) : contains(text, needle_)) != negated_;
  }

 private:
  NodePtr left_;
  std::string needle_;
  std::shared_ptr<const Regex> regex_;
  bool negated_;
};

class In final : public Node {
 public:
  In(std::vector<NodePtr> parts, bool negated) : parts_(std::move(parts)), negated_(negated) {}
  Value value(Row& row) const override { return Value::of(holds(row)); }
  bool holds(Row& row) const override {
    const auto value = parts_[0]->value(row);
    for (std::size_t i = 1; i < parts_.size(); ++i)
      if (equal(value, parts_[i]->value(row), row.arena())) return !negated_;
    return negated_;
  }

 private:
  std::vector<NodePtr> parts_;
  bool negated_;
};

// in (subquery)
class InSet final : public Node {
 public:
  InSet(NodePtr part, int set, bool negated)
      : part_(std::move(part)), set_(static_cast<std::size_t>(set)), negated_(negated) {}
  Value value(Row& row) const override { return Value::of(holds(row)); }
  bool holds(Row& row) const override {
    const auto value = part_->value(row);
    if (!value.present() || set_ >= row.context().sets.size()) return negated_;
    const auto& set = row.context().sets[set_];
    return set.contains(std::string(text_of(value, row.arena()))) != negated_;
  }

 private:
  NodePtr part_;
  std::size_t set_;
  bool negated_;
};

class Builtins final : public Node {
 public:
  Builtins(const query::Function& function, Apply apply, std::vector<NodePtr> arguments,
           std::vector<query::Period> periods)
      : function_(function),
        apply_(apply),
        arguments_(std::move(arguments)),
        periods_(std::move(periods)) {}
  Value value(Row& row) const override {
    return apply_(Call(row, function_, arguments_, periods_));
  }

 private:
  const query::Function& function_;
  Apply apply_;
  std::vector<NodePtr> arguments_;
  std::vector<query::Period> periods_;
};

NodePtr nothing() { return std::make_unique<Literal>(Value{}); }

class Compiler {
 public:
  Compiler(const Surroundings& around, const OnAggregate* aggregate)
      : around_(around), aggregate_(aggregate) {}

  NodePtr compile(const Expression& e) {
    switch (e.kind) {
      case Kind::kField:
        return field_node(e.text, around_);
      case Kind::kNumber:
        return std::make_unique<Literal>(Value{Value::Kind::kNumber, e.number, {}});
      case Kind::kString:
        return std::make_unique<Literal>(Value::of(std::string_view(e.text)));
      case Kind::kWord:
        return word(e);
      case Kind::kCall:
        return call(e);
      case Kind::kBinary:
        return binary(e);
      case Kind::kNegate:
        return std::make_unique<Negative>(compile(e.parts[0]));
      case Kind::kNot:
        return std::make_unique<Not>(compile(e.parts[0]));
      case Kind::kElement:
        return std::make_unique<Element>(compile(e.parts[0]), compile(e.parts[1]));
      case Kind::kIn:
        return in(e);
      case Kind::kPeriod:
      case Kind::kRegex:
      case Kind::kStar:
        around_.refuse(e.span, "no value can be made of it here");
        return nothing();
    }
    return nothing();
  }

 private:
  NodePtr word(const Expression& e) {
    const auto name = folded(e.text);
    if (name == "null") return nothing();
    return std::make_unique<Literal>(Value::of(name == "true"));
  }
  NodePtr binary(const Expression& e) {
    switch (e.op) {
      case Operator::kOr:
      case Operator::kAnd:
        return std::make_unique<Both>(e.op == Operator::kAnd, compile(e.parts[0]),
                                      compile(e.parts[1]));
      case Operator::kLike:
      case Operator::kNotLike:
      case Operator::kMatches:
        return like(e);
      case Operator::kEqual:
      case Operator::kNotEqual:
      case Operator::kLess:
      case Operator::kLessEqual:
      case Operator::kGreater:
      case Operator::kGreaterEqual:
        return std::make_unique<Comparison>(e.op, compile(e.parts[0]), compile(e.parts[1]));
      default:
        return std::make_unique<Arithmetic>(e.op, compile(e.parts[0]), compile(e.parts[1]));
    }
  }
  NodePtr like(const Expression& e) {
    const auto& pattern = e.parts[1];
    std::shared_ptr<const Regex> regex;
    if (pattern.kind == Kind::kRegex) {
      std::string problem;
      regex = Regex::compile(pattern.text, problem);
      if (!regex) around_.refuse(pattern.span, "the regular expression is not served: " + problem);
    }
    return std::make_unique<Like>(compile(e.parts[0]), pattern.text, std::move(regex),
                                  e.op == Operator::kNotLike);
  }
  NodePtr in(const Expression& e) {
    if (e.query)
      return std::make_unique<InSet>(compile(e.parts[0]), around_.subquery(e), e.negated);
    std::vector<NodePtr> parts;
    for (const auto& part : e.parts) parts.push_back(compile(part));
    return std::make_unique<In>(std::move(parts), e.negated);
  }
  NodePtr call(const Expression& e) {
    const auto name = folded(around_.written(e));
    if (around_.scope.defined(name)) return field_node(name, around_);
    if (e.function == nullptr) {
      around_.refuse(e.name_span, fmt::format("there is no function '{}'", e.text));
      return nothing();
    }
    if (e.function->name == "bin") return bin_node(e.parts[0].period, 0, around_);
    if (e.function->aggregates()) return aggregate(e);
    const Apply apply = find_builtin(e.function->name);
    if (apply == nullptr) {
      around_.refuse(e.name_span, fmt::format("the function {} is not served", e.function->name));
      return nothing();
    }
    std::vector<NodePtr> arguments;
    std::vector<query::Period> periods;
    for (const auto& part : e.parts) {
      periods.push_back(part.period);
      arguments.push_back(part.kind == Kind::kPeriod ? nothing() : compile(part));
    }
    return std::make_unique<Builtins>(*e.function, apply, std::move(arguments), std::move(periods));
  }
  NodePtr aggregate(const Expression& e) {
    if (aggregate_ != nullptr) return slot_node((*aggregate_)(e));
    around_.refuse(e.span, fmt::format("the aggregate {} stands in `stats` only", e.text));
    return nothing();
  }

  const Surroundings& around_;
  const OnAggregate* aggregate_;
};

}  // namespace

NodePtr compile_expression(const Expression& expression, const Surroundings& around) {
  return Compiler(around, nullptr).compile(expression);
}

NodePtr compile_stats_item(const Expression& expression, const Surroundings& around,
                           const OnAggregate& aggregate) {
  return Compiler(around, &aggregate).compile(expression);
}

NodePtr slot_node(int slot) { return std::make_unique<Slot>(slot); }

NodePtr field_node(std::string_view name, const Surroundings& around) {
  auto place = around.scope.find(name);
  if (place.slot < 0) return nothing();
  auto slot = slot_node(place.slot);
  if (place.path.empty()) return slot;
  return std::make_unique<Path>(std::move(slot), place.path);
}

NodePtr bin_node(const query::Period& period, std::int64_t offset_ms, const Surroundings& around) {
  const auto place = around.scope.find("@timestamp");
  if (place.slot < 0) return nothing();
  return std::make_unique<Bin>(place.slot, period, offset_ms);
}

}  // namespace seatrial::logs::run
