// Subscription filters: what arrives in a log group goes on to a destination. Source: CloudWatch
// Logs user guide, "Real-time processing of log data with subscriptions".
//
// Problem: an acknowledged event that matches must reach its destination though the daemon is
// killed at any moment. Choice: the events are in the engine already; a filter keeps only the
// sequence from which it has not sent yet, and that number changes in the transaction in which the
// destination takes the data. After a restart it reads on from there. Rejected: a queue of
// payloads, which would write every event twice.
#pragma once
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/record.h"
#include "logs/engine.h"
#include "logs/pattern/pattern.h"
#include "model/shapes/logs.h"
#include "room/room.h"
#include "services/cloudwatch/api.h"
#include "services/firehose/api.h"
#include "services/lambda/api.h"
#include "store/table.h"

namespace seatrial::services::logs {

inline constexpr std::size_t kMaxSubscriptionsOfGroup = 2;

struct SubscriptionRecord {
  aws::logs::SubscriptionFilter filter;
  std::int64_t from_sequence = 0;  // events before it were sent, or did not match

  template <class F>
  static void fields(F&& f) {
    f("filter", &SubscriptionRecord::filter);
    f("from_sequence", &SubscriptionRecord::from_sequence);
  }
};

class Subscriptions {  // control thread
 public:
  static constexpr std::size_t kEventsAtOnce = 10'000;   // of one filter's turn
  static constexpr std::size_t kBytesAtOnce = 1u << 20;  // of their messages
  static constexpr std::size_t kScannedAtOnce = 20'000;  // events looked at
  static constexpr std::int64_t kUnrecorded = 10'000;    // events looked at before it is noted
  static constexpr Millis kFirstRetry{1'000}, kLongestRetry{60'000};
  static constexpr Millis kDisabled{600'000};       // AWS: after an error that will not pass
  static constexpr std::chrono::hours kMaxAge{24};  // AWS: retried for so long

  Subscriptions(room::Env& env, seatrial::logs::Engine& engine, cloudwatch::MetricWriter* metrics)
      : env_(env), engine_(engine), metrics_(metrics), table_(env.store, "logs.subscription") {}

  void deliver_to(firehose::DeliveryStreams& streams) { streams_ = &streams; }
  void invoke(lambda::Functions& functions) { functions_ = &functions; }
  void start();
  void stop() { *running_ = false; }

  // Within a transaction that puts events into a group.
  void see(const std::string& group_key);

  // Sends the probe and keeps the filter. Errors: InvalidParameterException, what is wrong with the
  // destination.
  room::Outcome<void> put(const std::string& key, aws::logs::SubscriptionFilter filter);
  void erase(const std::string& key);
  void erase_group(const std::string& group_key);
  // Key: "region/group:filter".
  const store::Table<SubscriptionRecord>& table() const { return table_; }

 private:
  struct Cursor {  // of a filter, since the last change of it
    std::int64_t from_sequence = 0;
    int failures = 0;
    bool waiting = false;  // a turn is posted, or a retry is due
  };

  Cursor& cursor_of(const std::string& key, const SubscriptionRecord& record);
  void turn_after(Millis delay, const std::string& key);
  void turn(const std::string& key);
  void deliver(const std::string& key, const SubscriptionRecord& record,
               const seatrial::logs::Arrivals& arrivals);
  // A gzip'd message, in the open transaction.
  room::Outcome<void> send(const std::string& key, const std::string& destination,
                           std::string data);
  room::Outcome<void> probe(const std::string& key, const std::string& destination);
  lambda::Invoker invoker_for(const std::string& key) const;
  // All before the sequence is done; recorded at once or when enough has gathered.
  void move_on(const std::string& key, std::int64_t sequence, bool record_it);
  void failed(const std::string& key, const SubscriptionRecord& record,
              const seatrial::logs::Arrivals& arrivals, const model::AwsError& error);
  void count(const std::string& key, const SubscriptionRecord& record, const char* metric,
             double value, const char* unit);
  void later(Millis delay, std::function<void()> work);

  room::Env& env_;
  seatrial::logs::Engine& engine_;
  cloudwatch::MetricWriter* metrics_;
  firehose::DeliveryStreams* streams_ = nullptr;
  lambda::Functions* functions_ = nullptr;
  store::Table<SubscriptionRecord> table_;
  std::map<std::string, Cursor> cursors_;  // by filter's key
  std::set<std::string> seen_;             // groups with new events that may not be durable yet
  std::shared_ptr<bool> running_ = std::make_shared<bool>(false);
};

}  // namespace seatrial::services::logs
