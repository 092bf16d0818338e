// Brings load balancers about: probes targets, decides their health, tells the proxy where traffic
// goes, ends draining, keeps names resolvable, and reports metrics.
//
// One reconcile pass follows any change (many changes within kSettle make one). It reads desired
// records only, so that a restart is just a first pass: targets keep their last health until they
// have been probed again, and the proxy of a killed daemon is taken over by the driver.
#pragma once
#include <map>
#include <memory>
#include <set>

#include "services/elbv2/access_logs.h"
#include "services/elbv2/parts.h"
#include "services/elbv2/store.h"

namespace seatrial::services::elbv2 {

class Controller {  // control thread, all of it
 public:
  static constexpr Millis kSettle{20};
  // How often a target that is still initial is tried, so that it serves soon after it listens.
  // AWS's nodes each probe on their own, so the first success comes earlier than the interval
  // there, too.
  static constexpr Millis kInitialRetry{2000};
  static constexpr Millis kMetricInterval{10'000};

  Controller(room::Env& env, Tables& tables, Parts& parts)
      : env_(env),
        tables_(tables),
        parts_(parts),
        access_(env, parts.proxy, parts.objects, parts.log_lines) {}

  void start();
  void stop();
  void changed();                                 // some record changed: reconcile soon
  void target_changed(const std::string& group);  // and tell those who asked
  void on_change(std::function<void(const std::string&, const std::string&)> told) {
    told_.push_back(std::move(told));
  }
  // Why the proxy does not carry the wanted state; empty when it does.
  const std::string& proxy_error() const { return proxy_error_; }
  std::map<std::string, std::string> host_names()
      const;  // DNS name -> address, of all load balancers

 private:
  struct Probing {
    std::uint64_t after_apply = 0;  // the application of the proxy's state that it begins after
    std::uint64_t ticket = 0;       // of the loop that is running; others end
    decide::TargetHealth health;    // with its counts, which are not stored
    Time last_counted{};            // failure of an initial target
  };

  template <class F>
  void transact(F&& change) {
    change();
    env_.store.commit(nullptr);
  }
  void post_guarded(Millis delay, std::function<void()> work);

  void reconcile();
  void settle_targets();
  void settle_balancers();
  void note_draining();
  bool proxy_knows_of_draining(const std::string& key) const;
  bool has_drained() const;
  void wake_at(Time when);
  void start_probing();
  void probe(const std::string& key, std::uint64_t ticket);
  void probed(const std::string& key, std::uint64_t ticket, const drivers::ProbeResult& result);
  void record_health(const std::string& key, const decide::TargetHealth& health);
  void schedule_probe(const std::string& key, std::uint64_t ticket, Millis delay);
  void tell();

  void apply();
  drivers::ProxyConfig wanted() const;
  drivers::ProxyPool pool_of(const std::string& arn, const TargetGroupRecord& group) const;
  drivers::ProxyListener listener_of(const LoadBalancerRecord& balancer,
                                     const ListenerRecord& listener) const;

  // access_plan.cc: which requests are written down, and where to.
  AccessPlan access_plan() const;
  std::vector<AccessDestination> destinations_of(const LoadBalancerRecord& balancer) const;
  AccessDestination bucket_destination(const LoadBalancerRecord& balancer,
                                       const std::string& bucket, const std::string& prefix) const;

  void emit_metrics();
  void emit_balancer(const LoadBalancerRecord& balancer, const drivers::ProxyCounters& now);

  room::Env& env_;
  Tables& tables_;
  Parts& parts_;
  std::shared_ptr<bool> running_ = std::make_shared<bool>(false);
  bool reconcile_posted_ = false, names_known_ = false;
  std::uint64_t tickets_ = 0;
  std::optional<Time> wake_;                // the next look at draining targets
  std::map<std::string, Probing> probing_;  // by target key
  std::optional<drivers::ProxyConfig> applied_;
  // The proxy answers (well or not) in the order in which it was asked.
  std::uint64_t applies_asked_ = 0, applies_done_ = 0;
  std::map<std::string, std::uint64_t>
      draining_told_;  // target key -> the application that said so
  std::string proxy_error_;
  std::map<std::string, std::string> written_names_;
  std::set<std::string> changed_groups_;
  std::vector<std::function<void(const std::string&, const std::string&)>> told_;
  AccessLogs access_;
  drivers::ProxyCounters reported_;  // what metrics have been emitted for
};

}  // namespace seatrial::services::elbv2
