// restXml: bindings around an XML body.
#include <fmt/format.h>

#include "wire/http_bindings.h"
#include "wire/protocols.h"
#include "wire/text.h"
#include "wire/xml_shapes.h"

namespace seatrial::wire::rest_xml {
namespace {

constexpr std::string_view kDeclaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

void add_request_id(const std::optional<model::Service>& service, std::string_view request_id,
                    HttpResponse& response) {
  if (!bare_xml_errors(service)) {
    response.headers.add("x-amzn-RequestId", std::string(request_id));
    return;
  }
  response.headers.add("x-amz-request-id", std::string(request_id));
  response.headers.add("x-amz-id-2", std::string(request_id));
}

void encode_body(const Route& route, const model::Shape& shape, const Object& value,
                 HttpResponse& response) {
  const auto payload = payload_member(shape);
  std::string& body = response.body;
  if (payload) {
    const Value* given = value.if_contains(payload->name());
    if (given == nullptr || given->is_null()) return;
    body = kDeclaration;
    append_xml_value(*payload, wire_name(*payload), *given, body);
  } else {
    std::string members;
    append_xml_members(shape, value, members, true);
    if (members.empty()) return;
    const std::string_view given = shape.location_name();
    const std::string root =
        given.empty() ? fmt::format("{}Result", route.operation.name()) : std::string(given);
    const std::string_view uri = route.service.xml_namespace();
    body = kDeclaration;
    body += uri.empty() ? fmt::format("<{}>", root) : fmt::format("<{} xmlns=\"{}\">", root, uri);
    body += members;
    body += fmt::format("</{}>", root);
  }
  if (!response.headers.has("Content-Type"))
    response.headers.set("Content-Type", "application/xml");
}

}  // namespace

model::Outcome<Value> decode(const Route& route, const HttpRequest& request,
                             std::string_view body) {
  Faults faults("MalformedXML");
  Object out;
  const auto input = route.operation.input();
  if (!input) return out;
  decode_bindings(route, request, out, faults);
  const auto payload = payload_member(*input);
  if (payload && raw_payload(*payload)) {
    decode_raw_payload(*payload, body, out, faults);
  } else if (!trim(body).empty()) {
    const auto root = parse_xml(body);
    if (!root) {
      faults.add(
          "The XML you provided was not well-formed or did not validate against our published "
          "schema");
    } else if (payload) {
      out[payload->name()] =
          xml_to_value(payload->shape(), payload->timestamp_format(), *root, faults);
    } else {
      Value members = xml_to_value(*input, model::TimestampFormat::kDefault, *root, faults, true);
      if (members.is_object()) {
        for (auto& pair : members.get_object()) out[pair.key()] = std::move(pair.value());
      }
    }
  }
  return faults.outcome(Value(std::move(out)));
}

HttpResponse encode(const Route& route, const Value& output, std::string_view request_id) {
  HttpResponse response;
  if (const int status = route.operation.success_status()) response.status = status;
  add_request_id(route.service, request_id, response);
  const auto shape = route.operation.output();
  if (!shape) return response;
  const Object& value = output.as_object();
  encode_bindings(*shape, value, response);
  const auto payload = payload_member(*shape);
  if (payload && raw_payload(*payload))
    encode_raw_payload(*payload, value, response);
  else
    encode_body(route, *shape, value, response);
  return response;
}

HttpResponse encode_error(const WireError& error) {
  HttpResponse response;
  response.status = error.status;
  add_request_id(error.service, error.request_id, response);
  response.headers.add("Content-Type", "application/xml");
  const bool bare = bare_xml_errors(error.service);
  std::string& body = response.body;
  body = kDeclaration;
  if (!bare && error.service)
    body += fmt::format("<ErrorResponse xmlns=\"{}\">", error.service->xml_namespace());
  else if (!bare)
    body += "<ErrorResponse>";
  body += "<Error>";
  if (!bare) append_xml_element("Type", error.server_fault ? "Receiver" : "Sender", body);
  append_xml_element("Code", error.code, body);
  append_xml_element("Message", error.message, body);
  if (const Object more = error.further_members(); !more.empty()) {
    encode_bindings(*error.shape, more, response);
    response.status = error.status;
    append_xml_members(*error.shape, more, body, true);
  }
  if (bare) append_xml_element("RequestId", error.request_id, body);
  body += "</Error>";
  if (!bare) {
    append_xml_element("RequestId", error.request_id, body);
    body += "</ErrorResponse>";
  }
  return response;
}

}  // namespace seatrial::wire::rest_xml
