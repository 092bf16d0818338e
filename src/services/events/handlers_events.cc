// PutEvents: each entry is taken or refused for itself.
#include "services/events/errors.h"
#include "services/events/service.h"

namespace seatrial::services::events {
namespace {

constexpr std::size_t kMaxEntries = 10, kMaxBytes = 1'048'576;

// What AWS counts of an entry: the time is 14 bytes.
std::size_t size_of(const shape::PutEventsRequestEntry& entry) {
  std::size_t size = entry.Time ? 14 : 0;
  for (const auto* text : {&entry.Source, &entry.DetailType, &entry.Detail})
    if (*text) size += (*text)->size();
  for (const auto& resource : entry.Resources) size += resource.size();
  return size;
}

Failure required(std::string_view name) {
  return fail("InvalidArgument",
              fmt::format("Parameter {0} is not valid. Reason: {0} is a required "
                          "argument.",
                          name));
}

}  // namespace

Outcome<Value> Events::event_of(const Context& context, const shape::PutEventsRequestEntry& entry) {
  for (const auto& [given, name] :
       {std::pair{&entry.Source, "Source"}, std::pair{&entry.DetailType, "DetailType"},
        std::pair{&entry.Detail, "Detail"}})
    if (!*given || (*given)->empty()) return required(name);
  if (entry.Source->starts_with("aws."))
    return fail("NotAuthorizedForSourceException", "Not authorized for the source.");
  auto detail = parse_json(*entry.Detail);
  if (!detail || !detail->is_object()) return fail("MalformedDetail", "Detail is malformed.");
  Array resources;
  for (const auto& resource : entry.Resources) resources.push_back(Value(resource));
  return Value(Object{{"version", "0"},
                      {"id", env_.rng.uuid()},
                      {"detail-type", *entry.DetailType},
                      {"source", *entry.Source},
                      {"account", context.account},
                      {"time", format_iso8601_seconds(entry.Time.value_or(context.now))},
                      {"region", context.region},
                      {"resources", std::move(resources)},
                      {"detail", std::move(*detail)}});
}

Outcome<shape::PutEventsResponse> Events::put_events(Context& context,
                                                     const shape::PutEventsRequest& input) {
  if (input.EndpointId) return not_served("global endpoints, so EndpointId");
  if (input.Entries.size() > kMaxEntries)
    return validation(
        "1 validation error detected: Value at 'entries' failed to satisfy constraint: "
        "Member must have length less than or equal to 10");
  std::size_t total = 0;
  for (const auto& entry : input.Entries) total += size_of(entry);
  if (total > kMaxBytes)
    return validation("Total size of the entries in the request is over the limit.");
  if (router_.full())
    return fail("ThrottlingException", "Too many deliveries wait; no event was taken.", 429);
  shape::PutEventsResponse reply;
  reply.Entries.given = true;
  int failures = 0;
  for (const auto& entry : input.Entries) {
    shape::PutEventsResultEntry result;
    auto event = event_of(context, entry);
    const auto on = bus(context, entry.EventBusName);
    if (event && !on) event = std::unexpected(on.error());
    if (event) {
      result.EventId = std::string(text_member(*event, "id"));
      router_.route(context.region, *on, *event);
    } else {
      ++failures;
      result.ErrorCode = event.error().code;
      result.ErrorMessage = event.error().message;
    }
    reply.Entries.push_back(std::move(result));
  }
  reply.FailedEntryCount = failures;
  return reply;
}

}  // namespace seatrial::services::events
