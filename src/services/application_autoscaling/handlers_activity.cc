// Scaling activities, newest first. Source: API_DescribeScalingActivities.
#include <algorithm>

#include "services/application_autoscaling/errors.h"
#include "services/application_autoscaling/paging.h"
#include "services/application_autoscaling/service.h"

namespace seatrial::services::application_autoscaling {

using room::Outcome;

Outcome<shape::DescribeScalingActivitiesResponse> ApplicationAutoscaling::describe_activities(
    Context& context, const shape::DescribeScalingActivitiesRequest& request) {
  if (auto ok = check_kind(request.ServiceNamespace, request.ResourceId, request.ScalableDimension);
      !ok)
    return std::unexpected(ok.error());
  if (request.IncludeNotScaledActivities.value_or(false))
    return not_served("IncludeNotScaledActivities");
  // The token names the last activity given; in order of time that is the first one not given.
  struct Row {
    std::string order;
    const shape::ScalingActivity* activity;
  };
  std::vector<Row> rows;
  for (const auto& [key, activity] : tables_.activities.with_prefix(context.region + "/")) {
    if (request.ResourceId && activity.ResourceId != *request.ResourceId) continue;
    rows.push_back({key.substr(key.rfind('/') + 1) + activity.ResourceId, &activity});
  }
  std::ranges::sort(rows, std::greater{}, &Row::order);
  std::string before;
  if (request.NextToken) {
    const auto key = room::page_token_key(*request.NextToken);
    if (!key) return room::fail("InvalidNextTokenException", "The next token is invalid.");
    before = *key;
  }
  const auto page = std::clamp<std::size_t>(
      static_cast<std::size_t>(request.MaxResults.value_or(static_cast<int>(kPage))), 1, kPage);
  shape::DescribeScalingActivitiesResponse reply;
  reply.ScalingActivities.given = true;
  std::string last;
  for (const auto& row : rows) {
    if (!before.empty() && row.order >= before) continue;
    if (reply.ScalingActivities.size() == page) {
      reply.NextToken = room::page_token(last);
      break;
    }
    reply.ScalingActivities.push_back(*row.activity);
    last = row.order;
  }
  return reply;
}

}  // namespace seatrial::services::application_autoscaling
