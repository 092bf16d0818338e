// Dashboards: put, get, list, delete. What a body may hold is decided in decide/dashboard.
// Sources: API_PutDashboard, API_GetDashboard, API_ListDashboards (1,000 a page),
// API_DeleteDashboards.
#include <algorithm>

#include "decide/dashboard/dashboard.h"
#include "room/page_token.h"
#include "services/cloudwatch/errors.h"
#include "services/cloudwatch/service.h"

namespace seatrial::services::cloudwatch {
namespace {

using room::Outcome;

constexpr std::size_t kMaxDashboardName = 255, kDashboardPage = 1000, kMaxDeleted = 100;
constexpr std::size_t kMaxDashboardTags = 50;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

Outcome<void> check_dashboard_name(const std::string& name) {
  if (name.empty()) return missing_parameter("The parameter DashboardName is required.");
  if (name.size() > kMaxDashboardName) {
    return invalid_value(
        fmt::format("The value for field DashboardName must be at most {} characters long.",
                    kMaxDashboardName));
  }
  if (!std::ranges::all_of(name, is_name_character)) {
    return invalid_value(
        "The value for field DashboardName contains invalid characters. It can only contain "
        "alphanumerics, dash (-) and underscore (_).\n");
  }
  return {};
}

std::string dashboard_arn(const room::Context& context, const std::string& name) {
  return "arn:aws:cloudwatch::" + context.account + ":dashboard/" + name;
}

using Messages = std::vector<decide::dashboard::Message>;

template <class List>
void fill_dashboard(List& list, const Messages& messages) {
  list.given = true;
  for (const auto& [path, text] : messages) {
    aws::cloudwatch::DashboardValidationMessage message;
    message.DataPath = path;
    message.Message = text;
    list.push_back(std::move(message));
  }
}

model::AwsError refused(const decide::dashboard::Verdict& verdict) {
  model::AwsError error{"InvalidParameterInput", decide::dashboard::refusal(verdict)};
  Array messages;
  for (const auto& [path, text] : verdict.errors) {
    messages.push_back(Object{{"DataPath", path}, {"Message", text}});
  }
  error.details = Object{{"dashboardValidationMessages", std::move(messages)}};
  return error;
}

Outcome<std::map<std::string, std::string>> tags_of(
    const aws::cloudwatch::PutDashboardInput& request) {
  std::map<std::string, std::string> tags;
  for (const auto& tag : request.Tags) {
    if (tag.Key.starts_with("aws:")) {
      return invalid_value("Tag keys starting with aws: are reserved for AWS.");
    }
    tags[tag.Key] = tag.Value;
  }
  if (tags.size() > kMaxDashboardTags) {
    return invalid_value(
        fmt::format("A dashboard can have no more than {} tags.", kMaxDashboardTags));
  }
  return tags;
}

}  // namespace

Outcome<aws::cloudwatch::PutDashboardOutput> CloudWatch::put_dashboard(
    room::Context& context, const aws::cloudwatch::PutDashboardInput& request) {
  if (auto ok = check_dashboard_name(request.DashboardName); !ok)
    return std::unexpected(ok.error());
  const auto body = parse_json(request.DashboardBody);
  if (!body || !body->is_object()) {
    return model::fail("InvalidParameterInput",
                       "The field DashboardBody must be a valid JSON object");
  }
  const auto verdict = decide::dashboard::check_dashboard(*body);
  if (!verdict.errors.empty()) return std::unexpected(refused(verdict));
  auto tags = tags_of(request);
  if (!tags) return std::unexpected(tags.error());
  // Tags count for a new dashboard only (API_PutDashboard, Tags).
  const auto* old = dashboards_.find(request.DashboardName);
  dashboards_.put(request.DashboardName, {request.DashboardName, request.DashboardBody, context.now,
                                          old != nullptr ? old->tags : std::move(*tags)});
  aws::cloudwatch::PutDashboardOutput reply;
  fill_dashboard(reply.DashboardValidationMessages, verdict.warnings);
  return reply;
}

Outcome<aws::cloudwatch::GetDashboardOutput> CloudWatch::get_dashboard(
    room::Context& context, const aws::cloudwatch::GetDashboardInput& request) {
  if (auto ok = check_dashboard_name(request.DashboardName); !ok)
    return std::unexpected(ok.error());
  const auto* record = dashboards_.find(request.DashboardName);
  if (record == nullptr) {
    return model::fail("ResourceNotFound", "Dashboard " + request.DashboardName + " does not exist",
                       404);
  }
  aws::cloudwatch::GetDashboardOutput reply;
  reply.DashboardArn = dashboard_arn(context, record->name);
  reply.DashboardBody = record->body;
  reply.DashboardName = record->name;
  return reply;
}

Outcome<aws::cloudwatch::ListDashboardsOutput> CloudWatch::list_dashboards(
    room::Context& context, const aws::cloudwatch::ListDashboardsInput& request) {
  std::string after;  // the last name of the page before
  if (request.NextToken) {
    const auto last = room::page_token_key(*request.NextToken);
    if (!last) {
      return invalid_value("The value " + *request.NextToken +
                           " for parameter NextToken is invalid.");
    }
    after = *last;
  }
  aws::cloudwatch::ListDashboardsOutput reply;
  reply.DashboardEntries.given = true;
  for (const auto& [name, record] :
       dashboards_.with_prefix(request.DashboardNamePrefix.value_or(""))) {
    if (!after.empty() && name <= after) continue;
    if (reply.DashboardEntries.size() == kDashboardPage) {
      reply.NextToken = room::page_token(*reply.DashboardEntries.back().DashboardName);
      break;
    }
    aws::cloudwatch::DashboardEntry entry;
    entry.DashboardName = name;
    entry.DashboardArn = dashboard_arn(context, name);
    entry.LastModified = record.modified;
    entry.Size = static_cast<std::int64_t>(record.body.size());
    reply.DashboardEntries.push_back(std::move(entry));
  }
  return reply;
}

// guess: none goes when one of them is not there, and the words.
Outcome<aws::cloudwatch::DeleteDashboardsOutput> CloudWatch::delete_dashboards(
    room::Context&, const aws::cloudwatch::DeleteDashboardsInput& request) {
  if (request.DashboardNames.empty()) {
    return missing_parameter("The parameter DashboardNames is required.");
  }
  if (request.DashboardNames.size() > kMaxDeleted) {
    return invalid_value(fmt::format(
        "The collection DashboardNames must not have a size greater than {}.", kMaxDeleted));
  }
  for (const auto& name : request.DashboardNames) {
    if (auto ok = check_dashboard_name(name); !ok) return std::unexpected(ok.error());
    if (!dashboards_.contains(name)) {
      return model::fail("ResourceNotFound",
                         "The specified dashboard does not exist. [" + name + "]", 404);
    }
  }
  for (const auto& name : request.DashboardNames) dashboards_.erase(name);
  return aws::cloudwatch::DeleteDashboardsOutput{};
}

}  // namespace seatrial::services::cloudwatch
