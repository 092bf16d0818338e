// Event buses.
#include "services/events/errors.h"
#include "services/events/paging.h"
#include "services/events/service.h"

namespace seatrial::services::events {
namespace {

constexpr std::size_t kMaxBuses = 100;

BusRecord default_bus(const Context& context) {
  BusRecord record;
  record.name = "default";
  record.arn = context.arn("events", "event-bus/default").text();
  return record;
}

}  // namespace

Outcome<shape::CreateEventBusResponse> Events::create_event_bus(
    Context& context, const shape::CreateEventBusRequest& input) {
  if (input.EventSourceName) return not_served("partner event sources, so EventSourceName");
  if (input.KmsKeyIdentifier) return not_served("KmsKeyIdentifier");
  if (input.DeadLetterConfig) return not_served("DeadLetterConfig of a bus");
  if (input.LogConfig) return not_served("LogConfig");
  if (input.Name.find('/') != std::string::npos)
    return validation("Event bus name must not contain '/'.");
  if (input.Name == "default" || tables_.buses.contains(context.key(input.Name)))
    return fail("ResourceAlreadyExistsException",
                fmt::format("Event bus {} already exists.", input.Name));
  if (tables_.buses.size() >= kMaxBuses)
    return fail("LimitExceededException",
                "The requested resource exceeds the maximum number allowed.");
  BusRecord record;
  record.name = input.Name;
  record.arn = context.arn("events", "event-bus/" + input.Name).text();
  record.description = input.Description.value_or("");
  for (const auto& tag : input.Tags) record.tags[tag.Key] = tag.Value;
  record.created = context.now;
  shape::CreateEventBusResponse reply;
  reply.EventBusArn = record.arn;
  reply.Description = input.Description;
  tables_.buses.put(context.key(input.Name), std::move(record));
  return reply;
}

// Also of a bus that is not there, as AWS does.
Outcome<model::Empty> Events::delete_event_bus(Context& context,
                                               const shape::DeleteEventBusRequest& input) {
  if (input.Name == "default") return validation("Cannot delete event bus default.");
  if (!tables_.on_bus(context.region, input.Name).empty())
    return validation(fmt::format("Event bus {} still has rules.", input.Name));
  tables_.buses.erase(context.key(input.Name));
  return model::Empty{};
}

Outcome<shape::DescribeEventBusResponse> Events::describe_event_bus(
    Context& context, const shape::DescribeEventBusRequest& input) {
  const auto name = bus(context, input.Name);
  if (!name) return std::unexpected(name.error());
  const auto* found = tables_.buses.find(context.key(*name));
  const BusRecord record = found == nullptr ? default_bus(context) : *found;
  shape::DescribeEventBusResponse reply;
  reply.Name = record.name;
  reply.Arn = record.arn;
  if (!record.description.empty()) reply.Description = record.description;
  if (record.created != Time{}) reply.CreationTime = reply.LastModifiedTime = record.created;
  return reply;
}

Outcome<shape::ListEventBusesResponse> Events::list_event_buses(
    Context& context, const shape::ListEventBusesRequest& input) {
  std::vector<BusRecord> records{default_bus(context)};
  for (const auto& [key, record] : tables_.buses.with_prefix(context.region + "/"))
    records.push_back(record);
  std::ranges::sort(records, {}, &BusRecord::name);
  std::erase_if(records, [&](const BusRecord& record) {
    return !record.name.starts_with(input.NamePrefix.value_or(""));
  });
  auto next = cut_page(records, input.NextToken, input.Limit,
                       [](const BusRecord& record) { return record.name; });
  if (!next) return std::unexpected(next.error());
  shape::ListEventBusesResponse reply;
  reply.EventBuses.given = true;
  reply.NextToken = *next;
  for (const auto& record : records) {
    shape::EventBus shown;
    shown.Name = record.name;
    shown.Arn = record.arn;
    if (!record.description.empty()) shown.Description = record.description;
    if (record.created != Time{}) shown.CreationTime = shown.LastModifiedTime = record.created;
    reply.EventBuses.push_back(std::move(shown));
  }
  return reply;
}

}  // namespace seatrial::services::events
