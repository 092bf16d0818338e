// Log streams. Sources: API_CreateLogStream, API_DescribeLogStreams.
#include <algorithm>
#include <charconv>

#include "base/encoding.h"
#include "services/logs/errors.h"
#include "services/logs/service.h"

namespace seatrial::services::logs {
namespace {

using room::Outcome;

constexpr int kStreamPage = 50;

// A stream's place in the listing: its last event's time (0 when ordered by name), its name.
struct Place {
  std::int64_t last_event_ms = 0;
  std::string name;
  auto operator<=>(const Place&) const = default;
};

struct Entry {
  Place place;
  const StreamRecord* record = nullptr;
};

std::string token_of(const Place& place) {
  return base64_encode(std::to_string(place.last_event_ms) + ":" + place.name);
}

std::optional<Place> place_of(const std::string& token) {
  const std::string text = base64_decode(token).value_or("");
  const auto colon = text.find(':');
  if (colon == std::string::npos) return std::nullopt;
  Place place{0, text.substr(colon + 1)};
  const auto [end, error] = std::from_chars(text.data(), text.data() + colon, place.last_event_ms);
  if (error != std::errc{} || end != text.data() + colon) return std::nullopt;
  return place;
}

struct Listing {
  bool by_time = false, descending = false;
  std::optional<Place> after;
  std::size_t limit = kStreamPage;
};

Outcome<Listing> listing_of(const aws::logs::DescribeLogStreamsRequest& request) {
  Listing listing;
  listing.by_time = request.orderBy == aws::logs::OrderBy::LastEventTime;
  listing.descending = request.descending.value_or(false);
  if (listing.by_time && request.logStreamNamePrefix) {
    return invalid_parameter("Cannot order by LastEventTime with a logStreamNamePrefix.");
  }
  const auto limit = check_limit(request.limit, kStreamPage, kStreamPage);
  if (!limit) return std::unexpected(limit.error());
  listing.limit = static_cast<std::size_t>(*limit);
  if (!request.nextToken) return listing;
  listing.after = place_of(*request.nextToken);
  if (!listing.after) return invalid_parameter("The specified nextToken is invalid.");
  return listing;
}

// Sorts the entries, drops those of earlier pages; true when more are left than the page takes.
bool cut_page(std::vector<Entry>& entries, const Listing& listing) {
  const auto before = [&](const Place& a, const Place& b) {
    return listing.descending ? b < a : a < b;
  };
  std::sort(entries.begin(), entries.end(),
            [&](const Entry& a, const Entry& b) { return before(a.place, b.place); });
  if (listing.after) {
    std::erase_if(entries, [&](const Entry& e) { return !before(*listing.after, e.place); });
  }
  if (entries.size() <= listing.limit) return false;
  entries.resize(listing.limit);
  return true;
}

}  // namespace

Logs::Done Logs::create_stream(Context& context, const aws::logs::CreateLogStreamRequest& request) {
  if (auto ok = check_stream_name(request.logStreamName); !ok) return std::unexpected(ok.error());
  const std::string group = context.key(request.logGroupName);
  if (!groups_.contains(group)) return group_not_found();
  const std::string key = stream_key(group, request.logStreamName);
  if (streams_.contains(key)) return stream_exists();
  streams_.put(key, {request.logStreamName, context.now});
  return model::Empty{};
}

Logs::Done Logs::delete_stream(Context& context, const aws::logs::DeleteLogStreamRequest& request) {
  const std::string group = context.key(request.logGroupName);
  if (!groups_.contains(group)) return group_not_found();
  if (!streams_.erase(stream_key(group, request.logStreamName))) return stream_not_found();
  engine_.remove_stream(group, request.logStreamName);
  return model::Empty{};
}

aws::logs::LogStream Logs::describe(const Context& context, const GroupRecord& group,
                                    const StreamRecord& record,
                                    const seatrial::logs::StreamTimes& times) const {
  const auto ms = [](const std::optional<Time>& time) -> std::optional<std::int64_t> {
    if (!time) return std::nullopt;
    return to_ms(*time);
  };
  aws::logs::LogStream stream;
  stream.logStreamName = record.name;
  stream.creationTime = to_ms(record.created);
  stream.firstEventTimestamp = ms(times.first_event);
  stream.lastEventTimestamp = ms(times.last_event);
  stream.lastIngestionTime = ms(times.last_ingestion);
  stream.arn = group_arn(context, group.name) + ":log-stream:" + record.name;
  stream.storedBytes = 0;  // AWS reports 0 for every stream since 2019
  return stream;
}

// guess: a stream without events is ordered by LastEventTime as one whose last event was at 0.
Logs::Outcome<aws::logs::DescribeLogStreamsResponse> Logs::describe_streams(
    Context& context, const aws::logs::DescribeLogStreamsRequest& request) {
  const auto listing = listing_of(request);
  if (!listing) return std::unexpected(listing.error());
  const auto group = find_group(context, request.logGroupName, request.logGroupIdentifier);
  if (!group) return std::unexpected(group.error());
  std::vector<Entry> entries;
  const std::string prefix = stream_key(*group, request.logStreamNamePrefix.value_or(""));
  for (const auto& [key, record] : streams_.with_prefix(prefix)) {
    std::int64_t last = 0;
    if (listing->by_time) {
      last = to_ms(engine_.stream_times(*group, record.name).last_event.value_or(from_ms(0)));
    }
    entries.push_back({{last, record.name}, &record});
  }
  const bool more = cut_page(entries, *listing);
  aws::logs::DescribeLogStreamsResponse reply;
  reply.logStreams.given = true;
  for (const auto& entry : entries) {
    reply.logStreams.push_back(describe(context, *groups_.find(*group), *entry.record,
                                        engine_.stream_times(*group, entry.record->name)));
  }
  if (more) reply.nextToken = token_of(entries.back().place);
  return reply;
}

}  // namespace seatrial::services::logs
