// Probes whose answers are a table: "address:port" and path decide.
#pragma once
#include <map>
#include <mutex>

#include "base/executor.h"
#include "drivers/probe.h"

namespace seatrial::drivers {

class FakeProbe final : public ProbeDriver {
 public:
  // `done` callbacks are posted to `executor`. Whatever is not in the table refuses.
  explicit FakeProbe(Executor& executor) : executor_(executor) {}
  void probe(ProbeRequest request, std::function<void(ProbeResult)> done) override;

  // GET `path` answers `status` there, every other path 404.
  void answer(const std::string& address, int port, int status, const std::string& path = "/");
  void silence(const std::string& address, int port);  // accepts, never answers
  void refuse(const std::string& address, int port);
  int probes(const std::string& address, int port) const;  // how many so far
  ProbeRequest last() const;

 private:
  struct Answer {
    bool silent = false;
    int status = 200;
    std::string path;
  };
  ProbeResult result_of(const ProbeRequest& request) const;

  Executor& executor_;
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, int>, Answer> answers_;
  std::map<std::pair<std::string, int>, int> probes_;
  ProbeRequest last_;
};

}  // namespace seatrial::drivers
