// The jmespath library as a filter, so that Python's package can be its oracle: one JSON request a
// line on stdin, one JSON answer a line on stdout. Documents and results travel as JSON text within
// a string, so that each side reads and writes them in its own way.
// "infer" holds what inference says of a query over an operation's output against evaluations of
// it. The other half: tests/oracle/test_jmespath.py, test_jmespath_types.py.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <set>
#include <string>

#include "base/check.h"
#include "base/value.h"
#include "jmespath/cli_output.h"
#include "jmespath/evaluate.h"
#include "jmespath/infer.h"
#include "jmespath/parser.h"
#include "jmespath/python_json.h"

namespace seatrial {
namespace {

std::string_view error_name(jmespath::EvaluateError::Kind kind) {
  constexpr std::string_view kNames[] = {"function", "arity", "type", "value", "limit"};
  return kNames[std::size_t(kind)];
}

Object error_of(std::string_view name, jmespath::Range range, std::string_view message) {
  return {{"error", name}, {"begin", range.begin}, {"end", range.end}, {"message", message}};
}

Object search(const Value& in) {
  const auto expression = jmespath::parse(text_member(in, "expression"));
  if (!expression) {
    return error_of("syntax", expression.error().range, expression.error().message);
  }
  const auto document = jmespath::parse_python_json(text_member(in, "document"));
  ST_CHECK(document.has_value(), "a document that is no JSON");
  const auto result = jmespath::evaluate(*expression, *document);
  if (!result) {
    const auto& error = result.error();
    return error_of(error_name(error.kind), error.range, error.message);
  }
  return {{"result", jmespath::to_python_json(*result)}};
}

using jmespath::Claim;
using jmespath::Outcome;
using jmespath::Type;
using jmespath::TypeKind;

// Whether an outcome of the claim's node leaves the claim true.
bool allows(Claim claim, Outcome outcome) {
  if (outcome == Outcome::kFailed) return true;
  switch (claim) {
    case Claim::kAlwaysNull:
      return outcome == Outcome::kNull;
    case Claim::kNeverTrue:
      return outcome != Outcome::kTrue;
    case Claim::kNeverFalse:
      return outcome != Outcome::kFalse;
    case Claim::kFails:
      return false;
    case Claim::kFailsUnlessEmpty:
      return outcome == Outcome::kNull || outcome == Outcome::kNothing;
    case Claim::kNone:
      return true;
  }
  return false;
}

bool conforms(const Type& type, const Value& value);

bool conforms_list(const Type& type, const Array& array) {
  const auto* items = type.items();
  for (std::size_t i = 0; i < array.size(); ++i) {
    const bool known = items != nullptr && i < items->size();
    if (!conforms(known ? (*items)[i] : *type.element(), array[i])) return false;
  }
  return true;
}

bool conforms_object(const Type& type, const Object& object) {
  return std::all_of(object.begin(), object.end(), [&](const auto& member) {
    const auto field = type.field({member.key().data(), member.key().size()});
    return field && conforms(*field, member.value());
  });
}

bool conforms_one(const Type& type, const Value& value) {
  if (type.is_any() || value.is_null()) return true;
  if (type.is(TypeKind::kBoolean)) return value.is_bool();
  if (type.is(TypeKind::kNumber)) return value.is_number();
  if (type.is(TypeKind::kList)) return value.is_array() && conforms_list(type, value.get_array());
  if (type.is_object()) return value.is_object() && conforms_object(type, value.get_object());
  if (!type.is_text() || !value.is_string()) return false;
  const auto values = type.enum_values();
  return values.empty() ||
         std::find(values.begin(), values.end(), as_view(value.get_string())) != values.end();
}

bool conforms(const Type& type, const Value& value) {
  const auto alternatives = type.alternatives();
  return std::any_of(alternatives.begin(), alternatives.end(),
                     [&](const Type& one) { return conforms_one(one, value); });
}

Object told(const jmespath::Problem& problem) {
  constexpr std::string_view kKinds[] = {"syntax", "field", "type", "enum_literal"};
  return {{"kind", kKinds[std::size_t(problem.kind)]},
          {"begin", problem.range.begin},
          {"end", problem.range.end},
          {"message", problem.message},
          {"suggestion", problem.suggestion}};
}

Type type_asked(const Value& in) {
  const auto service = model::find_service(text_member(in, "service"));
  ST_CHECK(service.has_value(), "a service that the pack has not");
  const auto operation = service->find_operation(text_member(in, "operation"));
  ST_CHECK(operation.has_value(), "an operation that the pack has not");
  return jmespath::type_of_output(*operation);
}

// Problems, those that a document disproves, and results that the inferred type excludes.
Object infer(const Value& in) {
  const auto expression = jmespath::parse(text_member(in, "expression"));
  if (!expression) {
    return {
        {"problems", Array{Object{{"kind", "syntax"}}}}, {"untrue", Array{}}, {"unfit", Array{}}};
  }
  const Type type = type_asked(in);
  const auto inference = jmespath::infer(*expression, type);
  std::map<const jmespath::Node*, std::set<Outcome>> seen;
  jmespath::EvaluateOptions options;
  options.observer = [&](const jmespath::Node& node, Outcome outcome) {
    seen[&node].insert(outcome);
  };
  Array unfit, untrue, problems;
  const auto documents = jmespath::parse_python_json(text_member(in, "documents"));
  for (const Value& document : documents->as_array()) {
    ST_CHECK(conforms(type, document), "an output that its own type excludes");
    const auto result = jmespath::evaluate(*expression, document, options);
    if (result && !conforms(inference.type, *result)) {
      unfit.push_back(Object{{"type", inference.type.name()}, {"result", *result}});
    }
  }
  for (const auto& problem : inference.problems) {
    problems.push_back(told(problem));
    const auto& outcomes = seen[problem.node];
    if (!std::all_of(outcomes.begin(), outcomes.end(),
                     [&](Outcome outcome) { return allows(problem.claim, outcome); })) {
      untrue.push_back(told(problem));
    }
  }
  return {{"problems", problems},
          {"untrue", untrue},
          {"unfit", unfit},
          {"type", inference.type.name()}};
}

Object answer(const Value& in) {
  if (text_member(in, "do") == "infer") return infer(in);
  ST_CHECK(text_member(in, "do") == "search", "unknown request of the test");
  return search(in);
}

}  // namespace
}  // namespace seatrial

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    const auto in = seatrial::parse_json(line);
    ST_CHECK(in.has_value(), "a line that is no JSON");
    std::cout << seatrial::to_json(seatrial::answer(*in)) << '\n';
  }
  return 0;
}
