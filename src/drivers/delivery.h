// Outgoing deliveries: one HTTP(S) POST or one mail at a time, over loopback only unless the world
// says otherwise.
#pragma once
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace seatrial::drivers {

struct DeliveryRequest {
  std::string url;  // http:// or https://; empty: a mail
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;                // of a mail: the whole message, headers and all
  std::string mail_from, mail_to;  // addresses only
  int timeout_ms = 15'000;         // wall time, as AWS gives endpoints
  std::size_t max_answer = 1024;   // bytes of the answer that are kept
};

struct DeliveryResult {
  enum class Kind {
    kAnswered,   // `status` is the HTTP or SMTP one
    kForbidden,  // the address is none this world delivers to: nothing was sent
    kFailed      // no connection, no answer, bad certificate
  } kind = Kind::kFailed;
  int status = 0;
  std::string answer;  // the beginning of the answer's body, at most max_answer bytes
  std::string why;     // when not answered
  int dwell_ms = 0;
};

class DeliveryDriver {
 public:
  virtual ~DeliveryDriver() = default;
  // `done` runs on the driver's thread exactly once, unless the driver is destroyed first.
  virtual void deliver(DeliveryRequest request, std::function<void(DeliveryResult)> done) = 0;
};

}  // namespace seatrial::drivers
