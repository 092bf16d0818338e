// Templates as such: the text of a stack's, and what a text holds.
#include "services/cloudformation/errors.h"
#include "services/cloudformation/service.h"

namespace seatrial::services::cloudformation {
namespace {

using model::Outcome;

Outcome<std::string> body_of(const std::optional<std::string>& body,
                             const std::optional<std::string>& url) {
  if (url) return not_supported("TemplateURL");
  if (!body) return validation_error("Either Template URL or Template Body must be specified.");
  if (body->size() > kMaxTemplateBodyBytes)
    return validation_error(
        "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member "
        "must have length less than or equal to 51200");
  return *body;
}

std::string capability_reason(const std::vector<std::string>& types) {
  return fmt::format("The following resource(s) require capabilities: [{}]",
                     fmt::join(types, ", "));
}

// Types we cannot create, for callers who want them named instead of refused.
std::vector<std::string> unrecognized_types(const Value& raw) {
  std::set<std::string> out;
  const Value* resources = find_member(raw, "Resources");
  if (resources != nullptr && resources->is_object())
    for (const auto& member : resources->get_object()) {
      const std::string type(text_member(member.value(), "Type"));
      if (!type.empty() && !resource_type_names().contains(type)) out.insert(type);
    }
  return {out.begin(), out.end()};
}

api::ParameterDeclaration declaration(const decide::Parameter& p) {
  api::ParameterDeclaration out;
  out.ParameterKey = p.name;
  out.DefaultValue = p.default_value;
  out.ParameterType = p.type;
  out.NoEcho = p.no_echo;
  if (!p.description.empty()) out.Description = p.description;
  out.ParameterConstraints.emplace();
  if (!p.allowed_values.empty()) out.ParameterConstraints->AllowedValues = p.allowed_values;
  return out;
}

}  // namespace

Outcome<api::GetTemplateOutput> CloudFormation::get_template(Context& context,
                                                             const api::GetTemplateInput& in) {
  api::GetTemplateOutput out;
  out.StagesAvailable = std::vector<std::string>{"Original", "Processed"};
  if (in.ChangeSetName) {
    const ChangeSetRecord* set = find_change_set(context, *in.ChangeSetName, in.StackName);
    if (set == nullptr) return no_such_change_set(*in.ChangeSetName);
    out.TemplateBody = set->wanted.template_text;
    return out;
  }
  const StackRecord* stack = in.StackName ? store_.find(context.region, *in.StackName) : nullptr;
  if (stack == nullptr) return no_such_stack(in.StackName.value_or(""));
  if (stack->wanted.template_text.empty())
    return validation_error(fmt::format(
        "Stack [{}] has no template yet: no change set of it was executed", stack->name));
  out.TemplateBody = stack->wanted.template_text;
  return out;
}

Outcome<api::ValidateTemplateOutput> CloudFormation::validate_template(
    Context&, const api::ValidateTemplateInput& in) {
  auto body = body_of(in.TemplateBody, in.TemplateURL);
  if (!body) return std::unexpected(body.error());
  auto declared = read_template(*body);
  if (!declared) return std::unexpected(declared.error());
  api::ValidateTemplateOutput out;
  out.Parameters.given = true;
  for (const decide::Parameter& p : declared->parameters) {
    api::TemplateParameter one;
    one.ParameterKey = p.name;
    one.DefaultValue = p.default_value;
    one.NoEcho = p.no_echo;
    if (!p.description.empty()) one.Description = p.description;
    out.Parameters.push_back(std::move(one));
  }
  if (!declared->description.empty()) out.Description = declared->description;
  std::vector<std::string> types;
  if (const auto capability = decide::required_capability(*declared, &types)) {
    out.Capabilities = std::vector<std::string>{*capability};
    out.CapabilitiesReason = capability_reason(types);
  }
  return out;
}

Outcome<api::GetTemplateSummaryOutput> CloudFormation::get_template_summary(
    Context& context, const api::GetTemplateSummaryInput& in) {
  if (in.StackSetName) return not_supported("StackSetName");
  std::string text;
  if (in.StackName) {
    const StackRecord* stack = store_.find(context.region, *in.StackName);
    if (stack == nullptr) return no_such_stack(*in.StackName);
    text = stack->wanted.template_text;
  } else {
    auto body = body_of(in.TemplateBody, in.TemplateURL);
    if (!body) return std::unexpected(body.error());
    text = *body;
  }
  auto raw = decide::parse_text(text);
  if (!raw) return std::unexpected(raw.error());
  api::GetTemplateSummaryOutput out;
  std::set<std::string> known = resource_type_names();
  if (in.TemplateSummaryConfig &&
      in.TemplateSummaryConfig->TreatUnrecognizedResourceTypesAsWarnings.value_or(false)) {
    const auto unknown = unrecognized_types(*raw);
    known.insert(unknown.begin(), unknown.end());
    if (!unknown.empty()) out.Warnings = api::Warnings{.UnrecognizedResourceTypes = unknown};
  }
  auto declared = decide::load_template(*raw, known);
  if (!declared) return std::unexpected(declared.error());
  out.Parameters.given = out.ResourceTypes.given = true;
  for (const decide::Parameter& p : declared->parameters) out.Parameters.push_back(declaration(p));
  if (!declared->description.empty()) out.Description = declared->description;
  std::set<std::string> types;
  for (const decide::Resource& r : declared->resources) types.insert(r.type);
  out.ResourceTypes.assign(types.begin(), types.end());
  if (const Value* version = find_member(*raw, "AWSTemplateFormatVersion"))
    out.Version = std::string(version->as_string());
  if (!declared->metadata.is_null()) out.Metadata = to_json(declared->metadata);
  std::vector<std::string> asking;
  if (const auto capability = decide::required_capability(*declared, &asking)) {
    out.Capabilities = std::vector<std::string>{*capability};
    out.CapabilitiesReason = capability_reason(asking);
  }
  return out;
}

}  // namespace seatrial::services::cloudformation
