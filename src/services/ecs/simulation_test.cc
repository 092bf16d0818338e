// A service in a random world: deployments, scaling, crashes, failing health checks, stops by users
// and kills of the daemon, all from one seed. Safety at every step, liveness at the end, and the
// same seed twice gives the same trace.
#include "services/ecs/testing.h"

namespace seatrial::services::ecs {
namespace {

using testing::EcsWorld;
using testing::kTargetGroup;

class Simulation {
 public:
  explicit Simulation(std::uint64_t seed) : w_(seed), rng_(seed * 7919 + 1) {
    balanced_ = rng_.below(2) == 0;
    w_.targets.delay = Millis{1'000 * static_cast<std::int64_t>(rng_.below(8))};
    w_.make_cluster();
    w_.define();
    w_.make_service(desired_, configuration() + (balanced_ ? EcsWorld::behind_balancer() : ""));
  }

  void run(int steps) {
    for (int i = 0; i < steps && !::testing::Test::HasFailure(); ++i) {
      disturb();
      w_.advance(1);
      check();
      note();
    }
  }

  // Deployments, good and bad, and kills of the daemon alone never cost a healthy task too many.
  void deploy_only(int steps) {
    const int lower = decide::ecs_deployment::minimum_healthy(desired_, minimum_);
    for (int i = 0; i < 200 && !settled(); ++i) w_.advance(1);
    for (int i = 0; i < steps && !::testing::Test::HasFailure(); ++i) {
      if (rng_.below(8) == 0) deploy();
      if (rng_.below(12) == 0) restart();
      w_.advance(1);
      check();
      EXPECT_GE(healthy(), lower);
      note();
    }
  }

  // Once nothing disturbs it any more, the service gets where it is wanted.
  void calm_down() {
    w_.targets.sick = false;
    heal();
    w_.ok("UpdateService", R"({"cluster":"c","service":"s","taskDefinition":"web:1"})");
    for (int i = 0; i < 2'000 && !settled(); ++i) {
      w_.advance(1);
      check();
      note();
    }
    EXPECT_TRUE(settled()) << to_pretty_json(w_.service());
    w_.advance(30);
    EXPECT_EQ(w_.containers.up().size(), static_cast<std::size_t>(desired_));
    EXPECT_EQ(w_.network.attached.size(), static_cast<std::size_t>(desired_));
  }

  const std::string& trace() const { return trace_; }

 private:
  std::string configuration() {
    static constexpr std::pair<int, int> kBounds[] = {
        {100, 200}, {50, 200}, {50, 100}, {100, 150}, {0, 100}};
    std::tie(minimum_, maximum_) = kBounds[rng_.below(5)];
    return fmt::format(
        R"(,"deploymentConfiguration":{{"minimumHealthyPercent":{},"maximumPercent":{}}})",
        minimum_, maximum_);
  }

  void disturb() {
    switch (rng_.below(14)) {
      case 0:
        return crash();
      case 1:
        return scale();
      case 2:
        return deploy();
      case 3:
        return stop_one();
      case 4:
        return sicken();
      case 5:
        return heal();
      case 6:
        return restart();
      default:
        return;
    }
  }

  void crash() {
    const auto up = w_.containers.up();
    if (!up.empty()) w_.containers.end(up[rng_.below(up.size())], rng_.below(2) == 0 ? 137 : 1);
  }
  void scale() {
    desired_ = 2 + static_cast<int>(rng_.below(5));
    w_.ok("UpdateService",
          fmt::format(R"({{"cluster":"c","service":"s","desiredCount":{}}})", desired_));
  }
  void deploy() {
    w_.define(rng_.below(4) == 0 ? "missing:1" : "web:1");
    w_.ok("UpdateService",
          R"({"cluster":"c","service":"s","taskDefinition":"web","forceNewDeployment":true})");
  }
  void stop_one() {
    const auto arns = w_.task_arns();
    if (arns.empty()) return;
    w_.ok("StopTask",
          fmt::format(R"({{"cluster":"c","task":"{}"}})", arns[rng_.below(arns.size())]));
  }
  void sicken() {
    w_.targets.sick = rng_.below(2) == 0;
    for (const auto& [ip, state] : std::map(w_.targets.states[kTargetGroup])) {
      if (state.state == "healthy" && rng_.below(3) == 0) {
        w_.targets.set("ap-southeast-2", kTargetGroup, ip, "unhealthy");
      }
    }
  }
  void heal() {
    w_.targets.sick = false;
    for (const auto& [ip, state] : std::map(w_.targets.states[kTargetGroup])) {
      if (state.state == "unhealthy") w_.targets.set("ap-southeast-2", kTargetGroup, ip, "healthy");
    }
  }
  void restart() {
    w_.close();
    w_.run();
    w_.open();
  }

  bool settled() {
    const Value service = w_.service();
    return service.at("deployments").as_array().size() == 1 &&
           service.at("deployments").at(0).at("rolloutState") == "COMPLETED" &&
           service.at("runningCount") == desired_;
  }

  // No start lifts the wanted tasks over the maximum (a scale-in may leave more for a while), and
  // every task has an address of its own.
  void check() {
    int wanted = 0;
    std::set<std::string> addresses;
    for (const auto& arn : w_.task_arns()) {
      ++wanted;
      const auto address = address_of(w_.task(arn));
      if (!address.empty()) {
        EXPECT_TRUE(addresses.insert(address).second);
      }
    }
    EXPECT_LE(wanted, std::max({desired_, desired_ * maximum_ / 100, wanted_before_}));
    wanted_before_ = wanted;
    EXPECT_LE(w_.events().size(), kMaxEvents);
  }

  static std::string address_of(const Value& task) {
    for (const auto& detail : task.at("attachments").at(0).at("details").as_array()) {
      if (text_member(detail, "name") == "privateIPv4Address") {
        return std::string(text_member(detail, "value"));
      }
    }
    return "";
  }

  int healthy() {
    int count = 0;
    for (const auto& arn : w_.task_arns()) {
      const Value task = w_.task(arn);
      if (text_member(task, "lastStatus") != "RUNNING") continue;
      count += !balanced_ || w_.targets.states[kTargetGroup][address_of(task)].state == "healthy";
    }
    return count;
  }

  void note() {
    const auto events = w_.events();
    trace_ += format_iso8601(w_.world.clock.now()) + " " + events.back() + "\n";
    for (const auto& arn : w_.task_arns()) {
      trace_ += arn + " " + std::string(text_member(w_.task(arn), "lastStatus")) + "\n";
    }
  }

  EcsWorld w_;
  SeededRng rng_;
  bool balanced_ = false;
  int desired_ = 3, minimum_ = 100, maximum_ = 200, wanted_before_ = 0;
  std::string trace_;
};

TEST(EcsSimulation, StaysWithinItsBoundsAndConverges) {
  for (std::uint64_t seed = 1; seed <= 12 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Simulation simulation(seed);
    simulation.run(60);
    simulation.calm_down();
  }
}

TEST(EcsSimulation, DeployingKeepsTheMinimumHealthy) {
  for (std::uint64_t seed = 201; seed <= 208 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    Simulation simulation(seed);
    simulation.deploy_only(60);
    simulation.calm_down();
  }
}

TEST(EcsSimulation, ASeedReproducesEverything) {
  for (const std::uint64_t seed : {101, 102, 103}) {
    std::string traces[2];
    for (auto& trace : traces) {
      Simulation simulation(seed);
      simulation.run(60);
      simulation.calm_down();
      trace = simulation.trace();
    }
    EXPECT_EQ(traces[0], traces[1]) << "seed " << seed;
    EXPECT_GT(traces[0].size(), 5'000u);
  }
}

}  // namespace
}  // namespace seatrial::services::ecs
