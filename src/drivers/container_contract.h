// What every container driver must do, as a typed GoogleTest suite. A driver's test gives a Rig:
//
//   ContainerDriver& driver();         not attached when new
//   void recreate();                   destroys the driver and makes another, as a new daemon does
//   void start_under_killed_daemon(ContainerSpec);  another daemon starts it, sees it run and is
//   killed bool await(std::function<bool()>); lets time pass until it holds; false when it never
//   does images: hello, fails, dies, server, plain, stubborn, chatty, hog (kContractImages)
//
// and INSTANTIATE_TYPED_TEST_SUITE_P(Name, ContainerContract, Rig).
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <mutex>

#include "drivers/container.h"

namespace seatrial::drivers {

// hello     "one" out, "two" err, "three" out, exits 0      fails    exits 3
// server    "ready"; on SIGTERM "bye" and exits 0           dies     by SIGKILL of its own
// plain     "ready"; nothing handles SIGTERM                stubborn "ready"; ignores SIGTERM
// chatty    kChattyLines lines "line <n>", then runs on     hog      needs kHogBytes
inline constexpr int kChattyLines = 3000;
inline constexpr std::int64_t kHogBytes = 96 << 20;
inline constexpr std::int64_t kHogLimitBytes = 24 << 20;

// Keeps all events. Any thread.
class EventLog final : public ContainerEvents {
 public:
  void container_started(const std::string& id) override { add("started " + id); }
  void container_start_failed(const std::string& id, const StartError& error) override {
    const std::lock_guard lock(mutex_);
    errors_[id] = error;
    events_.push_back("failed " + id);
  }
  void container_exited(const ContainerExit& exit) override {
    const std::lock_guard lock(mutex_);
    exits_[exit.id] = exit;
    events_.push_back("exited " + exit.id);
  }
  void container_output(const std::string& id, std::vector<OutputLine> lines,
                        std::uint64_t position) override {
    const std::lock_guard lock(mutex_);
    events_.push_back("output " + id);
    positions_[id].push_back({output_[id].size() + lines.size(), position});
    for (OutputLine& line : lines) output_[id].push_back(std::move(line));
  }

  int count(const std::string& event) const {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(std::count(events_.begin(), events_.end(), event));
  }
  std::vector<std::string> events() const {
    const std::lock_guard lock(mutex_);
    return events_;
  }
  std::optional<ContainerExit> exit(const std::string& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = exits_.find(id);
    return found == exits_.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<StartError> error(const std::string& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = errors_.find(id);
    return found == errors_.end() ? std::nullopt : std::optional(found->second);
  }
  std::vector<OutputLine> output(const std::string& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = output_.find(id);
    return found == output_.end() ? std::vector<OutputLine>{} : found->second;
  }
  std::vector<std::string> texts(const std::string& id) const {
    std::vector<std::string> texts;
    for (const OutputLine& line : output(id)) texts.push_back(line.text);
    return texts;
  }
  // Of each batch: how many lines were there after it, and its position.
  std::vector<std::pair<std::size_t, std::uint64_t>> positions(const std::string& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = positions_.find(id);
    return found == positions_.end() ? std::vector<std::pair<std::size_t, std::uint64_t>>{}
                                     : found->second;
  }

 private:
  void add(std::string event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
  }
  mutable std::mutex mutex_;
  std::vector<std::string> events_;
  std::map<std::string, StartError> errors_;
  std::map<std::string, ContainerExit> exits_;
  std::map<std::string, std::vector<OutputLine>> output_;
  std::map<std::string, std::vector<std::pair<std::size_t, std::uint64_t>>> positions_;
};

template <class Rig>
class ContainerContract : public testing::Test {
 protected:
  static constexpr std::chrono::milliseconds kLongGrace{60'000};

  ContainerDriver& driver() { return rig_.driver(); }
  ContainerSpec spec(const std::string& id, const std::string& image) {
    ContainerSpec spec;
    spec.id = id;
    spec.image = image + ":latest";
    return spec;
  }
  void start(const std::string& id, const std::string& image) { driver().start(spec(id, image)); }
  bool await_event(const std::string& event, int times = 1) {
    const bool came = rig_.await([&] { return log_->count(event) >= times; });
    EXPECT_TRUE(came) << "no \"" << event << "\"";
    return came;
  }
  bool await_line(const std::string& id, const std::string& text) {
    return rig_.await([&] {
      const auto texts = log_->texts(id);
      return std::find(texts.begin(), texts.end(), text) != texts.end();
    });
  }
  // A new daemon: a new driver with a log of its own.
  void new_daemon() {
    rig_.recreate();
    log_ = std::make_unique<EventLog>();
  }
  std::optional<ContainerStatus> listed(const std::string& id) {
    for (const ContainerStatus& status : driver().list()) {
      if (status.id == id) return status;
    }
    return std::nullopt;
  }
  ContainerExit exit_of(const std::string& id) {
    await_event("exited " + id);
    return log_->exit(id).value_or(ContainerExit{});
  }

  // The log outlives the driver: events may come until that is gone.
  std::unique_ptr<EventLog> log_ = std::make_unique<EventLog>();
  Rig rig_;
};

TYPED_TEST_SUITE_P(ContainerContract);

TYPED_TEST_P(ContainerContract, RunsAndReportsInOrder) {
  this->driver().attach(*this->log_);
  this->start("a-1", "hello");
  EXPECT_EQ(this->exit_of("a-1").exit_code, 0);
  EXPECT_FALSE(this->log_->exit("a-1")->out_of_memory);
  const auto events = this->log_->events();
  EXPECT_EQ(events.front(), "started a-1");
  EXPECT_EQ(events.back(), "exited a-1");
  // Order holds within a stream; between streams it is as they were read.
  std::vector<std::string> out, error;
  for (const OutputLine& line : this->log_->output("a-1")) {
    (line.is_error ? error : out).push_back(line.text);
    EXPECT_LE(line.at, this->log_->exit("a-1")->at + Millis(1000));
    EXPECT_GE(line.at, this->log_->exit("a-1")->at - Millis(60'000));
  }
  EXPECT_EQ(out, (std::vector<std::string>{"one", "three"}));
  EXPECT_EQ(error, (std::vector<std::string>{"two"}));
}

TYPED_TEST_P(ContainerContract, ReportsExitCodes) {
  this->driver().attach(*this->log_);
  this->start("a-1", "fails");
  this->start("a-2", "dies");
  EXPECT_EQ(this->exit_of("a-1").exit_code, 3);
  EXPECT_EQ(this->exit_of("a-2").exit_code, 137);
  EXPECT_FALSE(this->exit_of("a-2").out_of_memory);
}

TYPED_TEST_P(ContainerContract, StopLetsAProgramEndItself) {
  this->driver().attach(*this->log_);
  this->start("a-1", "server");
  ASSERT_TRUE(this->await_line("a-1", "ready"));
  this->driver().stop("a-1", this->kLongGrace);
  EXPECT_EQ(this->exit_of("a-1").exit_code, 0);
  EXPECT_EQ(this->log_->texts("a-1").back(), "bye");
}

TYPED_TEST_P(ContainerContract, StopWithoutHandlerIs143) {
  this->driver().attach(*this->log_);
  this->start("a-1", "plain");
  ASSERT_TRUE(this->await_line("a-1", "ready"));
  this->driver().stop("a-1", this->kLongGrace);
  EXPECT_EQ(this->exit_of("a-1").exit_code, 143);
}

TYPED_TEST_P(ContainerContract, StopKillsAfterTheGrace) {
  this->driver().attach(*this->log_);
  this->start("a-1", "stubborn");
  ASSERT_TRUE(this->await_line("a-1", "ready"));
  this->driver().stop("a-1", std::chrono::milliseconds(150));
  EXPECT_EQ(this->exit_of("a-1").exit_code, 137);
  EXPECT_FALSE(this->log_->exit("a-1")->out_of_memory);
}

TYPED_TEST_P(ContainerContract, ASecondStopShortensTheGrace) {
  this->driver().attach(*this->log_);
  this->start("a-1", "stubborn");
  ASSERT_TRUE(this->await_line("a-1", "ready"));
  this->driver().stop("a-1", std::chrono::hours(1));
  this->driver().stop("a-1", std::chrono::milliseconds(10));
  EXPECT_EQ(this->exit_of("a-1").exit_code, 137);
}

TYPED_TEST_P(ContainerContract, StopBeforeTheStartStillEndsIt) {
  this->driver().attach(*this->log_);
  this->start("a-1", "plain");
  this->driver().stop("a-1", std::chrono::milliseconds(0));
  const int code = this->exit_of("a-1").exit_code;
  EXPECT_TRUE(code == 137 || code == 143) << code;
}

TYPED_TEST_P(ContainerContract, UnknownImageCannotBePulled) {
  this->driver().attach(*this->log_);
  EXPECT_FALSE(this->driver().has_image("omc-backend:9.9"));
  EXPECT_TRUE(this->driver().has_image("hello:latest"));
  ContainerSpec spec = this->spec("a-1", "x");
  spec.image = "omc-backend:9.9";
  this->driver().start(spec);
  ASSERT_TRUE(this->await_event("failed a-1"));
  EXPECT_EQ(this->log_->error("a-1")->code, "CannotPullContainerError");
  EXPECT_THAT(this->log_->error("a-1")->message,
              testing::AllOf(testing::HasSubstr("CannotPullContainerError: "),
                             testing::HasSubstr("image omc-backend:9.9 not found")));
  this->start("a-1", "hello");  // the failed start left nothing in the way
  EXPECT_EQ(this->exit_of("a-1").exit_code, 0);
}

TYPED_TEST_P(ContainerContract, StartIsIdempotentById) {
  this->driver().attach(*this->log_);
  this->start("a-1", "server");
  ASSERT_TRUE(this->await_line("a-1", "ready"));
  this->start("a-1", "server");
  this->await_event("started a-1", 2);  // said again, to whoever lost it
  this->driver().stop("a-1", this->kLongGrace);
  this->await_event("exited a-1");
  this->start("a-1", "server");
  this->await_event("exited a-1", 2);
  EXPECT_EQ(this->log_->texts("a-1"), (std::vector<std::string>{"ready", "bye"}));
}

TYPED_TEST_P(ContainerContract, UnknownIdsAreNothing) {
  this->driver().attach(*this->log_);
  this->driver().stop("nobody", this->kLongGrace);
  this->driver().remove("nobody");
  this->driver().acknowledge_output("nobody", 7);
  EXPECT_FALSE(this->driver().usage("nobody"));
  this->start("a-1", "hello");
  EXPECT_EQ(this->exit_of("a-1").exit_code, 0);
  EXPECT_EQ(this->log_->count("exited nobody"), 0);
}

TYPED_TEST_P(ContainerContract, OutputComesWholeAndInOrder) {
  this->driver().attach(*this->log_);
  this->start("a-1", "chatty");
  ASSERT_TRUE(this->await_line("a-1", "line " + std::to_string(kChattyLines - 1)));
  const auto texts = this->log_->texts("a-1");
  ASSERT_EQ(texts.size(), static_cast<std::size_t>(kChattyLines));
  for (int i = 0; i < kChattyLines; ++i) ASSERT_EQ(texts[i], "line " + std::to_string(i));
  std::uint64_t last = 0;
  for (const auto& [lines, position] : this->log_->positions("a-1")) {
    EXPECT_GT(position, last);
    last = position;
  }
}

TYPED_TEST_P(ContainerContract, RunningContainersAreAdopted) {
  this->driver().attach(*this->log_);
  this->start("a-1", "server");
  ASSERT_TRUE(this->await_line("a-1", "ready"));
  this->new_daemon();
  const auto status = this->listed("a-1");
  ASSERT_TRUE(status);
  EXPECT_TRUE(status->running);
  EXPECT_FALSE(status->exit);
  this->driver().attach(*this->log_);
  EXPECT_TRUE(this->rig_.await([&] { return this->driver().usage("a-1").has_value(); }));
  this->driver().stop("a-1", this->kLongGrace);
  EXPECT_EQ(this->exit_of("a-1").exit_code, 0);
  EXPECT_EQ(this->log_->count("started a-1"), 0);
}

TYPED_TEST_P(ContainerContract, ExitsWithoutADaemonAreToldTheNext) {
  this->driver().attach(*this->log_);
  this->start("a-1", "stubborn");
  ASSERT_TRUE(this->await_line("a-1", "ready"));
  this->driver().stop("a-1", std::chrono::milliseconds(300));  // kept without the daemon
  this->start("a-2", "hello");
  this->exit_of("a-2");
  this->new_daemon();
  this->driver().attach(*this->log_);
  EXPECT_EQ(this->exit_of("a-1").exit_code, 137);
  EXPECT_EQ(this->exit_of("a-2").exit_code, 0);  // until it is removed
  this->new_daemon();
  const auto status = this->listed("a-1");
  ASSERT_TRUE(status && status->exit);
  EXPECT_FALSE(status->running);
  EXPECT_EQ(status->exit->exit_code, 137);
}

TYPED_TEST_P(ContainerContract, ContainersSurviveTheirDaemonsDeath) {
  this->rig_.start_under_killed_daemon(this->spec("a-1", "server"));
  this->new_daemon();
  ASSERT_TRUE(this->listed("a-1"));
  EXPECT_TRUE(this->listed("a-1")->running);
  this->driver().attach(*this->log_);
  ASSERT_TRUE(this->await_line("a-1", "ready"));
  this->driver().stop("a-1", this->kLongGrace);
  EXPECT_EQ(this->exit_of("a-1").exit_code, 0);
  EXPECT_EQ(this->log_->texts("a-1"), (std::vector<std::string>{"ready", "bye"}));
}

TYPED_TEST_P(ContainerContract, OutputResumesWhereItWasAcknowledged) {
  this->driver().attach(*this->log_);
  this->start("a-1", "chatty");
  ASSERT_TRUE(this->await_line("a-1", "line " + std::to_string(kChattyLines - 1)));
  const auto [lines, position] = this->log_->positions("a-1").front();
  this->driver().acknowledge_output("a-1", position);
  this->start("a-2", "hello");  // its exit comes after the acknowledgement was taken
  this->exit_of("a-2");
  this->new_daemon();
  this->driver().attach(*this->log_);
  this->start("a-3", "hello");
  this->exit_of("a-3");
  const std::size_t left = static_cast<std::size_t>(kChattyLines) - lines;
  EXPECT_TRUE(this->rig_.await([&] { return this->log_->texts("a-1").size() >= left; }));
  const auto texts = this->log_->texts("a-1");
  ASSERT_EQ(texts.size(), left);
  for (std::size_t i = 0; i < left; ++i) ASSERT_EQ(texts[i], "line " + std::to_string(lines + i));
}

TYPED_TEST_P(ContainerContract, TheMemoryLimitKills) {
  this->driver().attach(*this->log_);
  ContainerSpec spec = this->spec("a-1", "hog");
  spec.memory_limit_bytes = kHogLimitBytes;
  this->driver().start(spec);
  const ContainerExit exit = this->exit_of("a-1");
  EXPECT_EQ(exit.exit_code, 137);
  EXPECT_TRUE(exit.out_of_memory);
}

TYPED_TEST_P(ContainerContract, UsageIsOfWhatRuns) {
  this->driver().attach(*this->log_);
  EXPECT_FALSE(this->driver().usage("a-1"));
  this->start("a-1", "server");
  ASSERT_TRUE(this->await_line("a-1", "ready"));
  const auto usage = this->driver().usage("a-1");
  ASSERT_TRUE(usage);
  EXPECT_GT(usage->memory_bytes, 0);
  EXPECT_GT(usage->cpu_ns, 0);
  this->driver().stop("a-1", this->kLongGrace);
  this->exit_of("a-1");
  EXPECT_FALSE(this->driver().usage("a-1"));
}

TYPED_TEST_P(ContainerContract, RemoveForgetsOnlyWhatEnded) {
  this->driver().attach(*this->log_);
  this->start("a-1", "hello");
  this->start("a-2", "server");
  this->exit_of("a-1");
  ASSERT_TRUE(this->await_line("a-2", "ready"));
  this->driver().remove("a-1");
  this->driver().remove("a-2");
  this->start("a-1", "hello");  // the id is free again
  this->await_event("exited a-1", 2);
  EXPECT_EQ(this->log_->count("started a-1"), 2);
  this->driver().remove("a-1");
  this->driver().stop("a-2", this->kLongGrace);
  EXPECT_EQ(this->exit_of("a-2").exit_code, 0);
  this->new_daemon();
  EXPECT_FALSE(this->listed("a-1"));
  EXPECT_TRUE(this->listed("a-2"));
}

REGISTER_TYPED_TEST_SUITE_P(ContainerContract, RunsAndReportsInOrder, ReportsExitCodes,
                            StopLetsAProgramEndItself, StopWithoutHandlerIs143,
                            StopKillsAfterTheGrace, ASecondStopShortensTheGrace,
                            StopBeforeTheStartStillEndsIt, UnknownImageCannotBePulled,
                            StartIsIdempotentById, UnknownIdsAreNothing, OutputComesWholeAndInOrder,
                            RunningContainersAreAdopted, ExitsWithoutADaemonAreToldTheNext,
                            ContainersSurviveTheirDaemonsDeath, OutputResumesWhereItWasAcknowledged,
                            TheMemoryLimitKills, UsageIsOfWhatRuns, RemoveForgetsOnlyWhatEnded);

}  // namespace seatrial::drivers
