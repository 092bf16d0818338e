// Groups by several filters at once, and the older operations on a group's tags. Sources:
// API_ListLogGroups, API_TagLogGroup, API_UntagLogGroup, API_ListTagsLogGroup.
#include "room/page_token.h"
#include "services/logs/errors.h"
#include "services/logs/service.h"
#include "services/logs/tag_filter.h"

namespace seatrial::services::logs {
namespace {

constexpr int kListedGroups = 50, kMostListedGroups = 1'000;  // AWS

room::Outcome<void> check(const aws::logs::ListLogGroupsRequest& request) {
  if (request.includeLinkedAccounts.value_or(false) || !request.accountIdentifiers.empty())
    return not_served("linked accounts");
  if (!request.dataSources.empty()) return not_served("dataSources");
  if (!request.fieldIndexNames.empty()) return not_served("fieldIndexNames");
  return {};
}

// "^/aws/lambda|discovery": a name that begins with the one or holds the other.
bool is_named(std::string_view name, std::string_view patterns) {
  while (true) {
    const auto end = patterns.find('|');
    auto pattern = patterns.substr(0, end);
    const bool prefix = pattern.starts_with('^');
    if (prefix) pattern.remove_prefix(1);
    if (prefix ? name.starts_with(pattern) : name.find(pattern) != name.npos) return true;
    if (end == patterns.npos) return false;
    patterns.remove_prefix(end + 1);
  }
}

bool is_listed(const GroupRecord& group, const aws::logs::ListLogGroupsRequest& request) {
  if (request.logGroupClass.value_or("STANDARD") != "STANDARD") return false;
  if (request.logGroupNamePattern && !is_named(group.name, *request.logGroupNamePattern))
    return false;
  return std::ranges::all_of(request.logGroupTags, [&](const auto& filter) {
    return has_tag(group.tags, {filter.key, {filter.values.begin(), filter.values.end()}});
  });
}

}  // namespace

Logs::Outcome<aws::logs::ListLogGroupsResponse> Logs::list_groups(
    Context& context, const aws::logs::ListLogGroupsRequest& request) {
  if (auto ok = check(request); !ok) return std::unexpected(ok.error());
  const auto limit = check_limit(request.limit, kListedGroups, kMostListedGroups);
  if (!limit) return std::unexpected(limit.error());
  const auto after = page_start(request.nextToken);
  if (!after) return std::unexpected(after.error());
  aws::logs::ListLogGroupsResponse reply;
  reply.logGroups.given = true;
  reply.nextToken = room::add_page(
      groups_.with_prefix(context.key("")), *after, static_cast<std::size_t>(*limit),
      [&](const auto& group) { return is_listed(group, request); },
      [&](const auto& group) {
        aws::logs::LogGroupSummary summary;
        summary.logGroupName = group.name;
        summary.logGroupArn = group_arn(context, group.name);
        summary.logGroupClass = aws::logs::LogGroupClass::STANDARD;
        reply.logGroups.push_back(std::move(summary));
      });
  return reply;
}

Logs::Done Logs::tag_group(Context& context, const aws::logs::TagLogGroupRequest& request) {
  return tag(context, {group_arn(context, request.logGroupName), request.tags});
}

Logs::Done Logs::untag_group(Context& context, const aws::logs::UntagLogGroupRequest& request) {
  return untag(context, {group_arn(context, request.logGroupName), request.tags});
}

Logs::Outcome<aws::logs::ListTagsLogGroupResponse> Logs::list_group_tags(
    Context& context, const aws::logs::ListTagsLogGroupRequest& request) {
  auto tags = tags_of(context, group_arn(context, request.logGroupName));
  if (!tags) return std::unexpected(tags.error());
  aws::logs::ListTagsLogGroupResponse reply;
  reply.tags = {*std::move(tags)};
  return reply;
}

}  // namespace seatrial::services::logs
