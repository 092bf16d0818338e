// What every probe driver must do, given servers that behave in known ways.
#pragma once
#include <gtest/gtest.h>

#include <future>

#include "drivers/probe.h"

namespace seatrial::drivers {

// One test's driver and its surroundings. Ports: `answering(status)` gives that status to GET
// /health and 404 to other paths; a `refusing` port has no listener; a `silent` one never answers.
class ProbeBench {
 public:
  virtual ~ProbeBench() = default;
  virtual ProbeDriver& driver() = 0;
  virtual int answering(int status) = 0;
  virtual int refusing() = 0;
  virtual int silent() = 0;
};

struct ProbeBenchMaker {
  std::string name;
  std::function<std::unique_ptr<ProbeBench>()> make;
};

class ProbeContract : public testing::TestWithParam<ProbeBenchMaker> {
 protected:
  void SetUp() override { bench_ = GetParam().make(); }
  ProbeResult probe(int port, const std::string& path = "/health", int timeout_ms = 5000,
                    const std::string& protocol = "HTTP") {
    auto result = std::make_shared<std::promise<ProbeResult>>();
    ProbeRequest request{"127.0.0.1", port, protocol, path};
    request.timeout_ms = timeout_ms;
    bench_->driver().probe(request, [result](ProbeResult r) { result->set_value(std::move(r)); });
    return result->get_future().get();
  }
  std::unique_ptr<ProbeBench> bench_;
};

TEST_P(ProbeContract, TellsTheStatusOfThePath) {
  for (const int status : {200, 204, 301, 404, 500, 503}) {
    const auto result = probe(bench_->answering(status));
    EXPECT_EQ(result.kind, ProbeResult::Kind::kStatus) << result.detail;
    EXPECT_EQ(result.status, status);
  }
  EXPECT_EQ(probe(bench_->answering(200), "/elsewhere").status, 404);
}

TEST_P(ProbeContract, TellsRefusalFromSilence) {
  EXPECT_EQ(probe(bench_->refusing()).kind, ProbeResult::Kind::kRefused);
  EXPECT_EQ(probe(bench_->silent(), "/health", 50).kind, ProbeResult::Kind::kTimedOut);
}

TEST_P(ProbeContract, TcpNeedsAConnectionOnly) {
  const auto connected = ProbeResult::Kind::kConnected;
  EXPECT_EQ(probe(bench_->silent(), "", 5000, "TCP").kind, connected);
  EXPECT_EQ(probe(bench_->answering(500), "", 5000, "TCP").kind, connected);
  EXPECT_EQ(probe(bench_->refusing(), "", 5000, "TCP").kind, ProbeResult::Kind::kRefused);
}

}  // namespace seatrial::drivers
