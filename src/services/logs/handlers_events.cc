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
using seatrial::logs::EventBatch;
using seatrial::logs::Position;
using seatrial::logs::PutBody;
using seatrial::logs::pattern::Pattern;

constexpr std::size_t kMaxBatchBytes = 1'048'576, kMaxBatchEvents = 10'000, kEventOverhead = 26;
constexpr std::size_t kMaxEventBytes = 1'048'576;
constexpr std::chrono::hours kMaxSpan{24}, kNewest{2}, kOldest{14 * 24};
constexpr int kPage = 10'000;
constexpr std::size_t kScanned = 1'000'000;  // events a search looks at in one call
constexpr std::size_t kMaxStreamNames = 100;
constexpr std::size_t kIdDigits = 56, kTimeDigits = 20, kMarkDigits = 10;

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

std::unexpected<model::AwsError> too_large(const char* what, std::size_t size) {
  return invalid_parameter(
      fmt::format("{} too large: {} bytes exceeds limit of {}", what, size, kMaxBatchBytes));
}

// The generic request as a batch; what the model's validation lets through is checked here.
Outcome<EventBatch> batch_of(const model::List<aws::logs::InputLogEvent>& events) {
  if (events.empty() || events.size() > kMaxBatchEvents) {
    return invalid_parameter(
        "1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member "
        "must have length between 1 and 10000");
  }
  EventBatch batch;
  for (const auto& event : events) {
    if (event.message.empty() || event.timestamp < 0) {
      return invalid_parameter("A log event needs a message and a timestamp that is not negative.");
    }
    if (event.message.size() > kMaxEventBytes) return too_large("Log event", event.message.size());
    batch.add(event.timestamp, event.message);
  }
  return batch;
}

Outcome<void> check_sizes(const EventBatch& events) {
  std::size_t batch = 0;
  for (const auto& item : events.items) {
    const std::size_t size = item.length + kEventOverhead;
    if (size > kMaxEventBytes) return too_large("Log event", size);
    batch += size;
  }
  if (batch > kMaxBatchBytes) return too_large("Upload", batch);
  return {};
}

Outcome<void> check_order(const EventBatch& events) {
  const auto earlier = [](const auto& a, const auto& b) { return a.timestamp_ms < b.timestamp_ms; };
  if (!std::is_sorted(events.items.begin(), events.items.end(), earlier)) {
    return invalid_parameter(
        "Log events in a single PutLogEvents request must be in chronological order.");
  }
  const auto span = events.items.back().timestamp_ms - events.items.front().timestamp_ms;
  if (span > Millis{kMaxSpan}.count()) {
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
Accepted accept(const EventBatch& events, std::optional<int> retention_days, Time now) {
  const auto index_of = [&](Time time) {
    const auto found =
        std::lower_bound(events.items.begin(), events.items.end(), to_ms(time),
                         [](const auto& item, std::int64_t ms) { return item.timestamp_ms < ms; });
    return static_cast<std::size_t>(found - events.items.begin());
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

// Ten digits that tell one reading from another (FNV-1a), so that a token of another stream or
// another search is known and refused.
std::string mark_of(std::initializer_list<std::string_view> parts) {
  std::uint64_t hash = 0xCBF29CE484222325;
  const auto mix = [&](char c) { hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3; };
  for (const auto part : parts) {
    std::for_each(part.begin(), part.end(), mix);
    mix('\0');
  }
  return fmt::format("{:010}", hash % 10'000'000'000);
}

// The mark stands where a position has zeros: behind the time.
std::string marked(const Position& position, const std::string& mark) {
  return digits_of(position).replace(kTimeDigits, kMarkDigits, mark);
}

std::optional<Position> marked_position(std::string text, const std::string& mark) {
  if (text.size() != kIdDigits || text.compare(kTimeDigits, kMarkDigits, mark) != 0) {
    return std::nullopt;
  }
  return position_of(text.replace(kTimeDigits, kMarkDigits, kMarkDigits, '0'));
}

struct ReadToken {
  bool backward = false;
  Position position;
};

std::optional<ReadToken> read_token(const std::string& text, const std::string& mark) {
  if (text.size() != kIdDigits + 4 || !text.ends_with("/s")) return std::nullopt;
  if (!text.starts_with("f/") && !text.starts_with("b/")) return std::nullopt;
  const auto position = marked_position(text.substr(2, kIdDigits), mark);
  if (!position) return std::nullopt;
  return ReadToken{text[0] == 'b', *position};
}

// The tokens of a page. One that is empty gives back the token it was asked with, which tells the
// client that it is at the end; the other way from there includes the events already seen.
void set_tokens(aws::logs::GetLogEventsResponse& reply, const seatrial::logs::Query& query,
                const std::vector<seatrial::logs::Event>& events, const std::string& mark) {
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
  reply.nextForwardToken = "f/" + marked(last, mark) + "/s";
  reply.nextBackwardToken = "b/" + marked(first, mark) + "/s";
}

Outcome<void> check_range(std::optional<std::int64_t> start, std::optional<std::int64_t> end) {
  if (start && end && *start > *end) {
    return invalid_parameter("The end time must not be before the start time.");
  }
  return {};
}

Outcome<seatrial::logs::Query> read_query(const aws::logs::GetLogEventsRequest& request,
                                          const std::string& mark) {
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
  const auto token = read_token(*request.nextToken, mark);
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

// A search's token goes on with that search, whatever the page's limit and times.
std::string search_mark(std::string_view group, const aws::logs::FilterLogEventsRequest& request) {
  std::string names;
  for (const auto& name : request.logStreamNames) names += name + "\n";
  return mark_of(
      {group, names, request.logStreamNamePrefix.value_or(""), request.filterPattern.value_or("")});
}

Outcome<seatrial::logs::Query> search_query(const aws::logs::FilterLogEventsRequest& request,
                                            const std::string& mark) {
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
  query.needles = pattern->needles();
  query.matches = [pattern = *pattern](const seatrial::logs::EventView& event) {
    return pattern.matches(event.message);
  };
  if (!request.nextToken) return query;
  query.from = marked_position(base64_decode(*request.nextToken).value_or(""), mark);
  if (!query.from) return invalid_parameter("The specified nextToken is invalid.");
  return query;
}

}  // namespace

std::string event_id(const Position& position) { return digits_of(position); }

std::shared_ptr<PutBody> decode_put(std::string_view body) {
  auto put = seatrial::logs::decode_put_body(body);
  if (!put || !check_group_name(put->group) || !check_stream_name(put->stream)) return nullptr;
  return std::make_shared<PutBody>(std::move(*put));
}

Logs::Outcome<aws::logs::PutLogEventsResponse> Logs::put_decoded(Context& context, PutBody& put) {
  const std::string group = context.key(put.group);
  const auto* record = groups_.find(group);
  if (record == nullptr) return group_not_found();
  if (!streams_.contains(stream_key(group, put.stream))) return stream_not_found();
  if (auto ok = check_sizes(put.events); !ok) return std::unexpected(ok.error());
  if (auto ok = check_order(put.events); !ok) return std::unexpected(ok.error());
  const Accepted accepted = accept(put.events, record->retention_days, context.now);
  if (accepted.rejected) {
    put.events.keep(std::min(accepted.first, accepted.last), accepted.last);
  }
  filters_.see(group, put.events.size(), [&](std::size_t i) {
    return MetricFilters::Seen{from_ms(put.events.items[i].timestamp_ms), put.events.message(i)};
  });
  engine_.append(group, put.stream, std::move(put.events), context.now);
  subscriptions_.see(group);
  aws::logs::PutLogEventsResponse reply;
  reply.nextSequenceToken = sequence_token(env_.rng);
  reply.rejectedLogEventsInfo = accepted.rejected;
  return reply;
}

std::optional<room::Room::Direct::Work> Logs::read_put(const Direct::Bytes& bytes) {
  if (bytes.protocol != model::Protocol::kJson) return std::nullopt;
  auto put = decode_put(bytes.body);
  if (!put) return std::nullopt;
  return [this, put = std::move(put)](Context& context) -> Outcome<Value> {
    auto reply = put_decoded(context, *put);
    if (!reply) return std::unexpected(std::move(reply.error()));
    return to_value(*reply);
  };
}

Logs::Outcome<aws::logs::PutLogEventsResponse> Logs::put_events(
    Context& context, const aws::logs::PutLogEventsRequest& request) {
  auto events = batch_of(request.logEvents);
  if (!events) return std::unexpected(events.error());
  PutBody put{request.logGroupName, request.logStreamName, std::move(*events)};
  auto reply = put_decoded(context, put);
  // Entities are not kept: the modelled way to say so while the events themselves are taken.
  if (reply && request.entity) {
    reply->rejectedEntityInfo.emplace().errorType =
        aws::logs::EntityRejectionErrorType::UnsupportedLogGroupType;
  }
  return reply;
}

Logs::Outcome<aws::logs::GetLogEventsResponse> Logs::get_events(
    Context& context, const aws::logs::GetLogEventsRequest& request) {
  const auto group = find_group(context, request.logGroupName, request.logGroupIdentifier);
  if (!group) return std::unexpected(group.error());
  if (!streams_.contains(stream_key(*group, request.logStreamName))) return stream_not_found();
  const std::string mark = mark_of({*group, request.logStreamName});
  auto query = read_query(request, mark);
  if (!query) return std::unexpected(query.error());
  query->group = *group;
  aws::logs::GetLogEventsResponse reply;
  if (!context.prepared) {
    context.prepare = searches_.search(*std::move(query));
    return reply;
  }
  auto events = found<seatrial::logs::Page>(context).events;
  if (query->backward) std::reverse(events.begin(), events.end());
  reply.events.given = true;
  for (const auto& event : events) {
    reply.events.push_back({to_ms(event.timestamp), event.message, to_ms(event.ingestion)});
  }
  set_tokens(reply, *query, events, mark);
  return reply;
}

Logs::Outcome<aws::logs::FilterLogEventsResponse> Logs::filter_events(
    Context& context, const aws::logs::FilterLogEventsRequest& request) {
  const auto group = find_group(context, request.logGroupName, request.logGroupIdentifier);
  if (!group) return std::unexpected(group.error());
  for (const auto& stream : request.logStreamNames) {
    if (!streams_.contains(stream_key(*group, stream))) return stream_not_found();
  }
  const std::string mark = search_mark(*group, request);
  auto query = search_query(request, mark);
  if (!query) return std::unexpected(query.error());
  query->group = *group;
  aws::logs::FilterLogEventsResponse reply;
  if (!context.prepared) {
    context.prepare = searches_.search(*std::move(query));
    return reply;
  }
  const auto& page = found<seatrial::logs::Page>(context);
  reply.events.given = reply.searchedLogStreams.given = true;
  for (const auto& event : page.events) {
    reply.events.push_back({event.stream, to_ms(event.timestamp), event.message,
                            to_ms(event.ingestion), digits_of(position_of(event))});
  }
  if (page.next) reply.nextToken = base64_encode(marked(*page.next, mark));
  return reply;
}

}  // namespace seatrial::services::logs
