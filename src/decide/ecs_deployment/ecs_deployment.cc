// The rules, in the order they apply. Public contract and the choice: ecs_deployment.h.
#include "decide/ecs_deployment/ecs_deployment.h"

#include <algorithm>
#include <map>

#include "base/check.h"

namespace seatrial::decide::ecs_deployment {

int minimum_healthy(int desired, int minimum_healthy_percent) {
  const std::int64_t hundredths = std::int64_t{desired} * minimum_healthy_percent;
  return static_cast<int>((hundredths + 99) / 100);
}

int maximum_tasks(int desired, int maximum_percent) {
  return static_cast<int>(std::int64_t{desired} * maximum_percent / 100);
}

Millis throttle_delay(int failures) {
  if (failures < kFailuresBeforeThrottle) return Millis{0};
  Millis delay = kFirstThrottle;
  for (int i = kFailuresBeforeThrottle; i < failures && delay < kMostThrottle; ++i) delay *= 2;
  return std::min(delay, kMostThrottle);
}

namespace {

// One look at a service: its live tasks sorted into what the rules ask about.
class Look {
 public:
  Look(const Service& service, Time now)
      : service_(service),
        now_(now),
        desired_(service.active ? service.desired : 0),
        lower_(minimum_healthy(desired_, service.minimum_healthy_percent)),
        upper_(std::max(desired_, maximum_tasks(desired_, service.maximum_percent))) {
    find_primary();
    for (const Task& task : service.tasks) sort_in(task);
  }

  Decision decide() {
    stop_replaced_that_serve_nobody();
    start_missing();
    stop_unhealthy();
    stop_surplus();
    stop_replaced();
    detect_blocked();
    finish();
    return std::move(decision_);
  }

 private:
  struct Sorted {
    std::vector<const Task*> starting, healthy, unhealthy;
    int total() const {
      return static_cast<int>(starting.size() + healthy.size() + unhealthy.size());
    }
    int good() const { return static_cast<int>(starting.size() + healthy.size()); }
  };

  void find_primary() {
    for (const Deployment& deployment : service_.deployments) {
      if (!deployment.primary) continue;
      ST_CHECK(primary_ == nullptr, "a service has two primary deployments");
      primary_ = &deployment;
    }
    ST_CHECK(primary_ != nullptr, "a service has no primary deployment");
  }

  void sort_in(const Task& task) {
    if (task.leaving) {
      if (!task.drained) not_drained_[task.deployment] += 1;
      return;
    }
    not_drained_[task.deployment] += 1;
    Sorted& side = task.deployment == primary_->id ? mine_ : replaced_;
    const Health health = effective_health(task);
    if (health == Health::kHealthy)
      side.healthy.push_back(&task);
    else if (health == Health::kUnhealthy)
      side.unhealthy.push_back(&task);
    else
      side.starting.push_back(&task);
  }

  // Within the grace period a failing check means nothing yet.
  Health effective_health(const Task& task) {
    if (!task.running) return Health::kUnknown;
    if (task.health != Health::kUnhealthy) return task.health;
    const Time over = task.running_since + service_.grace;
    if (now_ >= over) return Health::kUnhealthy;
    look_at(over);
    return Health::kUnknown;
  }

  int healthy() const { return static_cast<int>(mine_.healthy.size() + replaced_.healthy.size()); }
  int total() const { return mine_.total() + replaced_.total() + started_; }
  int missing() const { return std::max(0, desired_ - mine_.good() - started_); }
  int room() const { return std::max(0, upper_ - total()); }

  void stop(std::vector<const Task*>& from, std::size_t count, StopCause cause) {
    for (; count > 0 && !from.empty(); --count) {
      const Task* task = from.back();
      from.pop_back();
      decision_.stop.push_back({task->id, task->deployment, cause});
    }
  }

  // Tasks of a replaced deployment that are not healthy hold room and serve nobody.
  void stop_replaced_that_serve_nobody() {
    stop(replaced_.unhealthy, replaced_.unhealthy.size(), StopCause::kReplaced);
    stop(replaced_.starting, replaced_.starting.size(), StopCause::kReplaced);
  }

  void start_missing() {
    const int count = std::min(missing(), room());
    if (count == 0) return;
    const Time earliest = primary_->last_failure + throttle_delay(primary_->failures);
    if (primary_->failures >= kFailuresBeforeThrottle && now_ < earliest) {
      decision_.throttled = true;
      look_at(earliest);
      return;
    }
    decision_.start.push_back({primary_->id, count});
    started_ = count;
  }

  // An unhealthy task goes when its replacement is healthy, or when there is no room for one.
  void stop_unhealthy() {
    if (decision_.throttled) return;
    const bool replaced = static_cast<int>(mine_.healthy.size()) >= desired_;
    const std::size_t count = replaced ? mine_.unhealthy.size()
                                       : static_cast<std::size_t>(std::max(0, missing() - room()));
    order_for_stopping(mine_.unhealthy);
    stop(mine_.unhealthy, count, StopCause::kUnhealthy);
  }

  // More than desired: those that serve nobody yet first, then healthy ones down to the minimum.
  void stop_surplus() {
    int surplus = mine_.good() - desired_;
    if (surplus <= 0) return;
    const auto waiting = std::min<std::size_t>(surplus, mine_.starting.size());
    order_for_stopping(mine_.starting);
    stop(mine_.starting, waiting, StopCause::kScaling);
    surplus -= static_cast<int>(waiting);
    order_for_stopping(mine_.healthy);
    stop(mine_.healthy, std::max(0, std::min(surplus, healthy() - lower_)), StopCause::kScaling);
  }

  // Healthy tasks of replaced deployments go as new ones take over; before that only to make room
  // for a start, and never below the minimum.
  // guess: AWS may use the freedom of a minimum under 100 % even when there is room to start.
  void stop_replaced() {
    order_for_stopping(replaced_.healthy);
    const int taken_over = healthy() - std::max(desired_, lower_);
    const int for_room = std::min(missing() - room(), healthy() - lower_);
    const int throttled = decision_.throttled ? 0 : for_room;
    stop(replaced_.healthy, std::max({0, taken_over, throttled}), StopCause::kReplaced);
  }

  // Full up to the maximum, the minimum forbids every stop, and nothing is on its way.
  void detect_blocked() {
    const bool acts = !decision_.start.empty() || !decision_.stop.empty();
    decision_.blocked = service_.active && missing() > 0 && !acts && !decision_.throttled &&
                        room() == 0 && mine_.starting.empty() && none_leaving();
  }

  bool none_leaving() const {
    return std::ranges::none_of(service_.tasks, [](const Task& task) { return task.leaving; });
  }

  void finish() {
    int others = 0;
    for (const Deployment& deployment : service_.deployments) {
      if (&deployment == primary_) continue;
      if (not_drained_.contains(deployment.id))
        ++others;
      else
        decision_.dropped.push_back(deployment.id);
    }
    const bool settled = service_.active && others == 0 && decision_.start.empty() &&
                         decision_.stop.empty() && mine_.starting.empty() &&
                         mine_.unhealthy.empty() &&
                         static_cast<int>(mine_.healthy.size()) == desired_;
    if (settled && !primary_->completed) decision_.completed.push_back(primary_->id);
    decision_.steady = settled && !service_.steady;
    decision_.unsteady = !settled && service_.steady;
  }

  // The next to stop comes last: from the zone that holds most, there the oldest.
  // guess: AWS balances zones first; its choice within one is not published.
  static void order_for_stopping(std::vector<const Task*>& tasks) {
    std::ranges::sort(tasks, [](const Task* a, const Task* b) {
      return std::pair(a->created, a->id) > std::pair(b->created, b->id);
    });
    std::map<std::string, int> rank;
    std::vector<std::pair<int, const Task*>> ranked;
    for (const Task* task : tasks) ranked.emplace_back(rank[task->zone]++, task);
    std::ranges::stable_sort(ranked, {}, &std::pair<int, const Task*>::first);
    for (std::size_t i = 0; i < tasks.size(); ++i) tasks[i] = ranked[i].second;
  }

  void look_at(Time at) {
    if (!decision_.look_again || at < *decision_.look_again) decision_.look_again = at;
  }

  const Service& service_;
  const Time now_;
  const int desired_, lower_, upper_;
  const Deployment* primary_ = nullptr;
  Sorted mine_, replaced_;  // live tasks of the primary deployment, of all others
  std::map<std::string, int> not_drained_;
  int started_ = 0;
  Decision decision_;
};

}  // namespace

Decision decide(const Service& service, Time now) { return Look(service, now).decide(); }

}  // namespace seatrial::decide::ecs_deployment
