// CreateStack, UpdateStack, DeleteStack: what is wanted is checked and recorded; the controller
// brings it about.
#include "services/cloudformation/errors.h"
#include "services/cloudformation/service.h"

namespace seatrial::services::cloudformation {
namespace {

using model::Outcome;

constexpr std::size_t kMaxStackTags = 50;

// What CreateStack and UpdateStack could be asked and this implementation does not do.
template <class Input>
Outcome<void> refuse_unsupported_of_stack(const Input& in) {
  if (in.RoleARN) return not_supported("RoleARN");
  if (in.StackPolicyBody || in.StackPolicyURL) return not_supported("A stack policy");
  if (!in.ResourceTypes.empty()) return not_supported("ResourceTypes");
  if (!in.NotificationARNs.empty()) return not_supported("NotificationARNs");
  if (in.RollbackConfiguration && !in.RollbackConfiguration->RollbackTriggers.empty())
    return not_supported("RollbackConfiguration with triggers");
  return {};
}

bool is_stack_name(std::string_view name) {
  if (name.empty() || name.size() > 128 || !std::isalpha(static_cast<unsigned char>(name[0])))
    return false;
  return std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '-'; });
}

Outcome<void> check_capabilities(const decide::Template& t, const Wanted& wanted) {
  const auto needed = decide::required_capability(t);
  const auto has = [&](std::string_view name) {
    return std::find(wanted.capabilities.begin(), wanted.capabilities.end(), name) !=
           wanted.capabilities.end();
  };
  if (!needed || has("CAPABILITY_NAMED_IAM") || has(*needed)) return {};
  return model::fail("InsufficientCapabilitiesException",
                     fmt::format("Requires capabilities : [{}]", *needed));
}

}  // namespace

Outcome<Wanted> CloudFormation::wanted_from(const Given& given, const StackRecord* existing) {
  Wanted wanted;
  if (given.template_url) return not_supported("TemplateURL");
  if (given.use_previous_template == given.template_body.has_value())
    return validation_error("Either Template URL or Template Body must be specified.");
  if (given.use_previous_template && existing == nullptr)
    return validation_error("UsePreviousTemplate cannot be used with a new stack.");
  if (given.template_body && given.template_body->size() > kMaxTemplateBodyBytes)
    return validation_error(
        "1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member "
        "must have length less than or equal to 51200");
  wanted.template_text =
      given.use_previous_template ? existing->wanted.template_text : *given.template_body;
  const auto before = existing == nullptr ? std::map<std::string, std::string>{}
                                          : store_.open_parameters(existing->wanted);
  std::map<std::string, std::string> parameters;
  for (const api::Parameter& p : given.parameters) {
    const std::string key = p.ParameterKey.value_or("");
    if (parameters.contains(key))
      return validation_error(fmt::format("Duplicate parameter: {}", key));
    if (!p.UsePreviousValue.value_or(false)) {
      if (!p.ParameterValue)
        return validation_error(fmt::format("Parameter {} has no value.", key));
      parameters[key] = *p.ParameterValue;
      continue;
    }
    if (p.ParameterValue)
      return validation_error(
          fmt::format("Invalid input for parameter key {}. Cannot specify usePreviousValue as true "
                      "and non empty value for a parameter",
                      key));
    if (existing == nullptr)
      return validation_error(
          fmt::format("Invalid input for parameter key {}. Cannot specify usePreviousValue as true "
                      "for a parameter key not in the previous template",
                      key));
    if (const auto old = before.find(key); old != before.end()) {
      parameters[key] = old->second;
    } else if (auto former = read_template(existing->wanted.template_text); former) {
      // Never given: its value is the default it had then.
      const decide::Parameter* declared = former->find_parameter(key);
      if (declared != nullptr && declared->default_value)
        parameters[key] = *declared->default_value;
    }
  }
  wanted.sealed_parameters = store_.seal_parameters(parameters);
  if (given.tags.size() > kMaxStackTags)
    return validation_error("A stack can have at most 50 tags.");
  wanted.tags = to_value(given.tags);
  if (!given.tags.given && existing != nullptr) wanted.tags = existing->wanted.tags;
  wanted.capabilities = given.capabilities;
  wanted.notification_arns = given.notification_arns;
  return wanted;
}

Outcome<std::unique_ptr<Loaded>> CloudFormation::check_wanted(const StackRecord& stack,
                                                              const Wanted& wanted) {
  auto loaded = load(store_, stack, wanted, controller_.ssm_lookup(stack));
  if (!loaded) return loaded;
  if (auto fine = check_capabilities((*loaded)->declared, wanted); !fine)
    return std::unexpected(fine.error());
  return loaded;
}

StackRecord CloudFormation::new_stack(const Context& context, const std::string& name) {
  StackRecord stack;
  stack.region = context.region;
  stack.account = context.account;
  stack.name = name;
  stack.uuid = env_.rng.uuid();
  stack.id = context.arn("cloudformation", fmt::format("stack/{}/{}", name, stack.uuid)).text();
  stack.shape.StackId = stack.id;
  stack.shape.StackName = name;
  stack.shape.CreationTime = context.now;
  stack.shape.RollbackConfiguration.emplace();
  stack.shape.DisableRollback = false;
  stack.shape.EnableTerminationProtection = false;
  stack.shape.DriftInformation = api::StackDriftInformation{.StackDriftStatus = "NOT_CHECKED"};
  stack.shape.NotificationARNs.given = stack.shape.Tags.given = true;
  return stack;
}

void CloudFormation::describe_wanted(StackRecord& stack, const Loaded& loaded) {
  stack.shape.Parameters = shown_parameters(loaded.scope.parameters);
  stack.shape.Description.reset();
  if (!loaded.declared.description.empty()) stack.shape.Description = loaded.declared.description;
  from_value(stack.wanted.tags, stack.shape.Tags);
  stack.shape.Tags.given = true;
  stack.shape.Capabilities = stack.wanted.capabilities;
}

void CloudFormation::begin(Context& context, StackRecord stack, Kind kind, Phase phase,
                           std::string_view status, const std::optional<std::string>& token) {
  stack.kind = kind;
  stack.phase = phase;
  stack.operation = env_.rng.uuid();
  stack.client_token = token.value_or("");
  stack.caller_key = context.identity.access_key;
  stack.caller_arn = context.identity.arn;
  stack.caller_user = context.identity.user_id;
  stack.failed = false;
  stack.failed_resources.clear();
  stack.failure_reason.clear();
  store_.stack_event(stack, status, "User Initiated");
  store_.put(stack);
  controller_.wake(stack.key());
}

Outcome<api::CreateStackOutput> CloudFormation::create_stack(Context& context,
                                                             const api::CreateStackInput& in) {
  if (auto fine = refuse_unsupported_of_stack(in); !fine) return std::unexpected(fine.error());
  if (in.RetainExceptOnCreate.value_or(false)) return not_supported("RetainExceptOnCreate");
  if (!is_stack_name(in.StackName))
    return validation_error(fmt::format(
        "1 validation error detected: Value '{}' at 'stackName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*",
        in.StackName));
  if (in.OnFailure && in.DisableRollback)
    return validation_error("Only one of DisableRollback and OnFailure can be specified.");
  if (const StackRecord* existing = store_.find(context.region, in.StackName)) {
    if (in.ClientRequestToken && existing->kind == Kind::kCreate &&
        existing->client_token == *in.ClientRequestToken)
      return api::CreateStackOutput{.StackId = existing->id};
    return model::fail("AlreadyExistsException",
                       fmt::format("Stack [{}] already exists", in.StackName));
  }
  auto wanted = wanted_from({in.TemplateBody, in.TemplateURL, false, in.Parameters, in.Capabilities,
                             in.Tags, in.NotificationARNs},
                            nullptr);
  if (!wanted) return std::unexpected(wanted.error());
  if (store_.live_stacks(context.region) >= kMaxStacks)
    return model::fail("LimitExceededException", "Limit on the number of stacks has been exceeded");
  StackRecord stack = new_stack(context, in.StackName);
  auto loaded = check_wanted(stack, *wanted);
  if (!loaded) return std::unexpected(loaded.error());
  stack.wanted = std::move(*wanted);
  describe_wanted(stack, **loaded);
  stack.on_failure =
      in.DisableRollback.value_or(false) ? "DO_NOTHING" : in.OnFailure.value_or("ROLLBACK");
  stack.shape.DisableRollback = stack.on_failure == "DO_NOTHING";
  stack.shape.EnableTerminationProtection = in.EnableTerminationProtection.value_or(false);
  if (in.TimeoutInMinutes) {
    stack.shape.TimeoutInMinutes = in.TimeoutInMinutes;
    stack.deadline = context.now + std::chrono::minutes{*in.TimeoutInMinutes};
  }
  api::CreateStackOutput out{.StackId = stack.id};
  begin(context, std::move(stack), Kind::kCreate, Phase::kApply, "CREATE_IN_PROGRESS",
        in.ClientRequestToken);
  return out;
}

Outcome<api::UpdateStackOutput> CloudFormation::update_stack(Context& context,
                                                             const api::UpdateStackInput& in) {
  if (auto fine = refuse_unsupported_of_stack(in); !fine) return std::unexpected(fine.error());
  if (in.StackPolicyDuringUpdateBody || in.StackPolicyDuringUpdateURL)
    return not_supported("A stack policy");
  if (in.RetainExceptOnCreate.value_or(false)) return not_supported("RetainExceptOnCreate");
  const StackRecord* existing = store_.find(context.region, in.StackName);
  if (existing == nullptr || existing->shape.StackStatus == "DELETE_COMPLETE")
    return validation_error(fmt::format("Stack [{}] does not exist", in.StackName));
  if (in.ClientRequestToken && existing->kind == Kind::kUpdate &&
      existing->client_token == *in.ClientRequestToken)
    return api::UpdateStackOutput{.StackId = existing->id};
  static const std::set<std::string_view> kUpdatable = {"CREATE_COMPLETE", "UPDATE_COMPLETE",
                                                        "UPDATE_ROLLBACK_COMPLETE", "CREATE_FAILED",
                                                        "UPDATE_FAILED"};
  if (!kUpdatable.contains(existing->shape.StackStatus))
    return validation_error(fmt::format("Stack:{} is in {} state and can not be updated.",
                                        existing->id, existing->shape.StackStatus));
  auto wanted =
      wanted_from({in.TemplateBody, in.TemplateURL, in.UsePreviousTemplate.value_or(false),
                   in.Parameters, in.Capabilities, in.Tags, in.NotificationARNs},
                  existing);
  if (!wanted) return std::unexpected(wanted.error());
  auto loaded = check_wanted(*existing, *wanted);
  if (!loaded) return std::unexpected(loaded.error());
  auto changes = plan_changes(store_, *existing, **loaded);
  if (!changes) return std::unexpected(changes.error());
  const bool same_text = wanted->template_text == existing->wanted.template_text;
  const bool was_fine = existing->shape.StackStatus.ends_with("_COMPLETE");
  if (changes->empty() && was_fine && wanted->tags == existing->wanted.tags) {
    const auto current = read_template(existing->wanted.template_text);
    if (same_text || (current && same_outputs(*current, (*loaded)->declared)))
      return validation_error("No updates are to be performed.");
  }
  StackRecord stack = *existing;
  stack.previous = std::exchange(stack.wanted, std::move(*wanted));
  describe_wanted(stack, **loaded);
  stack.shape.LastUpdatedTime = context.now;
  stack.on_failure = in.DisableRollback.value_or(false) ? "DO_NOTHING" : "ROLLBACK";
  stack.shape.DisableRollback = in.DisableRollback.value_or(false);
  api::UpdateStackOutput out{.StackId = stack.id};
  begin(context, std::move(stack), Kind::kUpdate, Phase::kApply, "UPDATE_IN_PROGRESS",
        in.ClientRequestToken);
  return out;
}

Outcome<model::Empty> CloudFormation::delete_stack(Context& context,
                                                   const api::DeleteStackInput& in) {
  if (in.RoleARN) return not_supported("RoleARN");
  if (in.DeletionMode.value_or("STANDARD") != "STANDARD")
    return not_supported("DeletionMode FORCE_DELETE_STACK");
  const StackRecord* existing = store_.find(context.region, in.StackName);
  if (existing == nullptr) return model::Empty{};
  const std::string& status = existing->shape.StackStatus;
  if (status == "DELETE_COMPLETE" || status == "DELETE_IN_PROGRESS") return model::Empty{};
  if (existing->shape.EnableTerminationProtection.value_or(false))
    return validation_error(fmt::format(
        "Stack [{}] cannot be deleted while TerminationProtection is enabled", existing->name));
  if (status.starts_with("UPDATE_") && in_progress(status))
    return validation_error(
        fmt::format("Stack:{} is in {} state and can not be deleted.", existing->id, status));
  if (!in.RetainResources.empty() && status != "DELETE_FAILED")
    return validation_error(fmt::format(
        "Invalid operation on stack [{}]. Specify RetainResources only when the stack is in "
        "the DELETE_FAILED state.",
        existing->id));
  StackRecord stack = *existing;
  stack.retained = in.RetainResources;
  for (ResourceRecord& r : store_.resources_of(stack)) {
    r.failed = false;
    r.tries = 0;
    r.step = Step::kNone;
    store_.put(stack, r);
  }
  for (auto& [key, r] : store_.garbage_of(stack)) {
    r.failed = false;
    r.step = Step::kNone;
    store_.garbage.put(key, r);
  }
  begin(context, std::move(stack), Kind::kDelete, Phase::kDelete, "DELETE_IN_PROGRESS",
        in.ClientRequestToken);
  return model::Empty{};
}

}  // namespace seatrial::services::cloudformation
