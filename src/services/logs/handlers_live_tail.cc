// StartLiveTail. Source: API_StartLiveTail. guess: the wording of the refusals.
#include "logs/pattern/pattern.h"
#include "services/logs/errors.h"
#include "services/logs/service.h"
#include "wire/event_stream.h"

namespace seatrial::services::logs {
namespace {

room::Outcome<void> check_streams(const aws::logs::StartLiveTailRequest& request) {
  if (request.logStreamNames.empty() && request.logStreamNamePrefixes.empty()) return {};
  if (!request.logStreamNames.empty() && !request.logStreamNamePrefixes.empty())
    return invalid_parameter(
        "logStreamNames and logStreamNamePrefixes cannot be specified together.");
  if (request.logGroupIdentifiers.size() != 1)
    return invalid_parameter(
        "Log streams can be specified only together with exactly one log group.");
  return {};
}

std::string start_json(const room::Context& context, const aws::logs::StartLiveTailRequest& request,
                       const std::string& session_id) {
  aws::logs::LiveTailSessionStart start;
  start.requestId = context.request_id;
  start.sessionId = session_id;
  start.logGroupIdentifiers = request.logGroupIdentifiers;
  start.logStreamNames = request.logStreamNames;
  start.logStreamNamePrefixes = request.logStreamNamePrefixes;
  start.logStreamNames.given = start.logStreamNamePrefixes.given = true;
  start.logEventFilterPattern = request.logEventFilterPattern.value_or("");
  return to_json(to_value(start));
}

}  // namespace

// Groups are named by ARNs without the ":*" behind them.
Logs::Outcome<LiveTails::Request::Group> Logs::tailed_group(const Context& context,
                                                            const std::string& identifier) const {
  if (!identifier.starts_with("arn:") || identifier.ends_with("*"))
    return invalid_parameter("The log group identifier '" + identifier +
                             "' is no ARN of a log group.");
  const auto key = tagged_group(context, identifier);
  if (!key) return std::unexpected(key.error());
  return LiveTails::Request::Group{*key, context.account + ":" + groups_.find(*key)->name};
}

Logs::Outcome<aws::logs::StartLiveTailResponse> Logs::start_live_tail(
    Context& context, const aws::logs::StartLiveTailRequest& request) {
  if (auto ok = check_streams(request); !ok) return std::unexpected(ok.error());
  auto pattern =
      seatrial::logs::pattern::Pattern::parse(request.logEventFilterPattern.value_or(""));
  if (!pattern) return invalid_parameter("Invalid filter pattern: " + pattern.error().message);
  std::vector<LiveTails::Request::Group> groups;
  for (const auto& identifier : request.logGroupIdentifiers) {
    auto group = tailed_group(context, identifier);
    if (!group) return std::unexpected(group.error());
    groups.push_back(std::move(*group));
  }
  if (groups.empty() || groups.size() > LiveTails::kMaxGroups)
    return invalid_parameter("A session follows between 1 and 10 log groups.");
  if (tails_.full())
    return model::fail("LimitExceededException", "Too many concurrent Live Tail sessions.");
  context.content_type = wire::kEventStreamType;
  context.stream =
      tails_.begin({std::move(groups), request.logStreamNames, request.logStreamNamePrefixes,
                    std::move(*pattern), start_json(context, request, env_.rng.uuid())});
  return aws::logs::StartLiveTailResponse{};
}

}  // namespace seatrial::services::logs
