// restXml: bindings around an XML body.
#include <fmt/format.h>

#include "wire/http_bindings.h"
#include "wire/protocols.h"
#include "wire/text.h"
#include "wire/xml_shapes.h"

namespace seatrial::wire::rest_xml {
namespace {

// An empty list is a document, too; what is bound to headers alone has none.
bool has_body_members(const model::Shape& shape) {
  for (std::uint32_t i = 0; i < shape.member_count(); ++i) {
    if (shape.member(i).location() == model::Location::kBody) return true;
  }
  return false;
}

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

// What S3's elements are called where it is not the operation's name and "Result". SDKs but
// botocore look at it. Source: the samples of the operations' API pages.
constexpr std::pair<std::string_view, std::string_view> kS3Roots[] = {
    {"CreateMultipartUpload", "InitiateMultipartUploadResult"},
    {"DeleteObjects", "DeleteResult"},
    {"GetBucketLifecycleConfiguration", "LifecycleConfiguration"},
    {"GetBucketTagging", "Tagging"},
    {"GetBucketVersioning", "VersioningConfiguration"},
    {"GetObjectAttributes", "GetObjectAttributesResponse"},
    {"GetObjectTagging", "Tagging"},
    {"ListBuckets", "ListAllMyBucketsResult"},
    {"ListObjectVersions", "ListVersionsResult"},
    {"ListObjects", "ListBucketResult"},
    {"ListObjectsV2", "ListBucketResult"},
};

std::string root_name(const Route& route, const model::Shape& shape) {
  if (!shape.location_name().empty()) return std::string(shape.location_name());
  if (bare_xml_errors(route.service)) {
    for (const auto& [operation, root] : kS3Roots) {
      if (operation == route.operation.name()) return std::string(root);
    }
  }
  return fmt::format("{}Result", route.operation.name());
}

// GetBucketLocation's one member is the document itself.
bool unwrapped(const Route& route) {
  return bare_xml_errors(route.service) && route.operation.name() == "GetBucketLocation";
}

void encode_unwrapped(const Route& route, const model::Shape& shape, const Object& value,
                      HttpResponse& response) {
  const model::Member member = shape.member(0);
  const Value* given = value.if_contains(member.name());
  response.body = kDeclaration;
  response.body += fmt::format("<{} xmlns=\"{}\">", member.name(), route.service.xml_namespace());
  if (given != nullptr && given->is_string())
    append_xml_text(as_view(given->get_string()), response.body);
  response.body += fmt::format("</{}>", member.name());
  response.headers.set("Content-Type", "application/xml");
}

// An S3 error's further facts: elements (BucketName, Key, Region), or headers by their name. HEAD
// and 304 have no body to carry them.
void append_s3_details(const WireError& error, HttpResponse& response) {
  if (error.details == nullptr || !error.details->is_object()) return;
  for (const auto& [key, value] : error.details->get_object()) {
    const std::string name(key.data(), key.size());
    if (!value.is_string() || (error.shape && error.shape->find(name))) continue;
    if (name.starts_with("x-amz-") || name == "ETag" || name == "Last-Modified" ||
        name == "Content-Range")
      response.headers.set(name, std::string(as_view(value.get_string())));
    else
      append_xml_element(name, as_view(value.get_string()), response.body);
  }
}

void encode_body(const Route& route, const model::Shape& shape, const Object& value,
                 HttpResponse& response) {
  if (unwrapped(route)) return encode_unwrapped(route, shape, value, response);
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
    if (members.empty() && !has_body_members(shape)) return;
    const std::string root = root_name(route, shape);
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
  if (bare) append_s3_details(error, response);
  if (bare) append_xml_element("RequestId", error.request_id, body);
  body += "</Error>";
  if (error.status == 304) body.clear();  // Not Modified has none
  if (!bare) {
    append_xml_element("RequestId", error.request_id, body);
    body += "</ErrorResponse>";
  }
  return response;
}

}  // namespace seatrial::wire::rest_xml
