// What every network driver must do. Include it in a test file and instantiate:
//   INSTANTIATE_TEST_SUITE_P(Loopback, NetworkContract, testing::Values(NetworkMaker{...}));
#pragma once
#include <gtest/gtest.h>

#include "drivers/network.h"

namespace seatrial::drivers {

struct NetworkMaker {
  std::string name;
  // A new driver object over the same world, as a restarted daemon would make one.
  std::function<std::unique_ptr<NetworkDriver>(const std::string& world_dir)> make;
};

class NetworkContract : public testing::TestWithParam<NetworkMaker> {
 protected:
  void SetUp() override {
    char folder[] = "/tmp/seatrial-network-XXXXXX";
    ASSERT_NE(::mkdtemp(folder), nullptr);
    world_ = folder;
    network_ = GetParam().make(world_);
    ASSERT_NE(network_, nullptr);
  }
  void TearDown() override {
    if (network_ != nullptr) network_->destroy();
    std::filesystem::remove_all(world_);
  }
  void restart() {
    network_.reset();
    network_ = GetParam().make(world_);
  }

  std::string world_;
  std::unique_ptr<NetworkDriver> network_;
};

TEST_P(NetworkContract, AttachIsIdempotentById) {
  const auto first = network_->attach("task-1", "10.0.1.0/24");
  ASSERT_TRUE(first) << first.error();
  const auto again = network_->attach("task-1", "10.0.1.0/24");
  ASSERT_TRUE(again) << again.error();
  EXPECT_EQ(first->address, again->address);
  EXPECT_EQ(first->namespace_name, again->namespace_name);
  EXPECT_EQ(first->mac, again->mac);
  EXPECT_EQ(first->mac.size(), 17u);
}

TEST_P(NetworkContract, LiveTasksNeverShareAnAddressAndAnEndedOneIsNotReusedAtOnce) {
  std::set<std::string> addresses;
  for (int i = 0; i < 5; ++i) {
    const auto task = network_->attach("task-" + std::to_string(i), "10.0.1.0/24");
    ASSERT_TRUE(task) << task.error();
    EXPECT_TRUE(addresses.insert(task->address).second) << task->address;
  }
  const auto ended = network_->attach("task-2", "10.0.1.0/24")->address;
  network_->detach("task-2");
  const auto next = network_->attach("task-9", "10.0.1.0/24");
  ASSERT_TRUE(next);
  EXPECT_NE(next->address, ended);
  EXPECT_FALSE(addresses.contains(next->address));
}

TEST_P(NetworkContract, AddressesSurviveARestartAndSweepRemovesTheOthers) {
  const auto kept = network_->attach("kept", "10.0.1.0/24");
  const auto gone = network_->attach("gone", "10.0.1.0/24");
  const auto name = network_->loopback_address("web");
  ASSERT_TRUE(kept && gone);
  restart();
  network_->sweep({"kept"});
  EXPECT_EQ(network_->attach("kept", "10.0.1.0/24")->address, kept->address);
  EXPECT_NE(network_->attach("gone", "10.0.1.0/24")->address, gone->address);
  EXPECT_EQ(network_->loopback_address("web"), name);
}

TEST_P(NetworkContract, NamesGetAddressesOfTheirOwn) {
  std::set<std::string> addresses;
  for (int i = 0; i < 50; ++i) {
    const auto address = network_->loopback_address("lb-" + std::to_string(i));
    EXPECT_TRUE(address.starts_with("127.")) << address;
    EXPECT_TRUE(addresses.insert(address).second) << address;
  }
}

TEST_P(NetworkContract, AFullRangeIsSaidSo) {
  int given = 0;
  std::string error;
  for (int i = 0; i < 12; ++i) {  // a /28 has 16 - 5 addresses
    const auto task = network_->attach("full-" + std::to_string(i), "10.0.7.0/28");
    if (task)
      ++given;
    else
      error = task.error();
  }
  EXPECT_EQ(given, 11);
  EXPECT_NE(error.find("no free address"), std::string::npos) << error;
}

TEST_P(NetworkContract, BadCidrIsRefused) {
  for (const auto* cidr : {"", "10.0.1.0", "10.0.1.0/33", "x/24", "10.0.1.0/24x"}) {
    EXPECT_FALSE(network_->attach("bad", cidr)) << cidr;
  }
}

TEST_P(NetworkContract, WorkRunsInTheVpcBeforeTheCallReturns) {
  const auto caller = std::this_thread::get_id();
  bool ran = false;
  network_->run_in_vpc([&] { ran = true; });
  EXPECT_TRUE(ran);
  EXPECT_EQ(caller, std::this_thread::get_id());
}

}  // namespace seatrial::drivers
