// Streams: life and tags. Sources: API_CreateDeliveryStream, API_DescribeDeliveryStream,
// API_ListDeliveryStreams, API_DeleteDeliveryStream, API_TagDeliveryStream.
//
// A stream is ACTIVE from its creation and gone with its deletion: there is nothing to be built or
// torn down that would take time.
#include "services/firehose/destinations.h"
#include "services/firehose/errors.h"
#include "services/firehose/service.h"

namespace seatrial::services::firehose {
namespace {

Outcome<void> check_source(const api::CreateDeliveryStreamInput& input) {
  const std::string type = input.DeliveryStreamType.value_or("DirectPut");
  if (type != api::DeliveryStreamType::DirectPut) return not_served("the source " + type);
  if (input.KinesisStreamSourceConfiguration) return not_served("KinesisStreamSourceConfiguration");
  if (input.MSKSourceConfiguration) return not_served("MSKSourceConfiguration");
  if (input.DatabaseSourceConfiguration) return not_served("DatabaseSourceConfiguration");
  if (input.DeliveryStreamEncryptionConfigurationInput)
    return not_served("DeliveryStreamEncryptionConfigurationInput");
  return {};
}

Outcome<void> add_tags(std::map<std::string, std::string>& tags,
                       const model::List<api::Tag>& given) {
  for (const auto& tag : given) {
    if (tag.Key.starts_with("aws:"))
      return invalid_argument("Tag keys starting with aws: are reserved for AWS.");
    tags[tag.Key] = tag.Value.value_or("");
  }
  if (tags.size() > kMaxTags)
    return model::fail("LimitExceededException", "A Firehose stream can have up to 50 tags.");
  return {};
}

}  // namespace

Outcome<api::CreateDeliveryStreamOutput> Firehose::create_stream(
    Context& context, const api::CreateDeliveryStreamInput& input) {
  const std::string key = context.key(input.DeliveryStreamName);
  if (tables_.streams.contains(key))
    return stream_exists(input.DeliveryStreamName, context.account);
  if (auto ok = check_source(input); !ok) return std::unexpected(ok.error());
  auto destination = destination_of(input);
  if (!destination) return std::unexpected(destination.error());
  StreamRecord record;
  record.name = input.DeliveryStreamName;
  record.arn = context.arn("firehose", "deliverystream/" + record.name).text();
  record.created = context.now;
  record.source = input.DirectPutSourceConfiguration;
  record.destination = std::move(*destination);
  if (input.HttpEndpointDestinationConfiguration)
    seal_access_key(record,
                    input.HttpEndpointDestinationConfiguration->EndpointConfiguration.AccessKey);
  if (auto ok = add_tags(record.tags, input.Tags); !ok) return std::unexpected(ok.error());
  const auto of_region = tables_.streams.with_prefix(context.key(""));
  if (std::ranges::distance(of_region.begin(), of_region.end()) >=
      static_cast<std::ptrdiff_t>(kMaxStreams))
    return model::fail("LimitExceededException", "You have reached the limit of Firehose streams.");
  api::CreateDeliveryStreamOutput reply;
  reply.DeliveryStreamARN = record.arn;
  tables_.streams.put(key, std::move(record));
  return reply;
}

void Firehose::seal_access_key(StreamRecord& stream, const std::optional<std::string>& key) {
  stream.sealed_access_key = key ? env_.vault.seal(*key, access_key_purpose(stream.arn)) : "";
}

Outcome<api::DescribeDeliveryStreamOutput> Firehose::describe_stream(
    Context& context, const api::DescribeDeliveryStreamInput& input) {
  const auto found = find(context, input.DeliveryStreamName);
  if (!found) return std::unexpected(found.error());
  const StreamRecord& stream = **found;
  api::DescribeDeliveryStreamOutput reply;
  auto& out = reply.DeliveryStreamDescription;
  out.DeliveryStreamName = stream.name;
  out.DeliveryStreamARN = stream.arn;
  out.DeliveryStreamStatus = api::DeliveryStreamStatus::ACTIVE;
  out.DeliveryStreamType = api::DeliveryStreamType::DirectPut;
  out.VersionId = std::to_string(stream.version);
  out.CreateTimestamp = stream.created;
  out.LastUpdateTimestamp = stream.updated;
  if (stream.source) {
    api::DirectPutSourceDescription source;
    source.ThroughputHintInMBs = stream.source->ThroughputHintInMBs;
    out.Source.emplace().DirectPutSourceDescription = source;
  }
  out.Destinations.given = true;
  // One destination a stream; Limit is at least one.
  if (input.ExclusiveStartDestinationId.value_or("") < kDestinationId)
    out.Destinations.push_back(stream.destination);
  out.HasMoreDestinations = false;
  return reply;
}

Outcome<api::ListDeliveryStreamsOutput> Firehose::list_streams(
    Context& context, const api::ListDeliveryStreamsInput& input) {
  const auto limit = static_cast<std::size_t>(input.Limit.value_or(kStreamsPage));
  const std::string after = input.ExclusiveStartDeliveryStreamName.value_or("");
  api::ListDeliveryStreamsOutput reply;
  reply.DeliveryStreamNames.given = true;
  reply.HasMoreDeliveryStreams = false;
  if (input.DeliveryStreamType.value_or("DirectPut") != "DirectPut") return reply;
  for (const auto& [key, stream] : tables_.streams.with_prefix(context.key(""))) {
    if (stream.name <= after) continue;
    if (reply.DeliveryStreamNames.size() == limit) {
      reply.HasMoreDeliveryStreams = true;
      break;
    }
    reply.DeliveryStreamNames.push_back(stream.name);
  }
  return reply;
}

// AllowForceDelete is about a grant of a KMS key that cannot be retired; no stream here has one.
Outcome<api::DeleteDeliveryStreamOutput> Firehose::delete_stream(
    Context& context, const api::DeleteDeliveryStreamInput& input) {
  const auto found = find(context, input.DeliveryStreamName);
  if (!found) return std::unexpected(found.error());
  controller_.forget(context.key(input.DeliveryStreamName));
  return api::DeleteDeliveryStreamOutput{};
}

Outcome<api::TagDeliveryStreamOutput> Firehose::tag_stream(
    Context& context, const api::TagDeliveryStreamInput& input) {
  const auto found = find(context, input.DeliveryStreamName);
  if (!found) return std::unexpected(found.error());
  StreamRecord stream = **found;
  if (auto ok = add_tags(stream.tags, input.Tags); !ok) return std::unexpected(ok.error());
  tables_.streams.put(context.key(stream.name), std::move(stream));
  return api::TagDeliveryStreamOutput{};
}

Outcome<api::UntagDeliveryStreamOutput> Firehose::untag_stream(
    Context& context, const api::UntagDeliveryStreamInput& input) {
  const auto found = find(context, input.DeliveryStreamName);
  if (!found) return std::unexpected(found.error());
  StreamRecord stream = **found;
  for (const auto& key : input.TagKeys) stream.tags.erase(key);
  tables_.streams.put(context.key(stream.name), std::move(stream));
  return api::UntagDeliveryStreamOutput{};
}

Outcome<api::ListTagsForDeliveryStreamOutput> Firehose::list_tags(
    Context& context, const api::ListTagsForDeliveryStreamInput& input) {
  const auto found = find(context, input.DeliveryStreamName);
  if (!found) return std::unexpected(found.error());
  const auto limit = static_cast<std::size_t>(input.Limit.value_or(kMaxTags));
  api::ListTagsForDeliveryStreamOutput reply;
  reply.Tags.given = true;
  reply.HasMoreTags = false;
  for (const auto& [key, value] : (*found)->tags) {
    if (key <= input.ExclusiveStartTagKey.value_or("")) continue;
    if (reply.Tags.size() == limit) {
      reply.HasMoreTags = true;
      break;
    }
    reply.Tags.push_back({key, value});
  }
  return reply;
}

}  // namespace seatrial::services::firehose
