// Destinations as requests describe them, made into what DescribeDeliveryStream shows.
#pragma once
#include <initializer_list>
#include <utility>

#include "base/value.h"
#include "room/room.h"
#include "services/firehose/store.h"

namespace seatrial::services::firehose {

// Presets filled in. Errors name every member that is not served.
room::Outcome<api::DestinationDescription> extended_s3(
    api::ExtendedS3DestinationConfiguration config);
room::Outcome<api::DestinationDescription> open_search(
    api::AmazonopensearchserviceDestinationConfiguration config);
room::Outcome<api::DestinationDescription> http_endpoint(
    api::HttpEndpointDestinationConfiguration config);

// The destination that a request asks for.
room::Outcome<api::DestinationDescription> destination_of(
    const api::CreateDeliveryStreamInput& input);
// That which `current` becomes by a request: merged with it when both are of one type.
room::Outcome<api::DestinationDescription> updated_destination(
    const api::DestinationDescription& current, const api::UpdateDestinationInput& input);

// A description has the configuration's members, a few under other names, and the other way round.
template <class To, class From>
To described(const From& from, std::initializer_list<std::pair<const char*, const char*>> renamed) {
  Value value = to_value(from);
  Object& members = value.as_object();
  for (const auto& [name, other] : renamed)
    if (const Value* member = members.if_contains(name)) members[other] = Value(*member);
  To out;
  from_value(value, out);
  return out;
}

}  // namespace seatrial::services::firehose
