// What stacks, their events and their resources are.
#include "services/cloudformation/errors.h"
#include "services/cloudformation/service.h"

namespace seatrial::services::cloudformation {
namespace {

using model::Outcome;

constexpr std::size_t kPageSize = 100;

// The page's first row; a token is a row number in text.
Outcome<std::size_t> first_row(const std::optional<std::string>& token) {
  if (!token) return 0;
  std::size_t row = 0;
  const auto [end, ec] = std::from_chars(token->data(), token->data() + token->size(), row);
  if (token->empty() || ec != std::errc{} || end != token->data() + token->size())
    return validation_error("The NextToken is not valid.");
  return row;
}

template <class T, class Out>
void take_page(const std::vector<T>& all, std::size_t first, Out& page,
               std::optional<std::string>& next) {
  const std::size_t end = std::min(all.size(), first + kPageSize);
  for (std::size_t i = first; i < end; ++i) page.push_back(all[i]);
  page.given = true;
  if (end < all.size()) next = std::to_string(end);
}

std::unexpected<model::AwsError> no_stack(std::string_view name) {
  return validation_error(fmt::format("Stack [{}] does not exist", name));
}

api::StackSummary summary(const StackRecord& stack) {
  api::StackSummary out;
  out.StackId = stack.id;
  out.StackName = stack.name;
  out.TemplateDescription = stack.shape.Description;
  out.CreationTime = stack.shape.CreationTime;
  out.LastUpdatedTime = stack.shape.LastUpdatedTime;
  out.DeletionTime = stack.shape.DeletionTime;
  out.StackStatus = stack.shape.StackStatus;
  out.StackStatusReason = stack.shape.StackStatusReason;
  out.DriftInformation = api::StackDriftInformationSummary{.StackDriftStatus = "NOT_CHECKED"};
  return out;
}

std::optional<std::string> filled(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

api::StackResource shown(const StackRecord& stack, const ResourceRecord& r) {
  api::StackResource out;
  out.StackName = stack.name;
  out.StackId = stack.id;
  out.LogicalResourceId = r.logical_id;
  out.PhysicalResourceId = filled(r.physical_id);
  out.ResourceType = r.type;
  out.Timestamp = r.updated;
  out.ResourceStatus = r.status;
  out.ResourceStatusReason = filled(r.reason);
  out.DriftInformation =
      api::StackResourceDriftInformation{.StackResourceDriftStatus = "NOT_CHECKED"};
  return out;
}

}  // namespace

Outcome<api::DescribeStacksOutput> CloudFormation::describe_stacks(
    Context& context, const api::DescribeStacksInput& in) {
  api::DescribeStacksOutput out;
  if (in.StackName) {
    const StackRecord* stack = store_.find(context.region, *in.StackName);
    if (stack == nullptr) return no_such_stack(*in.StackName);
    out.Stacks.push_back(stack->shape);
    return out;
  }
  auto first = first_row(in.NextToken);
  if (!first) return std::unexpected(first.error());
  std::vector<api::Stack> all;
  for (const auto& [key, stack] : store_.stacks.with_prefix(context.region + "/"))
    if (stack.shape.StackStatus != "DELETE_COMPLETE") all.push_back(stack.shape);
  take_page(all, *first, out.Stacks, out.NextToken);
  return out;
}

Outcome<api::ListStacksOutput> CloudFormation::list_stacks(Context& context,
                                                           const api::ListStacksInput& in) {
  auto first = first_row(in.NextToken);
  if (!first) return std::unexpected(first.error());
  std::vector<api::StackSummary> all;
  for (const auto& [key, stack] : store_.stacks.with_prefix(context.region + "/")) {
    const auto& wanted = in.StackStatusFilter;
    if (wanted.empty() ||
        std::find(wanted.begin(), wanted.end(), stack.shape.StackStatus) != wanted.end())
      all.push_back(summary(stack));
  }
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return a.CreationTime > b.CreationTime; });
  api::ListStacksOutput out;
  take_page(all, *first, out.StackSummaries, out.NextToken);
  return out;
}

Outcome<api::DescribeStackEventsOutput> CloudFormation::describe_stack_events(
    Context& context, const api::DescribeStackEventsInput& in) {
  const StackRecord* stack = store_.find(context.region, in.StackName);
  if (stack == nullptr) return no_stack(in.StackName);
  auto first = first_row(in.NextToken);
  if (!first) return std::unexpected(first.error());
  std::vector<api::StackEvent> all;
  for (const auto& [key, event] : store_.events.with_prefix(stack->uuid + "/"))
    all.push_back(event.shape);
  std::reverse(all.begin(), all.end());
  api::DescribeStackEventsOutput out;
  take_page(all, *first, out.StackEvents, out.NextToken);
  return out;
}

Outcome<api::DescribeStackResourcesOutput> CloudFormation::describe_stack_resources(
    Context& context, const api::DescribeStackResourcesInput& in) {
  if (in.StackName.has_value() == in.PhysicalResourceId.has_value())
    return validation_error(
        "Either StackName or PhysicalResourceId must be specified, and not both.");
  api::DescribeStackResourcesOutput out;
  out.StackResources.given = true;
  const StackRecord* stack = in.StackName ? store_.find(context.region, *in.StackName) : nullptr;
  if (in.StackName && stack == nullptr) return no_such_stack(*in.StackName);
  if (in.PhysicalResourceId) {
    for (const auto& [key, one] : store_.stacks.with_prefix(context.region + "/"))
      for (const ResourceRecord& r : store_.resources_of(one))
        if (r.physical_id == *in.PhysicalResourceId && r.status != "DELETE_COMPLETE") stack = &one;
    if (stack == nullptr)
      return validation_error(fmt::format("Stack for {} does not exist", *in.PhysicalResourceId));
  }
  for (const ResourceRecord& r : store_.resources_of(*stack))
    if ((!in.LogicalResourceId || r.logical_id == *in.LogicalResourceId) &&
        out.StackResources.size() < kPageSize)
      out.StackResources.push_back(shown(*stack, r));
  return out;
}

Outcome<api::DescribeStackResourceOutput> CloudFormation::describe_stack_resource(
    Context& context, const api::DescribeStackResourceInput& in) {
  const StackRecord* stack = store_.find(context.region, in.StackName);
  if (stack == nullptr)
    return validation_error(fmt::format("Stack '{}' does not exist", in.StackName));
  const ResourceRecord* r = store_.find_resource(*stack, in.LogicalResourceId);
  if (r == nullptr)
    return validation_error(
        fmt::format("Resource {} does not exist for stack {}", in.LogicalResourceId, in.StackName));
  api::StackResourceDetail detail;
  detail.StackName = stack->name;
  detail.StackId = stack->id;
  detail.LogicalResourceId = r->logical_id;
  detail.PhysicalResourceId = filled(r->physical_id);
  detail.ResourceType = r->type;
  detail.LastUpdatedTimestamp = r->updated;
  detail.ResourceStatus = r->status;
  detail.ResourceStatusReason = filled(r->reason);
  detail.Metadata = "{}";
  if (auto declared = read_template(stack->wanted.template_text))
    if (const decide::Resource* found = declared->find_resource(r->logical_id);
        found != nullptr && !found->metadata.is_null())
      detail.Metadata = to_json(found->metadata);
  detail.DriftInformation =
      api::StackResourceDriftInformation{.StackResourceDriftStatus = "NOT_CHECKED"};
  return api::DescribeStackResourceOutput{.StackResourceDetail = std::move(detail)};
}

Outcome<api::ListStackResourcesOutput> CloudFormation::list_stack_resources(
    Context& context, const api::ListStackResourcesInput& in) {
  const StackRecord* stack = store_.find(context.region, in.StackName);
  if (stack == nullptr) return no_such_stack(in.StackName);
  auto first = first_row(in.NextToken);
  if (!first) return std::unexpected(first.error());
  std::vector<api::StackResourceSummary> all;
  for (const ResourceRecord& r : store_.resources_of(*stack)) {
    api::StackResourceSummary one;
    one.LogicalResourceId = r.logical_id;
    one.PhysicalResourceId = filled(r.physical_id);
    one.ResourceType = r.type;
    one.LastUpdatedTimestamp = r.updated;
    one.ResourceStatus = r.status;
    one.ResourceStatusReason = filled(r.reason);
    one.DriftInformation =
        api::StackResourceDriftInformationSummary{.StackResourceDriftStatus = "NOT_CHECKED"};
    all.push_back(std::move(one));
  }
  api::ListStackResourcesOutput out;
  take_page(all, *first, out.StackResourceSummaries, out.NextToken);
  return out;
}

}  // namespace seatrial::services::cloudformation
