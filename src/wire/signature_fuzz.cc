// Signatures from anywhere: none of them is one, for no key is known to the one who makes them.
// Input: "METHOD TARGET\nAUTHORIZATION\nX-Amz-Date\nBODY".
#include <cstdint>

#include "base/check.h"
#include "wire/sigv4.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace seatrial;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto take_line = [&rest] {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return std::string(line);
  };
  wire::HttpRequest request;
  request.method = "POST";
  request.target = take_line();
  request.headers.add("Authorization", take_line());
  request.headers.add("X-Amz-Date", take_line());
  request.headers.add("Host", "localhost");
  request.body = rest;
  const auto verified = wire::verify(request, from_ms(1'440'938'160'000), [](std::string_view) {
    return std::optional<std::string>("a secret that no input has");
  });
  ST_CHECK(!verified, "a made-up signature was verified");
  ST_CHECK(!verified.error().code.empty(), "an error without a code");
  (void)wire::parse_signature(request);
  return 0;
}
