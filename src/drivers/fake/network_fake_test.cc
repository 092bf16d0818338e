// The fakes of network, proxy and probes keep the real ones' contracts.
#include "drivers/fake/network_fake.h"
#include "drivers/fake/probe_fake.h"
#include "drivers/fake/proxy_fake.h"
#include "drivers/network_contract.h"
#include "drivers/probe_contract.h"
#include "drivers/proxy_contract.h"

namespace seatrial::drivers {
namespace {

std::unique_ptr<NetworkDriver> fake_network(const std::string& world) {
  static std::map<std::string, std::shared_ptr<FakeVpc>> machines;
  auto& vpc = machines[world];
  if (vpc == nullptr) vpc = std::make_shared<FakeVpc>();
  return std::make_unique<FakeNetwork>(vpc);
}

INSTANTIATE_TEST_SUITE_P(, NetworkContract, testing::Values(NetworkMaker{"Fake", fake_network}),
                         [](const auto& about) { return about.param.name; });

class Inline final : public Executor {
 public:
  void post(std::function<void()> work) override { work(); }
  void post_after(Millis, std::function<void()> work) override { work(); }
};

class FakeProbeBench final : public ProbeBench {
 public:
  ProbeDriver& driver() override { return probe_; }
  int answering(int status) override {
    probe_.answer("127.0.0.1", ++port_, status, "/health");
    return port_;
  }
  int refusing() override { return ++port_; }
  int silent() override {
    probe_.silence("127.0.0.1", ++port_);
    return port_;
  }

 private:
  Inline executor_;
  FakeProbe probe_{executor_};
  int port_ = 0;
};

INSTANTIATE_TEST_SUITE_P(, ProbeContract,
                         testing::Values(ProbeBenchMaker{
                             "Fake", [] { return std::make_unique<FakeProbeBench>(); }}),
                         [](const auto& about) { return about.param.name; });

class FakeProxyBench final : public ProxyBench {
 public:
  ProxyDriver& driver() override { return proxy_; }
  int free_port() override { return ++port_; }
  int taken_port() override {
    proxy_.take_port(++port_);
    return port_;
  }

 private:
  Inline executor_;
  FakeProxy proxy_{executor_};
  int port_ = 1000;
};

INSTANTIATE_TEST_SUITE_P(, ProxyContract,
                         testing::Values(ProxyBenchMaker{
                             "Fake", [] { return std::make_unique<FakeProxyBench>(); }}),
                         [](const auto& about) { return about.param.name; });

}  // namespace
}  // namespace seatrial::drivers
