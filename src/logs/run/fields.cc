#include "logs/run/fields.h"

#include <charconv>

#include "base/encoding.h"
#include "logs/run/formats.h"
#include "logs/run/limits.h"

namespace seatrial::logs::run {
namespace {

using Source = EventFields::Source;

struct SystemField {
  std::string_view name;
  Source source;
};
constexpr SystemField kSystemFields[] = {
    {"@timestamp", Source::kTimestamp},
    {"@ingestionTime", Source::kIngestionTime},
    {"@message", Source::kMessage},
    {"@logStream", Source::kLogStream},
    {"@log", Source::kLog},
    {"@ptr", Source::kPointer},
};

std::string_view group_name(std::string_view key) {
  const auto slash = key.find('/');
  return slash == std::string_view::npos ? key : key.substr(slash + 1);
}

// A key of the log's own that begins with @ shows with a second one.
std::string_view json_name(std::string_view field) {
  if (field.starts_with("@@")) field.remove_prefix(1);
  return field;
}

}  // namespace

int EventFields::add(std::string_view name, bool early) {
  for (std::size_t i = 0; i < slots_.size(); ++i)
    if (slots_[i].source != Source::kMade && slots_[i].name == name) return static_cast<int>(i);
  const int slot = static_cast<int>(slots_.size());
  Slot made{Source::kDiscovered, std::string(name), early};
  for (const auto& field : kSystemFields)
    if (field.name == name) made.source = field.source;
  if (made.source == Source::kDiscovered && !(name.starts_with('@') && !name.starts_with("@@")))
    (early ? early_ : late_).add(json_name(name), slot);
  slots_.push_back(std::move(made));
  return slot;
}

int EventFields::add_made() {
  slots_.emplace_back();
  return static_cast<int>(slots_.size()) - 1;
}

void EventFields::clear(std::span<Value> values) const {
  for (std::size_t i = 0; i < slots_.size(); ++i)
    values[i].kind = slots_[i].source == Source::kMade ? Value::Kind::kNone : Value::Kind::kUnread;
}

void EventFields::read(std::size_t slot, const EventView& event, std::span<Value> values,
                       Arena& arena, const Origin& origin) const {
  auto& value = values[slot];
  switch (slots_[slot].source) {
    case Source::kMade:
      value = {};
      return;
    case Source::kTimestamp:
      value = Value::time(static_cast<double>(event.timestamp_ms));
      return;
    case Source::kIngestionTime:
      value = Value::time(static_cast<double>(event.ingestion_ms));
      return;
    case Source::kMessage:
      value = Value::of(event.message);
      return;
    case Source::kLogStream:
      value = Value::of(event.stream);
      return;
    case Source::kLog:
      value = Value::of(arena.keep(log_of(origin, event.group)));
      return;
    case Source::kPointer:
      value = Value::of(arena.keep(
          encode_pointer({std::string(event.group), event.timestamp_ms, event.sequence})));
      return;
    case Source::kDiscovered:
      return discover(slots_[slot].early, event, values, arena);
  }
}

void EventFields::discover(bool early, const EventView& event, std::span<Value> values,
                           Arena& arena) const {
  const auto json = event_json(event);
  if (!json.empty()) (early ? early_ : late_).scan(json, values, arena);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const auto& slot = slots_[i];
    if (slot.source != Source::kDiscovered || slot.early != early ||
        values[i].kind != Value::Kind::kUnread)
      continue;
    values[i] = format_field(slot.name, event, arena);
  }
}

std::string log_of(const Origin& origin, std::string_view group_key) {
  return origin.account + ":" + std::string(group_name(group_key));
}

std::string encode_pointer(const Pointer& pointer) {
  return base64_encode(
      fmt::format("1 {} {} {}", pointer.timestamp_ms, pointer.sequence, pointer.group));
}

std::optional<Pointer> decode_pointer(std::string_view text) {
  const auto plain = base64_decode(text);
  if (!plain || !plain->starts_with("1 ")) return std::nullopt;
  Pointer out;
  const char *at = plain->data() + 2, *const end = plain->data() + plain->size();
  for (std::int64_t* number : {&out.timestamp_ms, &out.sequence}) {
    const auto [next, error] = std::from_chars(at, end, *number);
    if (error != std::errc{} || next == end || *next != ' ') return std::nullopt;
    at = next + 1;
  }
  out.group.assign(at, end);
  if (out.group.empty()) return std::nullopt;
  return out;
}

// guess: a message is JSON when all of it is one map; of Lambda's lines the first map in them is
// read, as the guide says.
std::string_view event_json(const EventView& event) {
  const auto whole = json_document(event.message);
  if (!whole.empty() && whole[0] == '{') return whole;
  if (!is_lambda_group(group_name(event.group))) return {};
  return json_fragment(event.message);
}

Value format_field(std::string_view name, const EventView& event, Arena& arena) {
  if (name.starts_with('@'))
    return is_lambda_group(group_name(event.group)) ? lambda_field(name, event.message) : Value{};
  if (const auto value = flow_log_field(name, event.message); value.present()) return value;
  return route53_field(name, event.message, arena);
}

namespace {

class Leaves {
 public:
  Leaves(Arena& arena, const std::function<void(const std::string&, const Value&)>& visit)
      : arena_(arena), visit_(visit) {}

  void add(const std::string& name, const Value& value) {
    if (!value.present() || count_ >= kMaxEventFields) return;
    ++count_;
    visit_(name.starts_with('@') ? "@" + name : name, value);
  }
  void walk(const std::string& prefix, std::string_view json, std::size_t depth) {
    if (depth > kMaxJsonDepth) return;
    std::size_t index = 0;
    json_each(json, arena_, [&](std::string_view key, const Value& value) {
      const std::string name =
          prefix + (json[0] == '[' ? std::to_string(index++) : std::string(key));
      if (value.kind == Value::Kind::kJson)
        walk(name + ".", value.text, depth + 1);
      else
        add(name, value);
    });
  }

 private:
  Arena& arena_;
  const std::function<void(const std::string&, const Value&)>& visit_;
  std::size_t count_ = 0;
};

}  // namespace

void each_event_field(const EventView& event, const Origin& origin, Arena& arena,
                      const std::function<void(const std::string&, const Value&)>& visit) {
  visit("@ingestionTime", Value::time(static_cast<double>(event.ingestion_ms)));
  visit("@log", Value::of(arena.keep(log_of(origin, event.group))));
  visit("@logStream", Value::of(event.stream));
  visit("@message", Value::of(event.message));
  visit("@timestamp", Value::time(static_cast<double>(event.timestamp_ms)));
  const auto json = event_json(event);
  if (!json.empty()) Leaves(arena, visit).walk("", json, 0);
  for (const auto name : format_field_names())
    if (const auto value = format_field(name, event, arena); value.present())
      visit(std::string(name), value);
}

}  // namespace seatrial::logs::run
