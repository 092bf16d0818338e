// Reconcile, probe, apply; metrics are in metrics.cc.
#include "services/elbv2/controller.h"

#include "base/log.h"
#include "services/elbv2/actions.h"
#include "services/elbv2/attributes.h"

namespace seatrial::services::elbv2 {
namespace {

constexpr Millis kProxyRetry{5000};
constexpr int kShortestTimeout_ms = 200;  // wall time, whatever the world's speed

decide::HealthObservation observation_of(const drivers::ProbeResult& result) {
  using From = drivers::ProbeResult::Kind;
  using To = decide::HealthObservation::Kind;
  switch (result.kind) {
    case From::kStatus:
      return {To::kStatus, result.status};
    case From::kConnected:
      return {To::kConnected};
    case From::kRefused:
      return {To::kRefused};
    case From::kTimedOut:
      return {To::kTimedOut};
    case From::kFailed:
      break;
  }
  return {To::kFailed};
}

decide::HealthPolicy policy_of(const shape::TargetGroup& group) {
  return {group.HealthyThresholdCount.value_or(5), group.UnhealthyThresholdCount.value_or(2),
          group.Matcher ? group.Matcher->HttpCode.value_or("200") : "200"};
}

Millis interval_of(const shape::TargetGroup& group) {
  return std::chrono::seconds(group.HealthCheckIntervalSeconds.value_or(30));
}

bool probed_state(decide::TargetState state) {
  return state != decide::TargetState::kUnused && state != decide::TargetState::kDraining;
}

}  // namespace

void Controller::start() {
  *running_ = true;
  access_.serve(access_plan());
  access_.start();
  changed();
  post_guarded(kMetricInterval, [this] { emit_metrics(); });
}

void Controller::stop() {
  *running_ = false;
  access_.stop();
  probing_.clear();
}

// Runs on the control thread unless the controller was stopped or is gone by then.
void Controller::post_guarded(Millis delay, std::function<void()> work) {
  auto guarded = [running = running_, work = std::move(work)] {
    if (*running) work();
  };
  if (delay.count() == 0)
    env_.control.post(std::move(guarded));
  else
    env_.control.post_after(delay, std::move(guarded));
}

void Controller::changed() {
  if (reconcile_posted_ || !*running_) return;
  reconcile_posted_ = true;
  post_guarded(kSettle, [this] { reconcile(); });
}

void Controller::target_changed(const std::string& group) {
  changed_groups_.insert(group);
  changed();
}

void Controller::reconcile() {
  reconcile_posted_ = false;
  transact([&] {
    settle_targets();
    settle_balancers();
  });
  apply();
  start_probing();
  note_draining();
  tell();
}

// Targets whose group came into or went out of use, and those that have drained.
void Controller::settle_targets() {
  const auto uses = tables_.uses();
  std::vector<std::string> drained;
  std::vector<std::pair<std::string, decide::TargetHealth>> moved;
  for (const auto& [key, target] : tables_.targets) {
    if (target.target_state() == decide::TargetState::kDraining) {
      const auto left = target.drained_at - env_.clock.now();
      if (left.count() <= 0 && proxy_knows_of_draining(key))
        drained.push_back(key);
      else if (left.count() > 0)
        wake_at(target.drained_at);
      continue;
    }
    const decide::TargetHealth health{target.target_state(), target.reason, target.description};
    const auto now = decide::use_changed(health, uses.contains(target.group));
    if (now != health) moved.emplace_back(key, now);
  }
  for (const auto& [key, health] : moved) record_health(key, health);
  for (const auto& key : drained) {
    changed_groups_.insert(tables_.targets.find(key)->group);
    tables_.targets.erase(key);
  }
}

// Requests must have stopped before whoever waits for the end of draining ends the target: with no
// delay, or after a restart that took longer than it, the proxy learns of it later than time says.
void Controller::note_draining() {
  std::erase_if(draining_told_, [&](const auto& entry) {
    const auto* target = tables_.targets.find(entry.first);
    return target == nullptr || target->target_state() != decide::TargetState::kDraining;
  });
  for (const auto& [key, target] : tables_.targets) {
    if (target.target_state() == decide::TargetState::kDraining)
      draining_told_.try_emplace(key, applies_asked_);
  }
  if (applies_done_ == applies_asked_ && has_drained()) changed();
}

bool Controller::proxy_knows_of_draining(const std::string& key) const {
  const auto told = draining_told_.find(key);
  return told != draining_told_.end() && told->second <= applies_done_;
}

bool Controller::has_drained() const {
  return std::ranges::any_of(draining_told_, [&](const auto& entry) {
    return tables_.targets.find(entry.first)->drained_at <= env_.clock.now();
  });
}

// One timer for all that drain; the pass it starts sets the next.
void Controller::wake_at(Time when) {
  if (wake_ && *wake_ > env_.clock.now() && *wake_ <= when) return;
  wake_ = when;
  post_guarded(when - env_.clock.now(), [this] { changed(); });
}

void Controller::settle_balancers() {
  std::vector<std::string> ready;
  for (const auto& [arn, balancer] : tables_.balancers) {
    if (balancer.shape.State && balancer.shape.State->Code == "provisioning") ready.push_back(arn);
  }
  for (const auto& arn : ready) {
    tables_.balancers.update(
        arn, [](LoadBalancerRecord& record) { record.shape.State->Code = "active"; });
  }
  const auto names = host_names();
  if (parts_.hosts == nullptr || (names_known_ && names == written_names_)) return;
  if (const auto written = parts_.hosts->set(names); !written) {
    log::warning("elbv2: names of load balancers do not resolve: {}", written.error());
    return;
  }
  written_names_ = names;
  names_known_ = true;
}

std::map<std::string, std::string> Controller::host_names() const {
  std::map<std::string, std::string> names;
  for (const auto& [arn, balancer] : tables_.balancers) {
    if (*balancer.shape.DNSName != balancer.address)
      names[*balancer.shape.DNSName] = balancer.address;
  }
  return names;
}

void Controller::start_probing() {
  std::erase_if(probing_, [&](const auto& entry) {
    const auto* target = tables_.targets.find(entry.first);
    return target == nullptr || !probed_state(target->target_state());
  });
  for (const auto& [key, target] : tables_.targets) {
    if (!probed_state(target.target_state())) continue;
    // A target that shows healthy is one that requests reach, so its proxy must listen first.
    auto& loop = probing_.try_emplace(key, Probing{.after_apply = applies_asked_}).first->second;
    if (loop.ticket != 0 || applies_done_ < loop.after_apply) continue;
    loop.ticket = ++tickets_;
    loop.health = {target.target_state(), target.reason, target.description};
    schedule_probe(key, loop.ticket, Millis(0));
  }
}

void Controller::schedule_probe(const std::string& key, std::uint64_t ticket, Millis delay) {
  post_guarded(delay, [this, key, ticket] { probe(key, ticket); });
}

void Controller::probe(const std::string& key, std::uint64_t ticket) {
  const auto loop = probing_.find(key);
  const auto* target = tables_.targets.find(key);
  if (loop == probing_.end() || loop->second.ticket != ticket || target == nullptr) return;
  const auto& group = tables_.groups.find(target->group)->shape;
  drivers::ProbeRequest request;
  request.address = target->ip;
  const auto port = group.HealthCheckPort.value_or("traffic-port");
  request.port = port == "traffic-port" ? target->port : std::atoi(port.c_str());
  request.protocol = *group.HealthCheckProtocol;
  request.path = group.HealthCheckPath.value_or("/");
  const auto timeout = env_.clock.wall(std::chrono::seconds(*group.HealthCheckTimeoutSeconds));
  request.timeout_ms =
      std::max(kShortestTimeout_ms, static_cast<int>(std::chrono::ceil<Millis>(timeout).count()));
  loop->second.health = decide::checking(loop->second.health);
  const auto health = loop->second.health;
  transact([&] { record_health(key, health); });
  parts_.prober.probe(std::move(request), [this, running = running_, &control = env_.control, key,
                                           ticket](drivers::ProbeResult result) {
    control.post([this, running, key, ticket, result = std::move(result)] {
      if (*running) probed(key, ticket, result);
    });
  });
}

void Controller::probed(const std::string& key, std::uint64_t ticket,
                        const drivers::ProbeResult& result) {
  const auto found = probing_.find(key);
  const auto* target = tables_.targets.find(key);
  if (found == probing_.end() || found->second.ticket != ticket || target == nullptr) return;
  auto& loop = found->second;
  const auto& group = tables_.groups.find(target->group)->shape;
  const auto interval = interval_of(group);
  const auto before = loop.health;
  auto after = decide::observed(before, policy_of(group), observation_of(result));
  if (before.state == decide::TargetState::kInitial &&
      after.state != decide::TargetState::kHealthy) {
    // Tried more often than the interval, but failures count at the interval's pace only.
    const auto since = env_.clock.now() - loop.last_counted;
    if (since < interval)
      after = before;
    else
      loop.last_counted = env_.clock.now();
  }
  loop.health = after;
  if (after.state != before.state) {
    log::info("elbv2: target {}:{} of {} is {} ({}{})", target->ip, target->port,
              *group.TargetGroupName, decide::state_text(after.state), after.reason,
              result.detail.empty() ? "" : "; " + result.detail);
  }
  transact([&] { record_health(key, after); });
  const bool initial = after.state == decide::TargetState::kInitial;
  schedule_probe(key, ticket, initial ? std::min(interval, kInitialRetry) : interval);
  if (after.state != before.state) {
    apply();
    tell();
  }
}

// Within a transaction. Counts stay in memory: only what describe-target-health shows is stored.
void Controller::record_health(const std::string& key, const decide::TargetHealth& health) {
  const auto* target = tables_.targets.find(key);
  // A probe under way when its target was deregistered says nothing about it any more.
  if (target->target_state() == decide::TargetState::kDraining) return;
  if (target->target_state() == health.state && target->reason == health.reason &&
      target->description == health.description) {
    return;
  }
  tables_.targets.update(key, [&](TargetRecord& record) { record.set(health); });
  changed_groups_.insert(target->group);
}

void Controller::tell() {
  for (const auto& group : std::exchange(changed_groups_, {})) {
    for (const auto& told : told_) told(region_of(group), group);
  }
}

drivers::ProxyPool Controller::pool_of(const std::string& arn,
                                       const TargetGroupRecord& group) const {
  drivers::ProxyPool pool;
  pool.id = proxy_name(arn);
  pool.protocol = *group.shape.Protocol;
  if (flag_attribute(group.attributes, "stickiness.enabled")) {
    pool.stickiness_s = number_attribute(group.attributes, "stickiness.lb_cookie.duration_seconds");
  }
  const auto algorithm = group.attributes.find("load_balancing.algorithm.type");
  pool.least_outstanding =
      algorithm != group.attributes.end() && algorithm->second == "least_outstanding_requests";
  std::vector<const TargetRecord*> targets;
  std::vector<decide::TargetState> states;
  for (const auto& [key, target] : tables_.targets.with_prefix(arn + "|")) {
    targets.push_back(&target);
    states.push_back(target.target_state());
  }
  const auto routed = decide::routed(states);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const bool draining = states[i] == decide::TargetState::kDraining;
    if (!routed[i] && !draining) continue;
    const auto& target = *targets[i];
    pool.servers.push_back(
        {fmt::format("{}:{}", target.ip, target.port), target.ip, target.port, 1, draining});
  }
  return pool;
}

drivers::ProxyListener Controller::listener_of(const LoadBalancerRecord& balancer,
                                               const ListenerRecord& listener) const {
  drivers::ProxyListener result;
  const auto& arn = *listener.shape.ListenerArn;
  result.id = *balancer.shape.LoadBalancerName + "." + arn.substr(arn.rfind('/') + 1);
  result.load_balancer = *balancer.shape.LoadBalancerArn;
  result.address = balancer.address;
  result.port = *listener.shape.Port;
  result.protocol = *listener.shape.Protocol;
  result.records = !destinations_of(balancer).empty();
  const int idle = number_attribute(balancer.attributes, "idle_timeout.timeout_seconds");
  result.idle_timeout_s = idle > 0 ? idle : 350;  // network load balancers: fixed
  for (const auto* rule : tables_.rules_of(arn)) {
    if (rule->shape.IsDefault.value_or(false)) {
      result.default_action = proxy_action(rule->shape.Actions);
      continue;
    }
    auto& added = result.rules.emplace_back();
    for (const auto& condition : rule->shape.Conditions)
      added.conditions.push_back(proxy_condition(condition));
    added.action = proxy_action(rule->shape.Actions);
  }
  return result;
}

drivers::ProxyConfig Controller::wanted() const {
  drivers::ProxyConfig config;
  for (const auto& [arn, listener] : tables_.listeners) {
    config.listeners.push_back(
        listener_of(*tables_.balancers.find(*listener.shape.LoadBalancerArn), listener));
  }
  const auto uses = tables_.uses();
  for (const auto& [arn, group] : tables_.groups) {
    if (uses.contains(arn)) config.pools.push_back(pool_of(arn, group));
  }
  return config;
}

void Controller::apply() {
  auto config = wanted();
  access_.serve(access_plan());
  if (applied_ == config) return;
  if (!applied_ && config.listeners.empty()) config = {};
  applied_ = config;
  ++applies_asked_;
  parts_.proxy.apply(std::move(config),
                     [this, running = running_, &control = env_.control](std::string error) {
                       control.post([this, running, error = std::move(error)] {
                         if (!*running) return;
                         proxy_error_ = error;
                         ++applies_done_;
                         start_probing();
                         if (!draining_told_.empty()) changed();
                         if (error.empty()) return;
                         applied_.reset();  // tried again: the port may become free, the disk empty
                         post_guarded(kProxyRetry, [this] { apply(); });
                       });
                     });
}

}  // namespace seatrial::services::elbv2
