#include "services/sqs/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "room/testing.h"

namespace seatrial::services::sqs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class SqsTest : public testing::Test {
 protected:
  SqsTest() {
    world.add(*sqs);
    sqs->start();
  }
  Value ok(std::string_view operation, Value input) {
    auto reply = world.call("sqs", operation, std::move(input));
    EXPECT_TRUE(reply) << operation << ": " << (reply ? "" : reply.error().message);
    return reply.value_or(Value(Object{}));
  }
  std::string refused(std::string_view operation, Value input) {
    auto reply = world.call("sqs", operation, std::move(input));
    return reply ? "accepted" : reply.error().code;
  }
  std::string make(const std::string& name = "q", Object attributes = {}) {
    return std::string(
        text_member(ok("CreateQueue", {{"QueueName", name}, {"Attributes", std::move(attributes)}}),
                    "QueueUrl"));
  }
  void send(const std::string& url, const std::string& body, Object more = {}) {
    more["QueueUrl"] = url;
    more["MessageBody"] = body;
    ok("SendMessage", more);
  }
  Array receive(const std::string& url, Object more = {}) {
    more["QueueUrl"] = url;
    if (!more.contains("MaxNumberOfMessages")) more["MaxNumberOfMessages"] = 10;
    const Value reply = ok("ReceiveMessage", more);
    const auto* messages = find_member(reply, "Messages");
    return messages == nullptr ? Array{} : messages->get_array();
  }
  std::vector<std::string> bodies(const Array& messages) {
    std::vector<std::string> out;
    for (const auto& message : messages) out.emplace_back(text_member(message, "Body"));
    return out;
  }
  static std::string handle(const Value& message) {
    return std::string(text_member(message, "ReceiptHandle"));
  }
  std::string attribute(const std::string& url, const std::string& name) {
    return std::string(text_member(
        ok("GetQueueAttributes", {{"QueueUrl", url}, {"AttributeNames", {name}}}).at("Attributes"),
        name));
  }

  room::TestWorld world;
  std::unique_ptr<Sqs> sqs =
      std::make_unique<Sqs>(*world.env, [] { return std::string("http://127.0.0.1:4566"); });
};

const std::string kArn = "arn:aws:sqs:ap-southeast-2:123456789012:";

TEST_F(SqsTest, AReceiveMayAskForTheMessagesAttributesByTheOldName) {
  const std::string url = make();
  send(url, "m");
  const Array got =
      receive(url, {{"AttributeNames", {"SentTimestamp", "ApproximateReceiveCount"}}});
  EXPECT_EQ(text_member(got[0].at("Attributes"), "ApproximateReceiveCount"), "1");
  EXPECT_EQ(refused("ReceiveMessage", {{"QueueUrl", url}, {"AttributeNames", {"Colour"}}}),
            "InvalidAttributeName");
}

TEST_F(SqsTest, QueuesAndTheirAttributes) {
  const std::string url = make("q", {{"VisibilityTimeout", "60"}});
  EXPECT_EQ(url, "http://127.0.0.1:4566/123456789012/q");
  EXPECT_EQ(make("q"), url);
  EXPECT_EQ(
      refused("CreateQueue", {{"QueueName", "q"}, {"Attributes", {{"VisibilityTimeout", "61"}}}}),
      "QueueNameExists");
  EXPECT_EQ(attribute(url, "VisibilityTimeout"), "60");
  EXPECT_EQ(attribute(url, "QueueArn"), kArn + "q");
  EXPECT_EQ(attribute(url, "MessageRetentionPeriod"), "345600");
  EXPECT_EQ(text_member(ok("GetQueueUrl", {{"QueueName", "q"}}), "QueueUrl"), url);
  EXPECT_EQ(refused("GetQueueUrl", {{"QueueName", "none"}}), "QueueDoesNotExist");
  EXPECT_EQ(refused("CreateQueue", {{"QueueName", "a b"}}), "InvalidParameterValue");
  EXPECT_EQ(refused("CreateQueue", {{"QueueName", "f.fifo"}}), "InvalidParameterValue");
  const auto set = [&](const char* name, const char* value) {
    return refused("SetQueueAttributes", {{"QueueUrl", url}, {"Attributes", {{name, value}}}});
  };
  EXPECT_EQ(set("DelaySeconds", "901"), "InvalidAttributeValue");
  EXPECT_EQ(set("Colour", "red"), "InvalidAttributeName");
  EXPECT_EQ(set("FifoQueue", "true"), "InvalidAttributeName");
  EXPECT_EQ(set("KmsMasterKeyId", "alias/mine"), "UnsupportedOperation");
  EXPECT_EQ(set("Policy", "{"), "InvalidAttributeValue");
  EXPECT_EQ(
      set("RedrivePolicy", R"({"deadLetterTargetArn":"arn:aws:sqs:x:1:none","maxReceiveCount":1})"),
      "InvalidParameterValue");
  EXPECT_EQ(refused("GetQueueAttributes", {{"QueueUrl", url}, {"AttributeNames", {"Colour"}}}),
            "InvalidAttributeName");
  make("q2");
  EXPECT_THAT(ok("ListQueues", {{"MaxResults", 1}}).at("QueueUrls").get_array(), SizeIs(1));
  ok("DeleteQueue", {{"QueueUrl", url}});
  EXPECT_EQ(refused("CreateQueue", {{"QueueName", "q"}}), "QueueDeletedRecently");
  world.clock.advance(Millis{60'000});
  make("q");
}

TEST_F(SqsTest, AMessageIsSeenOnceUntilItsTimeIsOver) {
  const std::string url = make("q", {{"VisibilityTimeout", "30"}});
  send(url, "one");
  send(url, "two");
  const Array first = receive(url);
  EXPECT_THAT(bodies(first), ElementsAre("one", "two"));
  EXPECT_THAT(receive(url), SizeIs(0));
  EXPECT_EQ(attribute(url, "ApproximateNumberOfMessagesNotVisible"), "2");
  ok("DeleteMessage", {{"QueueUrl", url}, {"ReceiptHandle", handle(first[0])}});
  world.clock.advance(Millis{30'000});
  const Array again = receive(url, {{"AttributeNames", {"All"}}});
  ASSERT_THAT(bodies(again), ElementsAre("two"));
  EXPECT_EQ(text_member(again[0].at("Attributes"), "ApproximateReceiveCount"), "2");
  ok("DeleteMessage", {{"QueueUrl", url}, {"ReceiptHandle", handle(first[1])}});  // an old receipt
  ok("ChangeMessageVisibility",
     {{"QueueUrl", url}, {"ReceiptHandle", handle(again[0])}, {"VisibilityTimeout", 0}});
  EXPECT_THAT(bodies(receive(url)), ElementsAre("two"));
  EXPECT_EQ(refused("DeleteMessage", {{"QueueUrl", url}, {"ReceiptHandle", "x"}}),
            "ReceiptHandleIsInvalid");
  EXPECT_EQ(
      refused("ChangeMessageVisibility",
              {{"QueueUrl", url}, {"ReceiptHandle", handle(again[0])}, {"VisibilityTimeout", 5}}),
      "InvalidParameterValue");
}

TEST_F(SqsTest, DelayRetentionAndPurge) {
  const std::string url = make("q", {{"MessageRetentionPeriod", "60"}});
  send(url, "late", {{"DelaySeconds", 10}});
  EXPECT_THAT(receive(url), SizeIs(0));
  EXPECT_EQ(attribute(url, "ApproximateNumberOfMessagesDelayed"), "1");
  world.clock.advance(Millis{10'000});
  EXPECT_THAT(receive(url, {{"VisibilityTimeout", 0}}), SizeIs(1));
  world.control.advance(Millis{60'000});
  EXPECT_THAT(receive(url), SizeIs(0));
  EXPECT_EQ(attribute(url, "ApproximateNumberOfMessages"), "0");
  send(url, "x");
  ok("PurgeQueue", {{"QueueUrl", url}});
  EXPECT_THAT(receive(url), SizeIs(0));
  EXPECT_EQ(refused("PurgeQueue", {{"QueueUrl", url}}), "PurgeQueueInProgress");
}

TEST_F(SqsTest, WhatIsReceivedTooOftenIsADeadLetter) {
  const std::string dead = make("dead");
  const std::string url = make("q", {{"RedrivePolicy", R"({"deadLetterTargetArn":")" + kArn +
                                                           R"(dead","maxReceiveCount":"2"})"}});
  send(url, "poison");
  EXPECT_THAT(receive(url, {{"VisibilityTimeout", 0}}), SizeIs(1));
  EXPECT_THAT(receive(url, {{"VisibilityTimeout", 0}}), SizeIs(1));
  EXPECT_THAT(receive(url), SizeIs(0));
  const Array letters = receive(dead, {{"AttributeNames", {"DeadLetterQueueSourceArn"}}});
  ASSERT_THAT(bodies(letters), ElementsAre("poison"));
  EXPECT_EQ(text_member(letters[0].at("Attributes"), "DeadLetterQueueSourceArn"), kArn + "q");
  EXPECT_THAT(ok("ListDeadLetterSourceQueues", {{"QueueUrl", dead}}).at("queueUrls").get_array(),
              SizeIs(1));
}

// The sums are those that boto3 would make: computed by hand with Python's hashlib.
TEST_F(SqsTest, SumsAreRight) {
  const std::string url = make();
  const Value reply =
      ok("SendMessage", {{"QueueUrl", url},
                         {"MessageBody", "hello"},
                         {"MessageAttributes",
                          {{"n", {{"DataType", "Number"}, {"StringValue", "1"}}},
                           {"b", {{"DataType", "Binary"}, {"BinaryValue", "xyz"}}}}}});
  EXPECT_EQ(text_member(reply, "MD5OfMessageBody"), "5d41402abc4b2a76b9719d911017c592");
  EXPECT_EQ(text_member(reply, "MD5OfMessageAttributes"), "ab043c6e56fc918f745ef99fc4a51d07");
  const Array got = receive(url, {{"MessageAttributeNames", {"All"}}});
  EXPECT_EQ(text_member(got[0], "MD5OfMessageAttributes"), "ab043c6e56fc918f745ef99fc4a51d07");
  EXPECT_EQ(text_member(got[0].at("MessageAttributes").at("b"), "BinaryValue"), "xyz");
}

TEST_F(SqsTest, FifoKeepsOrderAndDropsDuplicates) {
  const std::string url =
      make("q.fifo", {{"FifoQueue", "true"}, {"ContentBasedDeduplication", "true"}});
  for (const char* body : {"a1", "a2", "a1"}) send(url, body, {{"MessageGroupId", "a"}});
  send(url, "b1", {{"MessageGroupId", "b"}});
  const Array first = receive(url, {{"MaxNumberOfMessages", 1}});
  EXPECT_THAT(bodies(first), ElementsAre("a1"));
  EXPECT_THAT(bodies(receive(url)), ElementsAre("b1"));  // group a is out
  ok("DeleteMessage", {{"QueueUrl", url}, {"ReceiptHandle", handle(first[0])}});
  EXPECT_THAT(bodies(receive(url)), ElementsAre("a2"));
  EXPECT_EQ(refused("SendMessage", {{"QueueUrl", url}, {"MessageBody", "x"}}), "MissingParameter");
  world.clock.advance(Millis{5 * 60'000});
  send(url, "a1", {{"MessageGroupId", "c"}});
  EXPECT_THAT(bodies(receive(url)), ElementsAre("a2", "b1", "a1"));
}

TEST_F(SqsTest, BadInputIsRefusedAndNothingStored) {
  const std::string url = make("q", {{"MaximumMessageSize", "1024"}});
  const auto sent = [&](const std::string& body, Object more = {}) {
    more["QueueUrl"] = url;
    more["MessageBody"] = body;
    return refused("SendMessage", more);
  };
  EXPECT_EQ(sent(std::string(1025, 'x')), "InvalidParameterValue");
  EXPECT_EQ(sent(std::string("a\0b", 3)), "InvalidMessageContents");
  EXPECT_EQ(sent("\xFF"), "InvalidMessageContents");
  EXPECT_EQ(sent(""), "MissingParameter");
  EXPECT_EQ(sent("x", {{"DelaySeconds", 901}}), "InvalidParameterValue");
  EXPECT_EQ(sent("x", {{"MessageDeduplicationId", "d"}}), "InvalidParameterValue");
  EXPECT_EQ(
      sent("x", {{"MessageAttributes", {{"a", {{"DataType", "List"}, {"StringValue", "x"}}}}}}),
      "InvalidParameterValue");
  EXPECT_EQ(refused("ReceiveMessage", {{"QueueUrl", url}, {"MaxNumberOfMessages", 11}}),
            "InvalidParameterValue");
  EXPECT_EQ(refused("ReceiveMessage", {{"QueueUrl", url}, {"WaitTimeSeconds", 21}}),
            "InvalidParameterValue");
  EXPECT_EQ(refused("SendMessage", {{"QueueUrl", "http://h/999/q"}, {"MessageBody", "x"}}),
            "QueueDoesNotExist");
  EXPECT_TRUE(world.store->load("sqs.message").empty());
}

TEST_F(SqsTest, BatchesAnswerEachEntry) {
  const std::string url = make();
  const auto entry = [](const char* id, const char* body) {
    return Object{{"Id", id}, {"MessageBody", body}};
  };
  const Value reply =
      ok("SendMessageBatch", {{"QueueUrl", url}, {"Entries", {entry("a", "1"), entry("b", "")}}});
  EXPECT_THAT(reply.at("Successful").get_array(), SizeIs(1));
  EXPECT_THAT(reply.at("Failed").get_array(), SizeIs(1));
  EXPECT_EQ(refused("SendMessageBatch", {{"QueueUrl", url}, {"Entries", Array{}}}),
            "EmptyBatchRequest");
  EXPECT_EQ(refused("SendMessageBatch",
                    {{"QueueUrl", url}, {"Entries", {entry("a", "1"), entry("a", "2")}}}),
            "BatchEntryIdsNotDistinct");
  const Array got = receive(url);
  const Value gone = ok("DeleteMessageBatch", {{"QueueUrl", url},
                                               {"Entries",
                                                {{{"Id", "1"}, {"ReceiptHandle", handle(got[0])}},
                                                 {{"Id", "2"}, {"ReceiptHandle", "x"}}}}});
  EXPECT_THAT(gone.at("Successful").get_array(), SizeIs(1));
  EXPECT_THAT(gone.at("Failed").get_array(), SizeIs(1));
}

// The gateway's part, in small: a call that prepares is made again when it has.
TEST_F(SqsTest, ALongPollWaitsForAMessageOrItsTime) {
  const std::string url = make();
  const Value input = Object{{"QueueUrl", url}, {"WaitTimeSeconds", 20}};
  auto context = world.context();
  int calls = 0;
  const auto poll = [&] {  // whether it waits now
    context.now = world.clock.now();
    EXPECT_TRUE(sqs->handlers().find("ReceiveMessage")->second(context, input));
    world.store->rollback();
    const auto prepare = std::exchange(context.prepare, nullptr);
    if (!prepare) return false;
    prepare([&](auto prepared) {
      ++calls;
      context.prepared = *prepared;
    });
    return true;
  };
  EXPECT_TRUE(poll());
  EXPECT_EQ(calls, 0);
  send(url, "x");
  world.control.run_due();
  EXPECT_EQ(calls, 1);
  EXPECT_THAT(receive(url, {{"VisibilityTimeout", 5}}), SizeIs(1));
  EXPECT_TRUE(poll());
  world.control.advance(Millis{5'000});  // the message is visible again
  EXPECT_EQ(calls, 2);
  ok("PurgeQueue", {{"QueueUrl", url}});
  EXPECT_TRUE(poll());
  world.control.advance(Millis{14'999});
  EXPECT_EQ(calls, 2);
  world.control.advance(Millis{1});
  EXPECT_EQ(calls, 3);
  EXPECT_FALSE(poll()) << "its time is over";
}

TEST_F(SqsTest, ServicesNeedThePolicy) {
  const std::string url = make();
  const Sender topic{"sns.amazonaws.com", "arn:aws:sns:ap-southeast-2:123456789012:t"};
  EXPECT_EQ(sqs->send(kArn + "q", {"x", {}, "", ""}, topic).error().code, "AccessDenied");
  EXPECT_EQ(sqs->send(kArn + "none", {"x", {}, "", ""}, topic).error().code, "QueueDoesNotExist");
  ok("SetQueueAttributes",
     {{"QueueUrl", url},
      {"Attributes",
       {{"Policy", R"({"Statement":{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},
        "Action":"sqs:SendMessage","Resource":"*","Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:*:*:t"}}}})"}}}});
  EXPECT_TRUE(sqs->send(kArn + "q", {"x", {}, "", ""}, topic));
  world.store->commit(nullptr);
  EXPECT_THAT(bodies(receive(url)), ElementsAre("x"));
}

TEST_F(SqsTest, MessagesAreSealedAndSurviveRestart) {
  const std::string url = make();
  send(url, "secret text");
  world.store->flush();
  for (const auto& [key, body] : world.store->load("sqs.message"))
    EXPECT_EQ(body.find("secret text"), std::string::npos);
  sqs->stop();
  sqs = std::make_unique<Sqs>(*world.env, [] { return std::string("http://h"); });
  world.add(*sqs);
  sqs->start();
  EXPECT_THAT(bodies(receive(url)), ElementsAre("secret text"));
}

}  // namespace
}  // namespace seatrial::services::sqs
