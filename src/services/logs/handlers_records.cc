// What there is in one event, and in a group's events. Sources: API_GetLogRecord,
// API_GetLogGroupFields. Both read blocks, so they do it on the threads of searches.h.
#include <algorithm>

#include "logs/run/fields.h"
#include "services/logs/errors.h"
#include "services/logs/service.h"

namespace seatrial::services::logs {
namespace {

namespace run = seatrial::logs::run;
using seatrial::logs::Engine;
using seatrial::logs::EventView;
using seatrial::logs::ScanRequest;

constexpr std::size_t kMaxFieldEvents = 10'000;
constexpr Millis kFieldsBefore{15 * 60'000}, kFieldsAround{8 * 60'000};
constexpr std::int64_t kMaxFieldsTime = 253'402'300'799;  // year 9999

using Record = std::map<std::string, std::string>;

// Empty: there is no such event.
Record read_record(Engine& engine, const run::Pointer& pointer, const std::string& account) {
  ScanRequest scan;
  scan.groups = {pointer.group};
  scan.start_ms = scan.end_ms = pointer.timestamp_ms;
  Record record;
  engine.scan(scan, [&](std::span<const EventView> events) {
    for (const auto& event : events) {
      if (event.sequence != pointer.sequence) continue;
      run::Arena arena;
      run::each_event_field(event, {account}, arena,
                            [&](const std::string& name, const run::Value& value) {
                              record[name] = std::string(text_of(value, arena));
                            });
    }
    return record.empty();
  });
  return record;
}

struct FieldCounts {
  std::map<std::string, std::size_t> fields;
  std::size_t events = 0;
};

// Of at most kMaxFieldEvents events, the newest.
FieldCounts count_fields(Engine& engine, const ScanRequest& scan, const std::string& account) {
  FieldCounts counts;
  engine.scan(scan, [&](std::span<const EventView> events) {
    for (const auto& event : events) {
      if (counts.events == kMaxFieldEvents) return false;
      ++counts.events;
      run::Arena arena;
      run::each_event_field(
          event, {account}, arena,
          [&](const std::string& name, const run::Value&) { ++counts.fields[name]; });
    }
    return true;
  });
  return counts;
}

ScanRequest fields_scan(const std::string& group, std::optional<std::int64_t> time_s, Time now) {
  ScanRequest scan;
  scan.groups = {group};
  scan.order = ScanRequest::Order::kNewestFirst;
  scan.end_ms = to_ms(now);
  scan.start_ms = scan.end_ms - kFieldsBefore.count();
  if (time_s) {
    const auto center = std::clamp<std::int64_t>(*time_s, 0, kMaxFieldsTime) * 1'000;
    scan.start_ms = center - kFieldsAround.count();
    scan.end_ms = center + kFieldsAround.count();
  }
  return scan;
}

}  // namespace

// Nothing is masked here, so unmask changes nothing.
Logs::Outcome<aws::logs::GetLogRecordResponse> Logs::log_record(
    Context& context, const aws::logs::GetLogRecordRequest& request) {
  const auto pointer = run::decode_pointer(request.logRecordPointer);
  if (!pointer || !pointer->group.starts_with(context.region + "/")) {
    return invalid_parameter("The specified logRecordPointer is invalid.");
  }
  const auto not_there = [] {
    return model::fail("ResourceNotFoundException", "The specified log record does not exist.");
  };
  if (!groups_.contains(pointer->group)) return not_there();
  aws::logs::GetLogRecordResponse reply;
  if (!context.prepared) {
    context.prepare =
        searches_.find([&engine = engine_, pointer = *pointer, account = context.account] {
          return read_record(engine, pointer, account);
        });
    return reply;
  }
  const auto& record = found<Record>(context);
  if (record.empty()) return not_there();
  for (const auto& [name, value] : record) reply.logRecord[name] = value;
  reply.logRecord["@ptr"] = request.logRecordPointer;
  reply.logRecord.given = true;
  return reply;
}

Logs::Outcome<aws::logs::GetLogGroupFieldsResponse> Logs::group_fields(
    Context& context, const aws::logs::GetLogGroupFieldsRequest& request) {
  const auto group = find_group(context, request.logGroupName, request.logGroupIdentifier);
  if (!group) return std::unexpected(group.error());
  aws::logs::GetLogGroupFieldsResponse reply;
  if (!context.prepared) {
    context.prepare = searches_.find([&engine = engine_, account = context.account,
                                      scan = fields_scan(*group, request.time, context.now)] {
      return count_fields(engine, scan, account);
    });
    return reply;
  }
  const auto& counts = found<FieldCounts>(context);
  reply.logGroupFields.given = true;
  for (const auto& [name, count] : counts.fields)
    reply.logGroupFields.push_back({name, static_cast<int>(count * 100 / counts.events)});
  std::ranges::stable_sort(reply.logGroupFields, std::greater(),
                           &aws::logs::LogGroupField::percent);
  return reply;
}

}  // namespace seatrial::services::logs
