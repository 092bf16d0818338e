// Log groups: life, retention; tags. Sources: API_CreateLogGroup, API_DescribeLogGroups,
// API_PutRetentionPolicy, API_TagResource.
#include "room/page_token.h"
#include "services/logs/errors.h"
#include "services/logs/service.h"

namespace seatrial::services::logs {
namespace {

using room::Outcome;

constexpr std::size_t kMaxTags = 50, kMaxTagKey = 128, kMaxTagValue = 256;
constexpr int kGroupPage = 50;

Outcome<void> check(const aws::logs::CreateLogGroupRequest& request) {
  if (auto ok = check_group_name(request.logGroupName); !ok) return ok;
  if (request.kmsKeyId) return not_served("kmsKeyId (encryption of a log group by a KMS key)");
  const std::string group_class = request.logGroupClass.value_or("STANDARD");
  if (group_class != aws::logs::LogGroupClass::STANDARD) {
    return not_served("the log group class " + group_class);
  }
  if (request.deletionProtectionEnabled.value_or(false)) return not_served("deletion protection");
  if (request.tags.size() > kMaxTags) {
    return invalid_parameter("A log group can have no more than 50 tags.");
  }
  return check_tags(request.tags);
}

Outcome<void> check(const aws::logs::DescribeLogGroupsRequest& request) {
  if (request.includeLinkedAccounts.value_or(false) || !request.accountIdentifiers.empty()) {
    return not_served("linked accounts");
  }
  if (request.logGroupNamePrefix && request.logGroupNamePattern) {
    return invalid_parameter(
        "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
  }
  return {};
}

bool is_selected(const aws::logs::DescribeLogGroupsRequest& request, const std::string& name) {
  if (request.logGroupClass.value_or("STANDARD") != "STANDARD") return false;
  return !request.logGroupNamePattern ||
         name.find(*request.logGroupNamePattern) != std::string::npos;
}

}  // namespace

room::Outcome<void> check_tags(const std::map<std::string, std::string>& tags) {
  for (const auto& [key, value] : tags) {
    if (key.empty() || key.size() > kMaxTagKey || value.size() > kMaxTagValue) {
      return invalid_parameter("The tag " + key +
                               " has a key or value outside the permitted length.");
    }
    if (key.starts_with("aws:")) {
      return invalid_parameter("Tag keys starting with aws: are reserved for AWS.");
    }
  }
  return {};
}

Logs::Done Logs::create_group(Context& context, const aws::logs::CreateLogGroupRequest& request) {
  if (auto ok = check(request); !ok) return std::unexpected(ok.error());
  const std::string key = context.key(request.logGroupName);
  if (groups_.contains(key)) return group_exists();
  groups_.put(key, {request.logGroupName, context.now, std::nullopt, request.tags});
  return model::Empty{};
}

Logs::Done Logs::delete_group(Context& context, const aws::logs::DeleteLogGroupRequest& request) {
  const std::string key = context.key(request.logGroupName);
  if (!groups_.contains(key)) return group_not_found();
  std::vector<std::string> streams;
  for (const auto& [stream, record] : streams_.with_prefix(key + ":")) streams.push_back(stream);
  for (const auto& stream : streams) streams_.erase(stream);
  groups_.erase(key);
  filters_.erase_group(key);
  subscriptions_.erase_group(key);
  engine_.remove_group(key);
  return model::Empty{};
}

aws::logs::LogGroup Logs::describe(const Context& context, const GroupRecord& record) {
  aws::logs::LogGroup group;
  group.logGroupName = record.name;
  group.creationTime = to_ms(record.created);
  group.retentionInDays = record.retention_days;
  group.metricFilterCount = 0;
  group.logGroupArn = group_arn(context, record.name);
  group.arn = *group.logGroupArn + ":*";
  group.storedBytes = engine_.stored_bytes(context.key(record.name));
  group.logGroupClass = aws::logs::LogGroupClass::STANDARD;
  group.deletionProtectionEnabled = false;
  return group;
}

// guess: groups that are not there are left out, as any other filter does.
Logs::Outcome<aws::logs::DescribeLogGroupsResponse> Logs::describe_identified(
    Context& context, const aws::logs::DescribeLogGroupsRequest& request) {
  if (request.logGroupNamePrefix || request.logGroupNamePattern || request.nextToken) {
    return invalid_parameter(
        "logGroupIdentifiers cannot be specified together with a name prefix, a name pattern or a "
        "token.");
  }
  aws::logs::DescribeLogGroupsResponse reply;
  reply.logGroups.given = true;
  for (const auto& identifier : request.logGroupIdentifiers) {
    const auto key = find_group(context, std::nullopt, identifier);
    if (!key && key.error().code != "ResourceNotFoundException") {
      return std::unexpected(key.error());
    }
    if (!key || !is_selected(request, groups_.find(*key)->name)) continue;
    reply.logGroups.push_back(describe(context, *groups_.find(*key)));
  }
  return reply;
}

Logs::Outcome<aws::logs::DescribeLogGroupsResponse> Logs::describe_groups(
    Context& context, const aws::logs::DescribeLogGroupsRequest& request) {
  if (auto ok = check(request); !ok) return std::unexpected(ok.error());
  const auto limit = check_limit(request.limit, kGroupPage, kGroupPage);
  if (!limit) return std::unexpected(limit.error());
  if (!request.logGroupIdentifiers.empty()) return describe_identified(context, request);
  const auto after = page_start(request.nextToken);
  if (!after) return std::unexpected(after.error());
  aws::logs::DescribeLogGroupsResponse reply;
  reply.logGroups.given = true;
  const std::string prefix = context.key(request.logGroupNamePrefix.value_or(""));
  for (const auto& [key, record] : groups_.with_prefix(prefix)) {
    if (record.name <= *after || !is_selected(request, record.name)) continue;
    if (reply.logGroups.size() == static_cast<std::size_t>(*limit)) {
      reply.nextToken = room::page_token(*reply.logGroups.back().logGroupName);
      break;
    }
    reply.logGroups.push_back(describe(context, record));
  }
  return reply;
}

Logs::Done Logs::put_retention(Context& context,
                               const aws::logs::PutRetentionPolicyRequest& request) {
  if (!is_allowed_retention(request.retentionInDays)) {
    return invalid_value(
        std::to_string(request.retentionInDays), "retentionInDays",
        "satisfy enum value set: [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, "
        "1096, 1827, 2192, 2557, 2922, 3288, 3653]");
  }
  const bool found = groups_.update(context.key(request.logGroupName), [&](GroupRecord& group) {
    group.retention_days = request.retentionInDays;
  });
  if (!found) return group_not_found();
  return model::Empty{};
}

Logs::Done Logs::delete_retention(Context& context,
                                  const aws::logs::DeleteRetentionPolicyRequest& request) {
  const bool found = groups_.update(context.key(request.logGroupName),
                                    [](GroupRecord& group) { group.retention_days.reset(); });
  if (!found) return group_not_found();
  return model::Empty{};
}

// The tags of a log group or a lookup table, by its ARN.
Logs::Outcome<std::map<std::string, std::string>> Logs::tags_of(const Context& context,
                                                                const std::string& arn) const {
  if (lookup_table_key(context, arn)) {
    const auto key = find_lookup_table(context, arn);
    if (!key) return std::unexpected(key.error());
    return lookup_tables_.find(*key)->tags;
  }
  const auto key = tagged_group(context, arn);
  if (!key) return std::unexpected(key.error());
  return groups_.find(*key)->tags;
}

void Logs::set_tags(const Context& context, const std::string& arn,
                    std::map<std::string, std::string> tags) {
  const auto set = [&](auto& record) { record.tags = std::move(tags); };
  if (const auto key = lookup_table_key(context, arn))
    lookup_tables_.update(*key, set);
  else
    groups_.update(*tagged_group(context, arn), set);
}

Logs::Done Logs::tag(Context& context, const aws::logs::TagResourceRequest& request) {
  auto tags = tags_of(context, request.resourceArn);
  if (!tags) return std::unexpected(tags.error());
  if (auto ok = check_tags(request.tags); !ok) return std::unexpected(ok.error());
  for (const auto& [name, value] : request.tags) (*tags)[name] = value;
  if (tags->size() > kMaxTags) {
    return room::fail("TooManyTagsException", "A resource can have no more than 50 tags.");
  }
  set_tags(context, request.resourceArn, *std::move(tags));
  return model::Empty{};
}

Logs::Done Logs::untag(Context& context, const aws::logs::UntagResourceRequest& request) {
  auto tags = tags_of(context, request.resourceArn);
  if (!tags) return std::unexpected(tags.error());
  for (const auto& name : request.tagKeys) tags->erase(name);
  set_tags(context, request.resourceArn, *std::move(tags));
  return model::Empty{};
}

Logs::Outcome<aws::logs::ListTagsForResourceResponse> Logs::list_tags(
    Context& context, const aws::logs::ListTagsForResourceRequest& request) {
  auto tags = tags_of(context, request.resourceArn);
  if (!tags) return std::unexpected(tags.error());
  aws::logs::ListTagsForResourceResponse reply;
  reply.tags = {*std::move(tags)};
  return reply;
}

}  // namespace seatrial::services::logs
