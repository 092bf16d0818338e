// Six protocols, one codec each, one interface: any operation of any service between HTTP and the
// canonical Value of base/value.h, driven by the shapes of model/pack.h. Knows no service.
//
// Sources: Smithy's AWS protocol specifications and botocore's behaviour (the oracle in the tests).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/value.h"
#include "model/aws_error.h"
#include "model/pack.h"
#include "wire/message.h"

namespace seatrial::wire {

// What a request turned out to be. `json_version` is the one the client spoke ("1.0", "1.1").
struct Route {
  model::Service service;
  model::Operation operation;
  model::Protocol protocol;
  std::string json_version;
  bool query_mode = false;  // x-amzn-query-mode: true (query-compatible errors wanted)
};

// Finds service, operation and protocol. `signing_name` is the credential scope's service (empty
// when unsigned: then the target header, the CBOR path, Action+Version or Host decide).
// Errors: UnknownOperationException (404) naming what was asked; for forms InvalidAction and
// MissingAction (400).
model::Outcome<Route> route(const HttpRequest& request, std::string_view signing_name);

// S3's virtual-hosted addressing undone: "/bucket/key?query" when the request's Host names the
// bucket ("bucket.s3.localhost:4566", "bucket.localhost"), else nothing.
std::optional<std::string> path_style_target(const HttpRequest& request,
                                             std::string_view signing_name);

// Request body, headers, query and URI labels to the canonical input object. Undoes
// Content-Encoding: gzip and aws-chunked. Errors: SerializationException (json, rest-json, cbor),
// MalformedInput (query), InvalidParameterValue (ec2), MalformedXML (rest-xml), and
// UnsupportedOperationException for operations that stream events.
// A raw payload (an object's bytes) keeps its gzip, which is its owner's. What follows an
// aws-chunked body (its trailer) counts as headers.
model::Outcome<Value> decode_request(const Route& route, const HttpRequest& request);
// The same with the raw payload apart: moved to `payload`, not in the input.
model::Outcome<Value> decode_apart(const Route& route, HttpRequest& request, std::string& payload);

// Holds an S3 request's XML body against the digests in its headers. Errors: as check_digests.
model::Outcome<void> check_body(const Route& route, const HttpRequest& request);

// The reply in the client's protocol. `output` is canonical; unknown members are BUG.
HttpResponse encode_response(const Route& route, const Value& output, std::string_view request_id);

// The error in the client's protocol, such that botocore raises ClientError with code and message.
HttpResponse encode_error(const Route& route, const model::AwsError& error,
                          std::string_view request_id);
// The same when no operation was found: by what the request looks like.
HttpResponse encode_unrouted_error(const HttpRequest& request, std::string_view signing_name,
                                   const model::AwsError& error, std::string_view request_id);

// Checks canonical input against the model: required, type, range, length, enum, pattern; fills in
// idempotency tokens from `token`. Several problems come in one message, worded as the service's
// protocol family words them. `Value& input` may be changed (tokens only).
model::Outcome<void> validate(const Route& route, Value& input, std::string_view token);

}  // namespace seatrial::wire
