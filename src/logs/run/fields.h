// The fields of an event: those every event has, and those discovered in its message. Source:
// CWL_AnalyzeLogData-discoverable-fields.
//
// A query's field names become slots before it runs; a row has one value a slot, read when first
// asked for. Fields of JSON come in two rounds: what the first filters ask for, then, for events
// that pass, the rest.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "logs/run/json_text.h"
#include "logs/run/value.h"
#include "logs/scan.h"

namespace seatrial::logs::run {

// What @log and @ptr need of the world.
struct Origin {
  std::string account;
};

class EventFields {
 public:
  enum class Source : std::uint8_t {
    kMade,  // by a command; not of the event
    kTimestamp,
    kIngestionTime,
    kMessage,
    kLogStream,
    kLog,
    kPointer,
    kDiscovered,
  };

  // A slot for a field of events with that name. `early`: filters that come first ask for it.
  int add(std::string_view name, bool early);
  int add_made();  // a slot that commands fill
  struct Slot {
    Source source = Source::kMade;
    std::string name;
    bool early = false;
  };
  const std::vector<Slot>& slots() const { return slots_; }
  std::size_t size() const { return slots_.size(); }
  // Marks what an event has as unread and what commands make as absent.
  void clear(std::span<Value> values) const;
  // Reads a slot that is kUnread, and maybe others with it.
  void read(std::size_t slot, const EventView& event, std::span<Value> values, Arena& arena,
            const Origin& origin) const;

 private:
  void discover(bool early, const EventView& event, std::span<Value> values, Arena& arena) const;

  std::vector<Slot> slots_;
  JsonPaths early_, late_;
};

// "123456789012:/ecs/app" of "ap-southeast-2/" + "/ecs/app".
std::string log_of(const Origin& origin, std::string_view group_key);
// What @ptr holds, and what GetLogRecord reads from it.
struct Pointer {
  std::string group;  // "region/group"
  std::int64_t timestamp_ms = 0;
  std::int64_t sequence = 0;
};
std::string encode_pointer(const Pointer& pointer);
std::optional<Pointer> decode_pointer(std::string_view text);

// A field that is not JSON's, by the format of the message: Lambda's lines, VPC flow logs, Route 53
// query logs. Absent when the message has none of that name.
Value format_field(std::string_view name, const EventView& event, Arena& arena);
// The JSON that an event's fields are discovered in; empty when it has none.
std::string_view event_json(const EventView& event);

// Every field of one event, as GetLogRecord and GetLogGroupFields list them: the leaves of its
// JSON, up to kMaxEventFields.
void each_event_field(const EventView& event, const Origin& origin, Arena& arena,
                      const std::function<void(const std::string& name, const Value&)>& visit);

}  // namespace seatrial::logs::run
