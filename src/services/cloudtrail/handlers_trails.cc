// Trails. Sources: API_CreateTrail, "Naming requirements", API_GetTrailStatus.
#include <algorithm>

#include "services/cloudtrail/errors.h"
#include "services/cloudtrail/service.h"

namespace seatrial::services::cloudtrail {
namespace {

using room::Outcome;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

bool is_alphanumeric(char c) { return is_name_character(c) && c != '.' && c != '_' && c != '-'; }

Outcome<void> check_name(const std::string& name) {
  if (name.size() < 3) return invalid_trail_name("Trail name too short. Minimum allowed length: 3");
  if (name.size() > 128)
    return invalid_trail_name("Trail name too long. Maximum allowed length: 128");
  if (!std::all_of(name.begin(), name.end(), is_name_character)) {
    return invalid_trail_name(
        "Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods "
        "(.), hyphens (-), and underscores (_).");
  }
  if (!is_alphanumeric(name.front()))
    return invalid_trail_name("Trail name must starts with a letter or number.");
  if (!is_alphanumeric(name.back()))
    return invalid_trail_name("Trail name must ends with a letter or number.");
  return {};
}

// "arn:aws:logs:REGION:ACCOUNT:log-group:NAME:*" to region and name.
std::optional<std::pair<std::string, std::string>> group_of(const std::string& text) {
  const auto arn = parse_arn(text);
  constexpr std::string_view kKind = "log-group:";
  if (!arn || arn->service != "logs" || !arn->resource.starts_with(kKind)) return std::nullopt;
  std::string name = arn->resource.substr(kKind.size());
  if (name.ends_with(":*")) name.resize(name.size() - 2);
  return std::pair(arn->region, name);
}

template <class Output>
Output shown(const TrailRecord& trail, const std::string& account) {
  Output out;
  out.Name = trail.name;
  out.S3BucketName = trail.bucket;
  if (!trail.prefix.empty()) out.S3KeyPrefix = trail.prefix;
  out.IncludeGlobalServiceEvents = trail.global_events;
  out.IsMultiRegionTrail = trail.multi_region;
  out.TrailARN = trail_arn(account, trail);
  out.LogFileValidationEnabled = false;
  if (!trail.log_group_arn.empty()) {
    out.CloudWatchLogsLogGroupArn = trail.log_group_arn;
    out.CloudWatchLogsRoleArn = trail.log_role_arn;
  }
  out.IsOrganizationTrail = false;
  if constexpr (requires { out.HomeRegion; }) {
    out.HomeRegion = trail.region;
    out.HasCustomEventSelectors = false;
    out.HasInsightSelectors = false;
  }
  return out;
}

}  // namespace

std::string trail_arn(const std::string& account, const TrailRecord& trail) {
  return fmt::format("arn:aws:cloudtrail:{}:{}:trail/{}", trail.region, account, trail.name);
}

Outcome<const TrailRecord*> CloudTrail::find(const Context& context,
                                             const std::string& name_or_arn) const {
  if (name_or_arn.starts_with("arn:")) {
    for (const auto& [key, trail] : trails_) {
      if (trail_arn(context.account, trail) == name_or_arn) return &trail;
    }
    return trail_not_found(name_or_arn);
  }
  if (auto ok = check_name(name_or_arn); !ok) return std::unexpected(ok.error());
  if (const auto* trail = trails_.find(context.key(name_or_arn))) return trail;
  for (const auto& [key, trail] : trails_) {
    if (trail.multi_region && trail.name == name_or_arn) return &trail;
  }
  return trail_not_found(trail_arn(context.account, {name_or_arn, context.region}));
}

Outcome<std::string> CloudTrail::find_home(const Context& context,
                                           const std::string& name_or_arn) const {
  const auto trail = find(context, name_or_arn);
  if (!trail) return std::unexpected(trail.error());
  if ((*trail)->region == context.region) return context.key((*trail)->name);
  return model::fail(
      "InvalidHomeRegionException",
      fmt::format("This operation is only valid in the home region of the trail, {}.",
                  (*trail)->region));
}

template <class Request>
Outcome<void> CloudTrail::set(const Context& context, const Request& request,
                              TrailRecord& trail) const {
  if (request.SnsTopicName && !request.SnsTopicName->empty())
    return not_served("SnsTopicName", "deliveries are not announced.");
  if (request.KmsKeyId && !request.KmsKeyId->empty())
    return not_served("KmsKeyId", "there is no KMS here; files are encrypted as their bucket is.");
  if (request.EnableLogFileValidation.value_or(false))
    return not_served("EnableLogFileValidation", "there are no digest files.");
  if (request.IsOrganizationTrail.value_or(false))
    return not_served("IsOrganizationTrail", "there is one account here.");
  trail.multi_region = request.IsMultiRegionTrail.value_or(trail.multi_region);
  trail.global_events = request.IncludeGlobalServiceEvents.value_or(trail.global_events);
  if (trail.multi_region && !trail.global_events) {
    return model::fail("InvalidParameterCombinationException",
                       "Multi-Region trail must include global service events.");
  }
  trail.prefix = request.S3KeyPrefix.value_or(trail.prefix);
  if (!parts_.objects.region_of_bucket(trail.bucket)) {
    return model::fail("S3BucketDoesNotExistException",
                       fmt::format("S3 bucket {} does not exist!", trail.bucket));
  }
  if (request.CloudWatchLogsLogGroupArn) trail.log_group_arn = *request.CloudWatchLogsLogGroupArn;
  if (request.CloudWatchLogsRoleArn) trail.log_role_arn = *request.CloudWatchLogsRoleArn;
  if (trail.log_group_arn.empty() != trail.log_role_arn.empty()) {
    return model::fail("InvalidParameterCombinationException",
                       "You must specify both a CloudWatch Logs log group and a role.");
  }
  if (trail.log_group_arn.empty()) return {};
  const auto group = group_of(trail.log_group_arn);
  if (!group || group->first != context.region ||
      !parts_.groups.has_group(group->first, group->second)) {
    return model::fail("InvalidCloudWatchLogsLogGroupArnException",
                       "CloudTrail cannot validate the specified log group ARN.");
  }
  return {};
}

Outcome<api::CreateTrailResponse> CloudTrail::create(Context& context,
                                                     const api::CreateTrailRequest& request) {
  if (auto ok = check_name(request.Name); !ok) return std::unexpected(ok.error());
  if (trails_.contains(context.key(request.Name))) return trail_exists(request.Name);
  const auto own = trails_.with_prefix(context.region + "/");
  if (static_cast<std::size_t>(std::distance(own.begin(), own.end())) >= kMaxTrails) {
    return model::fail("MaximumNumberOfTrailsExceededException",
                       fmt::format("User: {} already has {} trails in {}.", context.account,
                                   kMaxTrails, context.region));
  }
  TrailRecord trail;
  trail.name = request.Name;
  trail.region = context.region;
  trail.bucket = request.S3BucketName;
  if (auto ok = set(context, request, trail); !ok) return std::unexpected(ok.error());
  for (const auto& tag : request.TagsList) trail.tags[tag.Key] = tag.Value.value_or("");
  auto out = shown<api::CreateTrailResponse>(trail, context.account);
  trails_.put(context.key(request.Name), std::move(trail));
  return out;
}

Outcome<api::UpdateTrailResponse> CloudTrail::update(Context& context,
                                                     const api::UpdateTrailRequest& request) {
  const auto key = find_home(context, request.Name);
  if (!key) return std::unexpected(key.error());
  TrailRecord trail = *trails_.find(*key);
  trail.bucket = request.S3BucketName.value_or(trail.bucket);
  if (auto ok = set(context, request, trail); !ok) return std::unexpected(ok.error());
  auto out = shown<api::UpdateTrailResponse>(trail, context.account);
  trails_.put(*key, std::move(trail));
  return out;
}

Outcome<api::DeleteTrailResponse> CloudTrail::remove(Context& context,
                                                     const api::DeleteTrailRequest& request) {
  const auto key = find_home(context, request.Name);
  if (!key) return std::unexpected(key.error());
  trails_.erase(*key);
  return api::DeleteTrailResponse{};
}

Outcome<api::DescribeTrailsResponse> CloudTrail::describe(
    Context& context, const api::DescribeTrailsRequest& request) {
  api::DescribeTrailsResponse out;
  out.trailList.given = true;
  if (!request.trailNameList.empty()) {
    for (const auto& name : request.trailNameList) {
      const auto trail = find(context, name);  // one that is not there is left out
      if (trail) out.trailList.push_back(shown<api::Trail>(**trail, context.account));
    }
    return out;
  }
  const bool shadows = request.includeShadowTrails.value_or(true);
  for (const auto& [key, trail] : trails_) {
    if (trail.region == context.region || (shadows && trail.multi_region))
      out.trailList.push_back(shown<api::Trail>(trail, context.account));
  }
  return out;
}

Outcome<api::GetTrailResponse> CloudTrail::get(Context& context,
                                               const api::GetTrailRequest& request) {
  const auto trail = find(context, request.Name);
  if (!trail) return std::unexpected(trail.error());
  api::GetTrailResponse out;
  out.Trail = shown<api::Trail>(**trail, context.account);
  return out;
}

Outcome<api::GetTrailStatusResponse> CloudTrail::status(Context& context,
                                                        const api::GetTrailStatusRequest& request) {
  const auto found = find(context, request.Name);
  if (!found) return std::unexpected(found.error());
  const TrailRecord& trail = **found;
  const auto text = [](const std::optional<Time>& at) {
    return at ? format_iso8601_seconds(*at) : std::string();
  };
  api::GetTrailStatusResponse out;
  out.IsLogging = trail.logging;
  out.StartLoggingTime = trail.started;
  out.StopLoggingTime = trail.stopped;
  out.TimeLoggingStarted = text(trail.started);
  out.TimeLoggingStopped = text(trail.stopped);
  out.LatestDeliveryTime = trail.bucket_delivered;
  out.LatestDeliveryAttemptTime = text(trail.bucket_attempted);
  out.LatestDeliveryAttemptSucceeded = text(trail.bucket_delivered);
  out.LatestNotificationAttemptTime = "";
  out.LatestNotificationAttemptSucceeded = "";
  if (!trail.bucket_error.empty()) out.LatestDeliveryError = trail.bucket_error;
  out.LatestCloudWatchLogsDeliveryTime = trail.logs_delivered;
  if (!trail.logs_error.empty()) out.LatestCloudWatchLogsDeliveryError = trail.logs_error;
  return out;
}

Outcome<api::ListTrailsResponse> CloudTrail::list(Context& context,
                                                  const api::ListTrailsRequest& request) {
  if (request.NextToken)
    return model::fail("InvalidNextTokenException", "Invalid or expired NextToken.");
  api::ListTrailsResponse out;
  out.Trails.given = true;
  for (const auto& [key, trail] : trails_) {
    api::TrailInfo info;
    info.TrailARN = trail_arn(context.account, trail);
    info.Name = trail.name;
    info.HomeRegion = trail.region;
    out.Trails.push_back(std::move(info));
  }
  return out;
}

// A trail delivers what happens from now on: the history before stays in LookupEvents.
Outcome<api::StartLoggingResponse> CloudTrail::start_logging(
    Context& context, const api::StartLoggingRequest& request) {
  const auto key = find_home(context, request.Name);
  if (!key) return std::unexpected(key.error());
  struct Last final : room::Prepared {
    std::int64_t sequence = 0;
  };
  if (trails_.find(*key)->logging) return api::StartLoggingResponse{};
  if (!context.prepared) {
    context.prepare = [this](auto done) {
      parts_.events.last([done](std::int64_t sequence) {
        auto last = std::make_shared<Last>();
        last->sequence = sequence;
        done(std::move(last));
      });
    };
    return api::StartLoggingResponse{};
  }
  const std::int64_t last = static_cast<const Last&>(*context.prepared).sequence;
  trails_.update(*key, [&](TrailRecord& trail) {
    trail.logging = true;
    trail.started = context.now;
    trail.to_logs = trail.to_bucket = last;
  });
  return api::StartLoggingResponse{};
}

Outcome<api::StopLoggingResponse> CloudTrail::stop_logging(Context& context,
                                                           const api::StopLoggingRequest& request) {
  const auto key = find_home(context, request.Name);
  if (!key) return std::unexpected(key.error());
  trails_.update(*key, [&](TrailRecord& trail) {
    trail.logging = false;
    trail.stopped = context.now;
  });
  return api::StopLoggingResponse{};
}

}  // namespace seatrial::services::cloudtrail
