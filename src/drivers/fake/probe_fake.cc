// See the header.
#include "drivers/fake/probe_fake.h"

namespace seatrial::drivers {

ProbeResult FakeProbe::result_of(const ProbeRequest& request) const {
  using Kind = ProbeResult::Kind;
  const auto found = answers_.find({request.address, request.port});
  if (found == answers_.end()) return {Kind::kRefused, 0, "connection refused"};
  if (request.protocol == "TCP") return {Kind::kConnected, 0, "connected"};
  if (found->second.silent) return {Kind::kTimedOut, 0, "no answer"};
  const auto path = request.path.substr(0, request.path.find('?'));
  return {Kind::kStatus, path == found->second.path ? found->second.status : 404, ""};
}

void FakeProbe::probe(ProbeRequest request, std::function<void(ProbeResult)> done) {
  ProbeResult result;
  {
    const std::lock_guard lock(mutex_);
    ++probes_[{request.address, request.port}];
    last_ = request;
    result = result_of(request);
  }
  executor_.post([done = std::move(done), result] { done(result); });
}

void FakeProbe::answer(const std::string& address, int port, int status, const std::string& path) {
  const std::lock_guard lock(mutex_);
  answers_[{address, port}] = {false, status, path};
}

void FakeProbe::silence(const std::string& address, int port) {
  const std::lock_guard lock(mutex_);
  answers_[{address, port}] = {true, 0, ""};
}

void FakeProbe::refuse(const std::string& address, int port) {
  const std::lock_guard lock(mutex_);
  answers_.erase({address, port});
}

int FakeProbe::probes(const std::string& address, int port) const {
  const std::lock_guard lock(mutex_);
  const auto found = probes_.find({address, port});
  return found == probes_.end() ? 0 : found->second;
}

ProbeRequest FakeProbe::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

}  // namespace seatrial::drivers
