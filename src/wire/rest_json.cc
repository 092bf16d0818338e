// restJson1: bindings around a JSON body.
#include "wire/http_bindings.h"
#include "wire/json_shapes.h"
#include "wire/protocols.h"

namespace seatrial::wire::rest_json {

model::Outcome<Value> decode(const Route& route, const HttpRequest& request,
                             std::string_view body) {
  Faults faults("SerializationException");
  Object out;
  const auto input = route.operation.input();
  if (!input) return out;
  decode_bindings(route, request, out, faults);
  const auto payload = payload_member(*input);
  if (payload && raw_payload(*payload)) {
    decode_raw_payload(*payload, body, out, faults);
    return faults.outcome(Value(std::move(out)));
  }
  Value parsed = parse_json_body(body, faults);
  if (!faults.ok() || parsed.is_null()) return faults.outcome(Value(std::move(out)));
  if (payload) {
    out[payload->name()] = json_to_value(&*payload, payload->shape(), std::move(parsed), faults);
    return faults.outcome(Value(std::move(out)));
  }
  Value members = json_to_value(nullptr, *input, std::move(parsed), faults, true);
  if (members.is_object()) {
    for (auto& pair : members.get_object()) out[pair.key()] = std::move(pair.value());
  }
  return faults.outcome(Value(std::move(out)));
}

HttpResponse encode(const Route& route, const Value& output, std::string_view request_id) {
  HttpResponse response;
  if (const int status = route.operation.success_status()) response.status = status;
  response.headers.add("x-amzn-RequestId", std::string(request_id));
  const auto shape = route.operation.output();
  if (!shape) {
    response.headers.set("Content-Type", "application/json");
    return response;
  }
  const Object& value = output.as_object();
  encode_bindings(*shape, value, response);
  const auto payload = payload_member(*shape);
  if (payload && raw_payload(*payload)) {
    encode_raw_payload(*payload, value, response);
    return response;
  }
  if (!response.headers.has("Content-Type"))
    response.headers.set("Content-Type", "application/json");
  if (!payload) {
    append_json(nullptr, *shape, output, response.body, true);
  } else if (const Value* given = value.if_contains(payload->name())) {
    append_json(&*payload, payload->shape(), *given, response.body);
  }
  if (response.status == 204) response.body.clear();
  return response;
}

HttpResponse encode_error(const WireError& error) {
  HttpResponse response;
  response.status = error.status;
  response.headers.add("x-amzn-RequestId", std::string(error.request_id));
  response.headers.add("x-amzn-ErrorType", error.shape_name);
  response.headers.add("Content-Type", "application/json");
  std::string& out = response.body;
  out = "{";
  append_json_string(error.message_key(), out);
  out += ':';
  append_json_string(error.message, out);
  if (const Object more = error.further_members(); !more.empty()) {
    encode_bindings(*error.shape, more, response);
    response.status = error.status;
    std::string members;
    append_json(nullptr, *error.shape, more, members, true);
    if (members.size() > 2) out += "," + members.substr(1, members.size() - 2);
  }
  out += '}';
  return response;
}

}  // namespace seatrial::wire::rest_json
