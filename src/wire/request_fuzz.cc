// A request from anywhere: routed, decoded, validated, and whatever comes of it encoded.
// Input: "SIGNING_NAME\nMETHOD TARGET\nName: value\n...\n\nBODY".
#include <cstdint>

#include "base/check.h"
#include "wire/codec.h"

namespace {

using namespace seatrial;

std::string_view take_line(std::string_view& rest) {
  const auto end = std::min(rest.find('\n'), rest.size());
  const auto line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

wire::HttpRequest request_of(std::string_view rest) {
  wire::HttpRequest request;
  const auto first = take_line(rest);
  const auto blank = std::min(first.find(' '), first.size());
  request.method = first.substr(0, blank);
  request.target = first.substr(std::min(blank + 1, first.size()));
  for (auto line = take_line(rest); !line.empty(); line = take_line(rest)) {
    const auto colon = std::min(line.find(": "), line.size());
    request.headers.add(std::string(line.substr(0, colon)),
                        std::string(line.substr(std::min(colon + 2, line.size()))));
  }
  request.body = rest;
  return request;
}

void carry_through(const wire::HttpRequest& request, std::string_view signing_name) {
  const auto route = wire::route(request, signing_name);
  if (!route) {
    const auto reply = wire::encode_unrouted_error(request, signing_name, route.error(), "id");
    ST_CHECK(reply.status >= 400, "a request that leads nowhere was answered with success");
    return;
  }
  auto input = wire::decode_request(*route, request);
  if (!input) {
    ST_CHECK(wire::encode_error(*route, input.error(), "id").status >= 400, "refused with success");
    return;
  }
  ST_CHECK(input->is_object(), "a decoded request is no object");
  const auto valid = wire::validate(*route, *input, "token");
  ST_CHECK(valid || !valid.error().code.empty(), "an error without a code");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto signing_name = take_line(rest);
  carry_through(request_of(rest), signing_name);
  return 0;
}
