// EC2's variant of query: its own parameter names, lists always flattened, no result wrapper.
#include <fmt/format.h>

#include "wire/form.h"
#include "wire/protocols.h"
#include "wire/xml_shapes.h"

namespace seatrial::wire::ec2 {
namespace {

constexpr std::string_view kDeclaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

HttpResponse xml_response(int status, std::string_view request_id, std::string body) {
  HttpResponse response;
  response.status = status;
  response.headers.add("x-amzn-RequestId", std::string(request_id));
  response.headers.add("Content-Type", "text/xml;charset=UTF-8");
  response.body = std::move(body);
  return response;
}

}  // namespace

model::Outcome<Value> decode(const Route& route, std::string_view form) {
  Faults faults("InvalidParameterValue");
  const auto input = route.operation.input();
  if (!input) return Value(Object{});
  const FormTree tree(form, faults);
  if (!faults.ok()) return faults.outcome(Value());
  return faults.outcome(form_to_value({.ec2 = true}, *input, model::TimestampFormat::kDefault,
                                      tree.root(), "request", faults));
}

HttpResponse encode(const Route& route, const Value& output, std::string_view request_id) {
  const std::string_view name = route.operation.name();
  const std::string_view given = route.service.xml_namespace();
  std::string body(kDeclaration);
  body += fmt::format(
      "<{}Response xmlns=\"{}\">", name,
      given.empty() ? fmt::format("http://ec2.amazonaws.com/doc/{}/", route.service.api_version())
                    : std::string(given));
  append_xml_element("requestId", request_id, body);
  if (const auto shape = route.operation.output()) {
    const Object& members = output.as_object();
    // An operation that only says that it worked answers <return>true</return>.
    if (shape->member_count() == 0) append_xml_element("return", "true", body);
    append_xml_members(*shape, members, body, false, true);
  } else {
    append_xml_element("return", "true", body);
  }
  body += fmt::format("</{}Response>", name);
  return xml_response(200, request_id, std::move(body));
}

HttpResponse encode_error(const WireError& error) {
  std::string body(kDeclaration);
  body += "<Response><Errors><Error>";
  append_xml_element("Code", error.code, body);
  append_xml_element("Message", error.message, body);
  if (const Object more = error.further_members(); !more.empty())
    append_xml_members(*error.shape, more, body);
  body += "</Error></Errors>";
  append_xml_element("RequestID", error.request_id, body);
  body += "</Response>";
  return xml_response(error.status, error.request_id, std::move(body));
}

}  // namespace seatrial::wire::ec2
