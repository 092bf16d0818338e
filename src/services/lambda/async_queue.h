// Asynchronous invocations between their 202 and their end.
//
// Problem: an accepted event must be carried out though the daemon is killed, tried again when the
// function fails, and wait when all environments are taken. Choice: a record each, put in the
// transaction that accepts it and erased when it has come to its end; due times are indexed in
// memory. At least once: a daemon killed during an attempt makes it anew.
//
// docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html: two retries, after one
// minute and after two; an event older than six hours is dropped.
#pragma once
#include <memory>
#include <optional>
#include <set>

#include "room/wake.h"
#include "services/lambda/environments.h"

namespace seatrial::services::lambda {

class AsyncQueue {  // control thread
 public:
  static constexpr std::size_t kMaxPending = 1'000'000;
  static constexpr int kMaxFailures = 3;  // the first attempt and two retries
  static constexpr Millis kFirstRetry{60'000}, kSecondRetry{120'000};
  static constexpr Millis kMaxAge{6LL * 3600 * 1000};

  AsyncQueue(room::Env& env, Tables& tables, Environments& environments)
      : env_(env), tables_(tables), environments_(environments) {}

  void start();
  void stop() { wake_.stop(); }
  bool full() const { return tables_.invocations.size() >= kMaxPending; }
  // Within a transaction; says the request's id. It begins once that is durable.
  std::string add(const FunctionRecord& function, std::string payload);

 private:
  void pass();
  bool attempt(const std::string& key);
  void finished(const std::string& key, const Finished& how);
  void drop(const std::string& key, const char* why);

  room::Env& env_;
  Tables& tables_;
  Environments& environments_;
  room::Wake wake_{env_, [this] { pass(); }};
  std::set<std::pair<Time, std::string>> due_;  // may name invocations that are gone
  std::set<std::string> in_flight_;
  bool passing_ = false;
  std::uint64_t numbers_ = 0;
};

}  // namespace seatrial::services::lambda
