#include "services/events/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "room/testing.h"

namespace seatrial::services::events {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class FakeTargets final : public sns::ServicePublisher,
                          public sqs::Queues,
                          public logs::LogSink,
                          public lambda::Functions,
                          public cloudwatch::MetricSink {
 public:
  room::Outcome<void> publish_as(const std::string&, const std::string& rule,
                                 const std::string& topic, const std::string& message) override {
    if (busy > 0 && busy-- > 0) return room::fail("Throttled", "later", 429);
    got.push_back(topic + " " + message);
    rules.push_back(rule);
    return {};
  }
  room::Outcome<std::string> send(const std::string& arn, const sqs::Outgoing& message,
                                  const sqs::Sender&) override {
    if (arn.ends_with(":none")) return room::fail("QueueDoesNotExist", "no such queue");
    got.push_back(arn + " " + message.body);
    last = message;
    return "id";
  }
  bool has_queue(const std::string&) const override { return true; }
  room::Outcome<void> ensure_stream(const std::string&, const std::string&, const std::string&,
                                    bool create) override {
    EXPECT_FALSE(create);
    return {};
  }
  void append(const std::string&, const std::string& group, const std::string&,
              std::vector<logs::LogLine> lines, std::function<void()> durable) override {
    for (auto& line : lines) got.push_back(group + " " + line.message);
    durable();
  }
  void put(const std::string&, std::vector<cloudwatch::Datum> data) override {
    for (auto& datum : data) ++metrics[datum.name];
  }
  room::Outcome<std::string> invoke_async(const std::string& arn, std::string payload,
                                          const lambda::Invoker& invoker) override {
    EXPECT_EQ(invoker.principal, "events.amazonaws.com");
    if (arn.ends_with(":none")) return room::fail("ResourceNotFoundException", "no", 404);
    got.push_back(arn + " " + payload);
    rules.push_back(invoker.source_arn);
    return "id";
  }
  bool has_function(const std::string&) const override { return true; }
  std::vector<std::string> got, rules;
  std::map<std::string, int> metrics;
  sqs::Outgoing last;
  int busy = 0;
};

class EventsTest : public testing::Test {
 protected:
  EventsTest() { open(); }
  void open() {
    events =
        std::make_unique<Events>(*world.env, Parts{targets, targets, targets, targets, &targets});
    world.add(*events);
    events->start();
  }
  Value ok(std::string_view operation, Value input) {
    auto reply = world.call("events", operation, std::move(input));
    EXPECT_TRUE(reply) << operation << ": " << (reply ? "" : reply.error().message);
    return reply.value_or(Value(Object{}));
  }
  std::string refused(std::string_view operation, Value input) {
    auto reply = world.call("events", operation, std::move(input));
    return reply ? "accepted" : reply.error().code;
  }
  void settle() {
    for (int i = 0; i < 4; ++i) {
      world.control.run_due();
      world.store->flush();
    }
    world.control.run_due();
  }
  void rule(const std::string& name, const std::string& pattern, Object target,
            const std::string& bus = "default") {
    ok("PutRule", {{"Name", name}, {"EventPattern", pattern}, {"EventBusName", bus}});
    target["Id"] = "1";
    ok("PutTargets", {{"Rule", name}, {"EventBusName", bus}, {"Targets", Array{target}}});
  }
  Value put(const std::string& source, const std::string& detail,
            const std::string& bus = "default") {
    const Value reply = ok(
        "PutEvents",
        {{"Entries",
          {{{"Source", source}, {"DetailType", "t"}, {"Detail", detail}, {"EventBusName", bus}}}}});
    settle();
    return reply;
  }

  room::TestWorld world;
  FakeTargets targets;
  std::unique_ptr<Events> events;
};

const std::string kTopic = "arn:aws:sns:ap-southeast-2:123456789012:t";
const std::string kQueue = "arn:aws:sqs:ap-southeast-2:123456789012:q";

TEST_F(EventsTest, FunctionsAreInvokedWithTheEvent) {
  const std::string function = "arn:aws:lambda:ap-southeast-2:123456789012:function:f";
  rule("r", R"({"source":["app"]})", {{"Arn", function}, {"InputPath", "$.detail"}});
  put("app", R"({"n":2})");
  EXPECT_THAT(targets.got, ElementsAre(function + R"( {"n":2})"));
  EXPECT_THAT(targets.rules, ElementsAre("arn:aws:events:ap-southeast-2:123456789012:rule/r"));
  rule("r", R"({"source":["app"]})", {{"Arn", function + ":none"}});
  put("app", "{}");
  EXPECT_EQ(targets.metrics["FailedInvocations"], 1);
}

TEST_F(EventsTest, WhatMatchesReachesItsTargets) {
  rule("r", R"({"source":["app"],"detail":{"n":[{"numeric":[">",1]}]}})", {{"Arn", kTopic}});
  put("app", R"({"n":1})");
  put("other", R"({"n":2})");
  EXPECT_THAT(targets.got, SizeIs(0));
  put("app", R"({"n":2})");
  ASSERT_THAT(targets.got, SizeIs(1));
  EXPECT_EQ(targets.rules[0], "arn:aws:events:ap-southeast-2:123456789012:rule/r");
  const auto event = *parse_json(targets.got[0].substr(kTopic.size() + 1));
  EXPECT_EQ(text_member(event, "detail-type"), "t");
  EXPECT_EQ(text_member(event, "account"), "123456789012");
  EXPECT_EQ(event.at("detail").at("n"), Value(2));
  EXPECT_TRUE(world.store->load("events.delivery").empty());
  EXPECT_EQ(targets.metrics["MatchedEvents"], 1);
  ok("DisableRule", {{"Name", "r"}});
  put("app", R"({"n":2})");
  EXPECT_THAT(targets.got, SizeIs(1));
  events->put("ap-southeast-2", "app", "x", {}, Object{{"n", 5}});
  settle();
  EXPECT_THAT(targets.got, SizeIs(1)) << "the rule is disabled";
  ok("EnableRule", {{"Name", "r"}});
  events->put("ap-southeast-2", "app", "x", {}, Object{{"n", 5}});
  settle();
  EXPECT_THAT(targets.got, SizeIs(2)) << "other rooms' events match, too";
}

TEST_F(EventsTest, InputsAreMade) {
  rule("part", R"({"source":["app"]})", {{"Arn", kQueue}, {"InputPath", "$.detail.o"}});
  rule("text", R"({"source":["app"]})",
       {{"Arn", kTopic},
        {"InputTransformer",
         {{"InputPathsMap", {{"n", "$.detail.n"}}},
          {"InputTemplate", "\"<n> by <aws.events.rule-name>\""}}}});
  rule("fixed", R"({"source":["app"]})",
       {{"Arn", "arn:aws:logs:ap-southeast-2:123456789012:log-group:/aws/events/x:*"},
        {"Input", "{\"a\":1}"}});
  put("app", R"({"n":7,"o":{"p":[1]}})");
  EXPECT_THAT(targets.got,
              testing::UnorderedElementsAre(kQueue + " {\"p\":[1]}", kTopic + " \"7 by text\"",
                                            "/aws/events/x {\"a\":1}"));
}

TEST_F(EventsTest, BusesForward) {
  ok("CreateEventBus", {{"Name", "mine"}});
  const std::string bus = "arn:aws:events:ap-southeast-2:123456789012:event-bus/mine";
  rule("over", R"({"source":["app"]})", {{"Arn", bus}});
  rule("there", R"({"source":["app"]})", {{"Arn", kTopic}}, bus);
  put("app", "{}");
  settle();
  ASSERT_THAT(targets.got, SizeIs(1));
  EXPECT_EQ(targets.rules[0], "arn:aws:events:ap-southeast-2:123456789012:rule/mine/there");
  EXPECT_EQ(refused("DeleteEventBus", {{"Name", "mine"}}), "ValidationException");
  EXPECT_THAT(ok("ListEventBuses", Object{}).at("EventBuses").get_array(), SizeIs(2));
  rule("loop", R"({"source":["again"]})",
       {{"Arn", "arn:aws:events:ap-southeast-2:123456789012:event-bus/default"}});
  put("again", "{}");  // ends
  for (int i = 0; i < 10; ++i) settle();
  EXPECT_TRUE(world.store->load("events.delivery").empty());
}

TEST_F(EventsTest, FailuresAreRetriedOrBuried) {
  rule("r", R"({"source":["app"]})", {{"Arn", kTopic}});
  targets.busy = 2;
  put("app", "{}");
  EXPECT_THAT(targets.got, SizeIs(0));
  world.control.advance(Millis{1000});
  EXPECT_THAT(targets.got, SizeIs(0));
  world.control.advance(Millis{2000});
  EXPECT_THAT(targets.got, SizeIs(1));
  rule("lost", R"({"source":["b"]})",
       {{"Arn", kQueue.substr(0, kQueue.size() - 1) + "none"},
        {"DeadLetterConfig", {{"Arn", kQueue}}}});
  put("b", "{}");
  ASSERT_THAT(targets.got, SizeIs(2));
  EXPECT_EQ(targets.last.attributes.at("ERROR_CODE").value, "QueueDoesNotExist");
}

TEST_F(EventsTest, SchedulesFireOnTheWorldsClock) {
  ok("PutRule", {{"Name", "tick"}, {"ScheduleExpression", "rate(5 minutes)"}});
  ok("PutTargets", {{"Rule", "tick"}, {"Targets", {{{"Id", "1"}, {"Arn", kTopic}}}}});
  ok("PutRule", {{"Name", "noon"}, {"ScheduleExpression", "cron(0 12 * * ? *)"}});
  ok("PutTargets", {{"Rule", "noon"}, {"Targets", {{{"Id", "1"}, {"Arn", kQueue}}}}});
  const auto advance = [&](int seconds) {
    world.control.advance(Millis{seconds * 1000});
    settle();
  };
  advance(299);
  EXPECT_THAT(targets.got, SizeIs(0));
  advance(1);
  ASSERT_THAT(targets.got, SizeIs(1));
  EXPECT_THAT(targets.got[0],
              HasSubstr(R"("detail-type":"Scheduled Event","source":"aws.events")"));
  events->stop();
  open();  // a restart keeps the beat
  advance(300);
  EXPECT_THAT(targets.got, SizeIs(2));
  ok("DisableRule", {{"Name", "tick"}});
  advance(12 * 3600 - 600);  // the clock began at midnight
  ASSERT_THAT(targets.got, SizeIs(3));
  EXPECT_THAT(targets.got[2], HasSubstr("T12:00:00Z"));
}

TEST_F(EventsTest, BadInputIsRefusedAndNothingStored) {
  EXPECT_EQ(refused("PutRule", {{"Name", "r"}}), "ValidationException");
  EXPECT_EQ(refused("PutRule", {{"Name", "r"}, {"EventPattern", R"({"a":"b"})"}}),
            "InvalidEventPatternException");
  EXPECT_EQ(refused("PutRule", {{"Name", "r"}, {"ScheduleExpression", "rate(1 minutes)"}}),
            "ValidationException");
  EXPECT_EQ(refused("PutRule",
                    {{"Name", "r"}, {"EventPattern", R"({"a":["b"]})"}, {"EventBusName", "none"}}),
            "ResourceNotFoundException");
  EXPECT_TRUE(world.store->load("events.rule").empty());
  ok("PutRule", {{"Name", "r"}, {"EventPattern", R"({"a":["b"]})"}});
  const auto target = [&](Object one) {
    one["Id"] = "1";
    return refused("PutTargets", {{"Rule", "r"}, {"Targets", Array{one}}});
  };
  EXPECT_EQ(target({{"Arn", "arn:aws:kinesis:ap-southeast-2:123456789012:stream/s"}}),
            "ValidationException");
  EXPECT_EQ(target({{"Arn", kTopic}, {"Input", "{"}}), "ValidationException");
  EXPECT_EQ(target({{"Arn", kTopic}, {"Input", "{}"}, {"InputPath", "$"}}), "ValidationException");
  EXPECT_EQ(target({{"Arn", kTopic}, {"InputPath", "detail"}}), "ValidationException");
  EXPECT_EQ(target({{"Arn", kTopic}, {"InputTransformer", {{"InputTemplate", "<x>"}}}}),
            "ValidationException");
  EXPECT_EQ(target({{"Arn", kTopic}, {"EcsParameters", {{"TaskDefinitionArn", "x"}}}}),
            "ValidationException");
  EXPECT_EQ(target({{"Arn", kTopic}, {"KinesisParameters", {{"PartitionKeyPath", "$"}}}}),
            "ValidationException");
  ok("PutTargets", {{"Rule", "r"}, {"Targets", {{{"Id", "1"}, {"Arn", kTopic}}}}});
  EXPECT_EQ(refused("DeleteRule", {{"Name", "r"}}), "ValidationException");
  EXPECT_EQ(ok("RemoveTargets", {{"Rule", "r"}, {"Ids", {"1", "2"}}}).at("FailedEntryCount"),
            Value(1));
  ok("DeleteRule", {{"Name", "r"}});
  EXPECT_EQ(refused("DescribeRule", {{"Name", "r"}}), "ResourceNotFoundException");
}

TEST_F(EventsTest, EntriesAreJudgedEachForItself) {
  const Value reply =
      ok("PutEvents", {{"Entries",
                        {{{"Source", "a"}, {"DetailType", "t"}, {"Detail", "{}"}},
                         {{"Source", "aws.ecs"}, {"DetailType", "t"}, {"Detail", "{}"}},
                         {{"Source", "a"}, {"DetailType", "t"}, {"Detail", "x"}},
                         {{"DetailType", "t"}, {"Detail", "{}"}}}}});
  EXPECT_EQ(reply.at("FailedEntryCount"), Value(3));
  std::vector<std::string> codes;
  for (const auto& entry : reply.at("Entries").get_array())
    codes.emplace_back(text_member(entry, "ErrorCode"));
  EXPECT_THAT(codes, ElementsAre("", "NotAuthorizedForSourceException", "MalformedDetail",
                                 "InvalidArgument"));
  EXPECT_EQ(
      ok("TestEventPattern",
         {{"EventPattern", R"({"source":["a"]})"},
          {"Event",
           R"({"id":"1","account":"1","source":"a","time":"t","region":"r","detail-type":"d"})"}})
          .at("Result"),
      Value(true));
}

}  // namespace
}  // namespace seatrial::services::events
