// The state of one evaluation, shared by evaluate.cc (nodes) and evaluate_functions.cc (functions).
//
// A first error ends it: fail() keeps it, and every loop stops where failed() says so; what is
// returned then does not matter.
#pragma once
#include <compare>
#include <optional>
#include <string>

#include "jmespath/evaluate.h"
#include "jmespath/functions.h"
#include "jmespath/item.h"

namespace seatrial::jmespath {

class Evaluation {
 public:
  explicit Evaluation(const EvaluateOptions& options) : options_(options) {}

  Item visit(const Node& node, Item current);
  std::optional<Value> copied(Item item, int depth = 0);  // empty after failing

  bool failed() const { return error_.has_value(); }
  EvaluateError take_error() { return std::move(*error_); }

 private:
  using Kind = EvaluateError::Kind;

  // evaluate.cc
  Item dispatch(const Node& node, Item current);
  Item chain(const Node& node, Item current);
  Item index(const Node& node, Item current);
  Item slice(const Node& node, Item current);
  Item project(const Node& node, Item current);
  Item project_values(const Node& node, Item current);
  Item filter(const Node& node, Item current);
  Item flatten(const Node& node, Item current);
  Item compare(const Node& node, Item current);
  Item order(const Node& node, Item left, Item right);
  Item either(const Node& node, Item current);
  Item select_list(const Node& node, Item current);
  Item select_hash(const Node& node, Item current);
  Item negate(const Node& node, Item current);
  void observe(const Node& node, Item item);
  bool equal(Item left, Item right, int depth = 0);
  bool same_elements(Item left, Item right, int depth);
  bool same_members(Item left, Item right, int depth);

  // evaluate_functions.cc
  Item function(const Node& node, Item current);
  bool accepted(const Signature& signature, const ItemList& arguments);
  bool accepted(const Signature& signature, Accepts accepts, Item argument);
  bool all_of_one_kind(const Signature& signature, Accepts accepts, Item list);
  Item call(Function function, const ItemList& arguments);
  Item call_text(Function function, const ItemList& arguments);
  Item call_object(Function function, const ItemList& arguments);
  Item call_by_key(Function function, Item list, Item key);
  Item rounded(Function function, Item number);
  Item summed(Item list);
  Item average(Item list);
  Item best(Item list, bool most);
  Item sorted(Item list);
  Item sorted_by(Item list, Item key);
  Item best_by(Item list, Item key, bool most);
  std::optional<Item> key_of(const Node& expression, Item element, std::string_view function,
                             std::optional<ItemKind> required = std::nullopt);
  Item mapped(Item key, Item list);
  Item merged(const ItemList& arguments);
  void merge_pairs(ItemHash& hash, Item sequence);
  std::optional<ItemList> spread(Item item);
  Item joined(Item separator, Item list);
  Item contains(Item subject, Item search);
  Item to_number(Item item);
  Item to_string(Item item);

  // False, after failing, when the work is too much.
  bool spend(std::size_t steps);
  Item fail(Kind kind, std::string message);
  Item boolean(bool value) { return arena_.keep(Value(value)); }
  Item string(std::string_view text) { return arena_.keep(Value(boost::json::string(text))); }
  ItemList elements(Item list);

  const EvaluateOptions& options_;
  Arena arena_;
  std::optional<EvaluateError> error_;
  Range place_;  // of the node that is looked at
  std::size_t steps_ = 0;
  int depth_ = 0;
};

bool is_truthy(Item item);

// Exact, whatever the two are stored as.
std::partial_ordering compare_numbers(const Value& left, const Value& right);
// Of two numbers or two strings.
bool is_less(Item left, Item right);

}  // namespace seatrial::jmespath
