// The intrinsic functions. Each is one small function over already evaluated arguments; Fn::If,
// Fn::Sub and Ref see the scope. A value of a resource that does not exist yet is a marker, and
// whatever is computed from one is a marker too, so that a change set can be planned.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
#include "base/encoding.h"
#include "decide/template/cidr.h"
#include "decide/template/references.h"
#include "decide/template/scalars.h"
#include "decide/template/template.h"

namespace seatrial::decide {
namespace {

using Evaluated = Outcome<std::optional<Value>>;

constexpr std::string_view kUnknownPrefix = "{{known after apply: ";

class Evaluator {
 public:
  explicit Evaluator(const Scope& scope) : scope_(scope) {}

  Evaluated value(const Value& v) {
    if (const auto call = function_call(v)) return function(*call);
    if (const auto* object = v.if_object()) return members(*object);
    if (const auto* array = v.if_array()) return elements(*array);
    return std::optional<Value>(v);
  }

  // A value that must be there: AWS::NoValue is an error where only a value makes sense.
  Outcome<Value> required(const Value& v, std::string_view function) {
    auto evaluated = value(v);
    if (!evaluated) return std::unexpected(evaluated.error());
    if (!*evaluated)
      return invalid(fmt::format("Template error: {} cannot take AWS::NoValue", function));
    return std::move(**evaluated);
  }

 private:
  Evaluated members(const Object& object) {
    Object out;
    for (const auto& member : object) {
      auto evaluated = value(member.value());
      if (!evaluated) return evaluated;
      if (*evaluated) out[member.key()] = std::move(**evaluated);
    }
    return std::optional<Value>(std::move(out));
  }

  Evaluated elements(const Array& array) {
    Array out;
    for (const auto& element : array) {
      auto evaluated = value(element);
      if (!evaluated) return evaluated;
      if (*evaluated) out.push_back(std::move(**evaluated));
    }
    return std::optional<Value>(std::move(out));
  }

  Evaluated function(const FunctionCall& call) {
    if (call.name == "Ref") return ref(std::string(as_view(call.argument->get_string())));
    if (call.name == "Fn::If") return branch(*call.argument);
    Outcome<Value> result = plain_function(call);
    if (!result) return std::unexpected(result.error());
    return std::optional<Value>(std::move(*result));
  }

  Outcome<Value> plain_function(const FunctionCall& call) {
    using Method = Outcome<Value> (Evaluator::*)(const Value&);
    static const std::map<std::string_view, Method> kFunctions = {
        {"Fn::GetAtt", &Evaluator::get_att},   {"Fn::Sub", &Evaluator::sub},
        {"Fn::Join", &Evaluator::join},        {"Fn::Select", &Evaluator::select},
        {"Fn::Split", &Evaluator::split},      {"Fn::FindInMap", &Evaluator::find_in_map},
        {"Fn::Base64", &Evaluator::base64},    {"Fn::Cidr", &Evaluator::cidr},
        {"Fn::GetAZs", &Evaluator::zones},     {"Fn::ImportValue", &Evaluator::import_value},
        {"Fn::Equals", &Evaluator::condition}, {"Fn::Not", &Evaluator::condition},
        {"Fn::And", &Evaluator::condition},    {"Fn::Or", &Evaluator::condition}};
    const auto found = kFunctions.find(call.name);
    if (found == kFunctions.end())
      return invalid(fmt::format(
          "Template error: the function {} is not supported by this implementation", call.name));
    return (this->*found->second)(*call.argument);
  }

  Evaluated ref(const std::string& name) {
    if (name == "AWS::NoValue") return std::optional<Value>();
    if (is_pseudo_parameter(name)) return std::optional<Value>(pseudo(name));
    if (const auto found = scope_.parameters.find(name); found != scope_.parameters.end())
      return std::optional<Value>(found->second.value);
    if (!scope_.ref || scope_.declared == nullptr ||
        scope_.declared->find_resource(name) == nullptr)
      return invalid(
          fmt::format("Template format error: Unresolved resource dependencies [{}] in the "
                      "Resources block of the template",
                      name));
    auto physical = scope_.ref(name);
    if (!physical) return std::unexpected(physical.error());
    return std::optional<Value>(std::move(*physical));
  }

  Value pseudo(std::string_view name) {
    const Pseudo& p = scope_.pseudo;
    if (name == "AWS::Region") return Value(p.region);
    if (name == "AWS::AccountId") return Value(p.account_id);
    if (name == "AWS::StackName") return Value(p.stack_name);
    if (name == "AWS::StackId") return Value(p.stack_id);
    if (name == "AWS::Partition") return Value(p.partition);
    if (name == "AWS::URLSuffix") return Value(p.url_suffix);
    Array arns;
    for (const std::string& arn : p.notification_arns) arns.emplace_back(arn);
    return arns;
  }

  Evaluated branch(const Value& argument) {
    const auto* parts = argument.if_array();
    if (parts == nullptr || parts->size() != 3 || !(*parts)[0].is_string())
      return invalid("Template error: Fn::If requires a list argument with three elements");
    const auto held = scope_.conditions.find(std::string(as_view((*parts)[0].get_string())));
    if (held == scope_.conditions.end())
      return invalid(fmt::format("Template error: unresolved condition {}",
                                 as_view((*parts)[0].get_string())));
    return value((*parts)[held->second ? 1 : 2]);
  }

  Outcome<Value> get_att(const Value& argument) {
    auto target = get_att_target(argument);
    if (!target) return std::unexpected(target.error());
    auto attribute = text(target->attribute, "Fn::GetAtt");
    if (!attribute) return std::unexpected(attribute.error());
    return attribute_of(target->logical_id, *attribute);
  }

  Outcome<Value> attribute_of(const std::string& logical_id, const std::string& attribute) {
    if (!scope_.get_att || scope_.declared == nullptr ||
        scope_.declared->find_resource(logical_id) == nullptr)
      return invalid(fmt::format(
          "Template error: instance of Fn::GetAtt references undefined resource {}", logical_id));
    return scope_.get_att(logical_id, attribute);
  }

  Outcome<std::string> text(const Value& v, std::string_view function) {
    auto evaluated = required(v, function);
    if (!evaluated) return std::unexpected(evaluated.error());
    auto out = scalar_text(*evaluated);
    if (!out)
      return invalid(
          fmt::format("Template error: every {} argument must be a string here", function));
    return *out;
  }

  Outcome<Value> sub(const Value& argument) {
    const auto* pair = argument.if_array();
    const Value& pattern = pair != nullptr && !pair->empty() ? pair->front() : argument;
    const Object* own = pair != nullptr && pair->size() == 2 ? (*pair)[1].if_object() : nullptr;
    if (!pattern.is_string())
      return invalid("Template error: Fn::Sub takes a string as first argument");
    auto pieces = split_sub(as_view(pattern.get_string()));
    if (!pieces) return std::unexpected(pieces.error());
    std::string out;
    for (const SubPiece& piece : *pieces) {
      if (!piece.variable) {
        out += piece.text;
        continue;
      }
      const Value* mapped = own == nullptr ? nullptr : own->if_contains(piece.text);
      auto replaced = mapped != nullptr ? required(*mapped, "Fn::Sub") : sub_variable(piece.text);
      if (!replaced) return replaced;
      if (is_unknown(*replaced)) return replaced;
      const auto as_text = scalar_text(*replaced);
      if (!as_text)
        return invalid(fmt::format("Template error: Fn::Sub variable {} must resolve to a string",
                                   piece.text));
      out += *as_text;
    }
    return Value(out);
  }

  Outcome<Value> sub_variable(const std::string& name) {
    const auto dot = name.find('.');
    if (dot != std::string::npos) return attribute_of(name.substr(0, dot), name.substr(dot + 1));
    auto referred = ref(name);
    if (!referred) return std::unexpected(referred.error());
    return *referred ? **referred : Value("");
  }

  Outcome<Array> list(const Value& v, std::string_view function, std::string_view usage) {
    auto evaluated = required(v, function);
    if (!evaluated) return std::unexpected(evaluated.error());
    if (is_unknown(*evaluated)) return Array{*evaluated};
    if (!evaluated->is_array()) return invalid(std::string(usage));
    return std::move(evaluated->get_array());
  }

  Outcome<Value> join(const Value& argument) {
    constexpr std::string_view kUsage =
        "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and "
        "(2) a "
        "list of strings to be joined or a function that returns a list of strings (such as "
        "Fn::GetAZs) "
        "to be joined.";
    const auto* pair = argument.if_array();
    if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_string())
      return invalid(std::string(kUsage));
    auto parts = list((*pair)[1], "Fn::Join", kUsage);
    if (!parts) return std::unexpected(parts.error());
    std::string out;
    for (std::size_t i = 0; i < parts->size(); ++i) {
      if (is_unknown((*parts)[i])) return (*parts)[i];
      const auto part = scalar_text((*parts)[i]);
      if (!part) return invalid(std::string(kUsage));
      if (i > 0) out += as_view((*pair)[0].get_string());
      out += *part;
    }
    return Value(out);
  }

  Outcome<Value> select(const Value& argument) {
    constexpr std::string_view kUsage =
        "Template error: Fn::Select requires a list argument with two elements: an integer index "
        "and a list";
    const auto* pair = argument.if_array();
    if (pair == nullptr || pair->size() != 2) return invalid(std::string(kUsage));
    auto index = text((*pair)[0], "Fn::Select");
    if (!index) return std::unexpected(index.error());
    auto choices = required((*pair)[1], "Fn::Select");
    if (!choices || is_unknown(*choices)) return choices;
    std::size_t at = 0;
    const auto [end, ec] = std::from_chars(index->data(), index->data() + index->size(), at);
    if (ec != std::errc{} || end != index->data() + index->size() || !choices->is_array())
      return invalid(std::string(kUsage));
    if (at >= choices->get_array().size())
      return invalid(fmt::format(
          "Template error: Fn::Select cannot select nonexistent value at index {}", *index));
    return choices->get_array()[at];
  }

  Outcome<Value> split(const Value& argument) {
    constexpr std::string_view kUsage =
        "Template error: every Fn::Split object requires two parameters, (1) a string delimiter "
        "and (2) a "
        "string to be split or a function that returns a string to be split.";
    const auto* pair = argument.if_array();
    if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_string() ||
        (*pair)[0].get_string().empty())
      return invalid(std::string(kUsage));
    auto source = required((*pair)[1], "Fn::Split");
    if (!source || is_unknown(*source)) return source;
    const auto whole = scalar_text(*source);
    if (!whole) return invalid(std::string(kUsage));
    const std::string_view delimiter = as_view((*pair)[0].get_string());
    Array parts;
    std::string_view rest = *whole;
    for (auto at = rest.find(delimiter); at != std::string_view::npos; at = rest.find(delimiter)) {
      parts.emplace_back(rest.substr(0, at));
      rest.remove_prefix(at + delimiter.size());
    }
    parts.emplace_back(rest);
    return Value(std::move(parts));
  }

  Outcome<Value> find_in_map(const Value& argument) {
    const auto* keys = argument.if_array();
    if (keys == nullptr || keys->size() != 3)
      return invalid(
          "Template error: every Fn::FindInMap object requires three parameters, the map name, "
          "map key and the attribute for return value");
    std::string path[3];
    const Value* at = scope_.declared == nullptr ? nullptr : &scope_.declared->mappings;
    for (int i = 0; i < 3; ++i) {
      auto key = text((*keys)[i], "Fn::FindInMap");
      if (!key) return std::unexpected(key.error());
      path[i] = *key;
      at = at == nullptr ? nullptr : find_member(*at, *key);
      if (i == 0 && at == nullptr)
        return invalid(
            fmt::format("Template error: Mapping named '{}' is not present in the 'Mappings' "
                        "section of template.",
                        *key));
    }
    if (at == nullptr)
      return invalid(fmt::format("Template error: Unable to get mapping for {}::{}::{}", path[0],
                                 path[1], path[2]));
    return *at;
  }

  Outcome<Value> base64(const Value& argument) {
    auto source = required(argument, "Fn::Base64");
    if (!source || is_unknown(*source)) return source;
    const auto whole = scalar_text(*source);
    if (!whole)
      return invalid("Template error: every Fn::Base64 object must have a String-typed value.");
    return Value(base64_encode(*whole));
  }

  Outcome<Value> cidr(const Value& argument) {
    const auto* parts = argument.if_array();
    if (parts == nullptr || parts->size() < 2 || parts->size() > 3)
      return invalid(
          "Template error: every Fn::Cidr object requires an IP block, a count and optionally "
          "the number of subnet bits");
    auto block = required((*parts)[0], "Fn::Cidr");
    if (!block || is_unknown(*block)) return block;
    auto count = text((*parts)[1], "Fn::Cidr");
    auto bits = parts->size() == 3 ? text((*parts)[2], "Fn::Cidr") : Outcome<std::string>("8");
    if (!count || !bits) return std::unexpected(!count ? count.error() : bits.error());
    auto blocks = split_cidr(scalar_text(*block).value_or(""), *count, *bits);
    if (!blocks) return std::unexpected(blocks.error());
    Array out;
    for (const std::string& one : *blocks) out.emplace_back(one);
    return Value(std::move(out));
  }

  Outcome<Value> zones(const Value& argument) {
    auto region = text(argument, "Fn::GetAZs");
    if (!region) return std::unexpected(region.error());
    if (!scope_.zones) return invalid("Template error: Fn::GetAZs cannot be used here");
    Array out;
    for (const auto& zone : scope_.zones(region->empty() ? scope_.pseudo.region : *region))
      out.emplace_back(zone);
    return Value(std::move(out));
  }

  Outcome<Value> import_value(const Value& argument) {
    auto name = text(argument, "Fn::ImportValue");
    if (!name) return std::unexpected(name.error());
    if (!scope_.import_value) return invalid("Template error: Fn::ImportValue cannot be used here");
    return scope_.import_value(*name);
  }

  Outcome<Value> condition(const Value&) {
    return invalid("Template error: condition functions can only be used in the Conditions block");
  }

  const Scope& scope_;
};

// ---- conditions

class ConditionEvaluator {
 public:
  explicit ConditionEvaluator(Scope& scope) : scope_(scope) {}

  Outcome<bool> named(const std::string& name) {
    if (const auto known = scope_.conditions.find(name); known != scope_.conditions.end())
      return known->second;
    const Value* body = find_member(scope_.declared->conditions, name);
    if (body == nullptr)
      return invalid(
          fmt::format("Template format error: Unresolved condition dependency {} in the Conditions "
                      "block of the template",
                      name));
    if (!open_.insert(name).second)
      return invalid(fmt::format("Template error: Circular dependency between conditions: [{}]",
                                 fmt::join(open_, ", ")));
    auto held = body_holds(*body);
    open_.erase(name);
    if (held) scope_.conditions[name] = *held;
    return held;
  }

 private:
  Outcome<bool> body_holds(const Value& v) {
    const auto* object = v.if_object();
    if (object != nullptr && object->size() == 1) {
      const auto& member = *object->begin();
      const std::string_view name = name_of(member);
      if (name == "Condition" && member.value().is_string())
        return named(std::string(as_view(member.value().get_string())));
      const auto* parts = member.value().if_array();
      if (parts != nullptr && name == "Fn::Equals" && parts->size() == 2)
        return equal((*parts)[0], (*parts)[1]);
      if (parts != nullptr && name == "Fn::Not" && parts->size() == 1) {
        auto held = body_holds((*parts)[0]);
        return held ? Outcome<bool>(!*held) : held;
      }
      if (parts != nullptr && (name == "Fn::And" || name == "Fn::Or"))
        return several(*parts, name == "Fn::And");
    }
    return invalid(
        "Template error: every Conditions member must be one of Fn::Equals, Fn::Not, Fn::And, "
        "Fn::Or "
        "or Condition with the right number of arguments");
  }

  Outcome<bool> several(const Array& parts, bool all) {
    if (parts.size() < 2 || parts.size() > 10)
      return invalid(
          "Template error: every Fn::And and Fn::Or object requires a list of 2 to 10 conditions");
    bool result = all;
    for (const Value& part : parts) {
      auto held = body_holds(part);
      if (!held) return held;
      result = all ? result && *held : result || *held;
    }
    return result;
  }

  Outcome<bool> equal(const Value& a, const Value& b) {
    Evaluator evaluator(scope_);
    auto left = evaluator.required(a, "Fn::Equals");
    if (!left) return std::unexpected(left.error());
    auto right = evaluator.required(b, "Fn::Equals");
    if (!right) return std::unexpected(right.error());
    const auto left_text = scalar_text(*left), right_text = scalar_text(*right);
    return left_text && right_text ? *left_text == *right_text : *left == *right;
  }

  Scope& scope_;
  std::set<std::string> open_;
};

Outcome<Value> resolve_string(std::string_view text, const DynamicLookup& lookup) {
  constexpr std::string_view kOpen = "{{resolve:";
  std::string out;
  for (auto at = text.find(kOpen); at != std::string_view::npos; at = text.find(kOpen)) {
    const auto close = text.find("}}", at);
    if (close == std::string_view::npos) break;
    out += text.substr(0, at);
    const std::string_view inside = text.substr(at + kOpen.size(), close - at - kOpen.size());
    const auto colon = inside.find(':');
    if (colon == std::string_view::npos)
      return invalid(
          fmt::format("Incorrect format is used in the following SSM reference: [{}]", inside));
    auto found =
        lookup(std::string(inside.substr(0, colon)), std::string(inside.substr(colon + 1)));
    if (!found) return std::unexpected(found.error());
    out += *found;
    text.remove_prefix(close + 2);
  }
  out += text;
  return Value(out);
}

}  // namespace

Outcome<void> evaluate_conditions(Scope& scope) {
  ConditionEvaluator evaluator(scope);
  for (const auto& member : scope.declared->conditions.get_object())
    if (auto held = evaluator.named(std::string(name_of(member))); !held)
      return std::unexpected(held.error());
  return {};
}

Outcome<std::optional<Value>> evaluate(const Value& value, const Scope& scope) {
  return Evaluator(scope).value(value);
}

std::string unknown_value(std::string_view logical_id, std::string_view attribute) {
  return fmt::format("{}{}{}{}}}}}", kUnknownPrefix, logical_id, attribute.empty() ? "" : ".",
                     attribute);
}

bool is_unknown(const Value& v) {
  return v.is_string() && as_view(v.get_string()).starts_with(kUnknownPrefix);
}

Outcome<Value> resolve_dynamic(const Value& v, const DynamicLookup& lookup) {
  if (v.is_string()) return resolve_string(as_view(v.get_string()), lookup);
  if (const auto* array = v.if_array()) {
    Array out;
    for (const Value& element : *array) {
      auto resolved = resolve_dynamic(element, lookup);
      if (!resolved) return resolved;
      out.push_back(std::move(*resolved));
    }
    return Value(std::move(out));
  }
  const auto* object = v.if_object();
  if (object == nullptr) return v;
  Object out;
  for (const auto& member : *object) {
    auto resolved = resolve_dynamic(member.value(), lookup);
    if (!resolved) return resolved;
    out[member.key()] = std::move(*resolved);
  }
  return Value(std::move(out));
}

}  // namespace seatrial::decide
