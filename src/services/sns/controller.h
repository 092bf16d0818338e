// Carries deliveries out: each due one is attempted, and what came of it is recorded: gone, due
// again by the retry policy, or to the dead-letter queue.
//
// Problem: an acknowledged message must arrive though the daemon is killed, yet an endpoint may be
// down for hours. Choice: a delivery is a record until it has succeeded or been given up; an index
// of due times in memory finds the next one. An attempt is made only when its record is durable, so
// what was refused is not delivered. Rejected: a queue in memory with a log beside it.
//
// At least once: a daemon killed between an answer and its record tries again.
#pragma once
#include <map>
#include <memory>
#include <set>

#include "room/minute_tally.h"
#include "room/wake.h"
#include "services/sns/messages.h"
#include "services/sns/parts.h"

namespace seatrial::services::sns {

class Controller {  // control thread, all of it
 public:
  static constexpr std::size_t kMaxInFlight = 64;
  static constexpr Millis kUnconfirmedLife{48LL * 3600 * 1000};  // then AWS forgets a subscription
  static constexpr Millis kSweep{60LL * 60 * 1000};              // how often it looks for those
  static constexpr std::size_t kMaxPending = 1'000'000;          // deliveries waiting in all

  Controller(room::Env& env, Tables& tables, Signer& signer, Parts parts)
      : env_(env), tables_(tables), signer_(signer), parts_(std::move(parts)) {}

  void start();
  void stop() { wake_.stop(); }

  bool full() const { return tables_.deliveries.size() >= kMaxPending; }
  // For the metrics of AWS/SNS.
  void count(const std::string& topic, std::string_view what, double value = 1) {
    if (parts_.metrics != nullptr) tally_.add(topic, what, value);
  }
  // Within a transaction: the delivery is attempted once that is durable.
  void add(DeliveryRecord delivery);

 private:
  struct Verdict {
    bool delivered = false, final = false;
    int status = 0, dwell_ms = 0;
    std::string answer;
    bool unusual = false;  // worth a line in the log even if the topic asks for none
  };

  void pass();
  void attempt(const std::string& key, const DeliveryRecord& delivery);
  bool held_back(const std::string& key, const DeliveryRecord& delivery, int per_second);
  void send_to_queue(const std::string& key, const DeliveryRecord& delivery,
                     const Envelope& envelope, bool raw);
  void invoke_function(const std::string& key, const DeliveryRecord& delivery,
                       const Envelope& envelope);
  void answered(const std::string& key, const drivers::DeliveryResult& result);
  void settle(const std::string& key, const Verdict& verdict);
  void bury(const DeliveryRecord& delivery, const Verdict& verdict);
  void log_status(const DeliveryRecord& delivery, const Verdict& verdict);
  void write_log(const DeliveryRecord& delivery, const Verdict& verdict, bool failure);
  void sweep();
  void put_metrics();
  void put_metrics_later();
  DeliveryRecord plain(DeliveryRecord delivery) const;
  Envelope envelope_for(const DeliveryRecord& delivery) const;
  DeliveryTerms terms_for(const DeliveryRecord& delivery) const;
  const StringMap& attributes_of(const DeliveryRecord& delivery) const;

  room::Env& env_;
  Tables& tables_;
  Signer& signer_;
  Parts parts_;
  Links links_;
  room::Wake wake_{env_, [this] { pass(); }};
  std::set<std::pair<Time, std::string>> due_;  // may name deliveries that are gone
  std::set<std::string> in_flight_;
  std::map<std::string, Time> next_allowed_;  // by subscription, of those with a rate limit
  std::string log_stream_;
  room::MinuteTally tally_;  // by topic
  std::uint64_t numbers_ = 0;
};

}  // namespace seatrial::services::sns
