// Delivers what the streams gather.
//
// Problem: an acknowledged record must arrive though the daemon is killed, and a bucket or endpoint
// may be gone for hours. Choice: records are rows of the store until their object is durable or
// their documents are taken; what is due is decided from them alone, so a restart goes on where it
// was. One batch a stream is under way at a time: its failure holds the stream back, as AWS does.
// Rejected: files of our own for buffered data beside the store.
//
// At least once: a daemon killed between a delivery and its record delivers again.
#pragma once
#include <map>
#include <memory>

#include "drivers/delivery.h"
#include "services/firehose/batch.h"
#include "services/firehose/store.h"
#include "services/logs/api.h"
#include "services/s3/api.h"

namespace seatrial::services::firehose {

struct Parts {
  s3::ObjectSink& objects;
  logs::LogSink& logs;
  drivers::DeliveryDriver& deliverer;
};

class Controller {  // control thread, all of it
 public:
  static constexpr std::size_t kMaxHeldBytes = 64u << 20;  // of one stream; more is refused
  static constexpr std::size_t kMaxDocuments = 2'000;      // records of one _bulk request
  static constexpr std::size_t kMaxAnswer = 1u << 20;      // bytes of its answer
  static constexpr std::chrono::hours kMaxAge{24};         // then undelivered data is dropped
  static constexpr Millis kFirstRetry{5'000}, kLongestRetry{300'000};

  Controller(room::Env& env, Tables& tables, Parts parts)
      : env_(env), tables_(tables), parts_(parts) {}

  void start();
  void stop() { *running_ = false; }

  // Within a transaction.
  bool has_room(const std::string& stream, std::size_t bytes) const;
  void add(const std::string& stream, std::string data);
  void forget(const std::string& stream);  // the stream and its records
  // What is under way was for another destination.
  void begin_again(const std::string& stream);

 private:
  struct Line {                 // what is known of a stream's records
    std::size_t bytes = 0;      // of those counted
    std::size_t uncounted = 0;  // at most: of those added since
    std::uint64_t next = 1;     // the next record's number
    std::uint64_t counted = 0;  // the last record that is in `bytes`
    std::optional<Time> wake;
    bool pass_posted = false;
    std::shared_ptr<Batch> batch;  // under way
  };
  using BatchPtr = std::shared_ptr<Batch>;

  Line& line_of(const std::string& stream);
  void pass_when_durable(const std::string& stream);
  void pass(const std::string& stream);
  void count_new(const std::string& stream, Line& line);
  void wake_at(const std::string& stream, Line& line, Time when);
  void begin(const std::string& stream, Line& line, const Target& target);
  // Null when the stream or the batch is gone meanwhile.
  const StreamRecord* current(const std::string& stream, const BatchPtr& batch) const;

  void post_documents(const std::string& stream, const BatchPtr& batch);
  void answered(const std::string& stream, const BatchPtr& batch,
                const drivers::DeliveryResult& result);
  drivers::DeliveryRequest request_for(const StreamRecord& stream, const Target& target,
                                       const Batch& batch) const;
  void http_answered(const std::string& stream, const BatchPtr& batch,
                     const drivers::DeliveryResult& result);
  // `final`: they are given up at once.
  void retry_documents(const std::string& stream, const BatchPtr& batch, const std::string& code,
                       const std::string& why, bool final = false);
  void put_objects(const std::string& stream, const BatchPtr& batch);
  void retry_objects(const std::string& stream, const BatchPtr& batch, const std::string& why);
  void finish(const std::string& stream, const BatchPtr& batch);
  void report(const StreamRecord& stream, const char* code, const std::string& why);
  void later(Millis delay, std::function<void()> work);

  room::Env& env_;
  Tables& tables_;
  Parts parts_;
  std::map<std::string, Line> lines_;
  std::shared_ptr<bool> running_ = std::make_shared<bool>(false);
};

}  // namespace seatrial::services::firehose
