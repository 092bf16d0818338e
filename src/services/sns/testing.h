// What the tests of SNS need of the world: an endpoint that answers as told, a queue, a log.
#pragma once
#include <deque>

#include "drivers/delivery.h"
#include "services/cloudwatch/api.h"
#include "services/lambda/api.h"
#include "services/logs/api.h"
#include "services/sqs/api.h"

namespace seatrial::services::sns {

class FakeDeliverer final : public drivers::DeliveryDriver {
 public:
  void deliver(drivers::DeliveryRequest request,
               std::function<void(drivers::DeliveryResult)> done) override {
    sent.push_back(std::move(request));
    if (hold) return;
    if (answers.empty()) return done({drivers::DeliveryResult::Kind::kAnswered, 200, "", "", 1});
    auto answer = answers.front();
    answers.pop_front();
    done(answer);
  }
  void answer(int status) {
    answers.push_back({drivers::DeliveryResult::Kind::kAnswered, status, "body", "", 1});
  }
  void fail(drivers::DeliveryResult::Kind kind) { answers.push_back({kind, 0, "", "why", 1}); }

  std::vector<drivers::DeliveryRequest> sent;
  std::deque<drivers::DeliveryResult> answers;
  bool hold = false;  // nothing is ever answered
};

class FakeQueues final : public sqs::Queues {
 public:
  room::Outcome<std::string> send(const std::string& arn, const sqs::Outgoing& message,
                                  const sqs::Sender& sender) override {
    if (refuse) return room::fail("AccessDenied", "no", 403);
    sent.push_back({arn, message, sender});
    return "message-" + std::to_string(sent.size());
  }
  bool has_queue(const std::string&) const override { return true; }
  struct Sent {
    std::string arn;
    sqs::Outgoing message;
    sqs::Sender sender;
  };
  std::vector<Sent> sent;
  bool refuse = false;
};

class FakeFunctions final : public lambda::Functions {
 public:
  room::Outcome<std::string> invoke_async(const std::string& arn, std::string payload,
                                          const lambda::Invoker& invoker) override {
    ++asked;
    if (refuse != 0) return room::fail("Refused", "no", refuse);
    events.push_back({arn, std::move(payload), invoker});
    return "request";
  }
  bool has_function(const std::string&) const override { return true; }
  struct Event {
    std::string arn, payload;
    lambda::Invoker invoker;
  };
  std::vector<Event> events;
  int refuse = 0, asked = 0;  // `refuse`: the status it refuses with
};

class FakeMetrics final : public cloudwatch::MetricSink {
 public:
  void put(const std::string&, std::vector<cloudwatch::Datum> data) override {
    for (auto& datum : data)
      if (datum.name_space == "AWS/SNS") sums[datum.name] += datum.value;
  }
  std::map<std::string, double> sums;
};

class FakeLogs final : public logs::LogSink {
 public:
  room::Outcome<void> ensure_stream(const std::string&, const std::string&, const std::string&,
                                    bool) override {
    return {};
  }
  void append(const std::string&, const std::string& group, const std::string&,
              std::vector<logs::LogLine> lines, std::function<void()> durable) override {
    for (auto& line : lines) written.emplace_back(group, std::move(line.message));
    durable();
  }
  std::vector<std::pair<std::string, std::string>> written;  // group, message
};

}  // namespace seatrial::services::sns
