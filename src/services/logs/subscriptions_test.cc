// Subscription filters through their operations: what may be asked, what a destination gets, and
// that nothing which matches is lost or sent twice when the room starts again.
#include "services/logs/subscriptions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "room/testing.h"
#include "services/logs/service.h"
#include "services/logs/subscription_message.h"
#include "wire/body.h"

namespace seatrial::services::logs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kStream = "arn:aws:firehose:ap-southeast-2:123456789012:deliverystream/out";

class FakeStreams final : public firehose::DeliveryStreams {
 public:
  bool has_stream(const std::string& arn) const override { return arn == kStream; }
  room::Outcome<void> put_record(const std::string& arn, std::string data) override {
    if (arn != kStream) return room::fail("ResourceNotFoundException", "none");
    if (!refusal.empty()) return room::fail(refusal, "not now");
    const auto document = parse_json(wire::gunzip(data).value());
    types.emplace_back(text_member(*document, "messageType"));
    if (types.back() != "DATA_MESSAGE") return {};
    last = *document;
    for (const Value& event : document->at("logEvents").as_array())
      messages.emplace_back(text_member(event, "message"));
    return {};
  }
  std::vector<std::string> types, messages;
  Value last;
  std::string refusal;
};

class FakeFunctions final : public lambda::Functions {
 public:
  room::Outcome<std::string> invoke_async(const std::string&, std::string payload,
                                          const lambda::Invoker& invoker) override {
    by = invoker;
    payloads.push_back(std::move(payload));
    return "request";
  }
  room::Outcome<void> may_invoke(const std::string&, const lambda::Invoker&) const override {
    if (refuse) return room::fail("AccessDeniedException", "no", 403);
    return {};
  }
  bool has_function(const std::string&) const override { return true; }
  lambda::Invoker by;
  std::vector<std::string> payloads;
  bool refuse = false;
};

class NoObjects final : public s3::ObjectSink {
 public:
  std::optional<std::string> region_of_bucket(const std::string&) const override { return {}; }
  void put_object(const std::string&, const std::string&, std::string, const std::string&,
                  const std::string&, Done done) override {
    done("there is none");
  }
};

class SubscriptionsTest : public testing::Test {
 protected:
  SubscriptionsTest() : engine_(std::move(*seatrial::logs::Engine::open(world_.folder / "logs"))) {
    world_.store->add(*engine_);
    open();
    must("CreateLogGroup", {{"logGroupName", "/app"}});
    for (const char* stream : {"a", "b"})
      must("CreateLogStream", {{"logGroupName", "/app"}, {"logStreamName", stream}});
  }
  ~SubscriptionsTest() override {
    room_->stop();
    world_.store->flush();
  }
  void open() {
    if (room_) room_->stop();
    room_ = std::make_unique<Logs>(*world_.env, *engine_);
    room_->deliver_to(streams_, objects_);
    room_->invoke(functions_);
    world_.add(*room_);
    room_->start();
  }
  void settle() {
    do world_.store->flush();
    while (world_.control.run_due());
  }
  Value must(const char* operation, const Value& input) {
    auto reply = world_.call("logs", operation, input);
    EXPECT_TRUE(reply) << operation << ": " << (reply ? "" : reply.error().message);
    return reply.value_or(Value(Object{}));
  }
  std::string error(const char* operation, const Value& input) {
    const auto reply = world_.call("logs", operation, input);
    return reply ? "" : reply.error().code + ": " + reply.error().message;
  }
  static Object filter(Object more = {}) {
    Object out{{"logGroupName", "/app"},
               {"filterName", "f"},
               {"filterPattern", ""},
               {"destinationArn", kStream},
               {"roleArn", "arn:aws:iam::123456789012:role/logs"}};
    for (const auto& member : more) out[member.key()] = member.value();
    return out;
  }
  void put(const char* stream, std::initializer_list<const char*> messages) {
    Array events;
    for (const char* message : messages)
      events.push_back({{"timestamp", to_ms(world_.clock.now())}, {"message", message}});
    must("PutLogEvents",
         {{"logGroupName", "/app"}, {"logStreamName", stream}, {"logEvents", events}});
  }

  room::TestWorld world_;
  std::unique_ptr<seatrial::logs::Engine> engine_;
  FakeStreams streams_;
  FakeFunctions functions_;
  NoObjects objects_;
  std::unique_ptr<Logs> room_;
};

TEST_F(SubscriptionsTest, AreKeptAndDescribed) {
  must("PutSubscriptionFilter", filter({{"distribution", "Random"}}));
  EXPECT_THAT(streams_.types, ElementsAre("CONTROL_MESSAGE"));
  must("PutSubscriptionFilter", filter({{"filterName", "g"}}));
  EXPECT_EQ(error("PutSubscriptionFilter", filter({{"filterName", "h"}})),
            "LimitExceededException: Resource limit exceeded.");
  const auto page = must("DescribeSubscriptionFilters", {{"logGroupName", "/app"}, {"limit", 1}});
  const Value& one = page.at("subscriptionFilters").at(0);
  EXPECT_EQ(text_member(one, "distribution"), "Random");
  EXPECT_EQ(text_member(one, "destinationArn"), kStream);
  const auto rest = must("DescribeSubscriptionFilters",
                         {{"logGroupName", "/app"}, {"nextToken", page.at("nextToken")}});
  EXPECT_EQ(text_member(rest.at("subscriptionFilters").at(0), "distribution"), "ByLogStream");
  must("DeleteSubscriptionFilter", {{"logGroupName", "/app"}, {"filterName", "f"}});
  EXPECT_THAT(error("DeleteSubscriptionFilter", {{"logGroupName", "/app"}, {"filterName", "f"}}),
              HasSubstr("ResourceNotFoundException"));
}

TEST_F(SubscriptionsTest, RefuseWhatCannotBeDelivered) {
  const auto refused = [&](Object more) { return error("PutSubscriptionFilter", filter(more)); };
  EXPECT_THAT(refused({{"destinationArn", std::string(kStream) + "x"}}),
              HasSubstr("Could not deliver test message to specified Firehose stream."));
  EXPECT_THAT(refused({{"destinationArn", "arn:aws:sns:ap-southeast-2:123456789012:t"}}),
              HasSubstr("cannot work with destinationArn for vendor sns"));
  EXPECT_THAT(refused({{"destinationArn", "arn:aws:kinesis:ap-southeast-2:123456789012:stream/s"}}),
              HasSubstr("Kinesis"));
  EXPECT_THAT(refused({{"filterPattern", "{ $.a = }"}}), HasSubstr("Invalid filter pattern"));
  EXPECT_THAT(refused({{"applyOnTransformedLogs", true}}), HasSubstr("applyOnTransformedLogs"));
  EXPECT_THAT(refused({{"emitSystemFields", {"@aws.region"}}}), HasSubstr("emitSystemFields"));
  EXPECT_THAT(refused({{"logGroupName", "/none"}}), HasSubstr("ResourceNotFoundException"));
  Object roleless = filter();
  roleless.erase("roleArn");
  EXPECT_THAT(error("PutSubscriptionFilter", roleless), HasSubstr("without roleArn"));
}

TEST_F(SubscriptionsTest, SendWhatMatchesFromTheirCreationOn) {
  put("a", {"ERROR before"});
  settle();
  must("PutSubscriptionFilter", filter({{"filterPattern", "ERROR"}}));
  put("a", {"ERROR 1", "INFO", "ERROR 2"});
  put("b", {"ERROR 3"});
  settle();
  EXPECT_THAT(streams_.messages, ElementsAre("ERROR 1", "ERROR 2", "ERROR 3"));
  EXPECT_EQ(text_member(streams_.last, "owner"), "123456789012");
  EXPECT_EQ(text_member(streams_.last, "logGroup"), "/app");
  EXPECT_EQ(text_member(streams_.last, "logStream"), "b");
  EXPECT_EQ(to_json(streams_.last.at("subscriptionFilters")), R"(["f"])");
}

TEST_F(SubscriptionsTest, GoOnWhereTheyWereAfterARestart) {
  must("PutSubscriptionFilter", filter());
  put("a", {"1"});
  settle();
  put("a", {"2"});
  world_.store->flush();  // durable, and nothing was sent on: as if killed here
  open();
  settle();
  open();
  settle();
  EXPECT_THAT(streams_.messages, ElementsAre("1", "2"));
}

TEST_F(SubscriptionsTest, HoldBackWhileADestinationTakesNothing) {
  must("PutSubscriptionFilter", filter());
  streams_.refusal = "ServiceUnavailableException";
  put("a", {"1", "2"});
  settle();
  EXPECT_THAT(streams_.messages, IsEmpty());
  streams_.refusal.clear();
  put("a", {"3"});
  settle();
  EXPECT_THAT(streams_.messages, IsEmpty());  // its second has not passed
  world_.control.advance(Millis{1'000});
  settle();
  EXPECT_THAT(streams_.messages, ElementsAre("1", "2", "3"));
}

TEST_F(SubscriptionsTest, AGroupOfManyEventsIsSentInTurns) {
  must("PutSubscriptionFilter", filter());
  const std::string large(700'000, 'x');
  for (int i = 0; i < 4; ++i) put("a", {large.c_str()});
  settle();
  EXPECT_EQ(streams_.messages.size(), 4u);
  EXPECT_EQ(streams_.types.size(), 5u);
}

TEST_F(SubscriptionsTest, InvokeAFunctionThatLetsThem) {
  constexpr const char* kFunction = "arn:aws:lambda:ap-southeast-2:123456789012:function:f";
  Object wanted = filter({{"destinationArn", kFunction}});
  EXPECT_THAT(error("PutSubscriptionFilter", wanted), HasSubstr("cannot be used with roleArn"));
  wanted.erase("roleArn");
  functions_.refuse = true;
  EXPECT_THAT(error("PutSubscriptionFilter", wanted),
              HasSubstr("Could not execute the lambda function."));
  functions_.refuse = false;
  must("PutSubscriptionFilter", wanted);
  EXPECT_THAT(functions_.payloads, IsEmpty());
  put("a", {"hello"});
  settle();
  ASSERT_EQ(functions_.payloads.size(), 1u);
  const auto event = parse_json(functions_.payloads[0]);
  const auto data = base64_decode(text_member(event->at("awslogs"), "data"));
  EXPECT_THAT(wire::gunzip(*data).value(), HasSubstr("\"message\":\"hello\""));
  EXPECT_EQ(functions_.by.principal, "logs.amazonaws.com");
  EXPECT_EQ(functions_.by.source_arn, "arn:aws:logs:ap-southeast-2:123456789012:log-group:/app:*");
}

TEST(SubscriptionMessageTest, IsWhatAwsSends) {
  const seatrial::logs::Event event{7, from_ms(1), from_ms(2), "s", "say \"hi\"\n"};
  EXPECT_EQ(data_message({"123456789012", "/g", "f"}, "s", {&event}),
            R"({"messageType":"DATA_MESSAGE","owner":"123456789012","logGroup":"/g",)"
            R"("logStream":"s","subscriptionFilters":["f"],"logEvents":[{"id":")"
            R"(30000000000000000001000000000000000000000000000000000007","timestamp":1,)"
            R"("message":"say \"hi\"\n"}]})");
  EXPECT_EQ(control_message("Firehose", from_ms(5)),
            R"({"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logGroup":"",)"
            R"("logStream":"","subscriptionFilters":[],"logEvents":[{"id":"","timestamp":5,)"
            R"("message":"CWL CONTROL MESSAGE: Checking health of destination Firehose."}]})");
}

}  // namespace
}  // namespace seatrial::services::logs
