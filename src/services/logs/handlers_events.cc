// Events put, read by stream and searched by group. Sources: API_PutLogEvents, API_GetLogEvents,
// API_FilterLogEvents. The patterns are in src/logs/pattern/pattern.h.
#include <algorithm>
#include <charconv>

#include "base/encoding.h"
#include "logs/pattern/pattern.h"
#include "services/logs/errors.h"
#include "services/logs/service.h"

namespace seatrial::services::logs {
namespace {

using room::Outcome;
using seatrial::logs::Position;
using seatrial::logs::pattern::Pattern;

constexpr std::size_t kMaxBatchBytes = 1'048'576, kMaxBatchEvents = 10'000, kEventOverhead = 26;
constexpr std::size_t kMaxEventBytes = 1'048'576;
constexpr std::chrono::hours kMaxSpan{24}, kNewest{2}, kOldest{14 * 24};
constexpr int kPage = 10'000;
constexpr std::size_t kScanned = 20'000;  // events a search looks at in one call: it holds the room
constexpr std::size_t kMaxStreamNames = 100;
constexpr std::size_t kIdDigits = 56, kTimeDigits = 20;

// guess: 56 digits that sort as the events do, as AWS's ids are seen to.
std::string digits_of(const Position& position) {
  return fmt::format("3{:019}{:036}", std::max<std::int64_t>(position.timestamp_ms, 0),
                     std::max<std::int64_t>(position.sequence, 0));
}

std::optional<Position> position_of(std::string_view digits) {
  if (digits.size() != kIdDigits || digits[0] != '3') return std::nullopt;
  Position position;
  const auto read = [&](std::string_view part, std::int64_t& out) {
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), out);
    return error == std::errc{} && end == part.data() + part.size() && out >= 0 && out < INT64_MAX;
  };
  if (!read(digits.substr(1, kTimeDigits - 1), position.timestamp_ms) ||
      !read(digits.substr(kTimeDigits), position.sequence)) {
    return std::nullopt;
  }
  return position;
}

Position position_of(const seatrial::logs::Event& event) {
  return {to_ms(event.timestamp), event.sequence};
}

Outcome<void> check_sizes(const aws::logs::PutLogEventsRequest& request) {
  if (request.logEvents.empty() || request.logEvents.size() > kMaxBatchEvents) {
    return invalid_parameter(
        "1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member "
        "must have length between 1 and 10000");
  }
  std::size_t batch = 0;
  for (const auto& event : request.logEvents) {
    const std::size_t size = event.message.size() + kEventOverhead;
    if (event.message.empty() || event.timestamp < 0) {
      return invalid_parameter("A log event needs a message and a timestamp that is not negative.");
    }
    if (size > kMaxEventBytes) {
      return invalid_parameter(
          fmt::format("Log event too large: {} bytes exceeds limit of {}", size, kMaxEventBytes));
    }
    batch += size;
  }
  if (batch > kMaxBatchBytes) {
    return invalid_parameter(
        fmt::format("Upload too large: {} bytes exceeds limit of {}", batch, kMaxBatchBytes));
  }
  return {};
}

Outcome<void> check_order(const model::List<aws::logs::InputLogEvent>& events) {
  const auto earlier = [](const auto& a, const auto& b) { return a.timestamp < b.timestamp; };
  if (!std::is_sorted(events.begin(), events.end(), earlier)) {
    return invalid_parameter(
        "Log events in a single PutLogEvents request must be in chronological order.");
  }
  if (events.back().timestamp - events.front().timestamp > Millis{kMaxSpan}.count()) {
    return invalid_parameter(
        "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
  }
  return {};
}

// Which of a batch's events are taken, as indices: those of [first, last).
struct Accepted {
  std::size_t first = 0, last = 0;
  std::optional<aws::logs::RejectedLogEventsInfo> rejected;
};

// guess: expired is reported only of events that are within the 14 days but older than the group
// keeps; those past both are reported as too old.
Accepted accept(const model::List<aws::logs::InputLogEvent>& events,
                std::optional<int> retention_days, Time now) {
  const auto index_of = [&](Time time) {
    const auto found =
        std::lower_bound(events.begin(), events.end(), to_ms(time),
                         [](const auto& event, std::int64_t ms) { return event.timestamp < ms; });
    return static_cast<std::size_t>(found - events.begin());
  };
  const std::size_t too_old = index_of(now - kOldest);
  const std::size_t too_new = index_of(now + kNewest + Millis{1});
  std::size_t expired = 0;
  if (retention_days) expired = index_of(now - std::chrono::days{*retention_days});
  aws::logs::RejectedLogEventsInfo info;
  if (too_old > 0) info.tooOldLogEventEndIndex = static_cast<int>(too_old);
  if (expired > too_old) info.expiredLogEventEndIndex = static_cast<int>(expired);
  if (too_new < events.size()) info.tooNewLogEventStartIndex = static_cast<int>(too_new);
  Accepted accepted{std::max(too_old, expired), too_new, std::nullopt};
  if (accepted.first > 0 || accepted.last < events.size()) accepted.rejected = info;
  return accepted;
}

// AWS ignores the token it asks for; it only must be there for older clients to pass on.
std::string sequence_token(Rng& rng) {
  std::string digits = "4";
  while (digits.size() < kIdDigits) digits += static_cast<char>('0' + rng.below(10));
  return digits;
}

struct ReadToken {
  bool backward = false;
  Position position;
};

std::string forward_token(const Position& p) { return "f/" + digits_of(p) + "/s"; }
std::string backward_token(const Position& p) { return "b/" + digits_of(p) + "/s"; }

std::optional<ReadToken> read_token(std::string_view text) {
  if (text.size() != kIdDigits + 4 || !text.ends_with("/s")) return std::nullopt;
  if (!text.starts_with("f/") && !text.starts_with("b/")) return std::nullopt;
  const auto position = position_of(text.substr(2, kIdDigits));
  if (!position) return std::nullopt;
  return ReadToken{text[0] == 'b', *position};
}

// The tokens of a page. One that is empty gives back the token it was asked with, which tells the
// client that it is at the end; the other way from there includes the events already seen.
void set_tokens(aws::logs::GetLogEventsResponse& reply, const seatrial::logs::Query& query,
                const std::vector<seatrial::logs::Event>& events) {
  Position first, last;
  if (!events.empty()) {
    first = position_of(events.front());
    last = position_of(events.back());
  } else if (query.from) {
    first = last = *query.from;
    if (query.backward) last.sequence -= 1;
    if (!query.backward) first.sequence += 1;
  } else {
    first.timestamp_ms = last.timestamp_ms = std::max<std::int64_t>(query.start_ms, 0);
  }
  reply.nextForwardToken = forward_token(last);
  reply.nextBackwardToken = backward_token(first);
}

Outcome<void> check_range(std::optional<std::int64_t> start, std::optional<std::int64_t> end) {
  if (start && end && *start > *end) {
    return invalid_parameter("The end time must not be before the start time.");
  }
  return {};
}

Outcome<seatrial::logs::Query> read_query(const aws::logs::GetLogEventsRequest& request) {
  if (auto ok = check_range(request.startTime, request.endTime); !ok) {
    return std::unexpected(ok.error());
  }
  const auto limit = check_limit(request.limit, kPage, kPage);
  if (!limit) return std::unexpected(limit.error());
  seatrial::logs::Query query;
  query.streams = {request.logStreamName};
  query.limit = static_cast<std::size_t>(*limit);
  query.start_ms = request.startTime.value_or(0);
  if (request.endTime) query.end_ms = std::max<std::int64_t>(*request.endTime, 0) - 1;  // exclusive
  query.backward = !request.startFromHead.value_or(false);
  if (!request.nextToken) return query;
  const auto token = read_token(*request.nextToken);
  if (!token) return invalid_parameter("The specified nextToken is invalid.");
  query.backward = token->backward;
  query.from = token->position;
  return query;
}

Outcome<Pattern> parse_pattern(const std::string& text) {
  auto pattern = Pattern::parse(text);
  if (pattern) return std::move(*pattern);
  const auto& problem = pattern.error();
  return invalid_parameter(fmt::format("Invalid filter pattern: at position {}: {}.",
                                       problem.span.begin + 1, problem.message));
}

Outcome<seatrial::logs::Query> search_query(const aws::logs::FilterLogEventsRequest& request) {
  if (!request.logStreamNames.empty() && request.logStreamNamePrefix) {
    return invalid_parameter(
        "The parameters logStreamNames and logStreamNamePrefix are mutually exclusive.");
  }
  if (request.logStreamNames.size() > kMaxStreamNames) {
    return invalid_parameter(
        "1 validation error detected: Value at 'logStreamNames' failed to satisfy constraint: "
        "Member must have length less than or equal to 100");
  }
  if (auto ok = check_range(request.startTime, request.endTime); !ok) {
    return std::unexpected(ok.error());
  }
  const auto limit = check_limit(request.limit, kPage, kPage);
  if (!limit) return std::unexpected(limit.error());
  const auto pattern = parse_pattern(request.filterPattern.value_or(""));
  if (!pattern) return std::unexpected(pattern.error());
  seatrial::logs::Query query;
  query.streams = request.logStreamNames;
  query.limit = static_cast<std::size_t>(*limit);
  query.scan_limit = kScanned;
  query.start_ms = request.startTime.value_or(0);
  query.end_ms = request.endTime.value_or(INT64_MAX);
  query.stream_prefix = request.logStreamNamePrefix.value_or("");
  query.matches = [pattern = *pattern](const seatrial::logs::EventView& event) {
    return pattern.matches(event.message);
  };
  if (!request.nextToken) return query;
  query.from = position_of(base64_decode(*request.nextToken).value_or(""));
  if (!query.from) return invalid_parameter("The specified nextToken is invalid.");
  return query;
}

}  // namespace

Logs::Outcome<aws::logs::PutLogEventsResponse> Logs::put_events(
    Context& context, const aws::logs::PutLogEventsRequest& request) {
  const std::string group = context.key(request.logGroupName);
  const auto* record = groups_.find(group);
  if (record == nullptr) return group_not_found();
  if (!streams_.contains(stream_key(group, request.logStreamName))) return stream_not_found();
  if (auto ok = check_sizes(request); !ok) return std::unexpected(ok.error());
  if (auto ok = check_order(request.logEvents); !ok) return std::unexpected(ok.error());
  const Accepted accepted = accept(request.logEvents, record->retention_days, context.now);
  std::vector<seatrial::logs::NewEvent> events;
  for (std::size_t i = accepted.first; i < accepted.last; ++i) {
    events.push_back({from_ms(request.logEvents[i].timestamp), request.logEvents[i].message});
  }
  filters_.see(group, events.size(), [&](std::size_t i) {
    return MetricFilters::Seen{events[i].timestamp, events[i].message};
  });
  engine_.append(group, request.logStreamName, std::move(events), context.now);
  aws::logs::PutLogEventsResponse reply;
  reply.nextSequenceToken = sequence_token(env_.rng);
  reply.rejectedLogEventsInfo = accepted.rejected;
  // Entities are not kept: the modelled way to say so while the events themselves are taken.
  if (request.entity) {
    reply.rejectedEntityInfo.emplace().errorType =
        aws::logs::EntityRejectionErrorType::UnsupportedLogGroupType;
  }
  return reply;
}

Logs::Outcome<aws::logs::GetLogEventsResponse> Logs::get_events(
    Context& context, const aws::logs::GetLogEventsRequest& request) {
  const auto group = find_group(context, request.logGroupName, request.logGroupIdentifier);
  if (!group) return std::unexpected(group.error());
  if (!streams_.contains(stream_key(*group, request.logStreamName))) return stream_not_found();
  auto query = read_query(request);
  if (!query) return std::unexpected(query.error());
  query->group = *group;
  auto events = engine_.read(*query).events;
  if (query->backward) std::reverse(events.begin(), events.end());
  aws::logs::GetLogEventsResponse reply;
  reply.events.given = true;
  for (const auto& event : events) {
    reply.events.push_back({to_ms(event.timestamp), event.message, to_ms(event.ingestion)});
  }
  set_tokens(reply, *query, events);
  return reply;
}

Logs::Outcome<aws::logs::FilterLogEventsResponse> Logs::filter_events(
    Context& context, const aws::logs::FilterLogEventsRequest& request) {
  const auto group = find_group(context, request.logGroupName, request.logGroupIdentifier);
  if (!group) return std::unexpected(group.error());
  for (const auto& stream : request.logStreamNames) {
    if (!streams_.contains(stream_key(*group, stream))) return stream_not_found();
  }
  auto query = search_query(request);
  if (!query) return std::unexpected(query.error());
  query->group = *group;
  const auto page = engine_.read(*query);
  aws::logs::FilterLogEventsResponse reply;
  reply.events.given = reply.searchedLogStreams.given = true;
  for (const auto& event : page.events) {
    reply.events.push_back({event.stream, to_ms(event.timestamp), event.message,
                            to_ms(event.ingestion), digits_of(position_of(event))});
  }
  if (page.next) reply.nextToken = base64_encode(digits_of(*page.next));
  return reply;
}

}  // namespace seatrial::services::logs
