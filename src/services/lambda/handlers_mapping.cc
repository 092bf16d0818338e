// Event source mappings. Sources: API_CreateEventSourceMapping, API_UpdateEventSourceMapping,
// services-sqs-configure.html. The words of refusals as clients have reported them; guess: the
// others.
#include <algorithm>

#include "room/page_token.h"
#include "services/lambda/errors.h"
#include "services/lambda/service.h"

namespace seatrial::services::lambda {

using room::Outcome;

namespace {

constexpr int kDefaultBatch = 10, kMaxFifoBatch = 10, kMaxBatch = 10'000, kMaxWindow = 300;

template <class Request>
std::string unserved(const Request& r) {
  const std::pair<bool, const char*> members[] = {
      {r.FilterCriteria.has_value(), "FilterCriteria"},
      {r.DestinationConfig.has_value(), "DestinationConfig"},
      {r.MaximumRecordAgeInSeconds.has_value(), "MaximumRecordAgeInSeconds"},
      {r.BisectBatchOnFunctionError.has_value(), "BisectBatchOnFunctionError"},
      {r.MaximumRetryAttempts.has_value(), "MaximumRetryAttempts"},
      {r.ParallelizationFactor.has_value(), "ParallelizationFactor"},
      {!r.SourceAccessConfigurations.empty(), "SourceAccessConfigurations"},
      {r.TumblingWindowInSeconds.has_value(), "TumblingWindowInSeconds"},
      {r.AmazonManagedKafkaEventSourceConfig.has_value(), "AmazonManagedKafkaEventSourceConfig"},
      {r.SelfManagedKafkaEventSourceConfig.has_value(), "SelfManagedKafkaEventSourceConfig"},
      {r.DocumentDBEventSourceConfig.has_value(), "DocumentDBEventSourceConfig"},
      {r.KMSKeyArn.has_value(), "KMSKeyArn"},
      {r.MetricsConfig.has_value(), "MetricsConfig"},
      {r.LoggingConfig.has_value(), "LoggingConfig"},
      {r.ProvisionedPollerConfig.has_value(), "ProvisionedPollerConfig"}};
  for (const auto& [given, name] : members)
    if (given) return name;
  return {};
}

std::string unserved_of_new(const shape::CreateEventSourceMappingRequest& r) {
  const std::pair<bool, const char*> members[] = {
      {r.StartingPosition.has_value(), "StartingPosition"},
      {r.StartingPositionTimestamp.has_value(), "StartingPositionTimestamp"},
      {!r.Tags.empty(), "Tags of event source mappings"},
      {!r.Topics.empty(), "Topics"},
      {!r.Queues.empty(), "Queues"},
      {r.SelfManagedEventSource.has_value(), "SelfManagedEventSource"}};
  for (const auto& [given, name] : members)
    if (given) return name;
  return unserved(r);
}

bool is_fifo(const std::string& arn) { return arn.ends_with(".fifo"); }

Outcome<void> check_batch(const shape::EventSourceMappingConfiguration& mapping) {
  const int size = *mapping.BatchSize, window = *mapping.MaximumBatchingWindowInSeconds;
  const bool fifo = is_fifo(*mapping.EventSourceArn);
  if (size < 1 || size > (fifo ? kMaxFifoBatch : kMaxBatch))
    return invalid_parameter(fmt::format("BatchSize must be between 1 and {} for this event source",
                                         fifo ? kMaxFifoBatch : kMaxBatch));
  if (window < 0 || window > kMaxWindow)
    return invalid_parameter("MaximumBatchingWindowInSeconds must be between 0 and 300");
  if (fifo && window > 0)
    return invalid_parameter("Batching window is not supported for FIFO queues");
  if (size > kDefaultBatch && window == 0)
    return invalid_parameter(
        "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater "
        "than 10");
  const auto& scaling = mapping.ScalingConfig;
  if (scaling && scaling->MaximumConcurrency &&
      (*scaling->MaximumConcurrency < 2 || *scaling->MaximumConcurrency > 1000))
    return invalid_parameter("MaximumConcurrency must be between 2 and 1000");
  return {};
}

// The reply of a change; what is stored is its end.
shape::EventSourceMappingConfiguration in_state(shape::EventSourceMappingConfiguration mapping,
                                                const char* state) {
  mapping.State = state;
  return mapping;
}

}  // namespace

// The queue is there, and stays silent for longer than the function may run.
Outcome<void> Lambda::check_queue(const Context& context, const std::string& queue_arn,
                                  const FunctionRecord& function) {
  const auto arn = parse_arn(queue_arn);
  if (!arn || arn->service != "sqs")
    return not_served("event sources but SQS queues (" + queue_arn + ")");
  const auto missing = [](const model::AwsError& error) {
    return invalid_parameter(fmt::format(
        "Error occurred while ReceiveMessage. SQS Error Code: {}. SQS Error Message: {}",
        error.code, error.message));
  };
  if (arn->region != context.region || arn->account != context.account)
    return invalid_parameter("The queue and the function must be in the same region and account");
  const auto url =
      env_.api.call(context, "sqs", "GetQueueUrl", Object{{"QueueName", arn->resource}});
  if (!url) return missing(url.error());
  const auto about = env_.api.call(context, "sqs", "GetQueueAttributes",
                                   Object{{"QueueUrl", text_member(*url, "QueueUrl")},
                                          {"AttributeNames", Array{"VisibilityTimeout"}}});
  if (!about) return missing(about.error());
  const int silent =
      std::atoi(std::string(text_member(about->at("Attributes"), "VisibilityTimeout")).c_str());
  const int timeout = function.configuration.Timeout.value_or(3);
  if (silent < timeout)
    return invalid_parameter(fmt::format(
        "Queue visibility timeout: {} seconds is less than Function timeout: {} seconds", silent,
        timeout));
  return {};
}

Outcome<shape::EventSourceMappingConfiguration> Lambda::create_mapping(
    Context& context, const shape::CreateEventSourceMappingRequest& request) {
  const auto found = qualified(context, request.FunctionName, std::nullopt);
  if (!found) return std::unexpected(found.error());
  if (const auto name = unserved_of_new(request); !name.empty()) return not_served(name);
  if (!request.EventSourceArn)
    return invalid_parameter("EventSourceArn is required for this event source");
  MappingRecord record;
  record.region = context.region;
  auto& mapping = record.mapping;
  mapping.EventSourceArn = request.EventSourceArn;
  mapping.FunctionArn = found->arn;
  mapping.BatchSize = request.BatchSize.value_or(kDefaultBatch);
  mapping.MaximumBatchingWindowInSeconds = request.MaximumBatchingWindowInSeconds.value_or(0);
  mapping.FunctionResponseTypes = request.FunctionResponseTypes;
  mapping.ScalingConfig = request.ScalingConfig;
  if (auto ok = check_batch(mapping); !ok) return std::unexpected(ok.error());
  for (const auto& [_, other] : tables_.mappings.with_prefix(context.region + "/")) {
    if (other.mapping.EventSourceArn != mapping.EventSourceArn ||
        other.mapping.FunctionArn != mapping.FunctionArn)
      continue;
    return conflict(fmt::format(
        "An event source mapping with SQS arn (\" {} \") and function (\" {} \") already exists. "
        "Please update or delete the existing mapping with UUID {}",
        *mapping.EventSourceArn, found->record->name(), *other.mapping.UUID));
  }
  const FunctionRecord function = *found->record;
  if (auto ok = check_queue(context, *mapping.EventSourceArn, function); !ok)
    return std::unexpected(ok.error());
  mapping.UUID = env_.rng.uuid();
  mapping.EventSourceMappingArn =
      context.arn("lambda", "event-source-mapping:" + *mapping.UUID).text();
  mapping.LastModified = context.now;
  mapping.StateTransitionReason = "USER_INITIATED";
  mapping.State = request.Enabled.value_or(true) ? "Enabled" : "Disabled";
  return in_state(tables_.mappings.put(record.key(), record).mapping, "Creating");
}

Outcome<const MappingRecord*> Lambda::mapping(const Context& context,
                                              const std::string& uuid) const {
  const auto* record = tables_.mappings.find(context.region + "/" + uuid);
  if (record == nullptr) return not_found("The resource you requested does not exist.");
  return record;
}

Outcome<shape::EventSourceMappingConfiguration> Lambda::get_mapping(
    Context& context, const shape::GetEventSourceMappingRequest& request) {
  const auto found = mapping(context, request.UUID);
  if (!found) return std::unexpected(found.error());
  return (*found)->mapping;
}

Outcome<shape::EventSourceMappingConfiguration> Lambda::update_mapping(
    Context& context, const shape::UpdateEventSourceMappingRequest& request) {
  const auto found = mapping(context, request.UUID);
  if (!found) return std::unexpected(found.error());
  if (const auto name = unserved(request); !name.empty()) return not_served(name);
  MappingRecord record = **found;
  auto& changed = record.mapping;
  if (request.FunctionName) {
    const auto function = qualified(context, *request.FunctionName, std::nullopt);
    if (!function) return std::unexpected(function.error());
    changed.FunctionArn = function->arn;
  }
  if (request.BatchSize) changed.BatchSize = request.BatchSize;
  if (request.MaximumBatchingWindowInSeconds)
    changed.MaximumBatchingWindowInSeconds = request.MaximumBatchingWindowInSeconds;
  if (request.FunctionResponseTypes.given)
    changed.FunctionResponseTypes = request.FunctionResponseTypes;
  if (request.ScalingConfig) changed.ScalingConfig = request.ScalingConfig;
  if (request.Enabled) changed.State = *request.Enabled ? "Enabled" : "Disabled";
  if (auto ok = check_batch(changed); !ok) return std::unexpected(ok.error());
  changed.LastModified = context.now;
  return in_state(tables_.mappings.put(record.key(), record).mapping, "Updating");
}

Outcome<shape::EventSourceMappingConfiguration> Lambda::delete_mapping(
    Context& context, const shape::DeleteEventSourceMappingRequest& request) {
  const auto found = mapping(context, request.UUID);
  if (!found) return std::unexpected(found.error());
  const MappingRecord record = **found;
  tables_.mappings.erase(record.key());
  return in_state(record.mapping, "Deleting");
}

Outcome<shape::ListEventSourceMappingsResponse> Lambda::list_mappings(
    Context& context, const shape::ListEventSourceMappingsRequest& request) {
  std::string arn;
  if (request.FunctionName) {
    const auto found = qualified(context, *request.FunctionName, std::nullopt);
    if (!found) return std::unexpected(found.error());
    arn = found->arn;
  }
  std::string after, last;
  if (request.Marker) {
    const auto key = room::page_token_key(*request.Marker);
    if (!key) return invalid_parameter("Invalid Marker");
    after = *key;
  }
  constexpr std::size_t kMappingsPage = 100;  // the operation's page
  const auto most = std::min<std::size_t>(
      request.MaxItems ? static_cast<std::size_t>(*request.MaxItems) : kMappingsPage,
      kMappingsPage);
  shape::ListEventSourceMappingsResponse reply;
  reply.EventSourceMappings.given = true;
  for (const auto& [key, record] : tables_.mappings.with_prefix(context.region + "/")) {
    const auto& shown = record.mapping;
    if (key <= after || (!arn.empty() && shown.FunctionArn != arn) ||
        (request.EventSourceArn && shown.EventSourceArn != request.EventSourceArn))
      continue;
    if (reply.EventSourceMappings.size() == most) {
      reply.NextMarker = room::page_token(last);
      break;
    }
    reply.EventSourceMappings.push_back(shown);
    last = key;
  }
  return reply;
}

}  // namespace seatrial::services::lambda
