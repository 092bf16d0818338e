// The six codecs as codec.cc calls them, and what errors look like before a protocol dresses them.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/value.h"
#include "model/aws_error.h"
#include "model/pack.h"
#include "wire/codec.h"
#include "wire/message.h"

namespace seatrial::wire {

// An error ready for writing. Without a route, `service` and `shape` are empty.
struct WireError {
  std::string code;        // for query, ec2 and xml, and x-amzn-query-error
  std::string shape_name;  // for json and cbor
  std::string_view message;
  int status = 400;
  bool server_fault = false;
  std::optional<model::Service> service;
  std::optional<model::Shape> shape;  // the modelled error
  const Value* details = nullptr;
  std::string_view request_id;
  std::string json_version = "1.1";
  bool query_mode = false;

  // The member's own spelling ("message" or "Message"), "message" without a shape.
  std::string_view message_key() const;
  // The further members: details without what the protocols write themselves.
  Object further_members() const;
};

namespace query {
model::Outcome<Value> decode(const Route& route, std::string_view form);
HttpResponse encode(const Route& route, const Value& output, std::string_view request_id);
HttpResponse encode_error(const WireError& error);
}  // namespace query

namespace ec2 {
model::Outcome<Value> decode(const Route& route, std::string_view form);
HttpResponse encode(const Route& route, const Value& output, std::string_view request_id);
HttpResponse encode_error(const WireError& error);
}  // namespace ec2

namespace json {
model::Outcome<Value> decode(const Route& route, std::string_view body);
HttpResponse encode(const Route& route, const Value& output, std::string_view request_id);
HttpResponse encode_error(const WireError& error);
}  // namespace json

namespace rest_json {
model::Outcome<Value> decode(const Route& route, const HttpRequest& request, std::string_view body);
HttpResponse encode(const Route& route, const Value& output, std::string_view request_id);
HttpResponse encode_error(const WireError& error);
}  // namespace rest_json

namespace rest_xml {
model::Outcome<Value> decode(const Route& route, const HttpRequest& request, std::string_view body);
HttpResponse encode(const Route& route, const Value& output, std::string_view request_id);
HttpResponse encode_error(const WireError& error);
}  // namespace rest_xml

namespace cbor {
model::Outcome<Value> decode(const Route& route, std::string_view body);
HttpResponse encode(const Route& route, const Value& output, std::string_view request_id);
HttpResponse encode_error(const WireError& error);
}  // namespace cbor

// S3 answers errors without the ErrorResponse wrapper and names its request id header otherwise.
bool bare_xml_errors(const std::optional<model::Service>& service);

}  // namespace seatrial::wire
