// The wire library as a filter, so that botocore can be its oracle: one JSON request a line on
// stdin, one JSON answer a line on stdout. Blobs travel as base64 and special floats as strings.
// The other half: tests/oracle/test_wire.py.
#include <cmath>
#include <iostream>
#include <string>

#include "base/check.h"
#include "base/encoding.h"
#include "base/value.h"
#include "model/pack.h"
#include "wire/codec.h"
#include "wire/sigv4.h"

namespace seatrial {
namespace {

using model::Kind;
using model::Shape;

constexpr std::string_view kProtocols[] = {"query",     "ec2",      "json",
                                           "rest-json", "rest-xml", "smithy-rpc-v2-cbor"};

// Canonical to transport (`out` true) or back: blobs and special floats.
Value converted(const Shape& shape, const Value& value, bool out) {
  if (value.is_null()) return value;
  switch (shape.kind()) {
    case Kind::kStructure: {
      Object object;
      for (const auto& [key, item] : value.as_object()) {
        const auto member = shape.find({key.data(), key.size()});
        ST_CHECK(member.has_value(), "unknown member");
        object[key] = converted(member->shape(), item, out);
      }
      return object;
    }
    case Kind::kList: {
      Array array;
      for (const Value& item : value.as_array())
        array.push_back(converted(shape.element().shape(), item, out));
      return array;
    }
    case Kind::kMap: {
      Object object;
      for (const auto& [key, item] : value.as_object())
        object[key] = converted(shape.value().shape(), item, out);
      return object;
    }
    case Kind::kBlob: {
      const std::string text(as_view(value.as_string()));
      return Value(out ? base64_encode(text) : base64_decode(text).value());
    }
    case Kind::kFloat:
    case Kind::kDouble: {
      if (value.is_string()) return std::stod(std::string(as_view(value.get_string())));
      const double number = value.to_number<double>();
      if (std::isfinite(number)) return number;
      return std::isnan(number) ? "nan" : number > 0 ? "inf" : "-inf";
    }
    default:
      return value;
  }
}

wire::HttpRequest request_of(const Value& in) {
  wire::HttpRequest request;
  request.method = text_member(in, "method");
  request.target = text_member(in, "target");
  for (const Value& header : find_member(in, "headers")->as_array()) {
    request.headers.add(std::string(as_view(header.as_array()[0].as_string())),
                        std::string(as_view(header.as_array()[1].as_string())));
  }
  request.body = base64_decode(text_member(in, "body")).value();
  return request;
}

Value response_of(const wire::HttpResponse& response) {
  Object headers;
  for (const auto& [name, value] : response.headers.all()) headers[name] = value;
  return Object{{"status", response.status},
                {"headers", std::move(headers)},
                {"body", base64_encode(response.body)}};
}

Value error_of(const model::AwsError& error) {
  return Object{
      {"error",
       Object{{"code", error.code}, {"message", error.message}, {"status", error.status}}}};
}

wire::Route route_of(const Value& in) {
  const auto service = model::find_service(text_member(in, "service"));
  ST_CHECK(service.has_value(), "the test names a service the pack does not have");
  const auto operation = service->find_operation(text_member(in, "operation"));
  ST_CHECK(operation.has_value(), "the test names an operation the pack does not have");
  int protocol = 0;
  while (kProtocols[protocol] != text_member(in, "protocol")) ++protocol;
  const Value* query_mode = find_member(in, "query_mode");
  return {*service, *operation, static_cast<model::Protocol>(protocol), "1.1",
          query_mode != nullptr && query_mode->as_bool()};
}

Value decode(const Value& in) {
  const wire::HttpRequest request = request_of(in);
  const auto route = wire::route(request, text_member(in, "signing"));
  if (!route) return error_of(route.error());
  Object out{{"service", route->service.name()},
             {"operation", route->operation.name()},
             {"protocol", kProtocols[static_cast<int>(route->protocol)]}};
  const auto value = wire::decode_request(*route, request);
  if (!value) {
    out["error"] = error_of(value.error()).as_object()["error"];
    return out;
  }
  out["value"] =
      route->operation.input() ? converted(*route->operation.input(), *value, true) : *value;
  return out;
}

Value encode(const Value& in) {
  const wire::Route route = route_of(in);
  Value value = *find_member(in, "value");
  if (route.operation.output()) value = converted(*route.operation.output(), value, false);
  return response_of(wire::encode_response(route, value, "11111111-2222-3333-4444-555555555555"));
}

Value encode_error(const Value& in) {
  const wire::Route route = route_of(in);
  model::AwsError error{std::string(text_member(in, "code")),
                        std::string(text_member(in, "message"))};
  if (const auto shape = route.service.find_shape(text_member(in, "shape"))) {
    error.details = converted(*shape, *find_member(in, "details"), false);
  }
  return response_of(wire::encode_error(route, error, "11111111-2222-3333-4444-555555555555"));
}

// The gateway's answer to a request that finds no operation.
Value unrouted(const Value& in) {
  const wire::HttpRequest request = request_of(in);
  const auto route = wire::route(request, text_member(in, "signing"));
  if (route) return Object{{"operation", route->operation.name()}};
  return response_of(wire::encode_unrouted_error(request, text_member(in, "signing"), route.error(),
                                                 "11111111-2222-3333-4444-555555555555"));
}

Value verify(const Value& in) {
  const auto secret = [&](std::string_view key) -> std::optional<std::string> {
    if (key != text_member(in, "access_key")) return std::nullopt;
    return std::string(text_member(in, "secret"));
  };
  const auto signature =
      wire::verify(request_of(in), from_ms(find_member(in, "now_ms")->as_int64()), secret);
  if (!signature) return error_of(signature.error());
  return Object{{"access_key", signature->access_key},
                {"date", signature->date},
                {"region", signature->region},
                {"service", signature->service}};
}

Value answer(const Value& in) {
  const std::string_view what = text_member(in, "do");
  if (what == "decode") return decode(in);
  if (what == "encode") return encode(in);
  if (what == "error") return encode_error(in);
  if (what == "unrouted") return unrouted(in);
  ST_CHECK(what == "verify", "unknown request of the test");
  return verify(in);
}

}  // namespace
}  // namespace seatrial

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    const auto in = seatrial::parse_json(line);
    ST_CHECK(in.has_value(), "a line that is no JSON");
    std::cout << seatrial::to_json(seatrial::answer(*in)) << '\n';
  }
  return 0;
}
