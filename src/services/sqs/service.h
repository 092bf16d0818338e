// Simple Queue Service: standard and FIFO queues, on the world's disk.
//
// Everything is a handler; there is no controller but a sweep of what has expired. A long poll is a
// call that prepares (room/room.h): it is made again when its queue has something or its time is
// over.
#pragma once
#include <functional>
#include <optional>

#include "room/minute_tally.h"
#include "room/room.h"
#include "services/cloudwatch/api.h"
#include "services/sqs/api.h"
#include "services/sqs/store.h"

namespace seatrial::services::sqs {

using room::Context;
using room::Outcome;

class Sqs final : public room::Room, public Queues {
 public:
  static constexpr std::size_t kMaxInFlight = 120'000;  // of a queue
  static constexpr std::size_t kMaxWaiting = 1000;      // long polls at once
  static constexpr Millis kSweep{60'000};
  static constexpr Millis kOnceAMinute{60'000};  // between purges; before a name is free again

  // `endpoint` is the API's own URL, which queue URLs start with. `metrics` may be null: none are
  // put.
  Sqs(room::Env& env, std::function<std::string()> endpoint,
      cloudwatch::MetricSink* metrics = nullptr);

  void start() override;
  void stop() override;

  Outcome<std::string> send(const std::string& queue_arn, const Outgoing& message,
                            const Sender& sender) override;
  bool has_queue(const std::string& arn) const override { return tables_.queues.contains(arn); }

 private:
  Outcome<shape::CreateQueueResult> create_queue(Context&, const shape::CreateQueueRequest&);
  Outcome<model::Empty> delete_queue(Context&, const shape::DeleteQueueRequest&);
  Outcome<shape::GetQueueUrlResult> get_queue_url(Context&, const shape::GetQueueUrlRequest&);
  Outcome<shape::ListQueuesResult> list_queues(Context&, const shape::ListQueuesRequest&);
  Outcome<shape::ListDeadLetterSourceQueuesResult> list_dead_letter_source_queues(
      Context&, const shape::ListDeadLetterSourceQueuesRequest&);
  Outcome<shape::GetQueueAttributesResult> get_queue_attributes(
      Context&, const shape::GetQueueAttributesRequest&);
  Outcome<model::Empty> set_queue_attributes(Context&, const shape::SetQueueAttributesRequest&);
  Outcome<model::Empty> purge_queue(Context&, const shape::PurgeQueueRequest&);
  Outcome<model::Empty> tag_queue(Context&, const shape::TagQueueRequest&);
  Outcome<model::Empty> untag_queue(Context&, const shape::UntagQueueRequest&);
  Outcome<shape::ListQueueTagsResult> list_queue_tags(Context&, const shape::ListQueueTagsRequest&);

  Outcome<shape::SendMessageResult> send_message(Context&, const shape::SendMessageRequest&);
  Outcome<shape::SendMessageBatchResult> send_message_batch(Context&,
                                                            const shape::SendMessageBatchRequest&);
  Outcome<shape::ReceiveMessageResult> receive_message(Context&,
                                                       const shape::ReceiveMessageRequest&);
  Outcome<model::Empty> delete_message(Context&, const shape::DeleteMessageRequest&);
  Outcome<shape::DeleteMessageBatchResult> delete_message_batch(
      Context&, const shape::DeleteMessageBatchRequest&);
  Outcome<model::Empty> change_message_visibility(Context&,
                                                  const shape::ChangeMessageVisibilityRequest&);
  Outcome<shape::ChangeMessageVisibilityBatchResult> change_message_visibility_batch(
      Context&, const shape::ChangeMessageVisibilityBatchRequest&);

  // A message on its way in.
  struct Incoming {
    std::string body;
    std::optional<int> delay_s;
    AttributeMap attributes;
    std::string trace, group, deduplication, sender;
  };
  struct Taken {
    std::string id, sequence;
  };
  struct Wanted {
    int count = 1;
    Millis visibility{};
  };

  // The queue that a URL names in the caller's region.
  Outcome<const QueueRecord*> queue(const Context&, const std::string& url) const;
  std::string url_of(const QueueRecord& queue) const;
  Outcome<void> check_redrive(const QueueRecord& queue, const std::string& policy) const;
  void erase_messages(const std::string& arn);

  template <class Request>
  Outcome<Incoming> incoming(const Context&, const Request&) const;
  Outcome<Taken> take(const QueueRecord& queue, Incoming message);

  std::size_t in_flight(const QueueRecord& queue) const;
  struct Choice {
    std::vector<std::string> keys;
    bool moved = false;  // dead letters, on the way
  };
  Choice choose(const QueueRecord& queue, int count);
  bool move_to_dead_letters(const QueueRecord& queue, const std::string& key);
  shape::Message receive(const QueueRecord& queue, const std::string& key, Millis visibility,
                         const shape::ReceiveMessageRequest& request);
  Outcome<Wanted> wanted(const QueueRecord& queue, const shape::ReceiveMessageRequest&) const;
  void wait(Context&, const QueueRecord& queue, Millis most);
  void wake(const std::string& arn);
  void resume(const std::string& arn, std::uint64_t ticket);

  Outcome<std::string> received_key(const QueueRecord& queue, const std::string& receipt) const;
  Outcome<void> remove(const QueueRecord& queue, const std::string& receipt);
  Outcome<void> change_visibility(const QueueRecord& queue, const std::string& receipt,
                                  int seconds);
  void sweep();

  // metrics.cc
  struct Backlog {
    std::size_t visible = 0, not_visible = 0, delayed = 0;
    Millis oldest{};
  };
  void count(const QueueRecord& queue, std::string_view what, double value = 1);
  Backlog backlog(const QueueRecord& queue) const;
  void put_metrics();

  Tables tables_;
  std::function<std::string()> endpoint_;
  cloudwatch::MetricSink* metrics_;
  room::MinuteTally tally_;             // by queue
  std::map<std::string, Time> active_;  // when something last happened to a queue
  room::SequenceNumbers sequence_;
  std::map<std::string, std::map<std::uint64_t, std::function<void()>>> waiting_;  // by queue
  std::size_t waits_ = 0;
  std::uint64_t tickets_ = 0;
  std::shared_ptr<bool> running_ = std::make_shared<bool>(false);
};

}  // namespace seatrial::services::sqs
