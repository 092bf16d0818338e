// Examples of each rule, then properties over random states and a random world.
#include "decide/ecs_deployment/ecs_deployment.h"

#include <gmock/gmock.h>

#include "base/rng.h"

namespace seatrial::decide::ecs_deployment {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

const Time kNow = from_ms(1'000'000'000);

Task running(std::string id, std::string deployment, Health health = Health::kHealthy) {
  Task task;
  task.id = std::move(id);
  task.deployment = std::move(deployment);
  task.running = true;
  task.health = health;
  task.created = task.running_since = kNow - Millis{60'000};
  return task;
}

Task starting(std::string id, std::string deployment) {
  Task task = running(std::move(id), std::move(deployment), Health::kUnknown);
  task.running = false;
  return task;
}

Service one_deployment(int desired, std::vector<Task> tasks) {
  Service service;
  service.desired = desired;
  service.deployments = {{"new", true, false, 0, {}}};
  service.tasks = std::move(tasks);
  return service;
}

Service two_deployments(int desired, std::vector<Task> tasks) {
  Service service = one_deployment(desired, std::move(tasks));
  service.deployments.push_back({"old", false, true, 0, {}});
  return service;
}

TEST(EcsDeployment, BoundsRoundTowardsSafety) {
  EXPECT_EQ(minimum_healthy(3, 50), 2);
  EXPECT_EQ(maximum_tasks(3, 150), 4);
  EXPECT_EQ(minimum_healthy(0, 100), 0);
  EXPECT_EQ(minimum_healthy(1, 1), 1);
}

TEST(EcsDeployment, ANewServiceStartsItsDesiredCount) {
  const auto decision = decide(one_deployment(3, {}), kNow);
  ASSERT_THAT(decision.start, SizeIs(1));
  EXPECT_EQ(decision.start[0].count, 3);
  EXPECT_FALSE(decision.steady);
}

TEST(EcsDeployment, ADeadTaskIsReplacedAtOnce) {
  const auto decision = decide(one_deployment(2, {running("a", "new")}), kNow);
  ASSERT_THAT(decision.start, SizeIs(1));
  EXPECT_EQ(decision.start[0].count, 1);
}

TEST(EcsDeployment, AllHealthyCompletesAndIsSteadyOnce) {
  auto service = one_deployment(2, {running("a", "new"), running("b", "new")});
  auto decision = decide(service, kNow);
  EXPECT_THAT(decision.completed, testing::ElementsAre("new"));
  EXPECT_TRUE(decision.steady);
  service.steady = true;
  service.deployments[0].completed = true;
  decision = decide(service, kNow);
  EXPECT_THAT(decision.completed, IsEmpty());
  EXPECT_FALSE(decision.steady);
}

TEST(EcsDeployment, RollingStartsBesideTheOldUpToTheMaximum) {
  auto service = two_deployments(2, {running("a", "old"), running("b", "old")});
  service.maximum_percent = 150;
  const auto decision = decide(service, kNow);
  ASSERT_THAT(decision.start, SizeIs(1));
  EXPECT_EQ(decision.start[0].count, 1);
  EXPECT_THAT(decision.stop, IsEmpty());
}

TEST(EcsDeployment, AnOldTaskGoesOnlyWhenANewOneIsHealthy) {
  auto service = two_deployments(1, {running("a", "old"), running("b", "new", Health::kUnknown)});
  EXPECT_THAT(decide(service, kNow).stop, IsEmpty());
  service.tasks[1].health = Health::kHealthy;
  const auto decision = decide(service, kNow);
  ASSERT_THAT(decision.stop, SizeIs(1));
  EXPECT_EQ(decision.stop[0].task, "a");
  EXPECT_EQ(decision.stop[0].cause, StopCause::kReplaced);
}

TEST(EcsDeployment, WithoutRoomTheMinimumPermitsStoppingFirst) {
  auto service = two_deployments(
      4, {running("a", "old"), running("b", "old"), running("c", "old"), running("d", "old")});
  service.minimum_healthy_percent = 50;
  service.maximum_percent = 100;
  const auto decision = decide(service, kNow);
  EXPECT_THAT(decision.start, IsEmpty());
  EXPECT_THAT(decision.stop, SizeIs(2));
}

TEST(EcsDeployment, PercentagesThatPermitNothingAreTold) {
  auto service = two_deployments(1, {running("a", "old")});
  service.minimum_healthy_percent = 50;
  service.maximum_percent = 150;
  const auto decision = decide(service, kNow);
  EXPECT_THAT(decision.start, IsEmpty());
  EXPECT_THAT(decision.stop, IsEmpty());
  EXPECT_TRUE(decision.blocked);
}

TEST(EcsDeployment, ADrainingOldTaskHoldsTheDeploymentOpen) {
  auto service = two_deployments(1, {running("a", "old"), running("b", "new")});
  service.tasks[0].leaving = true;
  auto decision = decide(service, kNow);
  EXPECT_THAT(decision.completed, IsEmpty());
  EXPECT_THAT(decision.dropped, IsEmpty());
  service.tasks[0].drained = true;
  decision = decide(service, kNow);
  EXPECT_THAT(decision.dropped, testing::ElementsAre("old"));
  EXPECT_THAT(decision.completed, testing::ElementsAre("new"));
}

TEST(EcsDeployment, GraceSilencesFailingChecks) {
  auto service = one_deployment(1, {running("a", "new", Health::kUnhealthy)});
  service.grace = Millis{90'000};
  auto decision = decide(service, kNow);
  EXPECT_THAT(decision.start, IsEmpty());
  EXPECT_EQ(decision.look_again, kNow + Millis{30'000});
  decision = decide(service, kNow + Millis{30'000});
  ASSERT_THAT(decision.start, SizeIs(1));
  EXPECT_THAT(decision.stop, IsEmpty());  // the replacement comes first
}

TEST(EcsDeployment, AnUnhealthyTaskGoesWhenItsReplacementIsHealthyOrThereIsNoRoom) {
  auto service = one_deployment(1, {running("a", "new", Health::kUnhealthy), running("b", "new")});
  auto decision = decide(service, kNow);
  ASSERT_THAT(decision.stop, SizeIs(1));
  EXPECT_EQ(decision.stop[0].task, "a");
  EXPECT_EQ(decision.stop[0].cause, StopCause::kUnhealthy);
  service.tasks.pop_back();
  service.maximum_percent = 100;
  service.minimum_healthy_percent = 0;
  decision = decide(service, kNow);
  ASSERT_THAT(decision.stop, SizeIs(1));
  EXPECT_EQ(decision.stop[0].task, "a");
}

TEST(EcsDeployment, ScaleInTakesFromTheFullestZone) {
  auto service = one_deployment(2, {running("a", "new"), running("b", "new"), running("c", "new")});
  service.tasks[0].zone = "a";
  service.tasks[1].zone = service.tasks[2].zone = "b";
  service.tasks[0].created -= Millis{1'000};
  const auto decision = decide(service, kNow);
  ASSERT_THAT(decision.stop, SizeIs(1));
  EXPECT_EQ(decision.stop[0].task, "b");
  EXPECT_EQ(decision.stop[0].cause, StopCause::kScaling);
}

TEST(EcsDeployment, RepeatedFailuresSpaceStartsOut) {
  EXPECT_EQ(throttle_delay(2), Millis{0});
  EXPECT_EQ(throttle_delay(3), Millis{1'000});
  EXPECT_EQ(throttle_delay(5), Millis{4'000});
  EXPECT_EQ(throttle_delay(1'000'000), kMostThrottle);
  auto service = one_deployment(1, {});
  service.deployments[0].failures = 3;
  service.deployments[0].last_failure = kNow;
  const auto decision = decide(service, kNow);
  EXPECT_TRUE(decision.throttled);
  EXPECT_THAT(decision.start, IsEmpty());
  EXPECT_EQ(decision.look_again, kNow + Millis{1'000});
  EXPECT_THAT(decide(service, kNow + Millis{1'000}).start, SizeIs(1));
}

TEST(EcsDeployment, ADeletedServiceStopsEverything) {
  auto service =
      two_deployments(2, {running("a", "old"), running("b", "new"), starting("c", "new")});
  service.active = false;
  EXPECT_THAT(decide(service, kNow).stop, SizeIs(3));
}

// ---- properties ----

struct Counts {
  int live = 0, healthy = 0;
};

Counts count(const Service& service) {
  Counts counts;
  for (const Task& task : service.tasks) {
    if (task.leaving) continue;
    ++counts.live;
    if (task.running && task.health == Health::kHealthy) ++counts.healthy;
  }
  return counts;
}

Service random_service(Rng& rng) {
  static constexpr int kMinimums[] = {0, 25, 50, 66, 100};
  static constexpr int kMaximums[] = {100, 125, 150, 200, 300};
  Service service;
  service.desired = static_cast<int>(rng.below(9));
  service.minimum_healthy_percent = kMinimums[rng.below(5)];
  service.maximum_percent = kMaximums[rng.below(5)];
  service.grace = Millis{rng.below(2) * 30'000};
  service.deployments = {{"new", true, false, static_cast<int>(rng.below(5)), kNow}};
  const auto others = rng.below(3);
  for (std::uint64_t i = 0; i < others; ++i) {
    service.deployments.push_back({"old" + std::to_string(i), false, false, 0, {}});
  }
  const auto tasks = rng.below(14);
  for (std::uint64_t i = 0; i < tasks; ++i) {
    const auto& owner = service.deployments[rng.below(service.deployments.size())];
    Task task = running("t" + std::to_string(i), owner.id, static_cast<Health>(rng.below(3)));
    task.running = rng.below(3) != 0;
    task.leaving = rng.below(6) == 0;
    task.drained = task.leaving && rng.below(2) == 0;
    task.running_since = kNow - Millis{rng.below(60'000)};
    service.tasks.push_back(std::move(task));
  }
  return service;
}

// The two bounds, on what one decision does to a state.
void expect_within_bounds(const Service& service, const Decision& decision) {
  const Counts before = count(service);
  const int lower = minimum_healthy(service.desired, service.minimum_healthy_percent);
  const int upper = maximum_tasks(service.desired, service.maximum_percent);
  int started = 0, healthy_stopped = 0;
  for (const Start& start : decision.start) started += start.count;
  for (const Stop& stop : decision.stop) {
    const auto task = std::ranges::find(service.tasks, stop.task, &Task::id);
    ASSERT_NE(task, service.tasks.end());
    ASSERT_FALSE(task->leaving) << "stopped twice";
    if (task->running && task->health == Health::kHealthy) ++healthy_stopped;
  }
  if (healthy_stopped > 0) {
    EXPECT_GE(before.healthy - healthy_stopped, lower);
  }
  if (started > 0) {
    const int stopped = static_cast<int>(decision.stop.size());  // stops come first
    EXPECT_LE(before.live - stopped + started, std::max(upper, service.desired));
  }
}

TEST(EcsDeploymentProperty, NoDecisionBreaksABound) {
  SeededRng rng(7);
  for (int round = 0; round < 20'000 && !testing::Test::HasFailure(); ++round) {
    const Service service = random_service(rng);
    expect_within_bounds(service, decide(service, kNow));
  }
}

// Carries decisions out; tasks come up, drain, die and turn (un)healthy at random.
class RandomWorld {
 public:
  RandomWorld(Service service, Rng& rng) : service_(std::move(service)), rng_(rng) {}

  Decision step(bool calm) {
    now_ += Millis{1'000};
    move_tasks(calm);
    Decision decision = decide(service_, now_);
    expect_within_bounds(service_, decision);
    apply(decision);
    return decision;
  }
  const Service& service() const { return service_; }
  Service& service() { return service_; }

 private:
  void move_tasks(bool calm) {
    std::erase_if(service_.tasks, [&](const Task& task) {
      return (task.drained && rng_.below(2) == 0) || (!calm && rng_.below(20) == 0);
    });
    for (Task& task : service_.tasks) {
      if (task.leaving) {
        task.drained |= rng_.below(3) == 0;
      } else if (!task.running && rng_.below(2) == 0) {
        task.running = true;
        task.running_since = now_;
        task.health = Health::kUnknown;
      } else if (task.running && rng_.below(2) == 0) {
        const bool well = calm || rng_.below(5) != 0;
        task.health = well ? Health::kHealthy : Health::kUnhealthy;
      }
    }
  }

  void apply(const Decision& decision) {
    for (const Stop& stop : decision.stop) {
      std::ranges::find(service_.tasks, stop.task, &Task::id)->leaving = true;
    }
    for (const Start& start : decision.start) {
      for (int i = 0; i < start.count; ++i) {
        Task task = starting("n" + std::to_string(++made_), start.deployment);
        task.created = now_;
        service_.tasks.push_back(std::move(task));
      }
    }
    for (const auto& id : decision.completed) {
      std::ranges::find(service_.deployments, id, &Deployment::id)->completed = true;
    }
    for (const auto& id : decision.dropped) {
      std::erase_if(service_.deployments, [&](const Deployment& d) { return d.id == id; });
    }
    if (decision.steady) service_.steady = true;
    if (decision.unsteady) service_.steady = false;
  }

  Service service_;
  Rng& rng_;
  Time now_ = kNow;
  int made_ = 0;
};

bool can_move(const Service& service) {
  return maximum_tasks(service.desired, service.maximum_percent) > service.desired ||
         minimum_healthy(service.desired, service.minimum_healthy_percent) < service.desired ||
         service.desired == 0;
}

TEST(EcsDeploymentProperty, ConvergesWhenTheWorldCalmsDown) {
  SeededRng rng(11);
  int converged = 0;
  for (int round = 0; round < 600 && !testing::Test::HasFailure(); ++round) {
    Service service = random_service(rng);
    if (!can_move(service)) continue;
    RandomWorld world(std::move(service), rng);
    for (int i = 0; i < 30; ++i) world.step(false);
    for (int i = 0; i < 300 && !world.service().steady; ++i) world.step(true);
    EXPECT_TRUE(world.service().steady) << "round " << round;
    EXPECT_EQ(count(world.service()).healthy, world.service().desired);
    EXPECT_THAT(world.service().deployments, SizeIs(1));
    ++converged;
  }
  EXPECT_GT(converged, 400);
}

TEST(EcsDeploymentProperty, ASettledServiceIsLeftAlone) {
  SeededRng rng(13);
  for (int round = 0; round < 100; ++round) {
    Service service = random_service(rng);
    if (!can_move(service)) continue;
    RandomWorld world(std::move(service), rng);
    for (int i = 0; i < 400; ++i) world.step(true);
    for (int i = 0; i < 20; ++i) {
      const Decision decision = world.step(true);
      EXPECT_THAT(decision.start, IsEmpty());
      EXPECT_THAT(decision.stop, IsEmpty());
    }
  }
}

}  // namespace
}  // namespace seatrial::decide::ecs_deployment
