// UpdateDestination. Source: API_UpdateDestination.
//
// An update of the same type is laid over the configuration that is described, member by member,
// and checked as a new one is; one of another type must bring all members. What is under way is
// begun again with the new destination.
#include "services/firehose/destinations.h"
#include "services/firehose/errors.h"
#include "services/firehose/service.h"

namespace seatrial::services::firehose {
namespace {

constexpr std::pair<const char*, const char*> kBackup{"S3BackupDescription",
                                                      "S3BackupConfiguration"};
constexpr std::pair<const char*, const char*> kBucket{"S3DestinationDescription",
                                                      "S3Configuration"};

// `update` over `config`; the members of its S3 side under `bucket` one by one.
void lay_over(Value& config, const Value& update, const char* bucket) {
  Object& members = config.as_object();
  for (const auto& [name, value] : update.as_object()) {
    if (name != "S3Update" && name != "S3BackupUpdate") {
      members[name] = value;
      continue;
    }
    Value& inner = members[bucket];
    if (!inner.is_object()) inner = Object{};
    for (const auto& [part, given] : value.as_object()) inner.as_object()[part] = given;
  }
}

// Null description: the destination is of another type so far.
template <class Config, class Description, class Update>
Config merged(const std::optional<Description>& description, const Update& update,
              const std::pair<const char*, const char*>& bucket) {
  Value value = Object{};
  if (description) value = to_value(described<Config>(*description, {bucket}));
  lay_over(value, to_value(update), bucket.second);
  Config out;
  from_value(value, out);
  return out;
}

template <class Config>
Outcome<void> check_whole(const Config& config) {
  if (config.RoleARN.empty() || config.BucketARN.empty())
    return invalid_argument(
        "RoleARN and BucketARN are required: the destination is of another type so far.");
  return {};
}

Outcome<api::DestinationDescription> to_s3(const api::DestinationDescription& current,
                                           const api::ExtendedS3DestinationUpdate& update) {
  const auto& known = current.ExtendedS3DestinationDescription;
  auto config = merged<api::ExtendedS3DestinationConfiguration>(known, update, kBackup);
  if (auto ok = check_whole(config); !ok) return std::unexpected(ok.error());
  if (known && known->S3BackupMode == api::S3BackupMode::Enabled &&
      config.S3BackupMode == api::S3BackupMode::Disabled)
    return invalid_argument("S3BackupMode cannot be disabled once it is enabled.");
  return extended_s3(std::move(config));
}

Outcome<api::DestinationDescription> to_search(
    const api::DestinationDescription& current,
    const api::AmazonopensearchserviceDestinationUpdate& update) {
  const auto& known = current.AmazonopensearchserviceDestinationDescription;
  return open_search(
      merged<api::AmazonopensearchserviceDestinationConfiguration>(known, update, kBucket));
}

Outcome<api::DestinationDescription> to_http(const api::DestinationDescription& current,
                                             const api::HttpEndpointDestinationUpdate& update) {
  auto config = merged<api::HttpEndpointDestinationConfiguration>(
      current.HttpEndpointDestinationDescription, update, kBucket);
  if (auto ok = check_whole(config.S3Configuration); !ok) return std::unexpected(ok.error());
  return http_endpoint(std::move(config));
}

}  // namespace

Outcome<api::DestinationDescription> updated_destination(const api::DestinationDescription& current,
                                                         const api::UpdateDestinationInput& input) {
  std::vector<std::string> given;
  const Value value = to_value(input);
  for (const auto& [name, member] : value.as_object())
    if (std::string_view(name).ends_with("DestinationUpdate")) given.emplace_back(name);
  if (given.size() != 1)
    return invalid_argument("Exactly one destination update must be specified.");
  const bool search = input.AmazonopensearchserviceDestinationUpdate.has_value();
  if (search != current.AmazonopensearchserviceDestinationDescription.has_value())
    return invalid_argument(
        "Switching between Amazon OpenSearch Service and other services is not supported.");
  if (search) return to_search(current, *input.AmazonopensearchserviceDestinationUpdate);
  if (input.ExtendedS3DestinationUpdate) return to_s3(current, *input.ExtendedS3DestinationUpdate);
  if (input.S3DestinationUpdate)
    return to_s3(current,
                 described<api::ExtendedS3DestinationUpdate>(*input.S3DestinationUpdate, {}));
  if (input.HttpEndpointDestinationUpdate)
    return to_http(current, *input.HttpEndpointDestinationUpdate);
  return not_served("the update " + given.front());
}

Outcome<api::UpdateDestinationOutput> Firehose::update_destination(
    Context& context, const api::UpdateDestinationInput& input) {
  const auto found = find(context, input.DeliveryStreamName);
  if (!found) return std::unexpected(found.error());
  StreamRecord stream = **found;
  const auto version = std::to_string(stream.version);
  if (input.CurrentDeliveryStreamVersionId != version)
    return model::fail("ConcurrentModificationException",
                       fmt::format("Cannot update firehose: {} since the current version id: {} "
                                   "and specified version id: {} do not match",
                                   stream.name, version, input.CurrentDeliveryStreamVersionId));
  if (input.DestinationId != kDestinationId)
    return invalid_argument(fmt::format("Destination Id {} not found", input.DestinationId));
  auto destination = updated_destination(stream.destination, input);
  if (!destination) return std::unexpected(destination.error());
  stream.destination = *std::move(destination);
  if (input.HttpEndpointDestinationUpdate &&
      input.HttpEndpointDestinationUpdate->EndpointConfiguration)
    seal_access_key(stream, input.HttpEndpointDestinationUpdate->EndpointConfiguration->AccessKey);
  ++stream.version;
  stream.updated = context.now;
  const auto key = context.key(stream.name);
  tables_.streams.put(key, std::move(stream));
  controller_.begin_again(key);
  return api::UpdateDestinationOutput{};
}

}  // namespace seatrial::services::firehose
