// CreateExportTask, DescribeExportTasks, CancelExportTask. Sources: their pages in the API
// reference. guess: the wording of most refusals.
#include "room/page_token.h"
#include "services/logs/errors.h"
#include "services/logs/service.h"

namespace seatrial::services::logs {
namespace {

constexpr int kMaxExportsPage = 50;
constexpr const char* kDefaultPrefix = "exportedlogs";
constexpr const char* kTestObject = "aws-logs-write-test";
constexpr const char* kTestText = "Permission Check Successful";

struct Written final : room::Prepared {};

room::Outcome<void> check_times(const aws::logs::CreateExportTaskRequest& request,
                                const GroupRecord& group) {
  if (request.from > request.to)
    return invalid_parameter("The start time must not be after the end time.");
  if (request.to < to_ms(group.created))
    return invalid_parameter("The end time must not be before the log group's creation time.");
  return {};
}

std::string prefix_of(const aws::logs::CreateExportTaskRequest& request) {
  return request.destinationPrefix && !request.destinationPrefix->empty()
             ? *request.destinationPrefix
             : kDefaultPrefix;
}

auto bucket_refused() {
  return invalid_parameter(
      "PutObject call on the given bucket failed. Please check if CloudWatch Logs has been granted "
      "permission to perform this operation.");
}

// AWS first sees whether it may write: an object that stays.
room::Preparation write_test(s3::ObjectSink& objects, const std::string& bucket,
                             const std::string& prefix) {
  return [&objects, bucket, prefix](auto done) {
    objects.put_object(bucket, prefix + "/" + kTestObject, kTestText, "application/octet-stream",
                       "", [done = std::move(done)](const std::string& error) {
                         if (!error.empty()) return done(bucket_refused());
                         done(std::shared_ptr<room::Prepared>(std::make_shared<Written>()));
                       });
  };
}

bool is_listed(const aws::logs::ExportTask& task,
               const aws::logs::DescribeExportTasksRequest& request) {
  return (!request.taskId || task.taskId == *request.taskId) &&
         (!request.statusCode || task.status->code == *request.statusCode);
}

}  // namespace

Logs::Outcome<void> Logs::check_export(const Context& context,
                                       const aws::logs::CreateExportTaskRequest& request) const {
  const auto* group = groups_.find(context.key(request.logGroupName));
  if (group == nullptr) return group_not_found();
  if (auto ok = check_times(request, *group); !ok) return ok;
  if (exports_.objects() == nullptr) return not_served("buckets in this world");
  const auto region = exports_.objects()->region_of_bucket(request.destination);
  if (!region)
    return invalid_parameter(
        "GetBucketAcl call on the given bucket failed. Please check if CloudWatch Logs has been "
        "granted permission to perform this operation.");
  if (*region != context.region)
    return invalid_parameter("The given bucket is not in the same region as the log group.");
  if (exports_.any_active(context.region))
    return model::fail("LimitExceededException", "Resource limit exceeded.");
  return {};
}

Logs::Outcome<aws::logs::CreateExportTaskResponse> Logs::create_export(
    Context& context, const aws::logs::CreateExportTaskRequest& request) {
  if (auto ok = check_export(context, request); !ok) return std::unexpected(ok.error());
  if (!context.prepared) {
    context.prepare = write_test(*exports_.objects(), request.destination, prefix_of(request));
    return aws::logs::CreateExportTaskResponse{};
  }
  ExportRecord record;
  record.group_key = context.key(request.logGroupName);
  record.stream_prefix = request.logStreamNamePrefix.value_or("");
  auto& task = record.task;
  task.taskId = env_.rng.uuid();
  task.taskName = request.taskName;
  task.logGroupName = request.logGroupName;
  task.from = request.from;
  task.to = request.to;
  task.destination = request.destination;
  task.destinationPrefix = prefix_of(request);
  task.status.emplace().code = aws::logs::ExportTaskStatusCode::PENDING;
  task.executionInfo.emplace().creationTime = to_ms(context.now);
  aws::logs::CreateExportTaskResponse reply;
  reply.taskId = task.taskId;
  exports_.begin(context.key(*reply.taskId), std::move(record));
  return reply;
}

Logs::Outcome<aws::logs::DescribeExportTasksResponse> Logs::describe_exports(
    Context& context, const aws::logs::DescribeExportTasksRequest& request) {
  const auto limit = check_limit(request.limit, kMaxExportsPage, kMaxExportsPage);
  if (!limit) return std::unexpected(limit.error());
  const auto after = page_start(request.nextToken);
  if (!after) return std::unexpected(after.error());
  aws::logs::DescribeExportTasksResponse reply;
  reply.exportTasks.given = true;
  reply.nextToken = room::add_page(
      exports_.table().with_prefix(context.key("")), *after, static_cast<std::size_t>(*limit),
      [&](const auto& record) { return is_listed(record.task, request); },
      [&](const auto& record) { reply.exportTasks.push_back(record.task); });
  return reply;
}

Logs::Done Logs::cancel_export(Context& context,
                               const aws::logs::CancelExportTaskRequest& request) {
  const auto key = context.key(request.taskId);
  const auto* record = exports_.table().find(key);
  if (record == nullptr)
    return model::fail("ResourceNotFoundException", "The specified export task does not exist.");
  if (!record->active())
    return model::fail("InvalidOperationException",
                       "The specified export task has already finished.");
  exports_.cancel(key);
  return {};
}

}  // namespace seatrial::services::logs
