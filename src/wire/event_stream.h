// Frames of application/vnd.amazon.eventstream. Pure.
//
// total length, headers' length, CRC-32 of both, headers, payload, CRC-32 of all before it; numbers
// are big-endian. Source: the Smithy specification, "Amazon Event Stream".
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace seatrial::wire {

inline constexpr std::string_view kEventStreamType = "application/vnd.amazon.eventstream";

// All headers are strings: names of up to 255 bytes, values of up to 32 KiB.
using EventHeaders = std::initializer_list<std::pair<std::string_view, std::string_view>>;
std::string event_frame(EventHeaders headers, std::string_view payload);

// A modelled event of a stream, and a modelled error that ends it; the payload is JSON.
std::string json_event(std::string_view type, std::string_view payload);
std::string json_exception(std::string_view type, std::string_view payload);
// What a stream of the JSON protocols begins with: the output's other members.
std::string initial_response(std::string_view payload);

}  // namespace seatrial::wire
