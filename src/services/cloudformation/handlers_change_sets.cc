// Change sets: recorded as CREATE_PENDING, planned by the controller, executed as an operation of
// the stack.
#include "services/cloudformation/errors.h"
#include "services/cloudformation/service.h"

namespace seatrial::services::cloudformation {
namespace {

using model::Outcome;

constexpr std::size_t kMaxChangeSetsPerStack = 1000;

Outcome<void> refuse_unsupported(const api::CreateChangeSetInput& in) {
  if (in.RoleARN) return not_supported("RoleARN");
  if (!in.ResourceTypes.empty()) return not_supported("ResourceTypes");
  if (!in.NotificationARNs.empty()) return not_supported("NotificationARNs");
  if (in.RollbackConfiguration && !in.RollbackConfiguration->RollbackTriggers.empty())
    return not_supported("RollbackConfiguration with triggers");
  if (!in.ResourcesToImport.empty() || in.ImportExistingResources.value_or(false) ||
      in.ChangeSetType == "IMPORT")
    return not_supported("Importing resources");
  if (in.IncludeNestedStacks.value_or(false)) return not_supported("IncludeNestedStacks");
  if (in.DeploymentMode) return not_supported("DeploymentMode");
  return {};
}

// What the record says, brought up to date with the stack's operation.
std::string execution_status(const ChangeSetRecord& set, const StackRecord& stack) {
  const std::string status = set.shape.ExecutionStatus.value_or("UNAVAILABLE");
  if (status != "EXECUTE_IN_PROGRESS" || stack.phase != Phase::kIdle) return status;
  return stack.failed ? "EXECUTE_FAILED" : "EXECUTE_COMPLETE";
}

// `aws cloudformation deploy` names its change sets by the second. On AWS no deployment is over in
// less; here the next one may come within the same second, and takes the place of one that ended.
bool gives_way(const ChangeSetRecord& set, const StackRecord& stack) {
  if (!set.name.starts_with("awscli-cloudformation-package-deploy-")) return false;
  const std::string execution = execution_status(set, stack);
  return set.shape.Status == "FAILED" || execution == "EXECUTE_COMPLETE" ||
         execution == "EXECUTE_FAILED";
}

// Whether a change set of this type fits the stack as it is.
Outcome<void> check_type(const api::CreateChangeSetInput& in, std::string_view type,
                         const StackRecord* existing) {
  const bool reviewing = existing != nullptr && existing->shape.StackStatus == "REVIEW_IN_PROGRESS";
  if (type == "UPDATE" && existing == nullptr)
    return validation_error(fmt::format("Stack [{}] does not exist", in.StackName));
  if (type == "CREATE" && existing != nullptr && !reviewing)
    return validation_error(fmt::format(
        "Stack [{}] already exists and cannot be created again with the changeSet [{}].",
        existing->name, in.ChangeSetName));
  if (type == "UPDATE" && (reviewing || in_progress(existing->shape.StackStatus) ||
                           existing->shape.StackStatus == "ROLLBACK_COMPLETE"))
    return validation_error(fmt::format("Stack:{} is in {} state and can not be updated.",
                                        existing->id, existing->shape.StackStatus));
  if (in.OnStackFailure == "DELETE" && type == "UPDATE")
    return validation_error(
        "OnStackFailure=DELETE can only be specified for change sets of type CREATE.");
  return {};
}

}  // namespace

const ChangeSetRecord* CloudFormation::find_change_set(
    const Context& context, std::string_view name_or_id,
    const std::optional<std::string>& stack_name) const {
  if (name_or_id.starts_with("arn:")) {
    for (const auto& [key, set] : store_.change_sets.with_prefix(context.region + "/"))
      if (set.id == name_or_id) return &set;
    return nullptr;
  }
  const StackRecord* stack = stack_name ? store_.find(context.region, *stack_name) : nullptr;
  return stack == nullptr ? nullptr
                          : store_.change_sets.find(stack->key() + "/" + std::string(name_or_id));
}

Outcome<api::CreateChangeSetOutput> CloudFormation::create_change_set(
    Context& context, const api::CreateChangeSetInput& in) {
  if (auto fine = refuse_unsupported(in); !fine) return std::unexpected(fine.error());
  const std::string type = in.ChangeSetType.value_or("UPDATE");
  const StackRecord* existing = store_.find(context.region, in.StackName);
  if (existing != nullptr && existing->shape.StackStatus == "DELETE_COMPLETE") existing = nullptr;
  if (auto fits = check_type(in, type, existing); !fits) return std::unexpected(fits.error());
  auto wanted =
      wanted_from({in.TemplateBody, in.TemplateURL, in.UsePreviousTemplate.value_or(false),
                   in.Parameters, in.Capabilities, in.Tags, in.NotificationARNs},
                  type == "UPDATE" ? existing : nullptr);
  if (!wanted) return std::unexpected(wanted.error());
  if (existing == nullptr && store_.live_stacks(context.region) >= kMaxStacks)
    return model::fail("LimitExceededException", "Limit on the number of stacks has been exceeded");
  StackRecord stack = existing != nullptr ? *existing : new_stack(context, in.StackName);
  if (auto loaded = check_wanted(stack, *wanted); !loaded) return std::unexpected(loaded.error());
  const std::string key = stack.key() + "/" + in.ChangeSetName;
  if (const auto* same = store_.change_sets.find(key); same && !gives_way(*same, stack))
    return model::fail("AlreadyExistsException",
                       fmt::format("ChangeSet [{}] already exists", in.ChangeSetName));
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& row : store_.change_sets.with_prefix(stack.key() + "/"))
    ++count;
  if (count >= kMaxChangeSetsPerStack)
    return model::fail("LimitExceededException",
                       "Limit for change sets of a stack has been exceeded");
  if (existing == nullptr) {
    store_.stack_event(stack, "REVIEW_IN_PROGRESS", "User Initiated");
    from_value(wanted->tags, stack.shape.Tags);
    store_.put(stack);
  }
  ChangeSetRecord set;
  set.stack_key = stack.key();
  set.name = in.ChangeSetName;
  set.id =
      context
          .arn("cloudformation", fmt::format("changeSet/{}/{}", in.ChangeSetName, env_.rng.uuid()))
          .text();
  set.type = type;
  set.wanted = std::move(*wanted);
  set.shape.ChangeSetName = set.name;
  set.shape.ChangeSetId = set.id;
  set.shape.StackId = stack.id;
  set.shape.StackName = stack.name;
  set.shape.Description = in.Description;
  set.shape.CreationTime = context.now;
  set.shape.Status = "CREATE_PENDING";
  set.shape.ExecutionStatus = "UNAVAILABLE";
  set.shape.Tags = in.Tags;
  set.shape.Capabilities = in.Capabilities;
  set.shape.OnStackFailure = in.OnStackFailure;
  set.shape.IncludeNestedStacks = false;
  set.shape.NotificationARNs.given = true;
  set.shape.RollbackConfiguration.emplace();
  api::CreateChangeSetOutput out{.Id = set.id, .StackId = stack.id};
  store_.change_sets.put(key, std::move(set));
  controller_.wake_change_set(key);
  return out;
}

Outcome<api::DescribeChangeSetOutput> CloudFormation::describe_change_set(
    Context& context, const api::DescribeChangeSetInput& in) {
  if (in.IncludePropertyValues.value_or(false)) return not_supported("IncludePropertyValues");
  const ChangeSetRecord* set = find_change_set(context, in.ChangeSetName, in.StackName);
  if (set == nullptr) return no_such_change_set(in.ChangeSetName);
  api::DescribeChangeSetOutput out = set->shape;
  if (const StackRecord* stack = store_.stacks.find(set->stack_key))
    out.ExecutionStatus = execution_status(*set, *stack);
  return out;
}

Outcome<api::ExecuteChangeSetOutput> CloudFormation::execute_change_set(
    Context& context, const api::ExecuteChangeSetInput& in) {
  if (in.RetainExceptOnCreate.value_or(false)) return not_supported("RetainExceptOnCreate");
  const ChangeSetRecord* found = find_change_set(context, in.ChangeSetName, in.StackName);
  if (found == nullptr) return no_such_change_set(in.ChangeSetName);
  const StackRecord* existing = store_.stacks.find(found->stack_key);
  ST_CHECK(existing != nullptr, "a change set outlived its stack");
  if (found->shape.ExecutionStatus != "AVAILABLE")
    return model::fail(
        "InvalidChangeSetStatus",
        fmt::format("ChangeSet [{}] cannot be executed in its current execution status of [{}]",
                    found->id, execution_status(*found, *existing)));
  if (existing->phase != Phase::kIdle)
    return validation_error(fmt::format("Stack:{} is in {} state and can not be updated.",
                                        existing->id, existing->shape.StackStatus));
  ChangeSetRecord set = *found;
  set.shape.ExecutionStatus = "EXECUTE_IN_PROGRESS";
  StackRecord stack = *existing;
  auto loaded = check_wanted(stack, set.wanted);
  if (!loaded) return std::unexpected(loaded.error());
  // The others were planned against a state that will be gone.
  std::vector<std::string> others;
  for (const auto& [key, other] : store_.change_sets.with_prefix(stack.key() + "/"))
    if (other.id != set.id) others.push_back(key);
  for (const std::string& key : others) store_.change_sets.erase(key);
  const bool creating = set.type == "CREATE";
  stack.previous = std::exchange(stack.wanted, set.wanted);
  describe_wanted(stack, **loaded);
  stack.shape.ChangeSetId = set.id;
  stack.shape.LastUpdatedTime = context.now;
  stack.on_failure = in.DisableRollback.value_or(false)
                         ? "DO_NOTHING"
                         : set.shape.OnStackFailure.value_or("ROLLBACK");
  stack.shape.DisableRollback = stack.on_failure == "DO_NOTHING";
  const std::string key = stack.key() + "/" + set.name;
  store_.change_sets.put(key, std::move(set));
  begin(context, std::move(stack), creating ? Kind::kCreate : Kind::kUpdate, Phase::kApply,
        creating ? "CREATE_IN_PROGRESS" : "UPDATE_IN_PROGRESS", in.ClientRequestToken);
  return api::ExecuteChangeSetOutput{};
}

Outcome<api::DeleteChangeSetOutput> CloudFormation::delete_change_set(
    Context& context, const api::DeleteChangeSetInput& in) {
  const ChangeSetRecord* set = find_change_set(context, in.ChangeSetName, in.StackName);
  if (set == nullptr) {
    if (in.ChangeSetName.starts_with("arn:")) return api::DeleteChangeSetOutput{};
    if (!in.StackName || store_.find(context.region, *in.StackName) == nullptr)
      return validation_error(fmt::format("Stack [{}] does not exist", in.StackName.value_or("")));
    return api::DeleteChangeSetOutput{};
  }
  const StackRecord* stack = store_.stacks.find(set->stack_key);
  if (stack != nullptr && execution_status(*set, *stack) == "EXECUTE_IN_PROGRESS")
    return model::fail("InvalidChangeSetStatus",
                       fmt::format("ChangeSet [{}] is being executed", set->id));
  store_.change_sets.erase(set->stack_key + "/" + set->name);
  return api::DeleteChangeSetOutput{};
}

Outcome<api::ListChangeSetsOutput> CloudFormation::list_change_sets(
    Context& context, const api::ListChangeSetsInput& in) {
  const StackRecord* stack = store_.find(context.region, in.StackName);
  if (stack == nullptr)
    return validation_error(fmt::format("Stack [{}] does not exist", in.StackName));
  api::ListChangeSetsOutput out;
  out.Summaries.given = true;
  for (const auto& [key, set] : store_.change_sets.with_prefix(stack->key() + "/")) {
    api::ChangeSetSummary one;
    one.StackId = stack->id;
    one.StackName = stack->name;
    one.ChangeSetId = set.id;
    one.ChangeSetName = set.name;
    one.ExecutionStatus = execution_status(set, *stack);
    one.Status = set.shape.Status;
    one.StatusReason = set.shape.StatusReason;
    one.CreationTime = set.shape.CreationTime;
    one.Description = set.shape.Description;
    one.IncludeNestedStacks = false;
    out.Summaries.push_back(std::move(one));
  }
  return out;
}

}  // namespace seatrial::services::cloudformation
