#include "services/logs/subscriptions.h"

#include "base/encoding.h"
#include "base/log.h"
#include "services/logs/errors.h"
#include "services/logs/subscription_message.h"
#include "wire/body.h"

namespace seatrial::services::logs {
namespace {

using seatrial::logs::Arrivals;
using seatrial::logs::Event;
using seatrial::logs::pattern::Pattern;

constexpr int kFastest = 1;  // zlib's level: this runs on the control thread

std::string group_of_filter(const std::string& key) { return key.substr(0, key.find(':')); }
std::string region_of_filter(const std::string& key) { return key.substr(0, key.find('/')); }

// One message holds one stream's events, in their order of arrival.
std::vector<std::pair<std::string, std::vector<const Event*>>> by_stream(
    const std::vector<Event>& events) {
  std::vector<std::pair<std::string, std::vector<const Event*>>> out;
  std::map<std::string_view, std::size_t> places;
  for (const Event& event : events) {
    const auto [place, fresh] = places.try_emplace(event.stream, out.size());
    if (fresh) out.emplace_back(event.stream, std::vector<const Event*>{});
    out[place->second].second.push_back(&event);
  }
  return out;
}

constexpr std::size_t kInvocationOverhead = 64;  // {"awslogs":{"data":"..."}}

bool is_function(const std::string& destination) {
  const auto arn = parse_arn(destination);
  return arn && arn->service == "lambda";
}

// Of a gzip'd message: a function gets it in base64.
std::size_t most_bytes(const std::string& destination) {
  return is_function(destination) ? (lambda::kMaxAsyncPayload - kInvocationOverhead) / 4 * 3
                                  : firehose::kMaxRecordBytes;
}

// Gzip'd messages that fit a destination's record each. An event too large even by itself is left
// out and counted in `lost`.
void add_messages(const MessageOrigin& origin, const std::string& stream,
                  const std::vector<const Event*>& events, std::size_t most,
                  std::vector<std::string>& out, std::size_t& lost) {
  std::string data = wire::gzip(data_message(origin, stream, events), kFastest);
  if (data.size() <= most) return out.push_back(std::move(data));
  if (events.size() == 1) {
    ++lost;
    return;
  }
  const auto half = events.begin() + static_cast<std::ptrdiff_t>(events.size() / 2);
  add_messages(origin, stream, {events.begin(), half}, most, out, lost);
  add_messages(origin, stream, {half, events.end()}, most, out, lost);
}

bool passes(const model::AwsError& error) {
  return error.code == "ServiceUnavailableException" || error.code == "TooManyRequestsException";
}

}  // namespace

void Subscriptions::start() {
  *running_ = true;
  for (const auto& [key, record] : table_) turn_after(Millis{0}, key);
}

void Subscriptions::later(Millis delay, std::function<void()> work) {
  auto guarded = [running = running_, work = std::move(work)] {
    if (*running) work();
  };
  if (delay <= Millis{0}) return env_.control.post(std::move(guarded));
  env_.control.post_after(delay, std::move(guarded));
}

// Posted, so that it runs behind the commit that keeps the events, and then waits for it.
void Subscriptions::see(const std::string& group_key) {
  if (table_.with_prefix(group_key + ":").empty()) return;
  if (!seen_.insert(group_key).second) return;
  later(Millis{0}, [this, group_key] {
    seen_.erase(group_key);
    env_.store.commit(
        [this, group_key, running = running_, &control = env_.control](const std::string&) {
          control.post([this, group_key, running] {
            if (!*running) return;
            std::vector<std::string> keys;
            for (const auto& [key, record] : table_.with_prefix(group_key + ":"))
              keys.push_back(key);
            for (const auto& key : keys) turn_after(Millis{0}, key);
          });
        });
  });
}

Subscriptions::Cursor& Subscriptions::cursor_of(const std::string& key,
                                                const SubscriptionRecord& record) {
  return cursors_.try_emplace(key, Cursor{record.from_sequence}).first->second;
}

void Subscriptions::turn_after(Millis delay, const std::string& key) {
  const auto* record = table_.find(key);
  if (record == nullptr || std::exchange(cursor_of(key, *record).waiting, true)) return;
  later(delay, [this, key] { turn(key); });
}

void Subscriptions::turn(const std::string& key) {
  const auto* record = table_.find(key);
  if (record == nullptr) return;
  Cursor& cursor = cursor_of(key, *record);
  cursor.waiting = false;
  const auto pattern = Pattern::parse(record->filter.filterPattern.value_or(""));
  if (!pattern) fail_corrupt("logs.subscription/" + key, "its pattern does not parse");
  seatrial::logs::ArrivalQuery query;
  query.group = group_of_filter(key);
  query.from_sequence = cursor.from_sequence;
  query.limit = kEventsAtOnce;
  query.byte_limit = kBytesAtOnce;
  query.scan_limit = kScannedAtOnce;
  query.matches = [&](const seatrial::logs::EventView& event) {
    return pattern->matches(event.message);
  };
  deliver(key, *record, engine_.read_arrivals(query));
}

// The destination's data and the new position are one transaction. A position that only passed over
// what does not match is noted now and then.
void Subscriptions::deliver(const std::string& key, const SubscriptionRecord& record,
                            const Arrivals& arrivals) {
  const MessageOrigin origin{env_.account, *record.filter.logGroupName, *record.filter.filterName};
  std::vector<std::string> messages;
  std::size_t bytes = 0, lost = 0;
  for (const auto& [stream, events] : by_stream(arrivals.events))
    add_messages(origin, stream, events, most_bytes(*record.filter.destinationArn), messages, lost);
  for (auto& message : messages) {
    bytes += message.size();
    auto taken = send(key, *record.filter.destinationArn, std::move(message));
    if (taken) continue;
    env_.store.rollback();
    return failed(key, record, arrivals, taken.error());
  }
  if (lost > 0) {
    log::warning("logs: {} events are too large for {}", lost, *record.filter.destinationArn);
    count(key, record, "DeliveryErrors", static_cast<double>(lost), "None");
  }
  if (!messages.empty()) {
    count(key, record, "ForwardedLogEvents", static_cast<double>(arrivals.events.size() - lost),
          "None");
    count(key, record, "ForwardedBytes", static_cast<double>(bytes), "Bytes");
  }
  Cursor& cursor = cursor_of(key, record);
  cursor.failures = 0;
  move_on(key, arrivals.next_sequence, !arrivals.events.empty());
  env_.store.commit(nullptr);
  if (arrivals.more) turn_after(Millis{0}, key);
}

room::Outcome<void> Subscriptions::send(const std::string& key, const std::string& destination,
                                        std::string data) {
  if (is_function(destination)) {
    if (functions_ == nullptr) return not_served("functions in this world");
    const Object event{{"awslogs", Object{{"data", base64_encode(data)}}}};
    auto invoked = functions_->invoke_async(destination, to_json(event), invoker_for(key));
    if (!invoked) return std::unexpected(invoked.error());
    return {};
  }
  if (streams_ == nullptr) return not_served("destinations in this world");
  return streams_->put_record(destination, std::move(data));
}

// The principal is logs.REGION.amazonaws.com or logs.amazonaws.com; Lambda tries both.
lambda::Invoker Subscriptions::invoker_for(const std::string& key) const {
  const std::string group = group_of_filter(key), region = region_of_filter(key);
  const Arn arn{"aws", "logs", region, env_.account,
                "log-group:" + group.substr(region.size() + 1) + ":*"};
  return {"logs.amazonaws.com", arn.text()};
}

// A function is asked by a dry run; it gets no control message.
room::Outcome<void> Subscriptions::probe(const std::string& key, const std::string& destination) {
  if (is_function(destination)) {
    if (functions_ != nullptr && functions_->may_invoke(destination, invoker_for(key))) return {};
    return invalid_parameter(
        "Could not execute the lambda function. Make sure you have given CloudWatch Logs "
        "permission "
        "to execute your function.");
  }
  if (send(key, destination, wire::gzip(control_message("Firehose", env_.clock.now())))) return {};
  return invalid_parameter(
      "Could not deliver test message to specified Firehose stream. Check if the given Firehose "
      "stream is in ACTIVE state.");
}

void Subscriptions::move_on(const std::string& key, std::int64_t sequence, bool record_it) {
  const SubscriptionRecord& record = *table_.find(key);
  cursor_of(key, record).from_sequence = sequence;
  if (record_it || sequence - record.from_sequence > kUnrecorded)
    table_.update(key, [&](SubscriptionRecord& r) { r.from_sequence = sequence; });
}

void Subscriptions::failed(const std::string& key, const SubscriptionRecord& record,
                           const Arrivals& arrivals, const model::AwsError& error) {
  Cursor& cursor = cursor_of(key, record);
  ++cursor.failures;
  count(key, record, passes(error) ? "DeliveryThrottling" : "DeliveryErrors", 1, "None");
  const bool old = arrivals.events.front().ingestion + kMaxAge < env_.clock.now();
  if (old) {
    log::warning("logs: {} events for {} could not be delivered for 24 hours and are dropped: {}",
                 arrivals.events.size(), *record.filter.destinationArn, error.message);
    move_on(key, arrivals.next_sequence, true);
  }
  env_.store.commit(nullptr);
  const int doublings = std::min(cursor.failures - 1, 10);
  const Millis backoff = std::min(kFirstRetry * (1 << doublings), kLongestRetry);
  turn_after(old ? Millis{0} : passes(error) ? backoff : kDisabled, key);
}

void Subscriptions::count(const std::string& key, const SubscriptionRecord& record,
                          const char* metric, double value, const char* unit) {
  if (metrics_ == nullptr) return;
  metrics_->add(
      region_of_filter(key),
      {{.name_space = "AWS/Logs",
        .name = metric,
        .dimensions = {{"LogGroupName", *record.filter.logGroupName},
                       {"DestinationType",
                        is_function(*record.filter.destinationArn) ? "Lambda" : "Firehose"},
                       {"FilterName", *record.filter.filterName}},
        .value = value,
        .unit = unit,
        .at = env_.clock.now()}});
}

// A filter put again goes on from where it was, with what it is now.
room::Outcome<void> Subscriptions::put(const std::string& key,
                                       aws::logs::SubscriptionFilter filter) {
  if (auto ok = probe(key, *filter.destinationArn); !ok) return ok;
  const auto* known = table_.find(key);
  SubscriptionRecord record{std::move(filter),
                            known != nullptr ? known->from_sequence : engine_.next_sequence()};
  if (known != nullptr) record.filter.creationTime = known->filter.creationTime;
  table_.put(key, std::move(record));
  cursors_.erase(key);
  see(group_of_filter(key));
  return {};
}

void Subscriptions::erase(const std::string& key) {
  cursors_.erase(key);
  table_.erase(key);
}

void Subscriptions::erase_group(const std::string& group_key) {
  std::vector<std::string> keys;
  for (const auto& [key, record] : table_.with_prefix(group_key + ":")) keys.push_back(key);
  for (const auto& key : keys) erase(key);
}

}  // namespace seatrial::services::logs
