// The fake machine under the contract of all container drivers, and what only it can do.
#include "drivers/fake/container_fake.h"

#include "base/clock.h"
#include "drivers/container_contract.h"

namespace seatrial::drivers {
namespace {

FakeImage::Line line(int after_ms, const std::string& text, bool is_error = false) {
  return {Millis(after_ms), text, is_error};
}

class FakeRig {
 public:
  FakeRig() : machine_(clock_) {
    FakeImage ready;
    ready.output = {line(1, "ready")};
    ready.usage = {1'000'000, 1 << 20};
    FakeImage hello, fails, dies, server = ready, plain = ready, stubborn = ready, chatty, hog;
    hello.output = {line(1, "one"), line(2, "two", true), line(3, "three")};
    hello.exit_after = fails.exit_after = dies.exit_after = Millis(4);
    fails.exit_code = 3;
    dies.exit_code = 137;
    server.term_exit_code = 0;
    server.term_output = {"bye"};
    stubborn.ignores_term = true;
    for (int i = 0; i < kChattyLines; ++i)
      chatty.output.push_back(line(i / 100, "line " + std::to_string(i)));
    hog.usage.memory_bytes = kHogBytes;
    machine_.define_image("hello:latest", hello);
    machine_.define_image("fails:latest", fails);
    machine_.define_image("dies:latest", dies);
    machine_.define_image("server:latest", server);
    machine_.define_image("plain:latest", plain);
    machine_.define_image("stubborn:latest", stubborn);
    machine_.define_image("chatty:latest", chatty);
    machine_.define_image("hog:latest", hog);
    recreate();
  }
  ContainerDriver& driver() { return *driver_; }
  void recreate() {
    driver_.reset();
    driver_ = std::make_unique<FakeContainerDriver>(machine_);
  }
  void start_under_killed_daemon(ContainerSpec spec) {
    EventLog log;
    driver_->attach(log);
    const std::string id = spec.id;
    driver_->start(std::move(spec));
    await([&] { return log.count("started " + id) > 0; });
    driver_.reset();
  }
  bool await(const std::function<bool()>& holds) {
    for (int step = 0; step < kMaxSteps; ++step) {
      if (holds()) return true;
      clock_.advance(Millis(5));
      machine_.step();
    }
    return false;
  }

  static constexpr int kMaxSteps = 20'000;
  ManualClock clock_;
  FakeMachine machine_;
  std::unique_ptr<FakeContainerDriver> driver_;
};

TEST(FakeMachine, NothingHappensButInStep) {
  FakeRig rig;
  EventLog log;
  rig.driver().attach(log);
  rig.driver().start({.id = "a", .image = "hello:latest"});
  rig.clock_.advance(Millis(1000));
  EXPECT_TRUE(log.events().empty());
  EXPECT_GT(rig.machine_.step(), 0u);
  EXPECT_EQ(log.events(), (std::vector<std::string>{"started a", "output a", "exited a"}));
  EXPECT_EQ(rig.machine_.step(), 0u);
  EXPECT_FALSE(rig.machine_.next_due());
  rig.driver_.reset();
}

TEST(FakeMachine, HappeningsCarryTheTimeTheyWereDue) {
  FakeRig rig;
  EventLog log;
  rig.driver().attach(log);
  const Time before = rig.clock_.now();
  rig.driver().start({.id = "a", .image = "hello:latest"});
  EXPECT_EQ(rig.machine_.next_due(), before + Millis(20));
  rig.clock_.advance(Millis(5000));
  rig.machine_.step();
  EXPECT_EQ(log.exit("a")->at, before + Millis(24));
  EXPECT_EQ(log.output("a").at(1).at, before + Millis(22));
  rig.driver_.reset();
}

TEST(FakeMachine, FaultsAreWhatTheScriptSays) {
  FakeRig rig;
  EventLog log;
  FakeImage broken, hanging;
  broken.start_error = StartError{"CannotStartContainerError", "CannotStartContainerError: broken"};
  hanging.never_starts = true;
  rig.machine_.define_image("broken:1", broken);
  rig.machine_.define_image("hanging:1", hanging);
  rig.driver().attach(log);
  rig.driver().start({.id = "b", .image = "broken:1"});
  rig.driver().start({.id = "h", .image = "hanging:1"});
  rig.driver().start({.id = "s", .image = "server:latest"});
  rig.clock_.advance(Millis(10'000));
  rig.machine_.step();
  EXPECT_EQ(log.error("b")->message, "CannotStartContainerError: broken");
  EXPECT_EQ(log.count("started h"), 0);
  EXPECT_EQ(rig.machine_.running(), 1u);
  rig.machine_.crash("s", 139);
  rig.machine_.step();
  EXPECT_EQ(log.exit("s")->exit_code, 139);
  rig.driver_.reset();
}

}  // namespace

INSTANTIATE_TYPED_TEST_SUITE_P(Fake, ContainerContract, FakeRig);

}  // namespace seatrial::drivers
