// The CloudFormation template engine: text to template, parameters, conditions, dependency graph,
// intrinsic functions and the difference of two states. Pure: the room gives it what exists
// (physical ids, attributes, exports) as callbacks and carries out what it decides.
//
// Stages, each usable alone and each failing with ValidationError in AWS's words:
//   parse_text        YAML or JSON text to one value, short forms written out
//   load_template     the value to a Template, checked as far as it can be without parameters
//   resolve_parameters, instantiate   which resources exist, in what order
//   evaluate          properties and outputs with the functions carried out
//   diff              what changes between two evaluated states, and what must be replaced
// The other half: services/cloudformation/ (stack state machine, resource handlers).
#pragma once
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/value.h"
#include "model/aws_error.h"

namespace seatrial::decide {

using model::Outcome;

inline constexpr std::size_t kMaxTemplateBytes = 1'000'000;
inline constexpr int kMaxTemplateNesting = 64;
inline constexpr std::size_t kMaxTemplateNodes = 200'000;
inline constexpr std::size_t kMaxParameters = 200;
inline constexpr std::size_t kMaxResources = 500;
inline constexpr std::size_t kMaxOutputs = 200;
inline constexpr std::size_t kMaxMappings = 200;
inline constexpr std::size_t kMaxParameterBytes = 4096;

struct Parameter {
  std::string name;
  std::string type;  // "String", "List<Number>", "AWS::SSM::Parameter::Value<String>", ...
  std::optional<std::string> default_value;
  std::vector<std::string> allowed_values;
  std::optional<std::string> allowed_pattern;
  std::optional<std::int64_t> min_length, max_length;
  std::optional<double> min_value, max_value;
  std::string description, constraint_description;
  bool no_echo = false;
};

struct Resource {
  std::string logical_id;
  std::string type;
  Value properties = Object{};
  std::vector<std::string> depends_on;
  std::string condition;  // empty: always
  std::string deletion_policy = "Delete";
  std::string update_replace_policy = "Delete";
  Value metadata;  // null: none
};

struct Output {
  std::string name;
  std::string description;
  std::string condition;
  Value value;
  Value export_name;  // null: not exported
};

struct Template {
  std::string description;
  Value metadata;
  std::vector<Parameter> parameters;
  Value mappings = Object{};
  Value conditions = Object{};
  std::vector<Resource> resources;
  std::vector<Output> outputs;

  const Parameter* find_parameter(std::string_view name) const;
  const Resource* find_resource(std::string_view logical_id) const;
};

// YAML 1.1 (short forms, no aliases) or JSON to one object. Numbers and booleans keep their type;
// dates, version numbers in quotes and all keys are strings.
Outcome<Value> parse_text(std::string_view text);

// `known_types`: the resource types the caller can create; others are refused by name.
Outcome<Template> load_template(const Value& raw, const std::set<std::string>& known_types);

// IAM capabilities the template's resources demand: empty, CAPABILITY_IAM or, when a resource is
// given a name of its own, CAPABILITY_NAMED_IAM. `resource_types` receives the types that ask.
std::optional<std::string> required_capability(const Template& t,
                                               std::vector<std::string>* resource_types = nullptr);

// A parameter's value: a string, or an array of strings for list types.
struct ParameterValue {
  Value value;
  std::string text;  // as given or defaulted: for the SSM types the SSM parameter's name
  bool from_ssm = false;
  bool no_echo = false;
};
using ParameterValues = std::map<std::string, ParameterValue>;

// The value of an SSM parameter, or the error to answer.
using SsmLookup = std::function<Outcome<std::string>(const std::string& name)>;

Outcome<ParameterValues> resolve_parameters(const Template& t,
                                            const std::map<std::string, std::string>& given,
                                            const SsmLookup& ssm);

struct Pseudo {
  std::string region, account_id, stack_name, stack_id;
  std::string partition = "aws";
  std::string url_suffix = "amazonaws.com";
  std::vector<std::string> notification_arns;
};

// What evaluation sees. The callbacks may be empty where nothing can ask for them (conditions).
struct Scope {
  const Template* declared = nullptr;
  ParameterValues parameters;
  Pseudo pseudo;
  std::map<std::string, bool> conditions;
  std::function<Outcome<Value>(const std::string& logical_id)> ref;
  std::function<Outcome<Value>(const std::string& logical_id, const std::string& attribute)>
      get_att;
  std::function<Outcome<Value>(const std::string& export_name)> import_value;
  std::function<std::vector<std::string>(const std::string& region)> zones;
};

// Evaluates every condition into scope.conditions.
Outcome<void> evaluate_conditions(Scope& scope);

// The value with all functions carried out; empty when it is AWS::NoValue. Members and elements
// that are AWS::NoValue are left out.
Outcome<std::optional<Value>> evaluate(const Value& value, const Scope& scope);

// A value that is not known before its resource exists. Functions of unknown values are unknown.
std::string unknown_value(std::string_view logical_id, std::string_view attribute);
bool is_unknown(const Value& v);

// What a value refers to: resources and parameters by Ref, Fn::GetAtt and Fn::Sub.
struct Reference {
  std::string name;
  std::string attribute;  // empty: Ref
  bool from_sub = false;
};
std::vector<Reference> collect_references(const Value& v);

struct ActiveResource {
  const Resource* declared = nullptr;
  Value properties;                     // Fn::If replaced by the branch taken
  std::vector<std::string> depends_on;  // logical ids, declared and implied, sorted, active ones
};

struct Instance {
  std::vector<ActiveResource> resources;  // each after those it depends on; else template order
  const ActiveResource* find(std::string_view logical_id) const;
};

// The resources whose conditions hold, in an order to create them. scope.conditions is filled in.
Outcome<Instance> instantiate(const Template& t, Scope& scope);

struct OutputValue {
  std::string name, description, value, export_name;
};
Outcome<std::vector<OutputValue>> evaluate_outputs(const Template& t, const Scope& scope);

// Dynamic references in strings, "{{resolve:service:reference}}", replaced by what `lookup` gives.
using DynamicLookup =
    std::function<Outcome<std::string>(const std::string& service, const std::string& reference)>;
Outcome<Value> resolve_dynamic(const Value& v, const DynamicLookup& lookup);

enum class Replacement { kFalse, kConditional, kTrue };

// What an update of this property does to a resource of this type.
Replacement replacement_of(std::string_view type, std::string_view property);

struct EvaluatedResource {
  std::string logical_id, type;
  Value properties = Object{};
};

struct PropertyChange {
  std::string name;
  Replacement requires_recreation = Replacement::kFalse;
};

struct ResourceChange {
  enum class Action { kAdd, kModify, kRemove };
  Action action = Action::kAdd;
  std::string logical_id, type;
  Replacement replacement = Replacement::kFalse;
  std::vector<PropertyChange> properties;
};

// The top-level properties that differ.
std::vector<PropertyChange> diff_properties(std::string_view type, const Value& before,
                                            const Value& after);
// Additions and modifications in the order of `after`, then removals in reverse order of `before`.
Outcome<std::vector<ResourceChange>> diff(const std::vector<EvaluatedResource>& before,
                                          const std::vector<EvaluatedResource>& after);

}  // namespace seatrial::decide
