#include "services/cloudtrail/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "room/testing.h"

namespace seatrial::services::cloudtrail {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class FakeBucket final : public s3::ObjectSink {
 public:
  std::optional<std::string> region_of_bucket(const std::string& bucket) const override {
    return bucket == "trails" ? std::optional<std::string>("us-east-1") : std::nullopt;
  }
  void put_object(const std::string&, const std::string& key, std::string, const std::string&,
                  const std::string&, Done done) override {
    keys.push_back(key);
    done("");
  }
  std::vector<std::string> keys;
};

class FakeLogs final : public logs::LogSink, public logs::LogGroups {
 public:
  bool has_group(const std::string&, const std::string& group) const override {
    return group == "audit";
  }
  room::Outcome<void> ensure_stream(const std::string&, const std::string&, const std::string&,
                                    bool) override {
    return {};
  }
  void append(const std::string&, const std::string&, const std::string& stream,
              std::vector<logs::LogLine> added, std::function<void()>) override {
    for (auto& line : added) lines.push_back(stream + " " + line.message);
  }
  std::vector<std::string> lines;
};

class TrailTest : public testing::Test {
 protected:
  TrailTest() {
    auto opened = EventLog::open(world.folder / "trail.db", world.rng, world.clock);
    events = std::move(*opened);
    room = std::make_unique<CloudTrail>(*world.env, Parts{*events, bucket, logs, logs});
    world.add(*room);
    room->start();
  }
  ~TrailTest() override {
    events.reset();  // its thread tells the world
    world.store->flush();
  }

  void called(const char* service, const char* operation, const Value& input,
              const std::string& error = {}) {
    const Value output = Object{};
    const auto op = model::find_service(service)->find_operation(operation);
    const room::Identity alice{"AKIATEST", "arn:aws:iam::123456789012:user/alice", "AIDA1"};
    const model::AwsError refused{error, "", 400, false, Object{}};
    ASSERT_TRUE(events->wants(*op));
    events->record({.operation = *op,
                    .identity = alice,
                    .region = "ap-southeast-2",
                    .request_id = "r",
                    .at = world.clock.now(),
                    .input = input,
                    .output = error.empty() ? &output : nullptr,
                    .error = error.empty() ? nullptr : &refused});
  }
  std::vector<std::string> found(Object input) {
    const auto reply = world.call("cloudtrail", "LookupEvents", std::move(input));
    EXPECT_TRUE(reply) << (reply ? "" : reply.error().message);
    std::vector<std::string> names;
    last = *reply;
    for (const auto& event : last.at("Events").get_array())
      names.emplace_back(text_member(event, "EventName"));
    return names;
  }
  std::vector<std::string> by(const char* key, const char* value) {
    return found(
        {{"LookupAttributes", Array{Object{{"AttributeKey", key}, {"AttributeValue", value}}}}});
  }
  // Lets the log's thread answer what the ticks asked it.
  void settle() {
    std::promise<void> done;
    events->last([&](std::int64_t) { done.set_value(); });
    done.get_future().wait();
    world.control.run_due();
  }

  room::TestWorld world;
  FakeBucket bucket;
  FakeLogs logs;
  std::unique_ptr<EventLog> events;
  std::unique_ptr<CloudTrail> room;
  Value last;
};

TEST_F(TrailTest, FindsCallsByEveryAttribute) {
  called("ssm", "PutParameter", {{"Name", "/db"}, {"Value", "hunter2"}, {"Type", "String"}});
  called("ssm", "GetParameter", {{"Name", "/db"}}, "ParameterNotFound");
  called("ecs", "CreateCluster", {{"clusterName", "prod"}});
  EXPECT_THAT(found({}), ElementsAre("CreateCluster", "GetParameter", "PutParameter"));
  EXPECT_THAT(by("EventName", "GetParameter"), ElementsAre("GetParameter"));
  EXPECT_THAT(by("EventSource", "ssm.amazonaws.com"), ElementsAre("GetParameter", "PutParameter"));
  EXPECT_THAT(by("ReadOnly", "false"), ElementsAre("CreateCluster", "PutParameter"));
  EXPECT_THAT(by("Username", "alice"), testing::SizeIs(3));
  EXPECT_THAT(by("AccessKeyId", "AKIAOTHER"), ElementsAre());
  EXPECT_THAT(by("ResourceName", "prod"), ElementsAre("CreateCluster"));
  EXPECT_THAT(by("ResourceType", "AWS::SSM::Parameter"),
              ElementsAre("GetParameter", "PutParameter"));
  const std::string id(text_member(last.at("Events").get_array()[0], "EventId"));
  EXPECT_THAT(by("EventId", id.c_str()), ElementsAre("GetParameter"));
  EXPECT_THAT(std::string(text_member(last.at("Events").get_array()[0], "CloudTrailEvent")),
              HasSubstr("\"errorCode\":\"ParameterNotFound\""));
}

TEST_F(TrailTest, SecretsAreNotKept) {
  called("ssm", "PutParameter", {{"Name", "/db"}, {"Value", "hunter2"}, {"Type", "SecureString"}});
  found({});
  const std::string json(text_member(last.at("Events").get_array()[0], "CloudTrailEvent"));
  EXPECT_THAT(json, HasSubstr("\"name\":\"/db\""));
  EXPECT_THAT(json, Not(HasSubstr("hunter2")));
}

TEST_F(TrailTest, PagesAndTheirTokens) {
  for (int i = 0; i < 5; ++i) called("ecs", "ListClusters", Object{});
  std::size_t all = 0;
  Object input{{"MaxResults", 2}};
  for (int page = 0; page < 3; ++page) {
    all += found(input).size();
    if (const auto* token = find_member(last, "NextToken")) input["NextToken"] = *token;
  }
  EXPECT_EQ(all, 5u);
  EXPECT_EQ(find_member(last, "NextToken"), nullptr);
  input["LookupAttributes"] =
      Array{Object{{"AttributeKey", "ReadOnly"}, {"AttributeValue", "true"}}};
  EXPECT_EQ(world.call("cloudtrail", "LookupEvents", input).error().code,
            "InvalidNextTokenException");
  EXPECT_EQ(world.call("cloudtrail", "LookupEvents", {{"MaxResults", 51}}).error().code,
            "InvalidMaxResultsException");
}

TEST_F(TrailTest, DataEventsAreNotRecorded) {
  for (const auto& [service, operation] :
       {std::pair{"s3", "GetObject"}, {"logs", "PutLogEvents"}, {"cloudwatch", "PutMetricData"}})
    EXPECT_FALSE(is_management(*model::find_service(service)->find_operation(operation)));
  EXPECT_TRUE(is_management(*model::find_service("s3")->find_operation("CreateBucket")));
}

TEST_F(TrailTest, ATrailDeliversWhatHappensFromItsStartOn) {
  const auto call = [&](const char* operation, Value input) {
    auto reply = world.call("cloudtrail", operation, std::move(input));
    return reply ? std::string() : reply.error().code;
  };
  EXPECT_EQ(call("CreateTrail", {{"Name", "main"}, {"S3BucketName", "none"}}),
            "S3BucketDoesNotExistException");
  EXPECT_EQ(call("CreateTrail",
                 {{"Name", "main"}, {"S3BucketName", "trails"}, {"EnableLogFileValidation", true}}),
            "UnsupportedOperationException");
  EXPECT_EQ(
      call("CreateTrail", {{"Name", "main"},
                           {"S3BucketName", "trails"},
                           {"CloudWatchLogsLogGroupArn",
                            "arn:aws:logs:ap-southeast-2:123456789012:log-group:audit:*"},
                           {"CloudWatchLogsRoleArn", "arn:aws:iam::123456789012:role/trail"}}),
      "");
  called("ecs", "ListClusters", Object{});
  EXPECT_EQ(call("StartLogging", {{"Name", "main"}}), "");
  called("ecs", "CreateCluster", {{"clusterName", "prod"}});
  world.control.advance(std::chrono::minutes(5));
  settle();
  settle();
  ASSERT_THAT(logs.lines, testing::SizeIs(1));
  EXPECT_THAT(logs.lines[0], HasSubstr("CreateCluster"));
  ASSERT_THAT(bucket.keys, testing::SizeIs(1));
  EXPECT_THAT(bucket.keys[0], HasSubstr("AWSLogs/123456789012/CloudTrail/ap-southeast-2/"));
  const auto status = world.call("cloudtrail", "GetTrailStatus", {{"Name", "main"}});
  EXPECT_TRUE(status->at("IsLogging").get_bool());
  EXPECT_EQ(call("DeleteTrail", {{"Name", "main"}}), "");
  EXPECT_EQ(call("GetTrail", {{"Name", "main"}}), "TrailNotFoundException");
}

}  // namespace
}  // namespace seatrial::services::cloudtrail
