// Containers that only exist in memory, for simulation and tests: what an image's containers do is
// a script, time is the simulation's, and nothing happens but in step(). Two runs are equal.
//
// FakeMachine is the machine, with images and containers; FakeContainerDriver is one daemon's
// driver over it. Destroying the driver leaves the containers, as killing a daemon does. The same
// contract (drivers/container_contract.h) holds for the real driver, or simulation would prove
// nothing.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "drivers/container.h"

namespace seatrial::drivers {

// What containers of one image do. Delays are world time.
struct FakeImage {
  struct Line {
    Millis after{};  // the start
    std::string text;
    bool is_error = false;
  };
  Millis start_delay{20};
  bool never_starts = false;              // neither starts nor fails
  std::optional<StartError> start_error;  // instead of starting
  std::vector<Line> output;               // in order of `after`
  std::optional<Millis> exit_after;       // the start; empty: runs until stopped
  int exit_code = 0;
  bool ignores_term = false;
  Millis term_delay{5};      // from SIGTERM to the exit
  int term_exit_code = 143;  // 143: dies of it
  std::vector<std::string> term_output;
  ContainerUsage usage;  // while running; over the memory limit kills it
  std::optional<std::int64_t> storage_bytes;
};

class FakeContainerDriver;

// One thread. `clock` must outlive it.
class FakeMachine {
 public:
  explicit FakeMachine(const Clock& clock) : clock_(clock) {}
  // "NAME:TAG", as specs name it. Containers that exist keep the script they started with.
  void define_image(const std::string& name, FakeImage image) { images_[name] = std::move(image); }
  void remove_image(const std::string& name) { images_.erase(name); }
  // Faults. Unknown or ended id: nothing.
  void crash(const std::string& id, int exit_code, bool out_of_memory = false);
  void set_usage(const std::string& id, ContainerUsage usage);
  // Does and reports all that is due by now, in order of time, then of id. How many things it was.
  std::size_t step();
  // When the next thing is due that nobody asked for yet.
  std::optional<Time> next_due() const;
  std::size_t running() const;

 private:
  friend class FakeContainerDriver;
  struct Container {
    ContainerSpec spec;
    FakeImage script;
    Time start_at{};
    bool started = false, start_reported = false;
    std::optional<Time> term_at, kill_at;  // when it will have ended
    std::size_t lines_made = 0;
    std::vector<OutputLine> output;
    std::vector<std::uint64_t> positions;  // after each line
    std::size_t delivered = 0;             // lines
    std::uint64_t acknowledged = 0;
    std::optional<ContainerExit> exit;
    bool exit_reported = false;
  };

  static std::optional<Time> due(const Container& container);
  void advance(Container& container);
  void write(Container& container, Time at, std::string text, bool is_error);
  void end(Container& container, Time at, int exit_code, bool out_of_memory);
  bool report(const std::string& id);
  void attach(ContainerEvents* events);

  const Clock& clock_;
  std::map<std::string, FakeImage> images_;
  std::map<std::string, Container> containers_;
  ContainerEvents* events_ = nullptr;
};

// All calls return at once; their events come out of FakeMachine::step().
class FakeContainerDriver final : public ContainerDriver {
 public:
  explicit FakeContainerDriver(FakeMachine& machine) : machine_(machine) {}
  ~FakeContainerDriver() override { machine_.attach(nullptr); }

  std::vector<ContainerStatus> list() override;
  void attach(ContainerEvents& events) override { machine_.attach(&events); }
  void start(ContainerSpec spec) override;
  void stop(const std::string& id, std::chrono::milliseconds grace) override;
  void remove(const std::string& id) override;
  void acknowledge_output(const std::string& id, std::uint64_t position) override;
  std::optional<ContainerUsage> usage(const std::string& id) override;
  std::optional<std::int64_t> storage_bytes(const std::string& id) override;
  bool has_image(const std::string& image) override { return machine_.images_.contains(image); }

 private:
  FakeMachine& machine_;
};

}  // namespace seatrial::drivers
