// Event source mappings over a queue that only keeps messages: what is received, given and deleted.
#include "services/lambda/event_sources.h"

#include "model/shapes/sqs.h"
#include "services/lambda/testing.h"

namespace seatrial::services::lambda {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

namespace sqs = aws::sqs;

const std::string kQueue = "arn:aws:sqs:ap-southeast-2:123456789012:orders";

class OneQueue final : public room::Room {
 public:
  explicit OneQueue(room::Env& env) : Room(env, "sqs") {
    serve<sqs::GetQueueUrlOp>(&OneQueue::url);
    serve<sqs::GetQueueAttributesOp>(&OneQueue::about);
    serve<sqs::ReceiveMessageOp>(&OneQueue::receive);
    serve<sqs::DeleteMessageBatchOp>(&OneQueue::erase);
  }
  void send(const std::string& body) { visible.push_back(body); }
  void start() override {}
  void stop() override {}

  std::vector<std::string> visible, hidden;
  int silent_s = 30;

 private:
  room::Outcome<sqs::GetQueueUrlResult> url(room::Context&, const sqs::GetQueueUrlRequest& input) {
    if (input.QueueName != "orders") return room::fail("QueueDoesNotExist", "no such queue");
    return sqs::GetQueueUrlResult{"http://queue"};
  }
  room::Outcome<sqs::GetQueueAttributesResult> about(room::Context&,
                                                     const sqs::GetQueueAttributesRequest&) {
    sqs::GetQueueAttributesResult out;
    out.Attributes["VisibilityTimeout"] = std::to_string(silent_s);
    return out;
  }
  room::Outcome<sqs::ReceiveMessageResult> receive(room::Context&,
                                                   const sqs::ReceiveMessageRequest& input) {
    EXPECT_EQ(input.WaitTimeSeconds, 0);
    sqs::ReceiveMessageResult out;
    for (int i = 0; i < *input.MaxNumberOfMessages && !visible.empty(); ++i) {
      sqs::Message message;
      message.MessageId = "id-" + visible.front();
      message.ReceiptHandle = message.Body = visible.front();
      message.Attributes["ApproximateReceiveCount"] = "1";
      out.Messages.push_back(std::move(message));
      hidden.push_back(visible.front());
      visible.erase(visible.begin());
    }
    return out;
  }
  room::Outcome<sqs::DeleteMessageBatchResult> erase(room::Context&,
                                                     const sqs::DeleteMessageBatchRequest& input) {
    EXPECT_LE(input.Entries.size(), 10U);
    for (const auto& entry : input.Entries) std::erase(hidden, entry.ReceiptHandle);
    return sqs::DeleteMessageBatchResult{};
  }
};

class MappingTest : public LambdaTest {
 protected:
  MappingTest() : queue(*world.env) {
    world.add(queue);
    EXPECT_TRUE(create("f"));
    driver.behave = [this](const auto&, const auto& invocation) {
      events.push_back(invocation.payload);
      return drivers::FakeFunctions::Reply{answer, fails, {}};
    };
  }
  std::string map(Object more = {}) {
    Object input{{"FunctionName", "f"}, {"EventSourceArn", kQueue}};
    for (auto& member : more) input[member.key()] = member.value();
    return text(call("CreateEventSourceMapping", std::move(input)), "UUID");
  }
  void advance(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      world.control.advance(Millis{1000});
      settle();
    }
  }
  std::size_t records(std::size_t event) const {
    return parse_json(events.at(event))->at("Records").as_array().size();
  }
  OneQueue queue;
  std::vector<std::string> events;
  std::string answer = "null";
  bool fails = false;
};

TEST_F(MappingTest, MessagesAreGivenInBatchesAndDeleted) {
  map({{"BatchSize", 2}});
  for (const char* body : {"a", "b", "c"}) queue.send(body);
  advance(2);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(records(0), 2U);
  EXPECT_EQ(records(1), 1U);
  const auto event = parse_json(events[0]);
  const Value& record = event->at("Records").at(0);
  EXPECT_EQ(text_member(record, "messageId"), "id-a");
  EXPECT_EQ(text_member(record, "body"), "a");
  EXPECT_EQ(text_member(record, "eventSource"), "aws:sqs");
  EXPECT_EQ(text_member(record, "eventSourceARN"), kQueue);
  EXPECT_EQ(text_member(record, "awsRegion"), "ap-southeast-2");
  EXPECT_EQ(text_member(record.at("attributes"), "ApproximateReceiveCount"), "1");
  EXPECT_THAT(queue.hidden, IsEmpty());
}

TEST_F(MappingTest, WhatFailedStaysInTheQueue) {
  map();
  fails = true;
  queue.send("a");
  advance(2);
  EXPECT_EQ(events.size(), 1U);
  EXPECT_THAT(queue.hidden, ElementsAre("a"));
}

TEST_F(MappingTest, ReportedItemsStayAndTheOthersGo) {
  map({{"FunctionResponseTypes", Array{"ReportBatchItemFailures"}}});
  answer = R"({"batchItemFailures":[{"itemIdentifier":"id-b"}]})";
  for (const char* body : {"a", "b", "c"}) queue.send(body);
  advance(2);
  EXPECT_THAT(queue.hidden, ElementsAre("b"));
  answer = R"({"batchItemFailures":[{"itemIdentifier":"id-other"}]})";
  queue.send("d");
  advance(2);
  EXPECT_THAT(queue.hidden, UnorderedElementsAre("b", "d"));
}

TEST_F(MappingTest, AWindowGathersALargerBatch) {
  map({{"BatchSize", 25}, {"MaximumBatchingWindowInSeconds", 10}});
  for (int i = 0; i < 12; ++i) queue.send(std::to_string(i));
  advance(5);
  EXPECT_THAT(events, IsEmpty());
  queue.send("late");
  advance(8);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(records(0), 13U);
  EXPECT_THAT(queue.hidden, IsEmpty());
}

TEST_F(MappingTest, NoMoreBatchesThanMayBeAreUnderWay) {
  map({{"BatchSize", 1}, {"ScalingConfig", Object{{"MaximumConcurrency", 2}}}});
  driver.answers = false;
  for (const char* body : {"a", "b", "c", "d"}) queue.send(body);
  advance(3);
  EXPECT_THAT(queue.visible, ElementsAre("c", "d"));
  driver.answers = true;
  driver.answer_all();
  settle();
  advance(2);
  EXPECT_THAT(queue.visible, IsEmpty());
  EXPECT_THAT(queue.hidden, IsEmpty());
}

TEST_F(MappingTest, DisabledAndDeletedOnesRest) {
  const auto uuid = map({{"Enabled", false}});
  queue.send("a");
  advance(3);
  EXPECT_THAT(events, IsEmpty());
  EXPECT_EQ(text(call("GetEventSourceMapping", {{"UUID", uuid}}), "State"), "Disabled");
  EXPECT_EQ(text(call("UpdateEventSourceMapping", {{"UUID", uuid}, {"Enabled", true}}), "State"),
            "Updating");
  advance(2);
  EXPECT_EQ(events.size(), 1U);
  restart();
  queue.send("b");
  advance(2);
  EXPECT_EQ(events.size(), 2U);
  EXPECT_EQ(text(call("DeleteEventSourceMapping", {{"UUID", uuid}}), "State"), "Deleting");
  queue.send("c");
  advance(2);
  EXPECT_EQ(events.size(), 2U);
  EXPECT_EQ(code_of(call("GetEventSourceMapping", {{"UUID", uuid}})), "ResourceNotFoundException");
}

TEST_F(MappingTest, RefusalsStoreNothing) {
  const auto code = [&](Object more) { return map(std::move(more)); };
  EXPECT_EQ(code({{"EventSourceArn", kQueue + "x"}}), "InvalidParameterValueException");
  EXPECT_EQ(code({{"EventSourceArn", "arn:aws:kinesis:ap-southeast-2:123456789012:stream/s"}}),
            "InvalidParameterValueException");
  EXPECT_EQ(code({{"FunctionName", "g"}}), "ResourceNotFoundException");
  EXPECT_EQ(code({{"BatchSize", 11}}), "InvalidParameterValueException");
  EXPECT_EQ(code({{"FilterCriteria", Object{{"Filters", Array{}}}}}),
            "InvalidParameterValueException");
  queue.silent_s = 2;  // the function may run for three
  EXPECT_EQ(code({}), "InvalidParameterValueException");
  queue.silent_s = 30;
  const auto listed = call("ListEventSourceMappings", {});
  EXPECT_THAT(listed->at("EventSourceMappings").as_array(), IsEmpty());
  EXPECT_NE(map(), "");
  EXPECT_EQ(map(), "ResourceConflictException");
  const auto of_queue = call("ListEventSourceMappings", {{"EventSourceArn", kQueue}});
  EXPECT_EQ(of_queue->at("EventSourceMappings").as_array().size(), 1U);
}

TEST(FailedItems, AreReadAsAwsReadsThem) {
  EXPECT_THAT(failed_items("null").value(), IsEmpty());
  EXPECT_THAT(failed_items("{}").value(), IsEmpty());
  EXPECT_THAT(failed_items(R"({"batchItemFailures":[]})").value(), IsEmpty());
  EXPECT_THAT(failed_items(R"({"batchItemFailures":[{"itemIdentifier":"x"}]})").value(),
              ElementsAre("x"));
  EXPECT_FALSE(failed_items(R"({"batchItemFailures":[{"itemIdentifier":""}]})"));
  EXPECT_FALSE(failed_items(R"({"batchItemFailures":[{"item":"x"}]})"));
  EXPECT_FALSE(failed_items("no JSON"));
}

}  // namespace
}  // namespace seatrial::services::lambda
