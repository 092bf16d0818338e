// The event history. Source: API_LookupEvents.
#include <charconv>

#include "base/encoding.h"
#include "room/page_token.h"
#include "services/cloudtrail/errors.h"
#include "services/cloudtrail/service.h"

namespace seatrial::services::cloudtrail {
namespace {

using room::Outcome;

constexpr int kPage = 50;

struct FoundEvents final : room::Prepared {
  std::vector<StoredEvent> events;
};

// What a token belongs to: that of another question is refused.
std::string question_of(const api::LookupEventsRequest& request, const std::string& region) {
  std::string text = region;
  for (const auto& attribute : request.LookupAttributes)
    text += "\n" + attribute.AttributeKey + "=" + attribute.AttributeValue;
  if (request.StartTime) text += "\nfrom " + std::to_string(to_ms(*request.StartTime));
  if (request.EndTime) text += "\nto " + std::to_string(to_ms(*request.EndTime));
  return hex_encode(sha256(text)).substr(0, 16);
}

std::string token_after(const StoredEvent& event, const std::string& question) {
  return room::page_token(fmt::format("{}:{}:{}", question, to_ms(event.at), event.sequence));
}

Outcome<std::pair<std::int64_t, std::int64_t>> place_of(const std::string& token,
                                                        const std::string& question) {
  const auto damaged = [] {
    return model::fail("InvalidNextTokenException", "Invalid or expired NextToken.");
  };
  const auto key = room::page_token_key(token);
  if (!key || !key->starts_with(question + ":")) return damaged();
  const std::string_view rest = std::string_view(*key).substr(question.size() + 1);
  const auto colon = rest.find(':');
  std::pair<std::int64_t, std::int64_t> place;
  const auto read = [](std::string_view text, std::int64_t& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size();
  };
  if (colon == std::string_view::npos || !read(rest.substr(0, colon), place.first) ||
      !read(rest.substr(colon + 1), place.second))
    return damaged();
  return place;
}

Outcome<Lookup> lookup_of(const api::LookupEventsRequest& request, const std::string& region) {
  Lookup lookup;
  lookup.region = region;
  if (request.EventCategory)
    return not_served("EventCategory", "there are no Insights events here.");
  if (request.LookupAttributes.size() > 1) {
    return model::fail("InvalidLookupAttributesException",
                       "The number of lookup attributes exceeds the limit of 1.");
  }
  for (const auto& attribute : request.LookupAttributes) {
    lookup.attribute = attribute.AttributeKey;
    lookup.value = attribute.AttributeValue;
  }
  if (lookup.attribute == "ReadOnly" && lookup.value != "true" && lookup.value != "false") {
    return model::fail("InvalidLookupAttributesException",
                       "The value of ReadOnly must be true or false.");
  }
  if (request.StartTime) lookup.start_ms = to_ms(*request.StartTime);
  if (request.EndTime) lookup.end_ms = to_ms(*request.EndTime) + 999;  // its whole second
  if (lookup.start_ms > lookup.end_ms) {
    return model::fail("InvalidTimeRangeException", "The start time must be before the end time.");
  }
  const int limit = request.MaxResults.value_or(kPage);
  if (limit < 1 || limit > kPage) {
    return model::fail("InvalidMaxResultsException",
                       "The value of MaxResults must be between 1 and 50.");
  }
  lookup.limit = static_cast<std::size_t>(limit);
  if (request.NextToken) {
    const auto place = place_of(*request.NextToken, question_of(request, region));
    if (!place) return std::unexpected(place.error());
    lookup.before = *place;
  }
  return lookup;
}

api::Event shown(const StoredEvent& event, const std::string& account) {
  api::Event out;
  out.EventId = event.id;
  out.EventName = event.name;
  out.ReadOnly = event.read_only ? "true" : "false";
  if (!event.access_key.empty()) out.AccessKeyId = event.access_key;
  out.EventTime = event.at;
  out.EventSource = event.source;
  out.Username = event.user_name;
  out.Resources.given = true;
  for (auto& resource : resources_of(event.resources)) {
    api::Resource item;
    item.ResourceType = resource.type;
    item.ResourceName = resource.name;
    out.Resources.push_back(std::move(item));
  }
  out.CloudTrailEvent = to_json(event_json(event, account));
  return out;
}

}  // namespace

// One event more than the page is looked for, to know whether another follows.
Outcome<api::LookupEventsResponse> CloudTrail::look_up(Context& context,
                                                       const api::LookupEventsRequest& request) {
  auto lookup = lookup_of(request, context.region);
  if (!lookup) return std::unexpected(lookup.error());
  const std::size_t limit = lookup->limit++;
  if (!context.prepared) {
    context.prepare = [this, lookup = *std::move(lookup)](auto done) {
      parts_.events.look_up(lookup, [done](std::vector<StoredEvent> events) {
        auto found = std::make_shared<FoundEvents>();
        found->events = std::move(events);
        done(std::move(found));
      });
    };
    return api::LookupEventsResponse{};
  }
  auto& events = static_cast<FoundEvents&>(*context.prepared).events;
  api::LookupEventsResponse out;
  out.Events.given = true;
  if (events.size() > limit) {
    events.resize(limit);
    out.NextToken = token_after(events.back(), question_of(request, context.region));
  }
  for (const auto& event : events) out.Events.push_back(shown(event, context.account));
  return out;
}

}  // namespace seatrial::services::cloudtrail
