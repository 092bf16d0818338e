// What functions would refuse, and the types of what they return. The other half: inferrer.h,
// functions.h (what they take), evaluate_functions.cc (what they do).
#include <fmt/format.h>

#include <algorithm>

#include "jmespath/inferrer.h"
#include "jmespath/nearest.h"

namespace seatrial::jmespath {
namespace {

constexpr Accepts kAcceptsOneKind = kAcceptsNumbers | kAcceptsStrings;

// Accepts for an element of what a list must hold.
Accepts of_elements(Accepts accepts) {
  return Accepts(((accepts & kAcceptsNumbers) != 0 ? kAcceptsNumber : 0) |
                 ((accepts & kAcceptsStrings) != 0 ? kAcceptsString : 0));
}

bool fits(Accepts accepts, const Type& type);

bool fits_list(Accepts accepts, const Type& list) {
  if ((accepts & kAcceptsArray) != 0) return true;
  if ((accepts & kAcceptsOneKind) == 0) return false;
  const Accepts wanted = of_elements(accepts);
  if (const auto* items = list.items()) {
    return std::all_of(items->begin(), items->end(),
                       [&](const Type& item) { return fits(wanted, item); });
  }
  return fits(wanted, *list.element());
}

// Whether a value of one of the type's kinds is accepted.
bool fits(Accepts accepts, const Type& type) {
  const auto alternatives = type.alternatives();
  return std::any_of(alternatives.begin(), alternatives.end(), [&](const Type& one) {
    if (one.is_any()) return true;
    if (one.is_text()) return (accepts & kAcceptsString) != 0;
    if (one.is(TypeKind::kNumber)) return (accepts & kAcceptsNumber) != 0;
    if (one.is_object()) return (accepts & kAcceptsObject) != 0;
    if (one.is(TypeKind::kExpression)) return (accepts & kAcceptsExpression) != 0;
    return one.is(TypeKind::kList) && fits_list(accepts, one);
  });
}

// A list that only its elements spoil, so that an empty one passes.
bool spoilt_by_elements(Accepts accepts, const Type& type) {
  const auto alternatives = type.alternatives();
  return (accepts & kAcceptsOneKind) != 0 &&
         std::any_of(alternatives.begin(), alternatives.end(), [](const Type& one) {
           return one.is(TypeKind::kList) && one.items() == nullptr;
         });
}

// The place of the list whose elements a function's &expression is applied to.
std::size_t list_place(const Signature& signature) {
  return signature.function == Function::kMap ? 1 : 0;
}

bool is_name(const Node& node) {
  return node.kind == NodeKind::kField || node.kind == NodeKind::kSubexpression;
}

std::vector<std::string> function_names() {
  std::vector<std::string> names;
  for (const Signature& signature : all_functions()) names.emplace_back(signature.name);
  return names;
}

Type merged_type(const std::vector<Type>& types) {
  Type::Fields fields;
  for (const Type& type : types) {
    if (!type.is(TypeKind::kStructure)) return Type::map(Type());
    for (const std::string& name : type.field_names()) {
      Type member = *type.field(name);
      const auto known = std::find_if(fields.begin(), fields.end(),
                                      [&](const auto& field) { return field.first == name; });
      if (known == fields.end()) {
        fields.emplace_back(name, std::move(member));
      } else {
        known->second = Type::either({known->second, std::move(member)});
      }
    }
  }
  return Type::structure(std::move(fields));
}

}  // namespace

Type Inferrer::unknown_function(const Node& node, const Type& current) {
  for (const Node& argument : node.children) visit(argument, current);
  problem(ProblemKind::kSyntax, node, Claim::kFails, node.mark,
          fmt::format("there is no function {}()", node.text))
      .suggestion = nearest_name(node.text, function_names());
  return {};
}

Type Inferrer::function(const Node& node, const Type& current) {
  const Signature* signature = find_function(node.text);
  if (signature == nullptr) return unknown_function(node, current);
  const std::size_t given = node.children.size();
  if (given < signature->count || (given > signature->count && !signature->variadic)) {
    for (const Node& argument : node.children) visit(argument, current);
    problem(ProblemKind::kSyntax, node, Claim::kFails, node.mark, arity_message(*signature, given));
    return {};
  }
  const std::size_t before = problems_.size();
  const auto types = arguments(node, *signature, current);
  if (problems_.size() == before) check_search(node, *signature, types);
  return result(*signature, types);
}

// The types of the arguments; of a reference, that of what it refers to.
std::vector<Type> Inferrer::arguments(const Node& node, const Signature& signature,
                                      const Type& current) {
  std::vector<Type> types(node.children.size());
  const auto is_reference = [&](std::size_t i) {
    return i < signature.count && signature.accepts[i] == kAcceptsExpression;
  };
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (is_reference(i)) continue;
    types[i] = unprojected(node.children[i], current);
    if (i >= signature.count || signature.accepts[i] == kAcceptsAny) continue;
    check_argument(node, node.children[i], signature, signature.accepts[i], types[i]);
  }
  for (std::size_t i = 0; i < types.size(); ++i) {
    if (!is_reference(i)) continue;
    const Type element = types[list_place(signature)].element().value_or(Type());
    types[i] = reference(node, node.children[i], signature, element, current);
  }
  return types;
}

Type Inferrer::reference(const Node& node, const Node& argument, const Signature& signature,
                         const Type& element, const Type& current) {
  if (argument.kind == NodeKind::kExpressionReference) {
    const Node& body = argument.children[0];
    Type key = unprojected(body, element);
    if (signature.function != Function::kMap) check_key(node, body, signature, key);
    return key;
  }
  const std::size_t before = problems_.size();
  const Type type = visit(argument, current);
  if (fits(kAcceptsExpression, type) && !is_name(argument)) return {};
  problems_.resize(before);  // of a name that was looked up in the wrong place
  Problem& found = problem(ProblemKind::kType, node, Claim::kFails, argument.range,
                           fmt::format("{}() takes an &expression here", signature.name));
  if (is_name(argument)) found.suggestion = "&" + std::string(source(argument.range));
  return {};
}

void Inferrer::check_argument(const Node& node, const Node& argument, const Signature& signature,
                              Accepts accepts, const Type& type) {
  if (fits(accepts, type)) return;
  const bool by_elements = spoilt_by_elements(accepts, type);
  problem(ProblemKind::kType, node, by_elements ? Claim::kFailsUnlessEmpty : Claim::kFails,
          argument.range,
          fmt::format("{}() takes {}, and this is {}: the CLI stops with an error", signature.name,
                      accepted_kinds(accepts), with_article(type)));
}

void Inferrer::check_key(const Node& node, const Node& body, const Signature& signature,
                         const Type& key) {
  if (fits(kAcceptsNumber | kAcceptsString, key)) return;
  problem(ProblemKind::kType, node, Claim::kFailsUnlessEmpty, body.range,
          fmt::format("{}() orders by numbers or text, and this is {}: the CLI stops with an error",
                      signature.name, with_article(key)));
}

// What contains(), starts_with() and ends_with() look for, where it is a literal.
void Inferrer::check_search(const Node& node, const Signature& signature,
                            const std::vector<Type>& types) {
  const bool contains = signature.function == Function::kContains;
  const bool start = signature.function == Function::kStartsWith;
  if (!contains && !start && signature.function != Function::kEndsWith) return;
  const Node& literal = node.children[1];
  if (!is_solid(literal)) return;
  const Type& subject = types[0];
  const auto element = subject.element();
  if (contains && element && subject.is(TypeKind::kList)) {
    if (can_be_equal(*element, types[1], true)) {
      return check_literal(node, literal, *element, Claim::kNeverTrue);
    }
    problem(ProblemKind::kType, node, Claim::kNeverTrue, literal.range,
            fmt::format("{} never contains {}", with_article(subject), with_article(types[1])));
    return;
  }
  const auto alternatives = subject.alternatives();
  if (!std::all_of(alternatives.begin(), alternatives.end(),
                   [](const Type& type) { return type.is_text(); })) {
    return;
  }
  if (!is_text_literal(literal)) {
    problem(ProblemKind::kType, node, Claim::kFails, literal.range,
            fmt::format("{}() looks for text in text, not for {}: the CLI stops with an error",
                        signature.name, with_article(types[1])));
    return;
  }
  const auto values = subject.enum_values();
  const std::string_view part = as_view(literal.literal.get_string());
  const auto has = [&](const std::string& value) {
    if (contains) return value.find(part) != std::string::npos;
    return start ? value.starts_with(part) : value.ends_with(part);
  };
  if (values.empty() || std::any_of(values.begin(), values.end(), has)) return;
  problem(ProblemKind::kEnumLiteral, node, Claim::kNeverTrue, literal.range,
          fmt::format("none of the values that the model lists {} '{}'",
                      contains ? "contains"
                      : start  ? "begins with"
                               : "ends with",
                      part));
}

Type Inferrer::result(const Signature& signature, const std::vector<Type>& types) {
  switch (signature.function) {
    case Function::kAbs:
    case Function::kAvg:
    case Function::kCeil:
    case Function::kFloor:
    case Function::kLength:
    case Function::kSum:
    case Function::kToNumber:
      return Type(TypeKind::kNumber);
    case Function::kContains:
    case Function::kEndsWith:
    case Function::kStartsWith:
      return Type(TypeKind::kBoolean);
    case Function::kJoin:
    case Function::kToString:
      return Type(TypeKind::kString);
    case Function::kType:
      return Type::text_of({"string", "boolean", "array", "object", "number", "null"});
    case Function::kKeys:
      return Type::list(Type(TypeKind::kString));
    case Function::kValues:
      return Type::list(types[0].value().value_or(Type()));
    case Function::kMerge:
      return merged_type(types);
    case Function::kNotNull:
      return Type::either(types);
    default:
      return result_of_list(signature, types);
  }
}

Type Inferrer::result_of_list(const Signature& signature, const std::vector<Type>& types) {
  const Type element = types[list_place(signature)].element().value_or(Type());
  switch (signature.function) {
    case Function::kMap:
      return Type::list(types[0]);
    case Function::kSort:
    case Function::kSortBy:
      return Type::list(element);
    case Function::kReverse: {
      std::vector<Type> kept;
      for (const Type& type : types[0].alternatives()) {
        const bool list = type.is(TypeKind::kList);
        kept.push_back(list ? Type::list(*type.element())
                            : Type(type.is_any() ? TypeKind::kAny : TypeKind::kString));
      }
      return Type::either(std::move(kept));
    }
    case Function::kToArray: {
      std::vector<Type> lists;
      for (const Type& type : types[0].alternatives()) {
        lists.push_back(type.is(TypeKind::kList) || type.is_any() ? type : Type::list(type));
      }
      return Type::either(std::move(lists));
    }
    default:  // max, max_by, min, min_by
      return element;
  }
}

}  // namespace seatrial::jmespath
