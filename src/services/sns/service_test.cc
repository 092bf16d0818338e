#include "services/sns/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "room/testing.h"
#include "services/sns/testing.h"

namespace seatrial::services::sns {
namespace {

using testing::HasSubstr;
using testing::SizeIs;
using Kind = drivers::DeliveryResult::Kind;

class SnsTest : public testing::Test {
 protected:
  SnsTest() { open(); }
  void open() {
    sns =
        std::make_unique<Sns>(*world.env, Parts{deliverer, logs, queues,
                                                [] { return std::string("http://127.0.0.1:4566"); },
                                                &functions, &metrics});
    world.add(*sns);
    sns->start();
  }
  Value ok(std::string_view operation, Value input) {
    auto reply = world.call("sns", operation, std::move(input));
    EXPECT_TRUE(reply) << operation << ": " << (reply ? "" : reply.error().message);
    return reply.value_or(Value(Object{}));
  }
  model::AwsError refused(std::string_view operation, Value input) {
    auto reply = world.call("sns", operation, std::move(input));
    return reply ? model::AwsError{"accepted", to_json(*reply)} : reply.error();
  }
  // Deliveries begin when the disk has what was published.
  void settle() {
    for (int i = 0; i < 4; ++i) {
      world.control.run_due();
      world.store->flush();
    }
    world.control.run_due();
  }
  std::string topic(const std::string& name = "alerts") {
    return std::string(text_member(ok("CreateTopic", {{"Name", name}}), "TopicArn"));
  }
  std::string subscribe(const std::string& protocol, const std::string& endpoint,
                        Object attributes = {}) {
    const Value reply = ok("Subscribe", {{"TopicArn", topic()},
                                         {"Protocol", protocol},
                                         {"Endpoint", endpoint},
                                         {"Attributes", std::move(attributes)},
                                         {"ReturnSubscriptionArn", true}});
    settle();
    return std::string(text_member(reply, "SubscriptionArn"));
  }
  // As whoever got the confirmation would.
  void confirm_last() {
    const auto document = parse_json(deliverer.sent.back().body);
    ASSERT_TRUE(document);
    ok("ConfirmSubscription", {{"TopicArn", text_member(*document, "TopicArn")},
                               {"Token", text_member(*document, "Token")}});
    deliverer.sent.clear();
  }
  void publish(const std::string& message, Object more = {}) {
    more["TopicArn"] = topic();
    more["Message"] = message;
    ok("Publish", more);
    settle();
  }

  room::TestWorld world;
  FakeDeliverer deliverer;
  FakeQueues queues;
  FakeFunctions functions;
  FakeMetrics metrics;
  FakeLogs logs;
  std::unique_ptr<Sns> sns;
};

const std::string kUrl = "https://hook.test/in";
const std::string kQueue = "arn:aws:sqs:ap-southeast-2:123456789012:q";

TEST_F(SnsTest, TopicsAreMadeOnceAndHoldAttributes) {
  const std::string arn = topic();
  EXPECT_EQ(arn, "arn:aws:sns:ap-southeast-2:123456789012:alerts");
  EXPECT_EQ(topic(), arn);
  ok("SetTopicAttributes",
     {{"TopicArn", arn}, {"AttributeName", "DisplayName"}, {"AttributeValue", "Ops"}});
  const Value attributes = ok("GetTopicAttributes", {{"TopicArn", arn}}).at("Attributes");
  EXPECT_EQ(text_member(attributes, "DisplayName"), "Ops");
  EXPECT_THAT(std::string(text_member(attributes, "Policy")), HasSubstr("SNS:Publish"));
  EXPECT_EQ(
      refused("CreateTopic", {{"Name", "alerts"}, {"Attributes", {{"DisplayName", "X"}}}}).code,
      "InvalidParameter");
  EXPECT_EQ(refused("CreateTopic", {{"Name", "a b"}}).message, "Invalid parameter: Topic Name");
  EXPECT_EQ(refused("CreateTopic", {{"Name", "a.fifo"}}).message, "Invalid parameter: Topic Name");
  EXPECT_EQ(refused("GetTopicAttributes", {{"TopicArn", arn + "x"}}).code, "NotFound");
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"Policy", "{"},
                                                        {"DeliveryPolicy", R"({"x":1})"},
                                                        {"Colour", "red"},
                                                        {"TracingConfig", "Active"},
                                                        {"KmsMasterKeyId", "alias/mine"},
                                                        {"SignatureVersion", "3"}})
    EXPECT_EQ(refused("SetTopicAttributes",
                      {{"TopicArn", arn}, {"AttributeName", name}, {"AttributeValue", value}})
                  .code,
              "InvalidParameter")
        << name;
  ok("TagResource", {{"ResourceArn", arn}, {"Tags", {{{"Key", "a"}, {"Value", "1"}}}}});
  EXPECT_THAT(ok("ListTagsForResource", {{"ResourceArn", arn}}).at("Tags").get_array(), SizeIs(1));
  ok("DeleteTopic", {{"TopicArn", arn}});
  ok("DeleteTopic", {{"TopicArn", arn}});
  EXPECT_FALSE(sns->has_topic(arn));
}

TEST_F(SnsTest, AnHttpsEndpointConfirmsThenGetsSignedMessages) {
  const std::string arn = subscribe("https", kUrl);
  ASSERT_THAT(deliverer.sent, SizeIs(1));
  const auto document = *parse_json(deliverer.sent[0].body);
  EXPECT_EQ(text_member(document, "Type"), "SubscriptionConfirmation");
  EXPECT_THAT(std::string(text_member(document, "SubscribeURL")),
              HasSubstr("http://127.0.0.1:4566/?Action=ConfirmSubscription&TopicArn=arn%3Aaws"));
  publish("too early");
  EXPECT_THAT(deliverer.sent, SizeIs(1));
  EXPECT_EQ(refused("ConfirmSubscription", {{"TopicArn", topic()}, {"Token", "x"}}).code,
            "InvalidParameter");
  confirm_last();
  publish("hello",
          {{"Subject", "hi"},
           {"MessageAttributes", {{"k", {{"DataType", "String"}, {"StringValue", "v"}}}}}});
  ASSERT_THAT(deliverer.sent, SizeIs(1));
  EXPECT_THAT(deliverer.sent[0].headers,
              testing::Contains(testing::Pair("x-amz-sns-message-type", "Notification")));
  const auto note = *parse_json(deliverer.sent[0].body);
  EXPECT_EQ(text_member(note, "Message"), "hello");
  EXPECT_EQ(text_member(note, "Subject"), "hi");
  EXPECT_EQ(text_member(note, "SignatureVersion"), "1");
  EXPECT_EQ(text_member(note.at("MessageAttributes").at("k"), "Value"), "v");
  EXPECT_THAT(std::string(text_member(note, "UnsubscribeURL")), HasSubstr("Action=Unsubscribe"));
  const auto url = std::string(text_member(note, "SigningCertURL"));
  EXPECT_THAT(sns->certificate(url.substr(url.rfind('/') + 1)), HasSubstr("BEGIN CERTIFICATE"));
  EXPECT_TRUE(world.store->load("sns.delivery").empty());
  ok("Unsubscribe", {{"SubscriptionArn", arn}});
  publish("gone");
  EXPECT_THAT(deliverer.sent, SizeIs(1));
}

TEST_F(SnsTest, FailuresAreRetriedByThePolicyAndLogged) {
  subscribe("http", "http://hook.test/in",
            {{"DeliveryPolicy",
              R"({"healthyRetryPolicy":{"numRetries":2,"minDelayTarget":5,"maxDelayTarget":5}})"}});
  confirm_last();
  ok("SetTopicAttributes", {{"TopicArn", topic()},
                            {"AttributeName", "HTTPFailureFeedbackRoleArn"},
                            {"AttributeValue", "arn:aws:iam::123456789012:role/log"}});
  deliverer.answer(503);
  deliverer.fail(Kind::kFailed);
  deliverer.answer(500);
  publish("hello");
  EXPECT_THAT(deliverer.sent, SizeIs(1));
  world.control.advance(Millis{5000});
  EXPECT_THAT(deliverer.sent, SizeIs(2));
  world.control.advance(Millis{5000});
  settle();
  EXPECT_THAT(deliverer.sent, SizeIs(3));
  ASSERT_THAT(logs.written, SizeIs(1));
  EXPECT_EQ(logs.written[0].first, "sns/ap-southeast-2/123456789012/alerts/Failure");
  const auto entry = *parse_json(logs.written[0].second);
  EXPECT_EQ(text_member(entry, "status"), "FAILURE");
  EXPECT_EQ(entry.at("delivery").at("attempts"), Value(3));
  EXPECT_EQ(entry.at("delivery").at("statusCode"), Value(500));
  world.control.advance(Millis{3'600'000});
  EXPECT_THAT(deliverer.sent, SizeIs(3));
}

TEST_F(SnsTest, WhatIsPermanentIsNotRetriedAndGoesToTheDeadLetterQueue) {
  subscribe("https", kUrl, {{"RedrivePolicy", R"({"deadLetterTargetArn":")" + kQueue + R"("})"}});
  confirm_last();
  deliverer.answer(404);
  publish("hello");
  world.control.advance(Millis{3'600'000});
  EXPECT_THAT(deliverer.sent, SizeIs(1));
  ASSERT_THAT(queues.sent, SizeIs(1));
  EXPECT_EQ(queues.sent[0].arn, kQueue);
  EXPECT_EQ(queues.sent[0].message.attributes.at("ErrorCode").value, "404");
  deliverer.fail(Kind::kForbidden);
  publish("elsewhere");
  EXPECT_THAT(deliverer.sent, SizeIs(2));
  ASSERT_THAT(logs.written, SizeIs(1)) << "what only Seatrial refuses is logged in any case";
}

TEST_F(SnsTest, AcknowledgedDeliveriesSurviveTheDaemon) {
  subscribe("https", kUrl);
  confirm_last();
  deliverer.hold = true;
  publish("hello");
  ASSERT_THAT(deliverer.sent, SizeIs(1));
  deliverer.hold = false;
  sns->stop();
  open();  // as after kill -9: the answer never came
  settle();
  ASSERT_THAT(deliverer.sent, SizeIs(2));
  EXPECT_THAT(deliverer.sent[1].body, HasSubstr("hello"));
  EXPECT_TRUE(world.store->load("sns.delivery").empty());
}

TEST_F(SnsTest, QueuesGetEnvelopesOrTheMessageItself) {
  const std::string arn = subscribe("sqs", kQueue);
  publish("hello");
  ASSERT_THAT(queues.sent, SizeIs(1));
  EXPECT_EQ(queues.sent[0].sender.principal, "sns.amazonaws.com");
  EXPECT_EQ(text_member(*parse_json(queues.sent[0].message.body), "Message"), "hello");
  ok("SetSubscriptionAttributes", {{"SubscriptionArn", arn},
                                   {"AttributeName", "RawMessageDelivery"},
                                   {"AttributeValue", "true"}});
  publish("raw", {{"MessageAttributes", {{"n", {{"DataType", "Number"}, {"StringValue", "1"}}}}}});
  ASSERT_THAT(queues.sent, SizeIs(2));
  EXPECT_EQ(queues.sent[1].message.body, "raw");
  EXPECT_EQ(queues.sent[1].message.attributes.at("n").type, "Number");
}

TEST_F(SnsTest, FilterPoliciesChoose) {
  const std::string arn = subscribe(
      "sqs", kQueue, {{"FilterPolicy", R"({"level":["high"],"n":[{"numeric":[">",5]}]})"}});
  const auto with = [](const char* level, const char* n) {
    return Object{{"MessageAttributes",
                   Object{{"level", Object{{"DataType", "String"}, {"StringValue", level}}},
                          {"n", Object{{"DataType", "Number"}, {"StringValue", n}}}}}};
  };
  publish("no attributes");
  publish("low", with("low", "9"));
  publish("few", with("high", "5"));
  EXPECT_THAT(queues.sent, SizeIs(0));
  publish("yes", with("high", "5.5"));
  EXPECT_THAT(queues.sent, SizeIs(1));
  const auto set = [&](const char* name, const char* value) {
    return Object{{"SubscriptionArn", arn}, {"AttributeName", name}, {"AttributeValue", value}};
  };
  ok("SetSubscriptionAttributes", set("FilterPolicyScope", "MessageBody"));
  ok("SetSubscriptionAttributes", set("FilterPolicy", R"({"a":{"b":["c"]}})"));
  publish(R"({"a":{"b":"c"}})");
  publish("not JSON");
  EXPECT_THAT(queues.sent, SizeIs(2));
  EXPECT_EQ(refused("SetSubscriptionAttributes", set("FilterPolicy", R"({"a":"b"})")).code,
            "InvalidParameter");
  EXPECT_EQ(
      refused("SetSubscriptionAttributes", set("FilterPolicyScope", "MessageAttributes")).code,
      "InvalidParameter");
}

TEST_F(SnsTest, SlackGetsText) {
  subscribe("https", "https://hooks.slack.com/services/T00/B00/XXX");
  EXPECT_THAT(deliverer.sent.back().body, HasSubstr("|confirm it>"));
  const auto token = world.store->load("sns.subscription").begin()->second;
  ok("ConfirmSubscription",
     {{"TopicArn", topic()}, {"Token", text_member(*parse_json(token), "token")}});
  publish("CPU > 80% & rising", {{"Subject", "ALARM"}});
  EXPECT_EQ(deliverer.sent.back().body, R"({"text":"*ALARM*\nCPU &gt; 80% &amp; rising"})");
}

TEST_F(SnsTest, MailIsSentToConfirmAndToNotify) {
  subscribe("email", "ops@example.com");
  ASSERT_THAT(deliverer.sent, SizeIs(1));
  EXPECT_EQ(deliverer.sent[0].mail_to, "ops@example.com");
  EXPECT_THAT(deliverer.sent[0].body, HasSubstr("Subject: AWS Notification - Subscription"));
  EXPECT_EQ(
      refused("Subscribe", {{"TopicArn", topic()}, {"Protocol", "email"}, {"Endpoint", "ops"}})
          .code,
      "InvalidParameter");
}

TEST_F(SnsTest, AFifoTopicTakesEachMessageOnceAndKeepsTheOrder) {
  const std::string arn(text_member(
      ok("CreateTopic", {{"Name", "orders.fifo"}, {"Attributes", {{"FifoTopic", "true"}}}}),
      "TopicArn"));
  const auto subscribe_to = [&](const std::string& protocol, const std::string& endpoint) {
    return refused("Subscribe",
                   {{"TopicArn", arn}, {"Protocol", protocol}, {"Endpoint", endpoint}});
  };
  EXPECT_THAT(subscribe_to("email", "a@b").message, HasSubstr("FIFO queues"));
  EXPECT_THAT(subscribe_to("sqs", kQueue).message, HasSubstr("FIFO queues"));
  EXPECT_EQ(subscribe_to("sqs", kQueue + ".fifo").code, "accepted");
  const auto send = [&](Object more) {
    more["TopicArn"] = arn;
    auto reply = world.call("sns", "Publish", std::move(more));
    settle();
    return reply;
  };
  EXPECT_THAT(send({{"Message", "1"}}).error().message, HasSubstr("MessageGroupId"));
  EXPECT_THAT(send({{"Message", "1"}, {"MessageGroupId", "g"}}).error().message,
              HasSubstr("ContentBasedDeduplication"));
  const auto first =
      send({{"Message", "1"}, {"MessageGroupId", "g"}, {"MessageDeduplicationId", "a"}});
  const auto again =
      send({{"Message", "x"}, {"MessageGroupId", "h"}, {"MessageDeduplicationId", "a"}});
  ASSERT_TRUE(first && again);
  EXPECT_EQ(*first, *again);
  ok("SetTopicAttributes", {{"TopicArn", arn},
                            {"AttributeName", "ContentBasedDeduplication"},
                            {"AttributeValue", "true"}});
  const auto second = send({{"Message", "2"}, {"MessageGroupId", "g"}});
  EXPECT_EQ(*second, *send({{"Message", "2"}, {"MessageGroupId", "g"}}));
  EXPECT_LT(text_member(*first, "SequenceNumber"), text_member(*second, "SequenceNumber"));
  ASSERT_THAT(queues.sent, SizeIs(2));
  EXPECT_EQ(queues.sent[0].message.group_id, "g");
  EXPECT_EQ(queues.sent[0].message.deduplication_id, "a");
  EXPECT_THAT(queues.sent[0].message.body, HasSubstr("SequenceNumber"));
  EXPECT_THAT(queues.sent[1].message.body, HasSubstr("\"2\""));
  world.clock.advance(Millis{5 * 60'000});
  EXPECT_NE(*second, *send({{"Message", "2"}, {"MessageGroupId", "g"}}));
  EXPECT_THAT(queues.sent, SizeIs(3));
  EXPECT_EQ(world.store->load("sns.duplicate").size(), 1U);  // older ones are forgotten
}

TEST_F(SnsTest, FifoIsSaidByNameAndAttribute) {
  const auto make = [&](const char* name, Object attributes) {
    return refused("CreateTopic", {{"Name", name}, {"Attributes", std::move(attributes)}}).message;
  };
  EXPECT_THAT(make("a", {{"FifoTopic", "true"}}), HasSubstr("must end with .fifo"));
  EXPECT_THAT(make("a.fifo", {{"FifoTopic", "false"}}), HasSubstr("Topic Name"));
  EXPECT_THAT(make("a", {{"ContentBasedDeduplication", "true"}}), HasSubstr("FIFO topics only"));
  EXPECT_EQ(
      refused("Publish", {{"TopicArn", topic()}, {"Message", "m"}, {"MessageGroupId", "g"}}).code,
      "InvalidParameter");
}

TEST_F(SnsTest, AMinuteIsToldInMetrics) {
  subscribe("sqs", kQueue);
  subscribe("sqs", kQueue + "2", {{"FilterPolicy", R"({"a":["b"]})"}});
  publish("hello");
  queues.refuse = true;
  publish("again");
  world.control.advance(Millis{60'000});
  EXPECT_EQ(metrics.sums["NumberOfMessagesPublished"], 2);
  EXPECT_EQ(metrics.sums["PublishSize"], 10);
  EXPECT_EQ(metrics.sums["NumberOfNotificationsDelivered"], 1);
  EXPECT_EQ(metrics.sums["NumberOfNotificationsFailed"], 1);
  EXPECT_EQ(metrics.sums["NumberOfNotificationsFilteredOut"], 2);
}

TEST_F(SnsTest, AFunctionGetsTheMessageAsAnEvent) {
  const std::string function = "arn:aws:lambda:ap-southeast-2:123456789012:function:f";
  const std::string subscription = subscribe("lambda", function);
  EXPECT_THAT(deliverer.sent, SizeIs(0));  // nobody is asked to confirm
  publish("hello", {});
  ASSERT_THAT(functions.events, SizeIs(1));
  EXPECT_EQ(functions.events[0].arn, function);
  EXPECT_EQ(functions.events[0].invoker.principal, "sns.amazonaws.com");
  EXPECT_EQ(functions.events[0].invoker.source_arn, topic());
  const Value event = parse_json(functions.events[0].payload).value_or(Value());
  const Value& record = event.at("Records").at(0);
  EXPECT_EQ(text_member(record, "EventSource"), "aws:sns");
  EXPECT_EQ(text_member(record, "EventSubscriptionArn"), subscription);
  const Value& message = record.at("Sns");
  EXPECT_EQ(text_member(message, "Message"), "hello");
  EXPECT_TRUE(message.at("Subject").is_null());
  EXPECT_TRUE(message.at("MessageAttributes").is_object());
  EXPECT_FALSE(text_member(message, "SigningCertUrl").empty());
  EXPECT_FALSE(text_member(message, "UnsubscribeUrl").empty());
  EXPECT_TRUE(world.store->load("sns.delivery").empty());
}

TEST_F(SnsTest, AFunctionThatDoesNotLetTheTopicIsNotAskedAgain) {
  const std::string dead = kQueue + "-dead";
  subscribe("lambda", "arn:aws:lambda:ap-southeast-2:123456789012:function:f",
            {{"RedrivePolicy", to_json(Object{{"deadLetterTargetArn", dead}})}});
  functions.refuse = 403;
  publish("hello", {});
  world.control.advance(Millis{3'600'000});
  ASSERT_THAT(queues.sent, SizeIs(1));
  EXPECT_EQ(queues.sent[0].arn, dead);
  EXPECT_EQ(functions.asked, 1);
  functions.refuse = 429;
  publish("again", {});
  world.control.advance(Millis{60'000});
  settle();
  EXPECT_GT(functions.asked, 2);
}

TEST_F(SnsTest, WhatIsRefusedStoresNothing) {
  const std::string arn = topic();
  for (const auto& [protocol, endpoint] :
       std::vector<std::pair<std::string, std::string>>{{"sms", "+61"},
                                                        {"lambda", "arn:aws:lambda:x:1:function:f"},
                                                        {"lambda", "f"},
                                                        {"pigeon", "x"},
                                                        {"https", "http://x"},
                                                        {"sqs", "q"},
                                                        {"sqs", kQueue + ".fifo"}})
    EXPECT_EQ(
        refused("Subscribe", {{"TopicArn", arn}, {"Protocol", protocol}, {"Endpoint", endpoint}})
            .code,
        "InvalidParameter")
        << protocol;
  EXPECT_EQ(refused("Subscribe", {{"TopicArn", arn},
                                  {"Protocol", "email"},
                                  {"Endpoint", "a@b"},
                                  {"Attributes", {{"RawMessageDelivery", "true"}}}})
                .code,
            "InvalidParameter");
  EXPECT_EQ(refused("Publish", {{"TopicArn", arn}, {"Message", ""}}).message,
            "Invalid parameter: Empty message");
  EXPECT_EQ(refused("Publish", {{"TopicArn", arn}, {"Message", std::string(262145, 'x')}}).message,
            "Invalid parameter: Message too long");
  EXPECT_EQ(
      refused("Publish", {{"TopicArn", arn}, {"Message", "x"}, {"MessageStructure", "json"}}).code,
      "InvalidParameter");
  EXPECT_EQ(refused("Publish", {{"PhoneNumber", "+61"}, {"Message", "x"}}).code,
            "InvalidParameter");
  EXPECT_TRUE(world.store->load("sns.subscription").empty());
  EXPECT_TRUE(world.store->load("sns.delivery").empty());
}

TEST_F(SnsTest, BatchesAnswerEachEntry) {
  subscribe("sqs", kQueue);
  const Value reply =
      ok("PublishBatch", {{"TopicArn", topic()},
                          {"PublishBatchRequestEntries",
                           {{{"Id", "a"}, {"Message", "1"}}, {{"Id", "b"}, {"Message", ""}}}}});
  EXPECT_THAT(reply.at("Successful").get_array(), SizeIs(1));
  EXPECT_THAT(reply.at("Failed").get_array(), SizeIs(1));
  settle();
  EXPECT_THAT(queues.sent, SizeIs(1));
}

TEST_F(SnsTest, KmsTopicsSealWhatWaits) {
  ok("CreateTopic", {{"Name", "alerts"}, {"Attributes", {{"KmsMasterKeyId", "alias/aws/sns"}}}});
  subscribe("https", kUrl);
  confirm_last();
  deliverer.hold = true;
  publish("secret text");
  ASSERT_THAT(world.store->load("sns.delivery"), SizeIs(1));
  for (const auto& [key, body] : world.store->load("sns.delivery"))
    EXPECT_EQ(body.find("secret text"), std::string::npos);
  EXPECT_THAT(deliverer.sent.back().body, HasSubstr("secret text"));
}

TEST_F(SnsTest, ServicesNeedThePolicy) {
  const std::string arn = topic();
  const std::string rule = "arn:aws:events:ap-southeast-2:123456789012:rule/r";
  EXPECT_EQ(sns->publish_as("events.amazonaws.com", rule, arn, "x").error().code,
            "AuthorizationError");
  ok("SetTopicAttributes",
     {{"TopicArn", arn},
      {"AttributeName", "Policy"},
      {"AttributeValue",
       R"({"Statement":{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sns:Publish","Resource":"*"}})"}});
  EXPECT_TRUE(sns->publish_as("events.amazonaws.com", rule, arn, "x"));
  EXPECT_TRUE(sns->publish(arn, "ALARM", "text", {{"k", "v"}}));
  world.store->commit(nullptr);
}

}  // namespace
}  // namespace seatrial::services::sns
