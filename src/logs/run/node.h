// Expressions ready to run: what compile_expression.cc makes of the tree.
#pragma once
#include <memory>
#include <vector>

#include "logs/query/ast.h"
#include "logs/run/row.h"

namespace seatrial::logs::run {

class Node {
 public:
  virtual ~Node() = default;
  virtual Value value(Row& row) const = 0;
  virtual bool holds(Row& row) const { return truth_of(value(row)); }
  virtual const Value* literal() const { return nullptr; }
  virtual int slot() const { return -1; }  // of a plain field
};
using NodePtr = std::unique_ptr<const Node>;

// One call of a function. Arguments are evaluated when they are asked for.
class Call {
 public:
  Call(Row& row, const query::Function& function, std::span<const NodePtr> arguments,
       std::span<const query::Period> periods)
      : row_(row), function_(function), arguments_(arguments), periods_(periods) {}

  std::size_t size() const { return arguments_.size(); }
  Value value(std::size_t i) const { return arguments_[i]->value(row_); }
  bool holds(std::size_t i) const { return arguments_[i]->holds(row_); }
  std::optional<double> number(std::size_t i) const { return number_of(value(i)); }
  std::string_view text(std::size_t i) const { return text_of(value(i), row_.arena()); }
  const query::Period& period(std::size_t i) const { return periods_[i]; }
  bool literal(std::size_t i) const { return arguments_[i]->literal() != nullptr; }

  Row& row() const { return row_; }
  Context& context() const { return row_.context(); }
  std::string_view name() const { return function_.name; }
  // A text that the function made. Fails the query when it is over kMaxTextBytes.
  Value made(std::string_view text) const;

 private:
  Row& row_;
  const query::Function& function_;
  std::span<const NodePtr> arguments_;
  std::span<const query::Period> periods_;
};

using Apply = Value (*)(const Call&);
struct Builtin {
  std::string_view name;  // as in query/functions.h
  Apply apply;
};

// What a function of values does; null of aggregates and of those that are not carried out.
Apply find_builtin(std::string_view name);

extern const std::span<const Builtin> kNumericBuiltins;
extern const std::span<const Builtin> kStringBuiltins;
extern const std::span<const Builtin> kEncodingBuiltins;
extern const std::span<const Builtin> kDatetimeBuiltins;
extern const std::span<const Builtin> kIpBuiltins;
extern const std::span<const Builtin> kJsonBuiltins;
extern const std::span<const Builtin> kGeneralBuiltins;

}  // namespace seatrial::logs::run
