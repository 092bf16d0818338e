// What the functions do, and what they refuse. The other half: functions.cc (what they take).
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "jmespath/evaluation.h"
#include "jmespath/python_json.h"

namespace seatrial::jmespath {
namespace {

__extension__ typedef __int128 Wide;  // sums of 64-bit integers, exact

constexpr double kTwoTo63 = 9223372036854775808.0;

std::optional<Wide> as_integer(const Value& number) {
  if (const auto* i = number.if_int64()) return *i;
  if (const auto* u = number.if_uint64()) return *u;
  return std::nullopt;
}

Value number_of(Wide number) {
  if (number >= INT64_MIN && number <= INT64_MAX) return std::int64_t(number);
  if (number > 0 && number <= UINT64_MAX) return std::uint64_t(number);
  return double(number);
}

std::partial_ordering compare_mixed(Wide whole, double number) {
  if (std::isnan(number)) return std::partial_ordering::unordered;
  if (number >= 4 * kTwoTo63) return std::partial_ordering::less;
  if (number <= -4 * kTwoTo63) return std::partial_ordering::greater;
  const double floor = std::floor(number);
  if (whole != Wide(floor))
    return whole < Wide(floor) ? std::partial_ordering::less : std::partial_ordering::greater;
  return floor < number ? std::partial_ordering::less : std::partial_ordering::equivalent;
}

// Orders NaN behind all others, where Python leaves it anywhere.
bool sorts_before(Item left, Item right) {
  const auto is_nan = [](Item item) {
    const auto* number = item.is(ItemKind::kNumber) ? item.scalar().if_double() : nullptr;
    return number != nullptr && std::isnan(*number);
  };
  if (is_nan(left) || is_nan(right)) return !is_nan(left);
  return is_less(left, right);
}

bool in_kinds(Accepts accepts, ItemKind kind) {
  switch (kind) {
    case ItemKind::kNumber:
      return (accepts & kAcceptsNumber) != 0;
    case ItemKind::kString:
      return (accepts & kAcceptsString) != 0;
    case ItemKind::kArray:
      return (accepts & (kAcceptsArray | kAcceptsNumbers | kAcceptsStrings)) != 0;
    case ItemKind::kObject:
      return (accepts & kAcceptsObject) != 0;
    case ItemKind::kExpression:
      return (accepts & kAcceptsExpression) != 0;
    default:
      return false;
  }
}

}  // namespace

std::partial_ordering compare_numbers(const Value& left, const Value& right) {
  const auto whole = as_integer(left), other = as_integer(right);
  if (whole && other) return *whole <=> *other;
  if (whole) return compare_mixed(*whole, right.get_double());
  if (other) return 0 <=> compare_mixed(*other, left.get_double());
  return left.get_double() <=> right.get_double();
}

bool is_less(Item left, Item right) {
  if (left.is(ItemKind::kNumber)) return compare_numbers(left.scalar(), right.scalar()) < 0;
  return left.text() < right.text();
}

Item Evaluation::function(const Node& node, Item current) {
  ItemList arguments;
  for (const Node& child : node.children) {
    arguments.push_back(visit(child, current));
    if (failed()) return {};
  }
  const Signature* signature = find_function(node.text);
  if (signature == nullptr) {
    return fail(Kind::kUnknownFunction, fmt::format("there is no function {}()", node.text));
  }
  const bool enough = signature->variadic ? arguments.size() >= signature->count
                                          : arguments.size() == signature->count;
  if (!enough) return fail(Kind::kArity, arity_message(*signature, arguments.size()));
  if (!accepted(*signature, arguments)) return {};
  return call(signature->function, arguments);
}

bool Evaluation::accepted(const Signature& signature, const ItemList& arguments) {
  for (std::size_t i = 0; i < signature.count; ++i) {
    const Accepts accepts = signature.accepts[i];
    if (accepts != kAcceptsAny && !accepted(signature, accepts, arguments[i])) return false;
  }
  return true;
}

bool Evaluation::accepted(const Signature& signature, Accepts accepts, Item argument) {
  if (!in_kinds(accepts, argument.kind())) {
    fail(Kind::kType, fmt::format("{}() takes {}, not {}", signature.name, accepted_kinds(accepts),
                                  kind_name(argument.kind())));
    return false;
  }
  const bool of_one_kind = (accepts & (kAcceptsNumbers | kAcceptsStrings)) != 0;
  return !of_one_kind || all_of_one_kind(signature, accepts, argument);
}

bool Evaluation::all_of_one_kind(const Signature& signature, Accepts accepts, Item list) {
  if (list.size() == 0 || !spend(list.size())) return !failed();
  const ItemKind first = list.element(0).kind();
  const bool numbers = first == ItemKind::kNumber && (accepts & kAcceptsNumbers) != 0;
  const bool strings = first == ItemKind::kString && (accepts & kAcceptsStrings) != 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const ItemKind kind = list.element(i).kind();
    if ((numbers || strings) && kind == first) continue;
    fail(Kind::kType, fmt::format("{}() takes {}, not one with {} in it", signature.name,
                                  accepted_kinds(accepts), kind_name(kind)));
    return false;
  }
  return true;
}

Item Evaluation::call(Function function, const ItemList& arguments) {
  const Item first = arguments[0];
  switch (function) {
    case Function::kAbs:
    case Function::kCeil:
    case Function::kFloor:
      return rounded(function, first);
    case Function::kAvg:
      return average(first);
    case Function::kSum:
      return summed(first);
    case Function::kMax:
    case Function::kMin:
      return best(first, function == Function::kMax);
    case Function::kSort:
      return sorted(first);
    case Function::kSortBy:
    case Function::kMaxBy:
    case Function::kMinBy:
      return call_by_key(function, first, arguments[1]);
    case Function::kMap:
      return mapped(first, arguments[1]);
    case Function::kKeys:
    case Function::kValues:
    case Function::kMerge:
      return call_object(function, arguments);
    case Function::kContains:
      return contains(first, arguments[1]);
    case Function::kNotNull: {
      const auto found = std::find_if(arguments.begin(), arguments.end(),
                                      [](Item item) { return !item.is(ItemKind::kNull); });
      return found == arguments.end() ? Item() : *found;
    }
    case Function::kToArray:
      return first.is(ItemKind::kArray) ? first : arena_.keep(ItemList{first});
    default:
      return call_text(function, arguments);
  }
}

Item Evaluation::call_text(Function function, const ItemList& arguments) {
  const Item first = arguments[0];
  switch (function) {
    case Function::kStartsWith:
      return boolean(first.text().starts_with(arguments[1].text()));
    case Function::kEndsWith:
      return boolean(first.text().ends_with(arguments[1].text()));
    case Function::kJoin:
      return joined(first, arguments[1]);
    case Function::kLength: {
      const bool text = first.is(ItemKind::kString);
      const std::size_t length = text ? code_point_count(first.text()) : first.size();
      return arena_.keep(Value(std::int64_t(length)));
    }
    case Function::kReverse: {
      if (first.is(ItemKind::kString)) return string(reversed_text(first.text()));
      ItemList list = elements(first);
      std::reverse(list.begin(), list.end());
      return arena_.keep(std::move(list));
    }
    case Function::kToNumber:
      return to_number(first);
    case Function::kToString:
      return to_string(first);
    default:  // type(), which knows no name for a reference to an expression
      return first.is(ItemKind::kExpression) ? Item() : string(kind_name(first.kind()));
  }
}

Item Evaluation::call_object(Function function, const ItemList& arguments) {
  if (function == Function::kMerge) return merged(arguments);
  ItemList list;
  if (!spend(arguments[0].size())) return {};
  arguments[0].each_member([&](std::string_view name, Item member) {
    list.push_back(function == Function::kKeys ? string(name) : member);
  });
  return arena_.keep(std::move(list));
}

Item Evaluation::rounded(Function function, Item number) {
  const auto whole = as_integer(number.scalar());
  const bool absolute = function == Function::kAbs;
  if (whole) return absolute && *whole < 0 ? arena_.keep(number_of(-*whole)) : number;
  const double value = number.scalar().get_double();
  if (absolute) return arena_.keep(Value(std::abs(value)));
  if (!std::isfinite(value)) return fail(Kind::kValue, "infinity and NaN have no whole number");
  const double round = function == Function::kCeil ? std::ceil(value) : std::floor(value);
  const bool fits = round > -kTwoTo63 && round < kTwoTo63;
  return arena_.keep(fits ? Value(std::int64_t(round)) : Value(round));
}

// Exact while all are integers, from the first other on in doubles.
Item Evaluation::summed(Item list) {
  Wide whole = 0;
  std::optional<double> sum;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Value& number = list.element(i).scalar();
    const auto integer = as_integer(number);
    if (integer && !sum) {
      whole += *integer;
    } else {
      sum = sum.value_or(double(whole)) + number.to_number<double>();
    }
  }
  return arena_.keep(sum ? Value(*sum) : number_of(whole));
}

Item Evaluation::average(Item list) {
  if (list.size() == 0) return {};
  const Value& sum = summed(list).scalar();
  const auto count = static_cast<long double>(list.size());
  if (const auto whole = as_integer(sum)) {
    return arena_.keep(Value(double(static_cast<long double>(*whole) / count)));
  }
  return arena_.keep(Value(sum.get_double() / double(list.size())));
}

Item Evaluation::best(Item list, bool most) {
  if (list.size() == 0) return {};
  Item best = list.element(0);
  for (std::size_t i = 1; i < list.size(); ++i) {
    const Item next = list.element(i);
    if (most ? is_less(best, next) : is_less(next, best)) best = next;
  }
  return best;
}

Item Evaluation::sorted(Item list) {
  ItemList out = elements(list);
  std::stable_sort(out.begin(), out.end(), sorts_before);
  return arena_.keep(std::move(out));
}

Item Evaluation::call_by_key(Function function, Item list, Item key) {
  if (function == Function::kSortBy) return sorted_by(list, key);
  return best_by(list, key, function == Function::kMaxBy);
}

// The key of an element: a number or a string, or of the kind that the first one had.
std::optional<Item> Evaluation::key_of(const Node& expression, Item element,
                                       std::string_view function,
                                       std::optional<ItemKind> required) {
  const Item key = visit(expression, element);
  if (failed()) return std::nullopt;
  const bool fits =
      required ? key.is(*required) : key.is(ItemKind::kNumber) || key.is(ItemKind::kString);
  if (fits) return key;
  fail(Kind::kType,
       fmt::format("{}() takes keys that are {}, not {}", function,
                   required ? fmt::format("{}s", kind_name(*required)) : "numbers or strings",
                   kind_name(key.kind())));
  return std::nullopt;
}

Item Evaluation::sorted_by(Item list, Item key) {
  if (list.size() == 0) return list;
  std::vector<std::pair<Item, Item>> keyed;
  std::optional<ItemKind> kind;
  for (const Item element : elements(list)) {
    const auto found = key_of(key.expression(), element, "sort_by", kind);
    if (!found) return {};
    kind = found->kind();
    keyed.emplace_back(*found, element);
  }
  std::stable_sort(keyed.begin(), keyed.end(), [](const auto& left, const auto& right) {
    return sorts_before(left.first, right.first);
  });
  ItemList out;
  for (const auto& [ignored, element] : keyed) out.push_back(element);
  return arena_.keep(std::move(out));
}

Item Evaluation::best_by(Item list, Item key, bool most) {
  const std::string_view name = most ? "max_by" : "min_by";
  std::optional<std::pair<Item, Item>> best;
  for (const Item element : elements(list)) {
    const auto found = key_of(key.expression(), element, name);
    if (!found) return {};
    if (best && best->first.kind() != found->kind()) {
      return fail(Kind::kType, fmt::format("{}() cannot order a number and a string", name));
    }
    const bool better =
        !best || (most ? is_less(best->first, *found) : is_less(*found, best->first));
    if (better) best.emplace(*found, element);
  }
  return best ? best->second : Item();
}

Item Evaluation::mapped(Item key, Item list) {
  ItemList out;
  for (const Item element : elements(list)) {
    out.push_back(visit(key.expression(), element));
    if (failed()) return {};
  }
  return arena_.keep(std::move(out));
}

Item Evaluation::merged(const ItemList& arguments) {
  ItemHash hash;
  for (const Item argument : arguments) {
    if (!argument.is(ItemKind::kObject)) {
      merge_pairs(hash, argument);
    } else if (spend(argument.size())) {
      argument.each_member([&](std::string_view name, Item member) { hash.set(name, member); });
    }
    if (failed()) return {};
  }
  return arena_.keep(std::move(hash));
}

// What Python's dict.update() takes besides objects: pairs of a name and a value.
void Evaluation::merge_pairs(ItemHash& hash, Item sequence) {
  const auto pairs = spread(sequence);
  if (!pairs) return;
  for (const Item pair : *pairs) {
    const auto parts = spread(pair);
    if (!parts) return;
    if (parts->size() != 2) {
      fail(Kind::kValue, "merge() takes objects, or lists of names with their values");
      return;
    }
    if (!(*parts)[0].is(ItemKind::kString)) {
      fail(Kind::kType, "merge() takes names that are strings");
      return;
    }
    hash.set((*parts)[0].text(), (*parts)[1]);
  }
}

// What Python iterates over; empty, after failing, where it does not.
std::optional<ItemList> Evaluation::spread(Item item) {
  ItemList out;
  if (item.is(ItemKind::kArray)) return elements(item);
  if (item.is(ItemKind::kObject)) {
    if (!spend(item.size())) return std::nullopt;
    item.each_member([&](std::string_view name, Item) { out.push_back(string(name)); });
    return out;
  }
  if (!item.is(ItemKind::kString)) {
    fail(Kind::kType, fmt::format("merge() takes objects, not {}", kind_name(item.kind())));
    return std::nullopt;
  }
  std::string_view text = item.text();
  if (!spend(text.size())) return std::nullopt;
  while (!text.empty()) {
    const std::size_t size = code_point_size(text);
    out.push_back(string(text.substr(0, size)));
    text.remove_prefix(size);
  }
  return out;
}

Item Evaluation::joined(Item separator, Item list) {
  std::string out;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) out += separator.text();
    out += list.element(i).text();
    if (!spend(1 + (separator.text().size() + list.element(i).text().size()) / 16)) return {};
  }
  return string(out);
}

Item Evaluation::contains(Item subject, Item search) {
  if (subject.is(ItemKind::kString)) {
    if (search.is(ItemKind::kString)) {
      return boolean(subject.text().find(search.text()) != std::string_view::npos);
    }
    return fail(Kind::kType, fmt::format("contains() looks for strings in a string, not for {}",
                                         kind_name(search.kind())));
  }
  for (const Item element : elements(subject)) {
    if (element.same_object(search) || equal(element, search)) return boolean(true);
    if (failed()) return {};
  }
  return boolean(false);
}

Item Evaluation::to_number(Item item) {
  if (item.is(ItemKind::kNumber)) return item;
  if (item.is(ItemKind::kExpression)) return fail(Kind::kType, "to_number() takes no expression");
  if (!item.is(ItemKind::kString)) return {};
  auto number = python_number(item.text());
  return number ? arena_.keep(std::move(*number)) : Item();
}

Item Evaluation::to_string(Item item) {
  if (item.is(ItemKind::kString)) return item;
  const auto value = copied(item);
  if (!value) return {};
  const std::string text = to_python_json(*value);
  return spend(text.size() / 16) ? string(text) : Item();
}

}  // namespace seatrial::jmespath
