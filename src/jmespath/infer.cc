// Types through the nodes of a tree. The other half: inferrer.h, infer_compare.cc,
// infer_functions.cc; evaluate.cc says what the nodes do.
#include "jmespath/infer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

#include "jmespath/inferrer.h"
#include "jmespath/nearest.h"
#include "jmespath/parser.h"

namespace seatrial::jmespath {
namespace {

// How far a field is looked for below where it was looked up.
constexpr std::size_t kMaxSearchedDepth = 4;
constexpr std::size_t kMaxSearchedTypes = 400;

Type type_of_literal(const Value& value) {
  switch (value.kind()) {
    case boost::json::kind::null:
      return Type(TypeKind::kNull);
    case boost::json::kind::bool_:
      return Type(TypeKind::kBoolean);
    case boost::json::kind::string:
      return Type(TypeKind::kString);
    case boost::json::kind::array: {
      std::vector<Type> items;
      for (const Value& item : value.get_array()) items.push_back(type_of_literal(item));
      return items.empty() ? Type::list(Type()) : Type::tuple(std::move(items));
    }
    case boost::json::kind::object: {
      Type::Fields fields;
      for (const auto& member : value.get_object()) {
        fields.emplace_back(std::string(member.key()), type_of_literal(member.value()));
      }
      return Type::structure(std::move(fields), "the literal object");
    }
    default:
      return Type(TypeKind::kNumber);
  }
}

// The path to the nearest field of that name below a type: "services[].taskDefinition".
std::string path_below(const Type& type, std::string_view name) {
  struct Place {
    Type type;
    std::string path;
    std::size_t depth;
  };
  std::deque<Place> places{{type, "", 0}};
  for (std::size_t looked = 0; !places.empty() && looked < kMaxSearchedTypes; ++looked) {
    const Place place = std::move(places.front());
    places.pop_front();
    if (place.type.is(TypeKind::kList)) {
      places.push_back({*place.type.element(), place.path + "[]", place.depth});
      continue;
    }
    if (!place.type.is(TypeKind::kStructure)) continue;
    const std::string start = place.path.empty() ? "" : place.path + ".";
    if (place.type.field(name)) return start + std::string(name);
    if (place.depth == kMaxSearchedDepth) continue;
    for (const std::string& field : place.type.field_names()) {
      places.push_back({*place.type.field(field), start + field, place.depth + 1});
    }
  }
  return {};
}

bool is_boolean_word(std::string_view name) { return name == "true" || name == "false"; }

}  // namespace

Problem& Inferrer::problem(ProblemKind kind, const Node& node, Claim claim, Range range,
                           std::string message) {
  if (problems_.size() == kMaxProblems) return dropped_;
  problems_.push_back({kind, range, std::move(message), {}, claim, &node});
  return problems_.back();
}

Type Inferrer::visit(const Node& node, const Type& current) {
  switch (node.kind) {
    case NodeKind::kCurrent:
    case NodeKind::kIdentity:
      return current;
    case NodeKind::kField:
      return field(node, current);
    case NodeKind::kLiteral:
      return node.unknown ? Type() : type_of_literal(node.literal);
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
      return both(node, current);
    case NodeKind::kNot:
      visit(node.children[0], current);
      return Type(TypeKind::kBoolean);
    case NodeKind::kMultiSelectList:
      return select_list(node, current);
    case NodeKind::kMultiSelectHash:
      return select_hash(node, current);
    case NodeKind::kKeyValue:
      return visit(node.children[0], current);
    case NodeKind::kFunction:
      return function(node, current);
    case NodeKind::kExpressionReference:
      visit(node.children[0], Type());  // applied to who knows what
      return Type(TypeKind::kExpression);
  }
  return {};
}

Type Inferrer::chain(const Node& node, const Type& current) {
  Type type = current;
  for (const Node& child : node.children) type = visit(child, type);
  return type;
}

Type Inferrer::field(const Node& node, const Type& current) {
  if (current.is(TypeKind::kNull)) return current;
  auto found = current.field(node.text);
  if (found) return current.is(TypeKind::kMap) ? any_name(node, current, *found) : *found;
  const auto alternatives = current.alternatives();
  const bool object = std::any_of(alternatives.begin(), alternatives.end(),
                                  [](const Type& type) { return type.is_object(); });
  return object ? no_field(node, current) : no_object(node, current);
}

// A map's names are open; one that is nearly a name of the model's list is still worth a word.
Type Inferrer::any_name(const Node& node, const Type& map, Type value) {
  const auto names = map.field_names();
  if (names.empty() || std::find(names.begin(), names.end(), node.text) != names.end()) {
    return value;
  }
  const std::string near = nearest_name(node.text, names);
  if (near.empty()) return value;
  problem(ProblemKind::kEnumLiteral, node, Claim::kNone, node.range,
          fmt::format("'{}' is not among the names that the model lists here", node.text))
      .suggestion = near;
  return value;
}

Type Inferrer::no_field(const Node& node, const Type& current) {
  if (node.text == "null") return Type(TypeKind::kNull);  // which is what was meant
  Problem& found = problem(ProblemKind::kField, node, Claim::kAlwaysNull, node.range,
                           fmt::format("{} has no field '{}'", current.name(), node.text));
  const auto names = current.field_names();
  if (current.leaves_out(node.text)) {
    found.message += ": the CLI follows the pages itself and leaves it out";
  } else if (names.empty()) {
    found.message += ": it has none at all";
  } else if (is_boolean_word(node.text) && !node.quoted) {
    found.message += ": without backquotes it is a name";
    found.suggestion = "`" + node.text + "`";
  } else {
    const std::string near = nearest_name(node.text, names);
    const std::string below = path_below(current, node.text);
    found.suggestion = below.empty() ? near : below;
  }
  if (found.suggestion.empty() && node.quoted) {
    found.message += ": double quotes make it a name";
    found.suggestion = "'" + node.text + "'";
  }
  return {};
}

Type Inferrer::no_object(const Node& node, const Type& current) {
  const auto element = current.element();
  Problem& found = problem(
      ProblemKind::kType, node, Claim::kAlwaysNull, node.range,
      fmt::format("{} has no fields, so '{}' is always null", with_article(current), node.text));
  if (element && element->field(node.text)) {
    found.message += fmt::format("; its elements have it: [].{}", node.text);
  } else if (element && element->field("Key") && element->field("Value")) {
    found.message += fmt::format("; a tag's value is [?Key=='{}'].Value", node.text);
  }
  return {};
}

Type Inferrer::elements(const Node& node, const Type& list, std::string_view what) {
  if (auto element = list.element()) return *element;
  if (list.is(TypeKind::kNull)) return {};
  Problem& found = problem(
      ProblemKind::kType, node, Claim::kAlwaysNull, node.mark,
      fmt::format("{} needs a list, and this is {}: always null", what, with_article(list)));
  const bool one = node.kind == NodeKind::kIndex || node.kind == NodeKind::kSlice;
  if (one && projections_ > 0) {
    found.message += fmt::format("; it is applied to every element, and | {} to their list", what);
    found.suggestion = fmt::format(" | {}", what);
  }
  return {};
}

Type Inferrer::projected(const Node& node, const Type& element) {
  ++projections_;
  Type type = visit(node, element);
  --projections_;
  return type;
}

Type Inferrer::unprojected(const Node& node, const Type& current) {
  const int outer = std::exchange(projections_, 0);
  Type type = visit(node, current);
  projections_ = outer;
  return type;
}

Type Inferrer::index(const Node& node, const Type& current) {
  const Type element = elements(node, current, source(node.mark));
  const auto* items = current.items();
  if (items == nullptr) return element;
  const auto size = std::int64_t(items->size());
  const std::int64_t at = node.index < 0 ? node.index + size : node.index;
  return at >= 0 && at < size ? (*items)[std::size_t(at)] : Type();
}

Type Inferrer::slice(const Node& node, const Type& current) {
  const Type element = elements(node, current, source(node.mark));
  if (node.slice.step == 0) {
    problem(ProblemKind::kType, node, Claim::kAlwaysNull, node.mark,
            "a slice's step cannot be 0: the CLI stops with an error");
  }
  return Type::list(element);
}

Type Inferrer::project(const Node& node, const Type& current) {
  const Type list = visit(node.children[0], current);
  return Type::list(projected(node.children[1], elements(node, list, source(node.mark))));
}

Type Inferrer::flatten(const Node& node, const Type& current) {
  const Type list = visit(node.children[0], current);
  std::vector<Type> flat;
  for (const Type& type : elements(node, list, "[]").alternatives()) {
    flat.push_back(type.is(TypeKind::kList) ? *type.element() : type);
  }
  return Type::list(Type::either(std::move(flat)));
}

Type Inferrer::filter(const Node& node, const Type& current) {
  const Type list = visit(node.children[0], current);
  const Type element = elements(node, list, "a filter");
  unprojected(node.children[2], element);
  return Type::list(projected(node.children[1], element));
}

Type Inferrer::project_values(const Node& node, const Type& current) {
  const Type object = visit(node.children[0], current);
  const auto value = object.value();
  if (!value && !object.is(TypeKind::kNull)) {
    Problem& found =
        problem(ProblemKind::kType, node, Claim::kAlwaysNull, node.mark,
                fmt::format("'*' goes over an object's members, and this is {}: always null",
                            with_article(object)));
    if (object.element()) found.message += "; a list's elements are [*]";
  }
  return Type::list(projected(node.children[1], value.value_or(Type())));
}

Type Inferrer::both(const Node& node, const Type& current) {
  std::vector<Type> types;
  for (const Node& child : node.children) types.push_back(visit(child, current));
  return Type::either(std::move(types));
}

Type Inferrer::select_list(const Node& node, const Type& current) {
  std::vector<Type> items;
  for (const Node& child : node.children) items.push_back(unprojected(child, current));
  return Type::tuple(std::move(items));
}

Type Inferrer::select_hash(const Node& node, const Type& current) {
  Type::Fields fields;
  for (const Node& child : node.children) {
    Type type = unprojected(child, current);
    const auto known = std::find_if(fields.begin(), fields.end(),
                                    [&](const auto& field) { return field.first == child.text; });
    if (known == fields.end()) {
      fields.emplace_back(child.text, std::move(type));
    } else {
      known->second = std::move(type);
    }
  }
  return Type::selection(std::move(fields));
}

Inference infer(const Expression& expression, const Type& input) {
  Inferrer inferrer(expression);
  Type type = inferrer.visit(expression.root, input);
  return {std::move(type), inferrer.take_problems()};
}

Inference infer(std::string_view expression, const Type& input) {
  const auto parsed = parse(expression);
  if (!parsed) {
    const SyntaxError& error = parsed.error();
    return {Type(), {{ProblemKind::kSyntax, error.range, error.message, {}, Claim::kNone}}};
  }
  Inference inference = infer(*parsed, input);
  for (Problem& problem : inference.problems) problem.node = nullptr;
  return inference;
}

}  // namespace seatrial::jmespath
