// The query protocol: form parameters in, <XResponse><XResult> out.
#include <fmt/format.h>

#include "base/check.h"
#include "wire/form.h"
#include "wire/protocols.h"
#include "wire/sqs_query.h"
#include "wire/xml_shapes.h"

namespace seatrial::wire::query {
namespace {

HttpResponse xml_response(int status, std::string_view request_id, std::string body) {
  HttpResponse response;
  response.status = status;
  response.headers.add("x-amzn-RequestId", std::string(request_id));
  response.headers.add("Content-Type", "text/xml");
  response.body = std::move(body);
  return response;
}

}  // namespace

model::Outcome<Value> decode(const Route& route, std::string_view form) {
  Faults faults("MalformedInput");  // guess: AWS uses several codes here, this one most
  const auto input = route.operation.input();
  if (!input) return Value(Object{});
  const bool sqs = sqs_query::is_sqs(route.service);
  const std::string renamed = sqs ? sqs_query::new_form(form, route.operation.name()) : "";
  const FormTree tree(sqs ? renamed : form, faults);
  if (!faults.ok()) return faults.outcome(Value());
  return faults.outcome(form_to_value({.ec2 = false}, *input, model::TimestampFormat::kDefault,
                                      tree.root(), "request", faults));
}

HttpResponse encode(const Route& route, const Value& output, std::string_view request_id) {
  const model::Operation& operation = route.operation;
  const bool sqs = sqs_query::is_sqs(route.service);
  std::string body = fmt::format("<{}Response xmlns=\"{}\">", operation.name(),
                                 sqs ? sqs_query::kNamespace : route.service.xml_namespace());
  if (const auto shape = operation.output()) {
    const std::string wrapper =
        sqs ? std::string(operation.name()) + "Result" : std::string(operation.result_wrapper());
    if (!wrapper.empty()) body += fmt::format("<{}>", wrapper);
    std::string members;
    append_xml_members(*shape, output.as_object(), members);
    body += sqs ? sqs_query::old_xml(members, operation.name()) : members;
    if (!wrapper.empty()) body += fmt::format("</{}>", wrapper);
  }
  body += "<ResponseMetadata>";
  append_xml_element("RequestId", request_id, body);
  body += fmt::format("</ResponseMetadata></{}Response>", operation.name());
  return xml_response(200, request_id, std::move(body));
}

HttpResponse encode_error(const WireError& error) {
  std::string body = "<ErrorResponse";
  if (error.service) body += fmt::format(" xmlns=\"{}\"", error.service->xml_namespace());
  body += "><Error>";
  append_xml_element("Type", error.server_fault ? "Receiver" : "Sender", body);
  append_xml_element("Code", error.code, body);
  append_xml_element("Message", error.message, body);
  if (const Object more = error.further_members(); !more.empty())
    append_xml_members(*error.shape, more, body);
  body += "</Error>";
  append_xml_element("RequestId", error.request_id, body);
  body += "</ErrorResponse>";
  return xml_response(error.status, error.request_id, std::move(body));
}

}  // namespace seatrial::wire::query
