// Scheduled actions. Source: API_PutScheduledAction, API_DescribeScheduledActions,
// API_DeleteScheduledAction.
// guess: the words of the refusals but the one of an action that is not there.
#include <algorithm>

#include "services/application_autoscaling/action_schedule.h"
#include "services/application_autoscaling/errors.h"
#include "services/application_autoscaling/paging.h"
#include "services/application_autoscaling/service.h"

namespace seatrial::services::application_autoscaling {

using room::Outcome;

namespace {

Outcome<void> check_bounds(const std::optional<shape::ScalableTargetAction>& action) {
  if (!action || (!action->MinCapacity && !action->MaxCapacity))
    return validation("ScalableTargetAction must have a MinCapacity, a MaxCapacity or both");
  const int min = action->MinCapacity.value_or(0);
  if (min < 0 || (action->MaxCapacity && *action->MaxCapacity < min))
    return validation("Maximum capacity cannot be less than minimum capacity");
  return {};
}

Outcome<void> check_action(const shape::ScheduledAction& action, Time now) {
  if (action.Schedule.empty()) return validation("Schedule is required for a new scheduled action");
  const auto schedule = parse_action_schedule(action.Schedule);
  if (!schedule) return validation("Invalid schedule expression. Details: " + schedule.error());
  if (action.Timezone && !is_time_zone(*action.Timezone))
    return validation("Invalid time zone: " + *action.Timezone);
  if (action.StartTime && action.EndTime && *action.EndTime <= *action.StartTime)
    return validation("EndTime must be after StartTime");
  if (action.EndTime && *action.EndTime <= now) return validation("EndTime must be in the future");
  if (std::holds_alternative<At>(*schedule) && !next_run(action, now))
    return validation("The time of the at expression must be in the future");
  return check_bounds(action.ScalableTargetAction);
}

}  // namespace

Outcome<shape::PutScheduledActionResponse> ApplicationAutoscaling::put_scheduled_action(
    Context& context, const shape::PutScheduledActionRequest& request) {
  const auto found =
      target(context, request.ServiceNamespace, request.ResourceId, request.ScalableDimension);
  if (!found) return std::unexpected(found.error());
  const std::string key = (*found)->key() + "/" + request.ScheduledActionName;
  ScheduledRecord record;
  auto& action = record.action;
  if (const auto* known = tables_.scheduled.find(key)) {
    record = *known;
  } else {
    const auto of_target = tables_.scheduled.with_prefix((*found)->key() + "/");
    if (static_cast<std::size_t>(std::ranges::distance(of_target)) >= kMaxScheduledActions)
      return room::fail("LimitExceededException",
                        "A target can have at most 200 scheduled actions.");
    record.region = context.region;
    action.ScheduledActionName = request.ScheduledActionName;
    action.ServiceNamespace = kNamespace;
    action.ResourceId = request.ResourceId;
    action.ScalableDimension = kDimension;
    action.CreationTime = context.now;
    action.ScheduledActionARN =
        context
            .arn("autoscaling",
                 fmt::format("scheduledAction:{}:resource/{}/{}:scheduledActionName/{}",
                             env_.rng.uuid(), kNamespace, request.ResourceId,
                             request.ScheduledActionName))
            .text();
  }
  if (request.Schedule) action.Schedule = *request.Schedule;
  if (request.Timezone) action.Timezone = request.Timezone;
  if (request.ScalableTargetAction) action.ScalableTargetAction = request.ScalableTargetAction;
  action.StartTime = request.StartTime;  // not given: the old values are deleted
  action.EndTime = request.EndTime;
  if (auto ok = check_action(action, context.now); !ok) return std::unexpected(ok.error());
  record.due = next_run(action, context.now);
  tables_.scheduled.put(key, std::move(record));
  scheduled_.arm();
  return shape::PutScheduledActionResponse{};
}

Outcome<shape::DeleteScheduledActionResponse> ApplicationAutoscaling::delete_scheduled_action(
    Context& context, const shape::DeleteScheduledActionRequest& request) {
  if (auto ok = check_kind(request.ServiceNamespace, request.ResourceId, request.ScalableDimension);
      !ok)
    return std::unexpected(ok.error());
  const std::string key = context.key(request.ResourceId) + "/" + request.ScheduledActionName;
  if (!tables_.scheduled.contains(key))
    return object_not_found(fmt::format(
        "No scheduled action found for service namespace: {}, resource ID: {}, scalable dimension: "
        "{}, scheduled action name: {}",
        request.ServiceNamespace, request.ResourceId, request.ScalableDimension,
        request.ScheduledActionName));
  tables_.scheduled.erase(key);
  scheduled_.arm();
  return shape::DeleteScheduledActionResponse{};
}

Outcome<shape::DescribeScheduledActionsResponse> ApplicationAutoscaling::describe_scheduled_actions(
    Context& context, const shape::DescribeScheduledActionsRequest& request) {
  if (auto ok = check_kind(request.ServiceNamespace, request.ResourceId, request.ScalableDimension);
      !ok)
    return std::unexpected(ok.error());
  shape::DescribeScheduledActionsResponse reply;
  reply.ScheduledActions.given = true;
  const auto wanted = [&](const ScheduledRecord& record) {
    return (!request.ResourceId || record.action.ResourceId == *request.ResourceId) &&
           (request.ScheduledActionNames.empty() ||
            std::ranges::any_of(request.ScheduledActionNames, [&](const std::string& name) {
              return name == record.action.ScheduledActionName ||
                     name == record.action.ScheduledActionARN;
            }));
  };
  auto next = take_page(tables_.scheduled.with_prefix(context.region + "/"), request.NextToken,
                        request.MaxResults, kPage, wanted, [&](const ScheduledRecord& record) {
                          reply.ScheduledActions.push_back(record.action);
                        });
  if (!next) return std::unexpected(next.error());
  reply.NextToken = *next;
  return reply;
}

}  // namespace seatrial::services::application_autoscaling
