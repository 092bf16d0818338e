// Event source mappings of SQS queues: polls them and gives what comes to functions in batches.
//
// Each enabled mapping asks its queue once a second of world time, as any client would (the queue's
// visibility timeout, receive counts and dead-letter queue do the rest), and has at most so many
// batches under way. A batch that succeeded is deleted from the queue; of one that failed nothing
// is, and of one that reports failed items all others are. Batches are in memory only: those of a
// daemon that was killed become visible in the queue again. Rejected: long polls, which would hold
// a call each.
//
// docs.aws.amazon.com/lambda/latest/dg/with-sqs.html and services-sqs-errorhandling.html
#pragma once
#include <set>

#include "services/lambda/environments.h"

namespace seatrial::services::lambda {

class EventSources {  // control thread
 public:
  static constexpr Millis kPoll{1'000};
  static constexpr int kReceive = 10;        // the most that one ReceiveMessage gives
  static constexpr int kMostConcurrent = 5;  // batches of a mapping at once, unless it says so
  static constexpr std::size_t kMaxBatchBytes = 6 * 1024 * 1024 - 256 * 1024;  // with the frame

  EventSources(room::Env& env, Tables& tables, Environments& environments,
               std::function<std::string(const std::string& arn)> choose)
      : env_(env), tables_(tables), environments_(environments), choose_(std::move(choose)) {}

  void start();
  void stop() { *running_ = false; }

 private:
  struct Batch {
    Array records;
    std::size_t bytes = 0;
    Time first{};
  };
  struct Source {
    Batch gathering;
    int under_way = 0;
  };

  void poll();
  void poll(const MappingRecord& mapping);
  bool gather(const MappingRecord& mapping, const std::string& url, Source& source);
  bool ready(const MappingRecord& mapping, const Batch& batch) const;
  bool hand_over(const MappingRecord& mapping, const std::string& url, Source& source);
  void finished(const MappingRecord& mapping, const std::string& url, const Array& records,
                const Finished& how);
  room::Context context(const MappingRecord& mapping) const;

  room::Env& env_;
  Tables& tables_;
  Environments& environments_;
  std::function<std::string(const std::string& arn)> choose_;  // the key of what is run; "": gone
  std::shared_ptr<bool> running_ = std::make_shared<bool>(false);
  std::map<std::string, Source> sources_;  // by mapping
};

// What a function that reports batch item failures says: the ids of messages that failed. Nothing:
// it cannot be read, and the whole batch has failed.
std::optional<std::set<std::string>> failed_items(const std::string& payload);

// One message as the function sees it. Pure.
Object event_record(const Value& message, const std::string& queue_arn, const std::string& region);

}  // namespace seatrial::services::lambda
