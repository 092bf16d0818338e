// PutSubscriptionFilter, DescribeSubscriptionFilters, DeleteSubscriptionFilter. Sources: their
// pages in the API reference. guess: the wording of most refusals.
#include "logs/pattern/pattern.h"
#include "room/page_token.h"
#include "services/logs/errors.h"
#include "services/logs/service.h"

namespace seatrial::services::logs {
namespace {

constexpr int kMaxSubscriptionsPage = 50;

auto no_such_subscription() {
  return model::fail("ResourceNotFoundException",
                     "The specified subscription filter does not exist.");
}

room::Outcome<void> check_subscription_features(
    const aws::logs::PutSubscriptionFilterRequest& request) {
  if (request.applyOnTransformedLogs.value_or(false)) return not_served("applyOnTransformedLogs");
  if (request.fieldSelectionCriteria && !request.fieldSelectionCriteria->empty())
    return not_served("fieldSelectionCriteria");
  if (!request.emitSystemFields.empty()) return not_served("emitSystemFields");
  return {};
}

// The vendor's own rules come from AWS's words to those who broke them.
room::Outcome<void> check_destination(const room::Context& context,
                                      const aws::logs::PutSubscriptionFilterRequest& request) {
  const auto arn = parse_arn(request.destinationArn);
  if (!arn) return invalid_parameter("Invalid destinationArn: " + request.destinationArn);
  const std::string& vendor = arn->service;
  if (vendor == "kinesis") return not_served("Kinesis data streams as destinations");
  if (vendor == "logs") return not_served("cross-account destinations");
  if (vendor != "firehose" && vendor != "lambda")
    return invalid_parameter(
        "PutSubscriptionFilter operation cannot work with destinationArn for vendor " + vendor);
  if (vendor == "lambda" && request.roleArn)
    return invalid_parameter("destinationArn for vendor lambda cannot be used with roleArn");
  if (vendor == "firehose" && !request.roleArn)
    return invalid_parameter("destinationArn for vendor firehose cannot be used without roleArn");
  if (arn->region != context.region || arn->account != context.account)
    return not_served("destinations of another region or account");
  return {};
}

room::Outcome<void> check_role(const std::optional<std::string>& role) {
  if (!role) return {};
  const auto arn = parse_arn(*role);
  if (arn && arn->service == "iam" && arn->resource.starts_with("role/")) return {};
  return invalid_parameter("Invalid roleArn: " + *role);
}

}  // namespace

Logs::Outcome<void> Logs::check_subscription_limits(const std::string& group,
                                                    const std::string& key,
                                                    const std::string& pattern) const {
  std::size_t filters = 0;
  for (const auto& [other, record] : subscriptions_.table().with_prefix(group + ":"))
    filters += other != key;
  const std::size_t regexes = pattern.contains('%') ? regex_filters(group, key) + 1 : 0;
  if (filters >= kMaxSubscriptionsOfGroup || regexes > kMaxRegexFilters)
    return model::fail("LimitExceededException", "Resource limit exceeded.");
  return {};
}

// Distribution matters to Kinesis data streams only, as AWS says; it is kept and shown.
Logs::Done Logs::put_subscription_filter(Context& context,
                                         const aws::logs::PutSubscriptionFilterRequest& request) {
  if (auto ok = check_subscription_features(request); !ok) return std::unexpected(ok.error());
  const auto group = find_group(context, request.logGroupName, std::nullopt);
  if (!group) return std::unexpected(group.error());
  if (auto parsed = seatrial::logs::pattern::Pattern::parse(request.filterPattern); !parsed)
    return invalid_parameter("Invalid filter pattern: " + parsed.error().message);
  if (auto ok = check_destination(context, request); !ok) return std::unexpected(ok.error());
  if (auto ok = check_role(request.roleArn); !ok) return std::unexpected(ok.error());
  const auto key = *group + ":" + request.filterName;
  if (auto ok = check_subscription_limits(*group, key, request.filterPattern); !ok)
    return std::unexpected(ok.error());
  aws::logs::SubscriptionFilter filter;
  filter.filterName = request.filterName;
  filter.logGroupName = request.logGroupName;
  filter.filterPattern = request.filterPattern;
  filter.destinationArn = request.destinationArn;
  filter.roleArn = request.roleArn;
  filter.distribution =
      request.distribution.value_or(std::string(aws::logs::Distribution::ByLogStream));
  filter.applyOnTransformedLogs = false;
  filter.creationTime = to_ms(context.now);
  if (auto ok = subscriptions_.put(key, std::move(filter)); !ok) return std::unexpected(ok.error());
  return {};
}

Logs::Done Logs::delete_subscription_filter(
    Context& context, const aws::logs::DeleteSubscriptionFilterRequest& request) {
  const auto group = find_group(context, request.logGroupName, std::nullopt);
  if (!group) return std::unexpected(group.error());
  const auto key = *group + ":" + request.filterName;
  if (subscriptions_.table().find(key) == nullptr) return no_such_subscription();
  subscriptions_.erase(key);
  return {};
}

Logs::Outcome<aws::logs::DescribeSubscriptionFiltersResponse> Logs::describe_subscription_filters(
    Context& context, const aws::logs::DescribeSubscriptionFiltersRequest& request) {
  const auto group = find_group(context, request.logGroupName, std::nullopt);
  if (!group) return std::unexpected(group.error());
  const auto limit = check_limit(request.limit, kMaxSubscriptionsPage, kMaxSubscriptionsPage);
  if (!limit) return std::unexpected(limit.error());
  const auto after = page_start(request.nextToken);
  if (!after) return std::unexpected(after.error());
  aws::logs::DescribeSubscriptionFiltersResponse reply;
  reply.subscriptionFilters.given = true;
  const std::string prefix = *group + ":" + request.filterNamePrefix.value_or("");
  reply.nextToken = room::add_page(
      subscriptions_.table().with_prefix(prefix), *after, static_cast<std::size_t>(*limit),
      [&](const auto& record) { reply.subscriptionFilters.push_back(record.filter); });
  return reply;
}

}  // namespace seatrial::services::logs
