// Export tasks and Live Tail through their operations: what is refused, what is written where, the
// statuses on the way, and what a session is told second by second.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "room/testing.h"
#include "services/logs/service.h"
#include "wire/body.h"
#include "wire/event_stream.h"

namespace seatrial::services::logs {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Bucket final : public s3::ObjectSink {
 public:
  std::optional<std::string> region_of_bucket(const std::string& bucket) const override {
    if (bucket == "far") return "us-east-1";
    if (bucket == "out" || bucket == "closed") return "ap-southeast-2";
    return std::nullopt;
  }
  void put_object(const std::string& bucket, const std::string& key, std::string bytes,
                  const std::string&, const std::string&, Done done) override {
    if (bucket == "closed") return done("it is closed");
    objects[key] = std::move(bytes);
    done("");
  }
  std::map<std::string, std::string> objects;
};

class NoStreams final : public firehose::DeliveryStreams {
 public:
  bool has_stream(const std::string&) const override { return false; }
  room::Outcome<void> put_record(const std::string&, std::string) override {
    return room::fail("ResourceNotFoundException", "none");
  }
};

class ExportsTest : public testing::Test {
 protected:
  ExportsTest() : engine_(std::move(*seatrial::logs::Engine::open(world_.folder / "logs"))) {
    world_.store->add(*engine_);
    open();
    must("CreateLogGroup", {{"logGroupName", "/app"}});
    for (const char* stream : {"web/1", "web/2", "db"})
      must("CreateLogStream", {{"logGroupName", "/app"}, {"logStreamName", stream}});
  }
  ~ExportsTest() override {
    room_->stop();
    world_.store->flush();
  }
  void open() {
    if (room_) room_->stop();
    room_ = std::make_unique<Logs>(*world_.env, *engine_);
    room_->deliver_to(streams_, bucket_);
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
  std::int64_t now() { return to_ms(world_.clock.now()); }
  void put(const char* stream, const std::string& message) {
    must("PutLogEvents", {{"logGroupName", "/app"},
                          {"logStreamName", stream},
                          {"logEvents", {Object{{"timestamp", now()}, {"message", message}}}}});
    settle();
  }
  Object task(Object more = {}) {
    Object out{{"logGroupName", "/app"}, {"from", 0}, {"to", now()}, {"destination", "out"}};
    for (const auto& member : more) out[member.key()] = member.value();
    return out;
  }
  std::string status(const Value& created) {
    const auto reply = must("DescribeExportTasks", {{"taskId", created.at("taskId")}});
    const Value& state = reply.at("exportTasks").at(0).at("status");
    return std::string(text_member(state, "code")) + ": " +
           std::string(text_member(state, "message"));
  }

  // The next frame's JSON; "" when none has come, "end" when none will.
  std::string frame(wire::BodyStream& stream) {
    if (!waiting_) {
      got_.reset();
      stream.next([this](wire::BodyStream::Chunk chunk) { got_ = *chunk; });
      waiting_ = true;
    }
    settle();
    if (!got_) return "";
    waiting_ = false;
    if (got_->empty()) return "end";
    std::size_t headers = 0;
    for (int i = 4; i < 8; ++i) headers = headers << 8 | static_cast<unsigned char>((*got_)[i]);
    constexpr std::size_t kPrelude = 12, kChecksum = 4;
    return got_->substr(kPrelude + headers, got_->size() - kPrelude - headers - kChecksum);
  }

  room::TestWorld world_;
  std::unique_ptr<seatrial::logs::Engine> engine_;
  Bucket bucket_;
  NoStreams streams_;
  std::unique_ptr<Logs> room_;
  std::optional<std::string> got_;
  bool waiting_ = false;
};

TEST_F(ExportsTest, WriteEachStreamsEventsIntoTheBucket) {
  put("web/1", "one");
  world_.clock.advance(Millis{1500});
  put("web/1", "two");
  put("db", "three");
  const auto created = must("CreateExportTask", task({{"taskName", "t"}}));
  EXPECT_EQ(bucket_.objects["exportedlogs/aws-logs-write-test"], "Permission Check Successful");
  EXPECT_EQ(status(created), "PENDING: ");
  settle();
  EXPECT_EQ(status(created), "COMPLETED: Completed successfully");
  const std::string folder = "exportedlogs/" + std::string(text_member(created, "taskId")) + "/";
  EXPECT_EQ(wire::gunzip(bucket_.objects[folder + "web-1/000000.gz"]).value(),
            "2026-01-01T00:00:00.000Z one\n2026-01-01T00:00:01.500Z two\n");
  EXPECT_EQ(wire::gunzip(bucket_.objects[folder + "db/000000.gz"]).value(),
            "2026-01-01T00:00:01.500Z three\n");
  EXPECT_THAT(bucket_.objects, SizeIs(3));
}

TEST_F(ExportsTest, HonourTimesStreamsAndPrefix) {
  put("web/1", "early");
  world_.clock.advance(Millis{1000});
  put("web/2", "late");
  put("db", "other");
  must("CreateExportTask",
       task({{"from", now()}, {"logStreamNamePrefix", "web/"}, {"destinationPrefix", "a/b"}}));
  settle();
  std::vector<std::string> names;
  for (const auto& [name, bytes] : bucket_.objects) names.push_back(name);
  ASSERT_THAT(names, SizeIs(2));
  EXPECT_THAT(names[0], HasSubstr("/web-2/000000.gz"));
  EXPECT_EQ(names[1], "a/b/aws-logs-write-test");
}

TEST_F(ExportsTest, RefuseWhatCannotBeDone) {
  EXPECT_THAT(error("CreateExportTask", task({{"logGroupName", "/none"}})),
              HasSubstr("ResourceNotFoundException"));
  EXPECT_THAT(error("CreateExportTask", task({{"destination", "none"}})),
              HasSubstr("GetBucketAcl call on the given bucket failed."));
  EXPECT_THAT(error("CreateExportTask", task({{"destination", "far"}})), HasSubstr("same region"));
  EXPECT_THAT(error("CreateExportTask", task({{"destination", "closed"}})),
              HasSubstr("PutObject call on the given bucket failed."));
  EXPECT_THAT(error("CreateExportTask", task({{"from", 5}, {"to", 4}})), HasSubstr("start time"));
  EXPECT_THAT(error("CreateExportTask", task({{"to", 4}})), HasSubstr("creation time"));
  EXPECT_THAT(error("CancelExportTask", {{"taskId", "x"}}), HasSubstr("ResourceNotFound"));
}

TEST_F(ExportsTest, OneIsActiveAtATimeAndCanBeCancelled) {
  const auto first = must("CreateExportTask", task());
  EXPECT_EQ(error("CreateExportTask", task()), "LimitExceededException: Resource limit exceeded.");
  must("CancelExportTask", {{"taskId", first.at("taskId")}});
  EXPECT_EQ(status(first), "CANCELLED: Cancelled by user");
  settle();
  EXPECT_EQ(status(first), "CANCELLED: Cancelled by user");
  EXPECT_THAT(error("CancelExportTask", {{"taskId", first.at("taskId")}}),
              HasSubstr("InvalidOperationException"));
  const auto second = must("CreateExportTask", task());
  const auto listed = must("DescribeExportTasks", {{"statusCode", "PENDING"}});
  EXPECT_EQ(listed.at("exportTasks").at(0).at("taskId"), second.at("taskId"));
}

TEST_F(ExportsTest, AreBegunAgainAfterARestart) {
  put("db", "kept");
  const auto created = must("CreateExportTask", task());
  world_.store->flush();
  open();
  settle();
  EXPECT_EQ(status(created), "COMPLETED: Completed successfully");
  EXPECT_THAT(bucket_.objects, SizeIs(2));
}

constexpr const char* kGroup = "arn:aws:logs:ap-southeast-2:123456789012:log-group:/app";

TEST_F(ExportsTest, ALiveTailIsToldEachSecond) {
  put("db", "before");
  must("StartLiveTail", {{"logGroupIdentifiers", {kGroup}}, {"logEventFilterPattern", "-skipped"}});
  const auto stream = std::exchange(world_.stream, nullptr);
  EXPECT_EQ(frame(*stream), "{}");
  EXPECT_THAT(frame(*stream), HasSubstr("\"logGroupIdentifiers\":[\"" + std::string(kGroup)));
  EXPECT_EQ(frame(*stream), "");
  world_.control.advance(Millis{1000});
  EXPECT_EQ(frame(*stream), R"({"sessionMetadata":{"sampled":false},"sessionResults":[]})");
  put("db", "hello");
  put("web/1", "skipped");
  world_.control.advance(Millis{1000});
  const std::string at = std::to_string(now() - 1000);
  EXPECT_EQ(frame(*stream),
            R"({"sessionMetadata":{"sampled":false},"sessionResults":[{"logStreamName":"db",)"
            R"("logGroupIdentifier":"123456789012:/app","message":"hello","timestamp":)" +
                at + R"(,"ingestionTime":)" + at + "}]}");
}

TEST_F(ExportsTest, ALiveTailOfMuchIsASampleAndEndsAfterThreeHours) {
  must("StartLiveTail", {{"logGroupIdentifiers", {kGroup}}, {"logStreamNamePrefixes", {"web"}}});
  const auto stream = std::exchange(world_.stream, nullptr);
  frame(*stream);
  frame(*stream);
  Array events;
  for (int i = 0; i < 600; ++i)
    events.push_back(Object{{"timestamp", now()}, {"message", std::to_string(i)}});
  for (const char* name : {"web/1", "db"})
    must("PutLogEvents",
         {{"logGroupName", "/app"}, {"logStreamName", name}, {"logEvents", events}});
  settle();
  world_.control.advance(Millis{1000});
  const auto update = parse_json(frame(*stream));
  ASSERT_TRUE(update);
  EXPECT_EQ(update->at("sessionMetadata").at("sampled"), true);
  EXPECT_THAT(update->at("sessionResults").as_array(), SizeIs(500));
  world_.control.advance(std::chrono::hours{3});
  std::string last;
  for (std::string next = frame(*stream); next != "end"; next = frame(*stream)) last = next;
  EXPECT_EQ(last, R"({"message":"Your session has timed out."})");
}

TEST_F(ExportsTest, ALiveTailThatMakesNoSenseIsRefused) {
  const auto refused = [&](Object more) {
    if (!more.contains("logGroupIdentifiers")) more["logGroupIdentifiers"] = Array{kGroup};
    return error("StartLiveTail", more);
  };
  EXPECT_THAT(refused({{"logGroupIdentifiers", {"/app"}}}), HasSubstr("no ARN"));
  EXPECT_THAT(refused({{"logGroupIdentifiers", {std::string(kGroup) + "x"}}}),
              HasSubstr("ResourceNotFoundException"));
  EXPECT_THAT(refused({{"logStreamNames", {"a"}}, {"logStreamNamePrefixes", {"b"}}}),
              HasSubstr("together"));
  EXPECT_THAT(refused({{"logEventFilterPattern", "{"}}), HasSubstr("Invalid filter pattern"));
  std::vector<std::shared_ptr<wire::BodyStream>> open;
  for (std::size_t i = 0; i < LiveTails::kMaxSessions; ++i) {
    must("StartLiveTail", {{"logGroupIdentifiers", {kGroup}}});
    open.push_back(std::exchange(world_.stream, nullptr));
  }
  EXPECT_THAT(refused({}), HasSubstr("LimitExceededException"));
  open.pop_back();
  settle();
  EXPECT_EQ(refused({}), "");
}

}  // namespace
}  // namespace seatrial::services::logs
