#include "logs/change.h"

#include "logs/bytes.h"

namespace seatrial::logs {
namespace {

constexpr std::size_t kInlineBytes = 16u << 10;  // smaller messages are copied beside their header

void encode_head(const Change& change, std::string& bytes) {
  ByteWriter out(bytes);
  out.u8(static_cast<std::uint8_t>(change.kind));
  out.text(change.group);
  out.text(change.stream);
  if (change.kind == Change::Kind::kDropBefore) {
    out.zigzag(change.mark.before_ms);
    out.zigzag(change.mark.before_sequence);
  }
  if (change.kind != Change::Kind::kAppend) return;
  out.zigzag(change.ingestion_ms);
  out.zigzag(change.first_sequence);
  out.varint(change.events.size());
  std::int64_t last = 0;
  for (const auto& item : change.events.items) {
    out.zigzag(item.timestamp_ms - last);
    out.varint(item.length);
    last = item.timestamp_ms;
  }
  out.varint(change.events.bytes.size());
}

EventBatch decode_events(ByteReader& in) {
  EventBatch events;
  events.items.resize(in.count(2));
  std::int64_t last = 0;
  std::uint64_t offset = 0;
  for (auto& item : events.items) {
    last = item.timestamp_ms = wrapping_add(last, in.zigzag());
    const std::uint64_t length = in.varint();
    if (length > UINT32_MAX - 1 - offset) return {};
    item.offset = static_cast<std::uint32_t>(offset);
    item.length = static_cast<std::uint32_t>(length);
    offset += length + 1;
  }
  const std::string_view bytes = in.text();
  if (bytes.size() != offset) return {};
  events.bytes.append(bytes);
  return events;
}

Change decode_change(ByteReader& in) {
  Change change;
  change.kind = static_cast<Change::Kind>(in.u8());
  change.group = in.text();
  change.stream = in.text();
  if (change.kind == Change::Kind::kDropBefore) {
    change.mark.before_ms = in.zigzag();
    change.mark.before_sequence = in.zigzag();
  }
  if (change.kind == Change::Kind::kAppend) {
    change.ingestion_ms = in.zigzag();
    change.first_sequence = in.zigzag();
    change.events = decode_events(in);
  }
  return change;
}

}  // namespace

std::vector<iovec> encode_changes(const std::vector<Change>& changes,
                                  std::deque<std::string>& storage) {
  std::vector<iovec> pieces;
  std::string* open = &storage.emplace_back();
  const auto flush = [&] {
    if (!open->empty()) pieces.push_back({open->data(), open->size()});
    open = &storage.emplace_back();
  };
  for (const Change& change : changes) {
    encode_head(change, *open);
    const std::string_view bytes = change.events.bytes.view();
    if (bytes.size() <= kInlineBytes) {
      *open += bytes;
      continue;
    }
    flush();
    pieces.push_back({const_cast<char*>(bytes.data()), bytes.size()});
  }
  flush();
  return pieces;
}

std::expected<void, std::string> decode_changes(std::string_view payload,
                                                const std::function<void(Change)>& apply) {
  ByteReader in(payload);
  while (!in.at_end()) {
    Change change = decode_change(in);
    const bool known =
        change.kind >= Change::Kind::kAppend && change.kind <= Change::Kind::kDropBefore;
    const bool empty = change.kind == Change::Kind::kAppend && change.events.empty();
    if (!in.ok() || !known || empty) return std::unexpected("a change is not what was written");
    apply(std::move(change));
  }
  if (!in.ok()) return std::unexpected("a change is not what was written");
  return {};
}

}  // namespace seatrial::logs
