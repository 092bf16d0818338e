// Nodes of the tree against items. The other half: evaluation.h, evaluate_functions.cc.
#include "jmespath/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "jmespath/evaluation.h"

namespace seatrial::jmespath {
namespace {

// Python counts true as 1 and false as 0 within lists and objects.
std::optional<Value> as_python_number(Item item) {
  if (item.is(ItemKind::kNumber)) return item.scalar();
  if (item.is(ItemKind::kBoolean)) return Value(std::int64_t(item.scalar().get_bool()));
  return std::nullopt;
}

bool is_zero_or_one(Item item) {
  if (!item.is(ItemKind::kNumber)) return false;
  const double number = item.scalar().to_number<double>();
  return number == 0 || number == 1;
}

bool is_comparable(Item item) { return item.is(ItemKind::kNumber) || item.is(ItemKind::kString); }

bool satisfied(Comparator comparator, std::partial_ordering order) {
  switch (comparator) {
    case Comparator::kLess:
      return order < 0;
    case Comparator::kLessOrEqual:
      return order <= 0;
    case Comparator::kGreater:
      return order > 0;
    default:
      return order >= 0;
  }
}

Outcome outcome_of(Item item) {
  switch (item.kind()) {
    case ItemKind::kNull:
      return Outcome::kNull;
    case ItemKind::kBoolean:
      return item.scalar().get_bool() ? Outcome::kTrue : Outcome::kFalse;
    case ItemKind::kNumber:
      return item.scalar().to_number<double>() == 0 ? Outcome::kNothing : Outcome::kSomething;
    default:
      return is_truthy(item) ? Outcome::kSomething : Outcome::kNothing;
  }
}

// Where a slice begins, ends and how it steps in a list of `size`, as Python's slice.indices().
struct SliceBounds {
  std::int64_t start, stop, step;
};

SliceBounds bounds_of(const Slice& slice, std::int64_t size) {
  const std::int64_t step =
      std::max(slice.step.value_or(1), -std::numeric_limits<std::int64_t>::max());
  const std::int64_t low = step < 0 ? -1 : 0, high = step < 0 ? size - 1 : size;
  const auto place = [&](const std::optional<std::int64_t>& given, std::int64_t otherwise) {
    if (!given) return otherwise;
    return *given < 0 ? std::max(*given + size, low) : std::min(*given, high);
  };
  return {place(slice.start, step < 0 ? high : low), place(slice.stop, step < 0 ? low : high),
          step};
}

}  // namespace

bool is_truthy(Item item) {
  switch (item.kind()) {
    case ItemKind::kNull:
      return false;
    case ItemKind::kBoolean:
      return item.scalar().get_bool();
    case ItemKind::kString:
      return !item.text().empty();
    case ItemKind::kArray:
    case ItemKind::kObject:
      return item.size() > 0;
    default:
      return true;
  }
}

bool Evaluation::spend(std::size_t steps) {
  if (failed()) return false;
  steps_ += steps;
  if (steps_ <= options_.max_steps) return true;
  fail(Kind::kLimit, "the expression takes too many steps");
  return false;
}

Item Evaluation::fail(Kind kind, std::string message) {
  if (!error_) error_ = EvaluateError{kind, place_, std::move(message)};
  return {};
}

ItemList Evaluation::elements(Item list) {
  ItemList out;
  if (!spend(list.size())) return out;
  out.reserve(list.size());
  for (std::size_t i = 0; i < list.size(); ++i) out.push_back(list.element(i));
  return out;
}

Item Evaluation::visit(const Node& node, Item current) {
  const Range outer = place_;
  place_ = node.range;
  if (!spend(1)) return {};
  if (depth_ >= kMaxEvaluationDepth)
    return fail(Kind::kLimit, "the evaluation is nested too deeply");
  ++depth_;
  const Item item = dispatch(node, current);
  --depth_;
  if (options_.observer) observe(node, item);
  place_ = outer;
  return item;
}

void Evaluation::observe(const Node& node, Item item) {
  options_.observer(node, failed() ? Outcome::kFailed : outcome_of(item));
}

Item Evaluation::dispatch(const Node& node, Item current) {
  switch (node.kind) {
    case NodeKind::kCurrent:
    case NodeKind::kIdentity:
      return current;
    case NodeKind::kField:
      return current.member(node.text).value_or(Item());
    case NodeKind::kLiteral:
      return Item(node.literal);
    case NodeKind::kIndex:
      return index(node, current);
    case NodeKind::kSlice:
      return slice(node, current);
    case NodeKind::kSubexpression:
    case NodeKind::kIndexExpression:
    case NodeKind::kPipe:
      return chain(node, current);
    case NodeKind::kProjection:
      return project(node, current);
    case NodeKind::kValueProjection:
      return project_values(node, current);
    case NodeKind::kFilterProjection:
      return filter(node, current);
    case NodeKind::kFlatten:
      return flatten(node, current);
    case NodeKind::kComparator:
      return compare(node, current);
    case NodeKind::kOr:
    case NodeKind::kAnd:
      return either(node, current);
    case NodeKind::kNot:
      return negate(node, current);
    case NodeKind::kMultiSelectList:
      return select_list(node, current);
    case NodeKind::kMultiSelectHash:
      return select_hash(node, current);
    case NodeKind::kKeyValue:
      return visit(node.children[0], current);
    case NodeKind::kFunction:
      return function(node, current);
    case NodeKind::kExpressionReference:
      return Item(node.children[0]);
  }
  return {};
}

Item Evaluation::chain(const Node& node, Item current) {
  for (const Node& child : node.children) {
    if (failed()) return {};
    current = visit(child, current);
  }
  return current;
}

Item Evaluation::index(const Node& node, Item current) {
  if (!current.is(ItemKind::kArray)) return {};
  const auto size = std::int64_t(current.size());
  const std::int64_t at = node.index < 0 ? node.index + size : node.index;
  return at < 0 || at >= size ? Item() : current.element(std::size_t(at));
}

Item Evaluation::slice(const Node& node, Item current) {
  if (!current.is(ItemKind::kArray)) return {};
  if (node.slice.step == 0) return fail(Kind::kValue, "a slice's step cannot be 0");
  const auto size = std::int64_t(current.size());
  const auto [start, stop, step] = bounds_of(node.slice, size);
  if (!spend(std::size_t(size))) return {};
  ItemList list;
  for (std::int64_t i = start; step < 0 ? i > stop : i < stop;) {
    list.push_back(current.element(std::size_t(i)));
    if (step > size || -step > size) break;  // and i + step may not fit
    i += step;
  }
  return arena_.keep(std::move(list));
}

Item Evaluation::project(const Node& node, Item current) {
  const Item base = visit(node.children[0], current);
  if (!base.is(ItemKind::kArray)) return {};
  ItemList list;
  for (std::size_t i = 0; i < base.size() && !failed(); ++i) {
    const Item item = visit(node.children[1], base.element(i));
    if (!item.is(ItemKind::kNull)) list.push_back(item);
  }
  return arena_.keep(std::move(list));
}

Item Evaluation::project_values(const Node& node, Item current) {
  const Item base = visit(node.children[0], current);
  if (!base.is(ItemKind::kObject)) return {};
  ItemList list;
  base.each_member([&](std::string_view, Item member) {
    if (failed()) return;
    const Item item = visit(node.children[1], member);
    if (!item.is(ItemKind::kNull)) list.push_back(item);
  });
  return arena_.keep(std::move(list));
}

Item Evaluation::filter(const Node& node, Item current) {
  const Item base = visit(node.children[0], current);
  if (!base.is(ItemKind::kArray)) return {};
  ItemList list;
  for (std::size_t i = 0; i < base.size() && !failed(); ++i) {
    const Item element = base.element(i);
    if (!is_truthy(visit(node.children[2], element)) || failed()) continue;
    const Item item = visit(node.children[1], element);
    if (!item.is(ItemKind::kNull)) list.push_back(item);
  }
  return arena_.keep(std::move(list));
}

Item Evaluation::flatten(const Node& node, Item current) {
  const Item base = visit(node.children[0], current);
  if (!base.is(ItemKind::kArray)) return {};
  ItemList list;
  for (std::size_t i = 0; i < base.size() && !failed(); ++i) {
    const Item element = base.element(i);
    if (!element.is(ItemKind::kArray)) {
      list.push_back(element);
      continue;
    }
    const ItemList inner = elements(element);
    list.insert(list.end(), inner.begin(), inner.end());
  }
  return arena_.keep(std::move(list));
}

Item Evaluation::compare(const Node& node, Item current) {
  const Item left = visit(node.children[0], current);
  if (failed()) return {};
  const Item right = visit(node.children[1], current);
  if (failed()) return {};
  if (is_ordering(node.comparator)) return order(node, left, right);
  const bool number_and_boolean = (is_zero_or_one(left) && right.is(ItemKind::kBoolean)) ||
                                  (is_zero_or_one(right) && left.is(ItemKind::kBoolean));
  const bool equals = !number_and_boolean && equal(left, right);
  return boolean(equals == (node.comparator == Comparator::kEqual));
}

Item Evaluation::order(const Node& node, Item left, Item right) {
  if (!is_comparable(left) || !is_comparable(right)) return {};
  if (left.kind() != right.kind()) {
    return fail(Kind::kType, fmt::format("a {} and a {} cannot be ordered", kind_name(left.kind()),
                                         kind_name(right.kind())));
  }
  const std::partial_ordering order = left.is(ItemKind::kNumber)
                                          ? compare_numbers(left.scalar(), right.scalar())
                                          : left.text() <=> right.text();
  return boolean(satisfied(node.comparator, order));
}

bool Evaluation::equal(Item left, Item right, int depth) {
  if (!spend(1)) return false;
  if (depth > kMaxEvaluationDepth) {
    fail(Kind::kLimit, "the values compared are nested too deeply");
    return false;
  }
  const auto number = as_python_number(left), other = as_python_number(right);
  if (number && other) return compare_numbers(*number, *other) == 0;
  if (left.kind() != right.kind()) return false;
  switch (left.kind()) {
    case ItemKind::kNull:
      return true;
    case ItemKind::kString:
      return left.text() == right.text();
    case ItemKind::kArray:
      return same_elements(left, right, depth + 1);
    case ItemKind::kObject:
      return same_members(left, right, depth + 1);
    default:
      return left.same_object(right);
  }
}

bool Evaluation::same_elements(Item left, Item right, int depth) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const Item element = left.element(i), other = right.element(i);
    if (!element.same_object(other) && !equal(element, other, depth)) return false;
  }
  return true;
}

bool Evaluation::same_members(Item left, Item right, int depth) {
  if (left.size() != right.size()) return false;
  bool same = true;
  left.each_member([&](std::string_view name, Item member) {
    if (!same) return;
    const auto other = right.member(name);
    same = other && (member.same_object(*other) || equal(member, *other, depth));
  });
  return same;
}

Item Evaluation::either(const Node& node, Item current) {
  const Item left = visit(node.children[0], current);
  if (failed() || is_truthy(left) == (node.kind == NodeKind::kOr)) return left;
  return visit(node.children[1], current);
}

Item Evaluation::negate(const Node& node, Item current) {
  const Item item = visit(node.children[0], current);
  return boolean(!is_truthy(item));
}

Item Evaluation::select_list(const Node& node, Item current) {
  if (current.is(ItemKind::kNull)) return {};
  ItemList list;
  for (const Node& child : node.children) {
    if (failed()) return {};
    list.push_back(visit(child, current));
  }
  return arena_.keep(std::move(list));
}

Item Evaluation::select_hash(const Node& node, Item current) {
  if (current.is(ItemKind::kNull)) return {};
  ItemHash hash;
  for (const Node& child : node.children) {
    if (failed()) return {};
    hash.set(child.text, visit(child, current));
  }
  return arena_.keep(std::move(hash));
}

std::optional<Value> Evaluation::copied(Item item, int depth) {
  if (!spend(1)) return std::nullopt;
  if (depth > kMaxEvaluationDepth) fail(Kind::kLimit, "the result is nested too deeply");
  if (item.is(ItemKind::kExpression)) fail(Kind::kType, "a reference to an expression is no value");
  if (failed()) return std::nullopt;
  Value out;
  if (item.is(ItemKind::kArray)) {
    Array& array = out.emplace_array();
    for (std::size_t i = 0; i < item.size() && !failed(); ++i) {
      array.push_back(copied(item.element(i), depth + 1).value_or(nullptr));
    }
  } else if (item.is(ItemKind::kObject)) {
    Object& object = out.emplace_object();
    item.each_member([&](std::string_view name, Item member) {
      if (!failed()) object[name] = copied(member, depth + 1).value_or(nullptr);
    });
  } else {
    out = item.scalar();
  }
  if (failed()) return std::nullopt;
  return out;
}

std::expected<Value, EvaluateError> evaluate(const Expression& expression, const Value& document,
                                             const EvaluateOptions& options) {
  Evaluation evaluation(options);
  const Item item = evaluation.visit(expression.root, Item(document));
  if (!evaluation.failed()) {
    if (auto value = evaluation.copied(item)) return std::move(*value);
  }
  return std::unexpected(evaluation.take_error());
}

}  // namespace seatrial::jmespath
