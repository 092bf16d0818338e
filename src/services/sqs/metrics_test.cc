// AWS/SQS's metrics over a minute of a queue's life.
#include <gmock/gmock.h>

#include "room/testing.h"
#include "services/sqs/service.h"

namespace seatrial::services::sqs {
namespace {

class Metrics final : public cloudwatch::MetricSink {
 public:
  void put(const std::string& region, std::vector<cloudwatch::Datum> data) override {
    EXPECT_EQ(region, "ap-southeast-2");
    for (auto& datum : data) {
      EXPECT_EQ(datum.name_space, "AWS/SQS");
      EXPECT_EQ(datum.dimensions.at(0).second, "q");
      last[datum.name] = datum;
    }
  }
  double value(const char* name) const {
    const auto found = last.find(name);
    return found == last.end() ? -1 : found->second.value;
  }
  std::map<std::string, cloudwatch::Datum> last;
};

class SqsMetricsTest : public testing::Test {
 protected:
  SqsMetricsTest() : sqs(*world.env, [] { return std::string("http://h"); }, &metrics) {
    world.add(sqs);
    sqs.start();
    ok("CreateQueue", {{"QueueName", "q"}});
  }
  Value ok(std::string_view operation, Object input) {
    input["QueueUrl"] = "http://h/123456789012/q";
    auto reply = world.call("sqs", operation, std::move(input));
    EXPECT_TRUE(reply) << operation << ": " << (reply ? "" : reply.error().message);
    return reply.value_or(Value(Object{}));
  }
  void minute() {
    metrics.last.clear();
    world.control.advance(room::kMinute);
  }

  room::TestWorld world;
  Metrics metrics;
  Sqs sqs;
};

TEST_F(SqsMetricsTest, AMinuteIsTold) {
  for (const char* body : {"a", "bcd", "ef"}) ok("SendMessage", {{"MessageBody", body}});
  ok("SendMessage", {{"MessageBody", "later"}, {"DelaySeconds", 600}});
  const Time sent_at = world.clock.now();
  const Value got = ok("ReceiveMessage", {{"MaxNumberOfMessages", 2}, {"VisibilityTimeout", 600}});
  ok("DeleteMessage", {{"ReceiptHandle", got.at("Messages").at(0).at("ReceiptHandle")}});
  minute();
  EXPECT_EQ(metrics.value("NumberOfMessagesSent"), 4);
  EXPECT_EQ(metrics.last.at("NumberOfMessagesSent").count, 4);
  EXPECT_EQ(metrics.last.at("NumberOfMessagesSent").at, sent_at);
  EXPECT_EQ(metrics.value("SentMessageSize"), 11);
  EXPECT_EQ(metrics.last.at("SentMessageSize").max, 5);
  EXPECT_EQ(metrics.last.at("SentMessageSize").unit, "Bytes");
  EXPECT_EQ(metrics.value("NumberOfMessagesReceived"), 2);
  EXPECT_EQ(metrics.value("NumberOfMessagesDeleted"), 1);
  EXPECT_EQ(metrics.value("ApproximateNumberOfMessagesVisible"), 1);
  EXPECT_EQ(metrics.value("ApproximateNumberOfMessagesNotVisible"), 1);
  EXPECT_EQ(metrics.value("ApproximateNumberOfMessagesDelayed"), 1);
  EXPECT_EQ(metrics.value("ApproximateAgeOfOldestMessage"), 60);
  minute();
  EXPECT_EQ(metrics.value("NumberOfMessagesSent"), -1);  // nothing was
  EXPECT_EQ(metrics.value("ApproximateAgeOfOldestMessage"), 120);
}

TEST_F(SqsMetricsTest, EmptyReceivesAreCountedOnce) {
  ok("ReceiveMessage", {});
  minute();
  EXPECT_EQ(metrics.value("NumberOfEmptyReceives"), 1);
  EXPECT_EQ(metrics.value("NumberOfMessagesReceived"), -1);
}

TEST_F(SqsMetricsTest, AQueueThatNobodyUsesIsSilent) {
  minute();
  EXPECT_TRUE(metrics.last.empty());
  ok("ReceiveMessage", {});
  minute();
  EXPECT_EQ(metrics.value("ApproximateNumberOfMessagesVisible"), 0);
  world.control.advance(std::chrono::hours{7});
  minute();
  EXPECT_TRUE(metrics.last.empty());
}

}  // namespace
}  // namespace seatrial::services::sqs
