// What every proxy driver must do. Traffic itself is tested where there is a real proxy.
#pragma once
#include <gtest/gtest.h>

#include <future>

#include "drivers/proxy.h"

namespace seatrial::drivers {

class ProxyBench {
 public:
  virtual ~ProxyBench() = default;
  virtual ProxyDriver& driver() = 0;
  virtual int free_port() = 0;   // on 127.0.0.1
  virtual int taken_port() = 0;  // someone else listens on 127.0.0.1 there
};

struct ProxyBenchMaker {
  std::string name;
  std::function<std::unique_ptr<ProxyBench>()> make;
};

// The driver's answer to one apply.
inline std::string apply_now(ProxyDriver& driver, ProxyConfig config) {
  auto error = std::make_shared<std::promise<std::string>>();
  driver.apply(std::move(config), [error](std::string text) { error->set_value(std::move(text)); });
  return error->get_future().get();
}

class ProxyContract : public testing::TestWithParam<ProxyBenchMaker> {
 protected:
  void SetUp() override { bench_ = GetParam().make(); }
  ProxyDriver& driver() { return bench_->driver(); }
  ProxyConfig simple(int port) {
    ProxyConfig config;
    config.pools.push_back({"pool", "HTTP", {}});
    ProxyListener listener{"web", "lb", "127.0.0.1", port};
    listener.default_action.pools = {{"pool", 1}};
    config.listeners.push_back(listener);
    return config;
  }
  std::unique_ptr<ProxyBench> bench_;
};

TEST_P(ProxyContract, AppliesAndAppliesAgain) {
  ASSERT_TRUE(driver().available());
  const auto config = simple(bench_->free_port());
  EXPECT_EQ(apply_now(driver(), config), "");
  EXPECT_EQ(apply_now(driver(), config), "");
  EXPECT_EQ(apply_now(driver(), {}), "");
  EXPECT_EQ(apply_now(driver(), config), "");
}

TEST_P(ProxyContract, EveryApplyIsAnsweredOnceAlsoWhenSuperseded) {
  const auto config = simple(bench_->free_port());
  constexpr int kApplies = 20;
  std::atomic<int> answers = 0;
  for (int i = 0; i < kApplies; ++i) driver().apply(config, [&](std::string) { ++answers; });
  EXPECT_EQ(apply_now(driver(), config), "");
  EXPECT_EQ(answers, kApplies);
}

TEST_P(ProxyContract, RefusesWhatItCannotCarryOutAndKeepsTheOldState) {
  const int port = bench_->free_port();
  ASSERT_EQ(apply_now(driver(), simple(port)), "");
  auto bad = simple(port);
  bad.listeners[0].default_action.pools = {{"nowhere", 1}};
  EXPECT_NE(apply_now(driver(), bad).find("nowhere"), std::string::npos);
  auto https = simple(port);
  https.listeners[0].protocol = "HTTPS";
  EXPECT_NE(apply_now(driver(), https).find("HTTPS"), std::string::npos);
  EXPECT_TRUE(driver().can_listen("127.0.0.1", port));  // it is still ours
}

TEST_P(ProxyContract, TellsWhetherAPortIsFree) {
  EXPECT_TRUE(driver().can_listen("127.0.0.1", bench_->free_port()));
  const int taken = bench_->taken_port();
  const auto refused = driver().can_listen("127.0.0.1", taken);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().find(std::to_string(taken)), std::string::npos) << refused.error();
  const int ours = bench_->free_port();
  ASSERT_EQ(apply_now(driver(), simple(ours)), "");
  EXPECT_TRUE(driver().can_listen("127.0.0.1", ours));
}

TEST_P(ProxyContract, StopIsFinalUntilTheNextApply) {
  const int port = bench_->free_port();
  ASSERT_EQ(apply_now(driver(), simple(port)), "");
  driver().stop();
  driver().stop();
  EXPECT_EQ(apply_now(driver(), simple(port)), "");
}

}  // namespace seatrial::drivers
