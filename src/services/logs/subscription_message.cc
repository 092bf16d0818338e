// Sources: CloudWatch Logs user guide, "Log group-level subscription filters" (DATA_MESSAGE); the
// control message as destinations are seen to get it.
#include "services/logs/subscription_message.h"

#include <fmt/format.h>

#include "base/value.h"
#include "services/logs/service.h"

namespace seatrial::services::logs {

std::string data_message(const MessageOrigin& origin, const std::string& stream,
                         const std::vector<const seatrial::logs::Event*>& events) {
  Array list;
  for (const auto* event : events)
    list.push_back(Object{{"id", event_id({to_ms(event->timestamp), event->sequence})},
                          {"timestamp", to_ms(event->timestamp)},
                          {"message", event->message}});
  return to_json(Object{{"messageType", "DATA_MESSAGE"},
                        {"owner", origin.owner},
                        {"logGroup", origin.group},
                        {"logStream", stream},
                        {"subscriptionFilters", Array{Value(origin.filter)}},
                        {"logEvents", std::move(list)}});
}

std::string control_message(std::string_view destination, Time at) {
  const std::string text =
      fmt::format("CWL CONTROL MESSAGE: Checking health of destination {}.", destination);
  return to_json(Object{
      {"messageType", "CONTROL_MESSAGE"},
      {"owner", "CloudwatchLogs"},
      {"logGroup", ""},
      {"logStream", ""},
      {"subscriptionFilters", Array{}},
      {"logEvents", Array{Object{{"id", ""}, {"timestamp", to_ms(at)}, {"message", text}}}}});
}

}  // namespace seatrial::services::logs
