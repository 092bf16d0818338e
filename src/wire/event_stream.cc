#include "wire/event_stream.h"

#include <zlib.h>

#include "base/check.h"

namespace seatrial::wire {
namespace {

constexpr char kString = 7;  // a header's type
constexpr std::size_t kPrelude = 12, kChecksum = 4;
constexpr std::size_t kMaxName = 255, kMaxValue = 32'767;

void append_number(std::string& out, std::size_t number, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    out += static_cast<char>((number >> shift) & 0xFF);
}

void append_crc(std::string& out) {
  append_number(
      out, crc32(0, reinterpret_cast<const Bytef*>(out.data()), static_cast<uInt>(out.size())), 4);
}

}  // namespace

std::string event_frame(EventHeaders headers, std::string_view payload) {
  std::string fields;
  for (const auto& [name, value] : headers) {
    ST_CHECK(name.size() <= kMaxName && value.size() <= kMaxValue, "an event's header is too long");
    append_number(fields, name.size(), 1);
    fields += name;
    fields += kString;
    append_number(fields, value.size(), 2);
    fields += value;
  }
  std::string out;
  append_number(out, kPrelude + fields.size() + payload.size() + kChecksum, 4);
  append_number(out, fields.size(), 4);
  append_crc(out);
  out += fields;
  out += payload;
  append_crc(out);
  return out;
}

std::string json_event(std::string_view type, std::string_view payload) {
  return event_frame(
      {{":event-type", type}, {":content-type", "application/json"}, {":message-type", "event"}},
      payload);
}

std::string json_exception(std::string_view type, std::string_view payload) {
  return event_frame({{":exception-type", type},
                      {":content-type", "application/json"},
                      {":message-type", "exception"}},
                     payload);
}

std::string initial_response(std::string_view payload) {
  return event_frame({{":event-type", "initial-response"},
                      {":content-type", "application/x-amz-json-1.1"},
                      {":message-type", "event"}},
                     payload);
}

}  // namespace seatrial::wire
