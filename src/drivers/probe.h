// Health probes: one HTTP or TCP check of an address at a time, made from inside the VPC.
#pragma once
#include <functional>
#include <string>

namespace seatrial::drivers {

struct ProbeRequest {
  std::string address;
  int port = 0;
  std::string protocol = "HTTP";  // HTTP, TCP
  std::string path = "/";
  std::string user_agent = "ELB-HealthChecker/2.0";
  int timeout_ms = 5000;  // wall time
};

struct ProbeResult {
  enum class Kind { kStatus, kConnected, kRefused, kTimedOut, kFailed } kind = Kind::kFailed;
  int status = 0;       // HTTP status when kStatus
  std::string detail;   // for the log
};

class ProbeDriver {
 public:
  virtual ~ProbeDriver() = default;
  // `done` runs on the driver's thread exactly once, unless the driver is destroyed first.
  virtual void probe(ProbeRequest request, std::function<void(ProbeResult)> done) = 0;
};

}  // namespace seatrial::drivers
