// The parsed value to a Template: every section's shape, names and references are checked here, so
// that later stages may rely on them. Sections this engine does not carry out (Transform, Rules,
// Hooks) are refused, never skipped.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
#include <array>

#include "decide/template/references.h"
#include "decide/template/scalars.h"
#include "decide/template/template.h"

namespace seatrial::decide {
namespace {

using Checked = Outcome<void>;

std::unexpected<model::AwsError> format_error(const std::string& what) {
  return invalid("Template format error: " + what);
}

std::string join(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

bool alphanumeric(std::string_view name) {
  return !name.empty() && name.size() <= 255 &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0; });
}

const Object& section(const Value& raw, std::string_view name) {
  static const Object kEmpty;
  const Value* found = find_member(raw, name);
  return found == nullptr ? kEmpty : found->get_object();
}

Checked check_sections(const Value& raw) {
  static constexpr std::array kKnown = {"AWSTemplateFormatVersion",
                                        "Description",
                                        "Metadata",
                                        "Parameters",
                                        "Mappings",
                                        "Conditions",
                                        "Resources",
                                        "Outputs"};
  std::vector<std::string> unknown;
  for (const auto& member : raw.get_object()) {
    const auto name = name_of(member);
    if (name == "Transform" || name == "Rules" || name == "Hooks")
      return format_error(
          fmt::format("the section '{}' is not supported by this implementation", name));
    if (std::find(kKnown.begin(), kKnown.end(), name) == kKnown.end()) unknown.emplace_back(name);
  }
  if (!unknown.empty())
    return invalid(fmt::format("Invalid template property or properties [{}]", join(unknown)));
  for (std::size_t i = 2; i < kKnown.size(); ++i) {
    const Value* found = find_member(raw, kKnown[i]);
    if (found != nullptr && !found->is_object())
      return format_error(fmt::format("[/{}] must be an object", kKnown[i]));
  }
  const Value* version = find_member(raw, "AWSTemplateFormatVersion");
  if (version != nullptr && *version != Value("2010-09-09"))
    return format_error("Unsupported AWSTemplateFormatVersion. Valid values are: [2010-09-09]");
  const Value* description = find_member(raw, "Description");
  if (description != nullptr &&
      (!description->is_string() || description->get_string().size() > 1024))
    return format_error("Description must be a string of at most 1024 bytes");
  return {};
}

Checked check_count(const Object& object, std::size_t limit, std::string_view what) {
  if (object.size() <= limit) return {};
  return format_error(fmt::format("Number of {}, {}, is greater than maximum allowed, {}", what,
                                  object.size(), limit));
}

Checked check_members(std::string_view where, const Object& object,
                      std::initializer_list<std::string_view> known, std::string_view what) {
  for (const auto& member : object)
    if (std::find(known.begin(), known.end(), name_of(member)) == known.end())
      return format_error(
          fmt::format("[{}] Invalid template {} property '{}'", where, what, name_of(member)));
  return {};
}

bool is_simple_type(std::string_view type) {
  static constexpr std::array kTypes = {"String",
                                        "Number",
                                        "List<Number>",
                                        "List<String>",
                                        "CommaDelimitedList",
                                        "AWS::SSM::Parameter::Name",
                                        "AWS::EC2::AvailabilityZone::Name",
                                        "AWS::EC2::Image::Id",
                                        "AWS::EC2::Instance::Id",
                                        "AWS::EC2::KeyPair::KeyName",
                                        "AWS::EC2::SecurityGroup::GroupName",
                                        "AWS::EC2::SecurityGroup::Id",
                                        "AWS::EC2::Subnet::Id",
                                        "AWS::EC2::Volume::Id",
                                        "AWS::EC2::VPC::Id",
                                        "AWS::Route53::HostedZone::Id"};
  if (std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end()) return true;
  return type.starts_with("List<AWS::") && type.ends_with(">") &&
         is_simple_type(type.substr(5, type.size() - 6));
}

bool is_parameter_type(std::string_view type) {
  constexpr std::string_view kSsm = "AWS::SSM::Parameter::Value<";
  if (type.starts_with(kSsm) && type.ends_with(">"))
    return is_simple_type(type.substr(kSsm.size(), type.size() - kSsm.size() - 1));
  return is_simple_type(type);
}

template <class T>
Checked read_number(const Object& object, std::string_view key, std::optional<T>& out) {
  const Value* found = object.if_contains(key);
  if (found == nullptr) return {};
  const auto text = scalar_text(*found);
  T number{};
  if (text) {
    const auto [end, ec] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (ec == std::errc{} && end == text->data() + text->size()) {
      out = number;
      return {};
    }
  }
  return format_error(fmt::format("Every {} member must be a number.", key));
}

Checked read_text(const Object& object, std::string_view key, std::string& out) {
  const Value* found = object.if_contains(key);
  if (found == nullptr) return {};
  const auto text = scalar_text(*found);
  if (!text) return format_error(fmt::format("Every {} member must be a string.", key));
  out = *text;
  return {};
}

Checked read_allowed_values(const Object& object, Parameter& p) {
  const Value* found = object.if_contains("AllowedValues");
  if (found == nullptr) return {};
  if (!found->is_array() || found->get_array().empty())
    return format_error("Every AllowedValues value must be a non-empty list.");
  for (const Value& v : found->get_array()) {
    const auto text = scalar_text(v);
    if (!text) return format_error("Every AllowedValues value must be a string.");
    p.allowed_values.push_back(*text);
  }
  return {};
}

Outcome<Parameter> load_parameter(std::string_view name, const Value& v) {
  Parameter p;
  p.name = name;
  if (!alphanumeric(name))
    return format_error(fmt::format("Parameter name {} is non alphanumeric.", name));
  if (!v.is_object())
    return format_error(
        fmt::format("[/Parameters/{}] Every Parameters member must be an object.", name));
  const Object& o = v.get_object();
  const std::string where = fmt::format("/Parameters/{}", name);
  if (auto r = check_members(
          where, o,
          {"Type", "Default", "AllowedValues", "AllowedPattern", "MinLength", "MaxLength",
           "MinValue", "MaxValue", "Description", "ConstraintDescription", "NoEcho"},
          "parameter");
      !r)
    return std::unexpected(r.error());
  std::string default_value, pattern, no_echo;
  for (auto r :
       {read_text(o, "Type", p.type), read_text(o, "Default", default_value),
        read_text(o, "AllowedPattern", pattern), read_text(o, "Description", p.description),
        read_text(o, "ConstraintDescription", p.constraint_description),
        read_text(o, "NoEcho", no_echo), read_allowed_values(o, p),
        read_number(o, "MinLength", p.min_length), read_number(o, "MaxLength", p.max_length),
        read_number(o, "MinValue", p.min_value), read_number(o, "MaxValue", p.max_value)})
    if (!r) return std::unexpected(r.error());
  if (p.type.empty()) return format_error("Every Parameters object must contain a Type member.");
  if (!is_parameter_type(p.type))
    return format_error(fmt::format("Unrecognized parameter type: {}", p.type));
  if (o.contains("Default")) p.default_value = default_value;
  if (o.contains("AllowedPattern")) p.allowed_pattern = pattern;
  p.no_echo = no_echo == "true";
  return p;
}

Outcome<Resource> load_resource(std::string_view name, const Value& v) {
  Resource r;
  r.logical_id = name;
  if (!alphanumeric(name))
    return format_error(fmt::format("Resource name {} is non alphanumeric.", name));
  if (!v.is_object())
    return format_error(
        fmt::format("[/Resources/{}] Every Resources member must be an object.", name));
  const Object& o = v.get_object();
  const std::string where = fmt::format("/Resources/{}", name);
  for (std::string_view attribute : {"CreationPolicy", "UpdatePolicy"})
    if (o.contains(attribute))
      return format_error(fmt::format(
          "[{}] the attribute '{}' is not supported by this implementation", where, attribute));
  if (auto c = check_members(where, o,
                             {"Type", "Properties", "DependsOn", "Condition", "DeletionPolicy",
                              "UpdateReplacePolicy", "Metadata"},
                             "resource");
      !c)
    return std::unexpected(c.error());
  const Value* type = o.if_contains("Type");
  if (type == nullptr)
    return format_error(
        fmt::format("[{}] Every Resources object must contain a Type member.", where));
  if (!type->is_string())
    return format_error(fmt::format("[{}/Type] Any Type member must be a string.", where));
  for (auto read : {read_text(o, "Type", r.type), read_text(o, "Condition", r.condition),
                    read_text(o, "DeletionPolicy", r.deletion_policy),
                    read_text(o, "UpdateReplacePolicy", r.update_replace_policy)})
    if (!read) return std::unexpected(read.error());
  for (const auto& policy : {r.deletion_policy, r.update_replace_policy}) {
    if (policy == "Snapshot")
      return format_error(
          fmt::format("[{}] the policy Snapshot is not supported for {}", where, r.type));
    if (policy != "Delete" && policy != "Retain" && policy != "RetainExceptOnCreate")
      return format_error(
          fmt::format("Unrecognized DeletionPolicy {} for resource {}", policy, name));
  }
  if (const Value* properties = o.if_contains("Properties")) {
    if (!properties->is_object())
      return format_error(fmt::format("[{}/Properties] must be an object", where));
    r.properties = *properties;
  }
  if (const Value* metadata = o.if_contains("Metadata")) r.metadata = *metadata;
  return r;
}

Checked load_depends_on(const Object& o, Resource& r) {
  const Value* found = o.if_contains("DependsOn");
  if (found == nullptr) return {};
  if (found->is_string())
    r.depends_on.emplace_back(as_view(found->get_string()));
  else if (const auto* array = found->if_array()) {
    for (const Value& v : *array) {
      if (!v.is_string()) return format_error("Every DependsOn value must be a string.");
      r.depends_on.emplace_back(as_view(v.get_string()));
    }
  } else {
    return format_error("DependsOn must be a string or list of strings.");
  }
  return {};
}

Outcome<Output> load_output(std::string_view name, const Value& v) {
  Output out;
  out.name = name;
  if (!alphanumeric(name))
    return format_error(fmt::format("Output name {} is non alphanumeric.", name));
  if (!v.is_object())
    return format_error(fmt::format("[/Outputs/{}] Every Outputs member must be an object.", name));
  const Object& o = v.get_object();
  if (auto r = check_members(fmt::format("/Outputs/{}", name), o,
                             {"Description", "Value", "Export", "Condition"}, "output");
      !r)
    return std::unexpected(r.error());
  for (auto r :
       {read_text(o, "Description", out.description), read_text(o, "Condition", out.condition)})
    if (!r) return std::unexpected(r.error());
  const Value* value = o.if_contains("Value");
  if (value == nullptr)
    return format_error(
        fmt::format("Output {} is malformed. Every Outputs object must contain a Value.", name));
  out.value = *value;
  if (const Value* exported = o.if_contains("Export")) {
    const Value* export_name = find_member(*exported, "Name");
    if (export_name == nullptr || exported->get_object().size() != 1)
      return format_error(fmt::format("Output {} is malformed. Export must contain a Name.", name));
    out.export_name = *export_name;
  }
  return out;
}

Checked check_mappings(const Object& mappings) {
  for (const auto& map : mappings) {
    if (!map.value().is_object()) return format_error("Every Mappings member must be a map");
    for (const auto& top : map.value().get_object()) {
      if (!top.value().is_object())
        return format_error(fmt::format("Every Mappings attribute must be a map: [/Mappings/{}/{}]",
                                        name_of(map), name_of(top)));
      for (const auto& second : top.value().get_object())
        if (second.value().is_object())
          return format_error("Every Mappings attribute must be a String or a List.");
    }
  }
  return {};
}

// ---- references

class ReferenceChecker {
 public:
  explicit ReferenceChecker(const Template& t) : t_(t) {}

  // `block`: "Resources", "Outputs" or "Conditions", where only parameters may be referred to.
  Checked check(const Value& v, const std::string& block) {
    if (auto functions = check_functions(v, block); !functions) return functions;
    std::vector<std::string> unresolved;
    for (const Reference& reference : collect_references(v)) {
      if (is_pseudo_parameter(reference.name)) continue;
      if (reference.attribute.empty()) {
        const bool resource = block != "Conditions" && t_.find_resource(reference.name) != nullptr;
        if (!resource && t_.find_parameter(reference.name) == nullptr)
          unresolved.push_back(reference.name);
      } else if (t_.find_resource(reference.name) == nullptr) {
        if (reference.from_sub)
          unresolved.push_back(reference.name);
        else
          return invalid(
              fmt::format("Template error: instance of Fn::GetAtt references undefined resource {}",
                          reference.name));
      }
    }
    if (unresolved.empty()) return {};
    std::sort(unresolved.begin(), unresolved.end());
    unresolved.erase(std::unique(unresolved.begin(), unresolved.end()), unresolved.end());
    return format_error(
        fmt::format("Unresolved resource dependencies [{}] in the {} block of the template",
                    join(unresolved), block));
  }

  Checked check_condition(const std::string& name, std::string_view block) {
    if (name.empty() || t_.conditions.get_object().contains(name)) return {};
    return format_error(fmt::format(
        "Unresolved condition dependency {} in the {} block of the template", name, block));
  }

 private:
  Checked check_functions(const Value& v, const std::string& block) {
    if (const auto call = function_call(v)) {
      if (auto r = check_call(*call, block); !r) return r;
      return check_functions(*call->argument, block);
    }
    if (const auto* object = v.if_object()) {
      for (const auto& member : *object) {
        if (name_of(member).starts_with("Fn::"))
          return format_error(
              fmt::format("the function {} must stand alone in its object", name_of(member)));
        if (auto r = check_functions(member.value(), block); !r) return r;
      }
    }
    if (const auto* array = v.if_array())
      for (const auto& element : *array)
        if (auto r = check_functions(element, block); !r) return r;
    return {};
  }

  Checked check_call(const FunctionCall& call, const std::string& block) {
    if (!is_known_function(call.name))
      return invalid(fmt::format(
          "Template error: the function {} is not supported by this implementation", call.name));
    if (call.name == "Ref" && !call.argument->is_string())
      return format_error("every Ref object must have a single String value.");
    if (call.name == "Fn::GetAtt") {
      if (block == "Conditions")
        return invalid("Template error: Fn::GetAtt cannot be used in the Conditions block");
      if (auto target = get_att_target(*call.argument); !target)
        return std::unexpected(target.error());
    }
    if (call.name == "Fn::Sub") return check_sub(*call.argument);
    if (call.name == "Fn::If") {
      const auto* parts = call.argument->if_array();
      if (parts == nullptr || parts->size() != 3 || !(*parts)[0].is_string())
        return invalid(
            "Template error: Fn::If requires a list argument with three elements: a condition "
            "name, the value if true and the value if false");
      return check_condition(std::string(as_view((*parts)[0].get_string())), block);
    }
    return {};
  }

  Checked check_sub(const Value& argument) {
    const auto* pair = argument.if_array();
    const Value& text = pair != nullptr && !pair->empty() ? pair->front() : argument;
    if (!text.is_string() || (pair != nullptr && (pair->size() != 2 || !(*pair)[1].is_object())))
      return invalid(
          "Template error: One or more Fn::Sub intrinsic functions don't specify expected "
          "arguments. Specify a string as first argument, and an optional second argument to "
          "specify a mapping of values to replace in the string");
    if (auto pieces = split_sub(as_view(text.get_string())); !pieces)
      return std::unexpected(pieces.error());
    return {};
  }

  const Template& t_;
};

Checked check_resource(const Template& t, const Resource& r, ReferenceChecker& checker) {
  if (auto c = checker.check_condition(r.condition, "Resources"); !c) return c;
  std::vector<std::string> missing;
  for (const auto& name : r.depends_on)
    if (t.find_resource(name) == nullptr) missing.push_back(name);
  if (!missing.empty())
    return format_error(
        fmt::format("Unresolved resource dependencies [{}] in the Resources block of the template",
                    join(missing)));
  return checker.check(r.properties, "Resources");
}

Checked check_references(const Template& t) {
  ReferenceChecker checker(t);
  for (const auto& member : t.conditions.get_object())
    if (auto r = checker.check(member.value(), "Conditions"); !r) return r;
  for (const Resource& r : t.resources)
    if (auto c = check_resource(t, r, checker); !c) return c;
  for (const Output& o : t.outputs) {
    if (auto r = checker.check_condition(o.condition, "Outputs"); !r) return r;
    if (auto r = checker.check(o.value, "Outputs"); !r) return r;
    if (auto r = checker.check(o.export_name, "Outputs"); !r) return r;
  }
  return {};
}

Checked check_types(const Template& t, const std::set<std::string>& known) {
  std::set<std::string> unknown;
  for (const Resource& r : t.resources)
    if (!known.contains(r.type)) unknown.insert(r.type);
  if (unknown.empty()) return {};
  return format_error(fmt::format("Unrecognized resource types: [{}]", fmt::join(unknown, ", ")));
}

template <class T>
Checked load_all(const Object& section, std::vector<T>& out,
                 Outcome<T> (*load)(std::string_view, const Value&)) {
  for (const auto& member : section) {
    auto loaded = load(name_of(member), member.value());
    if (!loaded) return std::unexpected(loaded.error());
    out.push_back(std::move(*loaded));
  }
  return {};
}

Checked load_sections(const Value& raw, Template& t) {
  const Object& resources = section(raw, "Resources");
  if (resources.empty()) return format_error("At least one Resources member must be defined.");
  for (auto r : {check_count(resources, kMaxResources, "resources"),
                 check_count(section(raw, "Parameters"), kMaxParameters, "parameters"),
                 check_count(section(raw, "Outputs"), kMaxOutputs, "outputs"),
                 check_count(section(raw, "Mappings"), kMaxMappings, "mappings"),
                 check_mappings(section(raw, "Mappings")),
                 load_all(section(raw, "Parameters"), t.parameters, load_parameter),
                 load_all(resources, t.resources, load_resource),
                 load_all(section(raw, "Outputs"), t.outputs, load_output)})
    if (!r) return r;
  for (Resource& r : t.resources)
    if (auto c = load_depends_on(resources.at(r.logical_id).get_object(), r); !c) return c;
  return {};
}

}  // namespace

const Parameter* Template::find_parameter(std::string_view name) const {
  for (const Parameter& p : parameters)
    if (p.name == name) return &p;
  return nullptr;
}

const Resource* Template::find_resource(std::string_view logical_id) const {
  for (const Resource& r : resources)
    if (r.logical_id == logical_id) return &r;
  return nullptr;
}

Outcome<Template> load_template(const Value& raw, const std::set<std::string>& known_types) {
  if (!raw.is_object()) return format_error("unsupported structure.");
  if (auto r = check_sections(raw); !r) return std::unexpected(r.error());
  Template t;
  t.description = text_member(raw, "Description");
  if (const Value* metadata = find_member(raw, "Metadata")) t.metadata = *metadata;
  t.mappings = section(raw, "Mappings");
  t.conditions = section(raw, "Conditions");
  if (auto r = load_sections(raw, t); !r) return std::unexpected(r.error());
  for (const Parameter& p : t.parameters)
    if (t.find_resource(p.name) != nullptr)
      return format_error(fmt::format("Resource name {} is already used by a parameter.", p.name));
  if (auto r = check_types(t, known_types); !r) return std::unexpected(r.error());
  if (auto r = check_references(t); !r) return std::unexpected(r.error());
  return t;
}

std::optional<std::string> required_capability(const Template& t, std::vector<std::string>* types) {
  static const std::map<std::string_view, std::string_view> kNameOf = {
      {"AWS::IAM::Role", "RoleName"},
      {"AWS::IAM::User", "UserName"},
      {"AWS::IAM::Group", "GroupName"},
      {"AWS::IAM::ManagedPolicy", "ManagedPolicyName"},
      {"AWS::IAM::Policy", ""},
      {"AWS::IAM::AccessKey", ""},
      {"AWS::IAM::InstanceProfile", "InstanceProfileName"},
      {"AWS::IAM::UserToGroupAddition", ""}};
  std::optional<std::string> needed;
  for (const Resource& r : t.resources) {
    const auto found = kNameOf.find(r.type);
    if (found == kNameOf.end()) continue;
    if (types != nullptr && std::find(types->begin(), types->end(), r.type) == types->end())
      types->push_back(r.type);
    if (!found->second.empty() && r.properties.get_object().contains(found->second))
      needed = "CAPABILITY_NAMED_IAM";
    else if (!needed)
      needed = "CAPABILITY_IAM";
  }
  return needed;
}

}  // namespace seatrial::decide
