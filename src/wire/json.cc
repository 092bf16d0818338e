// awsJson 1.0 and 1.1: the operation in a header, everything else in one JSON object.
#include "wire/json_shapes.h"
#include "wire/protocols.h"

namespace seatrial::wire::json {

model::Outcome<Value> decode(const Route& route, std::string_view body) {
  Faults faults("SerializationException");
  Value parsed = parse_json_body(body, faults);
  const auto input = route.operation.input();
  if (!faults.ok() || !input || parsed.is_null()) return faults.outcome(Value(Object{}));
  return faults.outcome(json_to_value(nullptr, *input, std::move(parsed), faults));
}

HttpResponse encode(const Route& route, const Value& output, std::string_view request_id) {
  HttpResponse response;
  response.headers.add("x-amzn-RequestId", std::string(request_id));
  response.headers.add("Content-Type", "application/x-amz-json-" + route.json_version);
  if (const auto shape = route.operation.output())
    append_json(nullptr, *shape, output, response.body);
  return response;
}

HttpResponse encode_error(const WireError& error) {
  HttpResponse response;
  response.status = error.status;
  response.headers.add("x-amzn-RequestId", std::string(error.request_id));
  response.headers.add("Content-Type", "application/x-amz-json-" + error.json_version);
  if (error.query_mode) {
    response.headers.add("x-amzn-query-error",
                         error.code + (error.server_fault ? ";Receiver" : ";Sender"));
  }
  std::string& out = response.body;
  out = "{\"__type\":";
  append_json_string(error.shape_name, out);
  out += ',';
  append_json_string(error.message_key(), out);
  out += ':';
  append_json_string(error.message, out);
  if (const Object more = error.further_members(); !more.empty()) {
    std::string members;
    append_json(nullptr, *error.shape, more, members);
    if (members.size() > 2) out += "," + members.substr(1, members.size() - 2);
  }
  out += '}';
  return response;
}

}  // namespace seatrial::wire::json
