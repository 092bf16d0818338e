// The dispatch between the six codecs, and errors before a protocol dresses them.
#include "wire/codec.h"

#include <fmt/format.h>

#include "base/check.h"
#include "wire/body.h"
#include "wire/checksums.h"
#include "wire/http_bindings.h"
#include "wire/protocols.h"
#include "wire/shapes.h"
#include "wire/sqs_query.h"
#include "wire/text.h"

namespace seatrial::wire {
namespace {

using model::Protocol;
using model::Shape;

bool event_stream_input(const model::Operation& operation) {
  const auto input = operation.input();
  if (!input) return false;
  for (std::uint32_t i = 0; i < input->member_count(); ++i) {
    if (input->member(i).shape().event_stream()) return true;
  }
  return false;
}

// Query clients may put parameters into the URL, the body or both.
std::string whole_form(const HttpRequest& request, std::string_view body) {
  std::string form(body);
  if (!request.raw_query().empty()) {
    if (!form.empty()) form += '&';
    form += request.raw_query();
  }
  return form;
}

bool takes_raw_payload(const model::Operation& operation) {
  const auto input = operation.input();
  const auto payload = input ? payload_member(*input) : std::nullopt;
  return payload && raw_payload(*payload);
}

model::Outcome<Value> decode_body(const Route& route, const HttpRequest& request,
                                  std::string_view body) {
  switch (route.protocol) {
    case Protocol::kQuery:
      return query::decode(route, whole_form(request, body));
    case Protocol::kEc2:
      return ec2::decode(route, whole_form(request, body));
    case Protocol::kJson:
      return json::decode(route, body);
    case Protocol::kRestJson:
      return rest_json::decode(route, request, body);
    case Protocol::kRestXml:
      return rest_xml::decode(route, request, body);
    case Protocol::kCbor:
      return cbor::decode(route, body);
  }
  return Value();
}

HttpResponse dress(Protocol protocol, const WireError& error) {
  switch (protocol) {
    case Protocol::kQuery:
      return query::encode_error(error);
    case Protocol::kEc2:
      return ec2::encode_error(error);
    case Protocol::kJson:
      return json::encode_error(error);
    case Protocol::kRestJson:
      return rest_json::encode_error(error);
    case Protocol::kRestXml:
      return rest_xml::encode_error(error);
    case Protocol::kCbor:
      return cbor::encode_error(error);
  }
  return {};
}

bool names(const Shape& shape, std::string_view code) {
  return shape.error_code() == code || shape.name() == code;
}

// By the wire code or the shape's name; the operation's own errors come first.
std::optional<Shape> find_error(const Route& route, std::string_view code) {
  for (std::uint32_t i = 0; i < route.operation.error_count(); ++i) {
    if (names(route.operation.error(i), code)) return route.operation.error(i);
  }
  const auto shape = route.service.find_shape(code);
  return shape && shape->exception() ? shape : std::nullopt;
}

WireError plain_error(const model::AwsError& error, std::string_view request_id) {
  WireError out;
  out.code = out.shape_name = error.code;
  out.message = error.message;
  out.status = error.status;
  out.server_fault = error.server_fault || error.status >= 500;
  out.details = &error.details;
  out.request_id = request_id;
  return out;
}

bool has_action(const HttpRequest& request) {
  bool action = false;
  form_value(request.raw_query(), "Action", &action);
  if (!action) form_value(request.body, "Action", &action);
  return action;
}

Protocol guess_protocol(const HttpRequest& request, const std::optional<model::Service>& service) {
  if (same_ignoring_case(request.headers.get("Smithy-Protocol"), "rpc-v2-cbor")) {
    return Protocol::kCbor;
  }
  if (request.headers.has("X-Amz-Target")) return Protocol::kJson;
  if (!service) return has_action(request) ? Protocol::kQuery : Protocol::kRestJson;
  if (service->supports(Protocol::kEc2)) return Protocol::kEc2;
  // CloudWatch and SQS prefer newer protocols, but older clients still send forms.
  const bool forms = service->supports(Protocol::kQuery) || sqs_query::is_sqs(*service);
  if (forms && has_action(request)) return Protocol::kQuery;
  return service->protocol();
}

// `apart` gets a payload that had to be decoded to be read; one that is there as it came is not
// touched.
model::Outcome<Value> decode_opened(const Route& route, const HttpRequest& request,
                                    std::optional<std::string>* apart) {
  if (event_stream_input(route.operation)) {
    return model::fail("UnsupportedOperationException",
                       fmt::format("{}:{} takes a stream of events, which is not supported here.",
                                   route.service.name(), route.operation.name()));
  }
  const bool raw = takes_raw_payload(route.operation);
  auto body = decoded_body(request, !raw);
  if (!body) return std::unexpected(body.error());
  HttpRequest with_trailers;
  const HttpRequest* whole = &request;
  if (!body->trailers.all().empty()) {
    with_trailers = {request.method, request.target, request.headers, "", false, ""};
    for (const auto& [name, value] : body->trailers.all()) with_trailers.headers.add(name, value);
    whole = &with_trailers;
  }
  if (apart == nullptr) return decode_body(route, *whole, body->view());
  if (body->owning()) *apart = body->take();
  return decode_body(route, *whole, {});
}

}  // namespace

std::string_view WireError::message_key() const {
  if (!shape) return "message";
  for (const std::string_view key : {"message", "Message"}) {
    if (const auto member = shape->find(key)) return wire_name(*member);
  }
  return "message";
}

Object WireError::further_members() const {
  Object out;
  if (!shape || details == nullptr || !details->is_object()) return out;
  for (const auto& [key, value] : details->get_object()) {
    const std::string_view name(key.data(), key.size());
    if (name != "message" && name != "Message" && shape->find(name)) out[key] = value;
  }
  return out;
}

bool bare_xml_errors(const std::optional<model::Service>& service) {
  return service && service->endpoint_prefix() == "s3";
}

model::Outcome<void> check_body(const Route& route, const HttpRequest& request) {
  const auto input = route.operation.input();
  if (!bare_xml_errors(route.service) || request.body.empty()) return {};
  // Digests that are members of the input are an object's: its room checks them.
  if (input && input->find("ChecksumCRC32")) return {};
  return check_digests(request.headers, request.body);
}

model::Outcome<Value> decode_request(const Route& route, const HttpRequest& request) {
  return decode_opened(route, request, nullptr);
}

model::Outcome<Value> decode_apart(const Route& route, HttpRequest& request, std::string& payload) {
  if (!takes_raw_payload(route.operation)) return decode_request(route, request);
  std::optional<std::string> decoded;
  auto input = decode_opened(route, request, &decoded);
  if (input) payload = decoded ? *std::move(decoded) : std::move(request.body);
  return input;
}

HttpResponse encode_response(const Route& route, const Value& output, std::string_view request_id) {
  ST_CHECK(output.is_object(), "an operation's output is an object");
  switch (route.protocol) {
    case Protocol::kQuery:
      return query::encode(route, output, request_id);
    case Protocol::kEc2:
      return ec2::encode(route, output, request_id);
    case Protocol::kJson:
      return json::encode(route, output, request_id);
    case Protocol::kRestJson:
      return rest_json::encode(route, output, request_id);
    case Protocol::kRestXml:
      return rest_xml::encode(route, output, request_id);
    case Protocol::kCbor:
      return cbor::encode(route, output, request_id);
  }
  return {};
}

HttpResponse encode_error(const Route& route, const model::AwsError& error,
                          std::string_view request_id) {
  WireError out = plain_error(error, request_id);
  out.service = route.service;
  out.shape = find_error(route, error.code);
  out.query_mode = route.query_mode && route.service.query_compatible();
  if (!route.json_version.empty()) out.json_version = route.json_version;
  if (out.shape) {
    out.code = out.shape->error_code();
    if (sqs_query::is_sqs(route.service)) out.code = sqs_query::old_code(out.shape->name());
    // Query-compatible services keep the old code for the header and say the shape's name.
    out.shape_name = route.service.query_compatible() ? out.shape->name() : out.shape->error_code();
    if (const int status = out.shape->error_status())
      out.status = status;
    else if (out.shape->fault() && out.status < 500)
      out.status = 500;
    out.server_fault = out.server_fault || out.shape->fault();
  }
  return dress(route.protocol, out);
}

HttpResponse encode_unrouted_error(const HttpRequest& request, std::string_view signing_name,
                                   const model::AwsError& error, std::string_view request_id) {
  WireError out = plain_error(error, request_id);
  const auto services = model::find_by_signing_name(signing_name);
  std::optional<model::Service> service;
  for (const auto& candidate : services) {
    if (!service || candidate.name() == signing_name) service = candidate;
  }
  const Protocol protocol = guess_protocol(request, service);
  if (service && (service->supports(protocol) || sqs_query::is_sqs(*service)))
    out.service = service;
  if (service && service->query_compatible()) {
    out.query_mode = same_ignoring_case(request.headers.get("x-amzn-query-mode"), "true");
  }
  const std::string_view type = request.headers.get("Content-Type");
  if (type.starts_with("application/x-amz-json-1.0")) out.json_version = "1.0";
  return dress(protocol, out);
}

}  // namespace seatrial::wire
