// What REST protocols put outside the body: URI labels, query string, headers, status, payload.
#pragma once
#include <optional>

#include "base/value.h"
#include "wire/codec.h"
#include "wire/message.h"
#include "wire/shapes.h"

namespace seatrial::wire {

// Adds every bound member of the input to `out`.
void decode_bindings(const Route& route, const HttpRequest& request, Object& out, Faults& faults);
// Headers and status of a response (or error) from the bound members of `shape` in `value`.
void encode_bindings(const model::Shape& shape, const Object& value, HttpResponse& response);

// The payload member, if the structure has one.
std::optional<model::Member> payload_member(const model::Shape& shape);
bool raw_payload(const model::Member& payload);  // a blob or string: the body as it is
// Raw body to the payload member's canonical value.
void decode_raw_payload(const model::Member& payload, std::string_view body, Object& out,
                        Faults& faults);
// Writes the raw payload and its default Content-Type.
void encode_raw_payload(const model::Member& payload, const Object& value, HttpResponse& response);

}  // namespace seatrial::wire
