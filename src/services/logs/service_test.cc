// CloudWatch Logs through its operations: groups and streams, the rules of PutLogEvents, reading by
// token to the end, searching, retention by the world's clock, and lines of what runs.
#include "services/logs/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "room/testing.h"

namespace seatrial::services::logs {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kRegion = "ap-southeast-2";

class LogsTest : public testing::Test {
 protected:
  LogsTest()
      : engine_(std::move(*seatrial::logs::Engine::open(world_.folder / "logs"))),
        room_(std::make_unique<Logs>(*world_.env, *engine_)) {
    world_.store->add(*engine_);
    world_.add(*room_);
  }
  ~LogsTest() override { world_.store->flush(); }

  room::Outcome<Value> call(const char* operation, const Value& input) {
    auto reply = world_.call("logs", operation, input);
    world_.store->flush();
    return reply;
  }
  Value must(const char* operation, const Value& input) {
    auto reply = call(operation, input);
    EXPECT_TRUE(reply) << operation << ": " << reply.error().code << " " << reply.error().message;
    return reply ? *reply : Value(Object{});
  }
  std::string error(const char* operation, const Value& input) {
    const auto reply = call(operation, input);
    return reply ? "" : reply.error().code + ": " + reply.error().message;
  }
  std::string code(const char* operation, const Value& input) {
    const auto reply = call(operation, input);
    return reply ? "" : reply.error().code;
  }
  void make(const std::string& group, std::initializer_list<const char*> streams) {
    must("CreateLogGroup", {{"logGroupName", group}});
    for (const char* s : streams) {
      must("CreateLogStream", {{"logGroupName", group}, {"logStreamName", s}});
    }
  }
  std::int64_t now() { return to_ms(world_.clock.now()); }

  // Events at now + offset, in ms.
  Value batch(const std::string& stream,
              const std::vector<std::pair<std::int64_t, std::string>>& events) {
    Array list;
    for (const auto& [offset, text] : events) {
      list.push_back({{"timestamp", now() + offset}, {"message", text}});
    }
    return {{"logGroupName", "/app"}, {"logStreamName", stream}, {"logEvents", std::move(list)}};
  }
  static std::vector<std::string> messages(const Value& reply) {
    std::vector<std::string> out;
    for (const auto& event : reply.at("events").as_array()) {
      out.emplace_back(text_member(event, "message"));
    }
    return out;
  }
  static std::vector<std::string> names(const Value& reply, const char* list, const char* member) {
    std::vector<std::string> out;
    for (const auto& item : reply.at(list).as_array()) out.emplace_back(text_member(item, member));
    return out;
  }
  Value search(Object extra = {}) {
    extra["logGroupName"] = "/app";
    return must("FilterLogEvents", extra);
  }
  Value read(Object extra = {}) {
    extra["logGroupName"] = "/app";
    extra["logStreamName"] = "a";
    return must("GetLogEvents", extra);
  }

  room::TestWorld world_;
  std::unique_ptr<seatrial::logs::Engine> engine_;
  std::unique_ptr<Logs> room_;
};

TEST_F(LogsTest, DescribesGroupsByPrefixPatternAndPage) {
  for (const char* name : {"/ecs/backend", "/ecs/frontend", "/lambda/ecs"}) make(name, {});
  const auto group = [&](Object query) {
    return names(must("DescribeLogGroups", query), "logGroups", "logGroupName");
  };
  EXPECT_THAT(group({{"logGroupNamePrefix", "/ecs"}}),
              ElementsAre("/ecs/backend", "/ecs/frontend"));
  EXPECT_THAT(group({{"logGroupNamePattern", "ecs"}}).size(), 3u);
  EXPECT_THAT(group({{"logGroupNamePattern", "ECS"}}), IsEmpty());
  const auto first = must("DescribeLogGroups", {{"limit", 2}});
  EXPECT_EQ(first.at("logGroups").as_array().size(), 2u);
  EXPECT_THAT(group({{"limit", 2}, {"nextToken", first.at("nextToken")}}),
              ElementsAre("/lambda/ecs"));
  const Value& one = first.at("logGroups").as_array()[0];
  EXPECT_EQ(text_member(one, "arn"),
            "arn:aws:logs:ap-southeast-2:123456789012:log-group:/ecs/backend:*");
  EXPECT_EQ(text_member(one, "logGroupArn"),
            "arn:aws:logs:ap-southeast-2:123456789012:log-group:/ecs/backend");
  EXPECT_EQ(find_member(one, "retentionInDays"), nullptr);
}

TEST_F(LogsTest, RefusesWhatIsWrongWithAGroup) {
  make("/app", {"a"});
  EXPECT_EQ(error("CreateLogGroup", {{"logGroupName", "/app"}}),
            "ResourceAlreadyExistsException: The specified log group already exists");
  EXPECT_EQ(code("CreateLogGroup", {{"logGroupName", "with space"}}), "InvalidParameterException");
  EXPECT_EQ(code("CreateLogGroup", {{"logGroupName", "aws/x"}}), "InvalidParameterException");
  EXPECT_EQ(code("CreateLogGroup", {{"logGroupName", "k"}, {"kmsKeyId", "arn:aws:kms:x"}}),
            "InvalidParameterException");
  EXPECT_EQ(code("CreateLogGroup", {{"logGroupName", "k"}, {"logGroupClass", "INFREQUENT_ACCESS"}}),
            "InvalidParameterException");
  EXPECT_EQ(error("DeleteLogGroup", {{"logGroupName", "none"}}),
            "ResourceNotFoundException: The specified log group does not exist.");
  EXPECT_EQ(code("PutRetentionPolicy", {{"logGroupName", "/app"}, {"retentionInDays", 2}}),
            "InvalidParameterException");
  EXPECT_EQ(error("CreateLogStream", {{"logGroupName", "/app"}, {"logStreamName", "a"}}),
            "ResourceAlreadyExistsException: The specified log stream already exists");
  EXPECT_EQ(code("CreateLogStream", {{"logGroupName", "/app"}, {"logStreamName", "a:b"}}),
            "InvalidParameterException");
  EXPECT_EQ(code("DeleteLogStream", {{"logGroupName", "/app"}, {"logStreamName", "none"}}),
            "ResourceNotFoundException");
}

TEST_F(LogsTest, ADeletedGroupTakesItsStreamsAndEventsWithIt) {
  make("/app", {"a"});
  must("PutLogEvents", batch("a", {{0, "old"}}));
  must("DeleteLogGroup", {{"logGroupName", "/app"}});
  EXPECT_EQ(code("DescribeLogStreams", {{"logGroupName", "/app"}}), "ResourceNotFoundException");
  make("/app", {"a"});
  EXPECT_THAT(messages(search()), IsEmpty());
}

TEST_F(LogsTest, ListsGroupsByNameAndTag) {
  for (const char* name : {"/aws/lambda/a", "/aws/lambda/b", "/discovery", "/x/aws/lambda"})
    must("CreateLogGroup", {{"logGroupName", name}, {"tags", {{"team", name}}}});
  const auto list = [&](Object input) {
    return names(must("ListLogGroups", input), "logGroups", "logGroupName");
  };
  EXPECT_THAT(list({{"logGroupNamePattern", "^/aws/lambda|discovery"}}),
              ElementsAre("/aws/lambda/a", "/aws/lambda/b", "/discovery"));
  EXPECT_THAT(list({{"logGroupNamePattern", "lambda"},
                    {"logGroupTags", {Object{{"key", "team"}, {"values", Array{"!/X*"}}}}}}),
              ElementsAre("/aws/lambda/a", "/aws/lambda/b"));
  EXPECT_THAT(list({{"logGroupTags", {Object{{"key", "none"}}}}}), IsEmpty());
  EXPECT_THAT(list({{"logGroupClass", "INFREQUENT_ACCESS"}}), IsEmpty());
  const auto page = must("ListLogGroups", {{"limit", 3}});
  EXPECT_EQ(page.at("logGroups").as_array().size(), 3u);
  EXPECT_EQ(text_member(page.at("logGroups").as_array()[0], "logGroupArn"),
            "arn:aws:logs:ap-southeast-2:123456789012:log-group:/aws/lambda/a");
  EXPECT_THAT(list({{"limit", 3}, {"nextToken", text_member(page, "nextToken")}}),
              ElementsAre("/x/aws/lambda"));
  EXPECT_EQ(code("ListLogGroups", {{"fieldIndexNames", {"a"}}}), "InvalidParameterException");
  // The older operations on tags are about the same ones.
  must("TagLogGroup", {{"logGroupName", "/discovery"}, {"tags", {{"stage", "prod"}}}});
  must("UntagLogGroup", {{"logGroupName", "/discovery"}, {"tags", {"team"}}});
  EXPECT_EQ(must("ListTagsLogGroup", {{"logGroupName", "/discovery"}}),
            (Value{{"tags", {{"stage", "prod"}}}}));
  EXPECT_EQ(code("ListTagsLogGroup", {{"logGroupName", "/none"}}), "ResourceNotFoundException");
}

TEST_F(LogsTest, TagsAGroup) {
  must("CreateLogGroup", {{"logGroupName", "/app"}, {"tags", {{"team", "x"}}}});
  const Value arn = "arn:aws:logs:ap-southeast-2:123456789012:log-group:/app";
  must("TagResource", {{"resourceArn", arn}, {"tags", {{"stage", "prod"}}}});
  must("UntagResource", {{"resourceArn", arn}, {"tagKeys", Array{"team"}}});
  EXPECT_EQ(must("ListTagsForResource", {{"resourceArn", arn}}),
            (Value{{"tags", {{"stage", "prod"}}}}));
  EXPECT_EQ(code("ListTagsForResource",
                 {{"resourceArn", "arn:aws:logs:us-east-1:123456789012:log-group:/app"}}),
            "ResourceNotFoundException");
  EXPECT_EQ(code("TagResource", {{"resourceArn", arn}, {"tags", {{"aws:x", "y"}}}}),
            "InvalidParameterException");
}

TEST_F(LogsTest, ListsStreamsByNameAndByLastEvent) {
  make("/app", {"a", "b", "c"});
  must("PutLogEvents", batch("a", {{-2000, "1"}, {-1000, "2"}}));
  must("PutLogEvents", batch("b", {{-500, "3"}}));
  const auto list = [&](Object query) {
    query["logGroupName"] = "/app";
    return must("DescribeLogStreams", query);
  };
  EXPECT_THAT(names(list({}), "logStreams", "logStreamName"), ElementsAre("a", "b", "c"));
  const Object by_time{{"orderBy", "LastEventTime"}, {"descending", true}, {"limit", 2}};
  const auto first = list(by_time);
  EXPECT_THAT(names(first, "logStreams", "logStreamName"), ElementsAre("b", "a"));
  Object rest = by_time;
  rest["nextToken"] = first.at("nextToken");
  EXPECT_THAT(names(list(rest), "logStreams", "logStreamName"), ElementsAre("c"));
  const Value& a = first.at("logStreams").as_array()[1];
  EXPECT_EQ(a.at("firstEventTimestamp").as_int64(), now() - 2000);
  EXPECT_EQ(a.at("lastEventTimestamp").as_int64(), now() - 1000);
  EXPECT_EQ(find_member(a, "uploadSequenceToken"), nullptr);
  EXPECT_EQ(
      code("DescribeLogStreams",
           {{"logGroupName", "/app"}, {"orderBy", "LastEventTime"}, {"logStreamNamePrefix", "a"}}),
      "InvalidParameterException");
}

TEST_F(LogsTest, ABatchAgainstTheRulesIsRefusedWhole) {
  make("/app", {"a"});
  const std::int64_t day = 24 * 3'600'000;
  EXPECT_EQ(error("PutLogEvents", batch("a", {{0, "x"}, {-1, "y"}})),
            "InvalidParameterException: Log events in a single PutLogEvents request must be in "
            "chronological order.");
  EXPECT_EQ(code("PutLogEvents", batch("a", {{-day - 1, "x"}, {0, "y"}})),
            "InvalidParameterException");
  const std::string half(1'048'576 / 2 - 26, 'x');
  EXPECT_EQ(error("PutLogEvents", batch("a", {{0, half}, {0, half + "x"}})),
            "InvalidParameterException: Upload too large: 1048577 bytes exceeds limit of 1048576");
  EXPECT_EQ(code("PutLogEvents",
                 batch("a", std::vector<std::pair<std::int64_t, std::string>>(10'001, {0, "x"}))),
            "InvalidParameterException");
  EXPECT_EQ(code("PutLogEvents", batch("none", {{0, "x"}})), "ResourceNotFoundException");
  EXPECT_THAT(messages(search()), IsEmpty());
  const auto taken = must("PutLogEvents", batch("a", {{0, half}, {0, half}}));
  EXPECT_EQ(text_member(taken, "nextSequenceToken").size(), 56u);
  EXPECT_EQ(find_member(taken, "rejectedLogEventsInfo"), nullptr);
  EXPECT_EQ(search().at("events").as_array().size(), 2u);
}

TEST_F(LogsTest, EventsOutOfTimeAreReportedAndTheRestTaken) {
  make("/app", {"a"});
  const std::int64_t hour = 3'600'000, day = 24 * hour;
  const auto info = [&](const Value& reply, const char* member) {
    const Value* found = find_member(reply.at("rejectedLogEventsInfo"), member);
    return found == nullptr ? -1 : found->as_int64();
  };
  const auto old =
      must("PutLogEvents", batch("a", {{-14 * day - 1, "old"}, {-14 * day + hour, "kept"}}));
  EXPECT_EQ(info(old, "tooOldLogEventEndIndex"), 1);
  const auto young = must("PutLogEvents", batch("a", {{2 * hour, "edge"}, {2 * hour + 1, "new"}}));
  EXPECT_EQ(info(young, "tooNewLogEventStartIndex"), 1);
  must("PutRetentionPolicy", {{"logGroupName", "/app"}, {"retentionInDays", 3}});
  const auto expired =
      must("PutLogEvents", batch("a", {{-3 * day - 1, "gone"}, {-3 * day + 1, "in"}}));
  EXPECT_EQ(info(expired, "expiredLogEventEndIndex"), 1);
  EXPECT_EQ(info(expired, "tooOldLogEventEndIndex"), -1);
  EXPECT_THAT(messages(search()), ElementsAre("kept", "in", "edge"));
}

TEST_F(LogsTest, ReadsAStreamForwardUntilTheTokenStaysTheSame) {
  make("/app", {"a"});
  must("PutLogEvents", batch("a", {{1, "1"}, {2, "2"}, {3, "3"}, {4, "4"}, {5, "5"}}));
  Object query{{"startFromHead", true}, {"limit", 2}};
  std::vector<std::string> seen;
  std::string token;
  while (true) {
    const auto page = read(query);
    for (auto& message : messages(page)) seen.push_back(message);
    if (token == text_member(page, "nextForwardToken")) break;
    token = text_member(page, "nextForwardToken");
    query["nextToken"] = token;
  }
  EXPECT_THAT(seen, ElementsAre("1", "2", "3", "4", "5"));
  const auto end = read(query);
  query["nextToken"] = end.at("nextBackwardToken");
  EXPECT_THAT(messages(read(query)), ElementsAre("4", "5"));
  must("PutLogEvents", batch("a", {{6, "6"}}));
  query["nextToken"] = token;
  EXPECT_THAT(messages(read(query)), ElementsAre("6"));
}

TEST_F(LogsTest, ReadsAStreamFromItsEndByDefault) {
  make("/app", {"a"});
  const auto empty = read();
  must("PutLogEvents", batch("a", {{1, "1"}, {2, "2"}, {3, "3"}}));
  EXPECT_THAT(messages(read({{"nextToken", empty.at("nextForwardToken")}})),
              ElementsAre("1", "2", "3"));
  const auto last = read({{"limit", 2}});
  EXPECT_THAT(messages(last), ElementsAre("2", "3"));
  const auto before = read({{"limit", 2}, {"nextToken", last.at("nextBackwardToken")}});
  EXPECT_THAT(messages(before), ElementsAre("1"));
  EXPECT_THAT(messages(read({{"startTime", now() + 1}, {"endTime", now() + 3}})),
              ElementsAre("1", "2"));
  EXPECT_EQ(code("GetLogEvents",
                 {{"logGroupName", "/app"}, {"logStreamName", "a"}, {"nextToken", "f/1"}}),
            "InvalidParameterException");
}

TEST_F(LogsTest, ATokenIsOfTheStreamOrSearchThatGaveIt) {
  make("/app", {"a", "b"});
  must("PutLogEvents", batch("a", {{1, "1 x"}, {2, "2 x"}}));
  const auto page = read({{"limit", 1}, {"startFromHead", true}});
  for (const char* token : {"nextForwardToken", "nextBackwardToken"}) {
    EXPECT_EQ(
        error("GetLogEvents",
              {{"logGroupName", "/app"}, {"logStreamName", "b"}, {"nextToken", page.at(token)}}),
        "InvalidParameterException: The specified nextToken is invalid.");
  }
  const auto found = search({{"filterPattern", "x"}, {"limit", 1}});
  const Object same{{"logGroupName", "/app"}, {"filterPattern", "x"}};
  Object next = same;
  next["nextToken"] = found.at("nextToken");
  EXPECT_THAT(messages(must("FilterLogEvents", next)), ElementsAre("2 x"));
  next["filterPattern"] = "y";
  EXPECT_EQ(code("FilterLogEvents", next), "InvalidParameterException");
}

// The body as clients send it, against the same as a general value.
TEST_F(LogsTest, TheUsualBodyIsDecodedAtOnceAndMeansTheSame) {
  const std::string body =
      R"( {"logGroupName":"/app", "logStreamName":"a","sequenceToken":"1","logEvents":[)"
      R"({"timestamp":12,"message":"{\"a\": \"\u00e9\\n\ud83d\ude00\"}\t/\/"} ,)"
      R"({"message":"zwölf, a message of more than sixteen bytes","timestamp":13}]} )";
  const auto put = decode_put(body);
  ASSERT_NE(put, nullptr);
  EXPECT_EQ(put->group, "/app");
  EXPECT_EQ(put->stream, "a");
  const Value general = *parse_json(body);
  const auto& events = general.at("logEvents").as_array();
  ASSERT_EQ(put->events.size(), events.size());
  for (std::size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(put->events.message(i), text_member(events[i], "message"));
    EXPECT_EQ(put->events.items[i].timestamp_ms, events[i].at("timestamp").as_int64());
  }
}

TEST_F(LogsTest, AnyOtherBodyIsLeftToTheOrdinaryWay) {
  const auto body = [](const std::string& events, const std::string& more = "") {
    return R"({"logGroupName":"/app","logStreamName":"a","logEvents":)" + events + more + "}";
  };
  const std::string good = R"([{"timestamp":1,"message":"x"}])";
  EXPECT_NE(decode_put(body(good)), nullptr);
  const std::vector<std::string> others{
      "",
      "{}",
      body("[]"),
      body(good) + "x",
      body(good, R"(,"entity":{})"),
      body(good, R"(,"logGroupName":"/b")"),
      body(good, ",\"logEvents\":" + good),
      body(R"([{"timestamp":1}])"),
      body(R"([{"message":"x"}])"),
      body(R"([{"timestamp":1,"message":""}])"),
      body(R"([{"timestamp":-1,"message":"x"}])"),
      body(R"([{"timestamp":1.5,"message":"x"}])"),
      body(R"([{"timestamp":1e3,"message":"x"}])"),
      body(R"([{"timestamp":1,"message":"x","more":1}])"),
      body(R"([{"timestamp":1,"message":7}])"),
      body(R"([{"timestamp":1,"message":"\ud800"}])"),
      body(R"([{"timestamp":1,"message":"\q"}])"),
      body("[{\"timestamp\":1,\"message\":\"a\nb\"}]"),
      body("[{\"timestamp\":1,\"message\":\"\xff\"}]"),
      R"({"logGroupName":"a b","logStreamName":"a","logEvents":)" + good + "}",
      R"({"logGroupName":"a","logStreamName":"a:b","logEvents":)" + good + "}"};
  for (const auto& other : others) EXPECT_EQ(decode_put(other), nullptr) << other;
}

// More events than a page shows: what does not match is passed by, in one call.
TEST_F(LogsTest, ASearchFindsTheNeedleInOnePage) {
  make("/big", {"a"});
  for (int batch = 0; batch < 3; ++batch) {
    Array events;
    for (int i = 0; i < 10'000; ++i)
      events.push_back({{"timestamp", now()},
                        {"message", batch == 2 && i == 9'000 ? "one needle-4711" : "hay"}});
    must("PutLogEvents",
         {{"logGroupName", "/big"}, {"logStreamName", "a"}, {"logEvents", std::move(events)}});
  }
  engine_->settle();
  for (const char* pattern : {"needle", "\"needle-4711\"", "[count=one, word]"}) {
    const auto reply =
        must("FilterLogEvents", {{"logGroupName", "/big"}, {"filterPattern", pattern}});
    EXPECT_EQ(reply.at("events").as_array().size(), 1u) << pattern;
    EXPECT_FALSE(reply.as_object().contains("nextToken")) << pattern;
  }
}

TEST_F(LogsTest, SearchesAGroupAcrossStreams) {
  make("/app", {"a1", "a2", "b"});
  must("PutLogEvents", batch("a1", {{1, "ERROR one"}, {4, "ok"}}));
  must("PutLogEvents", batch("a2", {{2, "ERROR two"}}));
  must("PutLogEvents", batch("b", {{3, "ERROR three"}}));
  EXPECT_THAT(messages(search({{"filterPattern", "ERROR"}})),
              ElementsAre("ERROR one", "ERROR two", "ERROR three"));
  EXPECT_THAT(messages(search({{"logStreamNamePrefix", "a"}, {"filterPattern", "ERROR"}})),
              ElementsAre("ERROR one", "ERROR two"));
  EXPECT_THAT(messages(search({{"logStreamNames", Array{"b"}}})), ElementsAre("ERROR three"));
  EXPECT_THAT(messages(search({{"startTime", now() + 2}, {"endTime", now() + 3}})),
              ElementsAre("ERROR two", "ERROR three"));
  const auto refused = [&](Object extra) {
    extra["logGroupName"] = "/app";
    return code("FilterLogEvents", extra);
  };
  EXPECT_EQ(refused({{"filterPattern", "{ $.a == 1 }"}}), "InvalidParameterException");
  EXPECT_EQ(refused({{"filterPattern", "\"open"}}), "InvalidParameterException");
  EXPECT_EQ(refused({{"logStreamNames", Array{"b"}}, {"logStreamNamePrefix", "a"}}),
            "InvalidParameterException");
  EXPECT_EQ(refused({{"logStreamNames", Array{"none"}}}), "ResourceNotFoundException");
  EXPECT_EQ(code("FilterLogEvents", Object{}), "InvalidParameterException");
}

TEST_F(LogsTest, AGroupIsFoundByNameAndByEitherFormOfItsArn) {
  make("/app", {"a"});
  must("PutLogEvents", batch("a", {{0, "x"}}));
  const std::string arn = "arn:aws:logs:ap-southeast-2:123456789012:log-group:/app";
  for (const auto& identifier : {std::string("/app"), arn, arn + ":*"}) {
    EXPECT_THAT(messages(must("FilterLogEvents", {{"logGroupIdentifier", identifier}})),
                ElementsAre("x"));
  }
}

// What `aws logs tail --follow` does: pages, then starts again at the newest time it has seen and
// leaves out the events it knows by id.
TEST_F(LogsTest, FollowingSeesEveryEventOnce) {
  make("/app", {"a", "b"});
  std::set<std::string> ids;
  std::vector<std::string> seen;
  std::int64_t newest = 0;
  const auto poll = [&] {
    Object query{{"startTime", newest}, {"limit", 2}};
    while (true) {
      const auto page = search(query);
      for (const auto& event : page.at("events").as_array()) {
        if (!ids.insert(std::string(text_member(event, "eventId"))).second) continue;
        seen.emplace_back(text_member(event, "message"));
        newest = std::max(newest, event.at("timestamp").as_int64());
      }
      if (find_member(page, "nextToken") == nullptr) return;
      query["nextToken"] = page.at("nextToken");
    }
  };
  must("PutLogEvents", batch("a", {{0, "1"}, {0, "2"}, {1, "3"}}));
  poll();
  must("PutLogEvents", batch("b", {{1, "4"}, {2, "5"}}));
  poll();
  poll();
  EXPECT_THAT(seen, ElementsAre("1", "2", "3", "4", "5"));
  EXPECT_TRUE(std::all_of(ids.begin(), ids.end(), [](const auto& id) { return id.size() == 56; }));
}

TEST_F(LogsTest, RetentionDropsOldEventsAsTheWorldsTimePasses) {
  make("/app", {"a"});
  make("/kept", {"a"});
  must("PutRetentionPolicy", {{"logGroupName", "/app"}, {"retentionInDays", 1}});
  room_->start();
  must("PutLogEvents", batch("a", {{0, "x"}}));
  Value kept = batch("a", {{0, "y"}});
  kept.as_object()["logGroupName"] = "/kept";
  must("PutLogEvents", kept);
  world_.control.advance(std::chrono::hours{23});
  world_.store->flush();
  EXPECT_THAT(messages(search()), ElementsAre("x"));
  world_.control.advance(std::chrono::hours{3});
  world_.store->flush();
  EXPECT_THAT(messages(search()), IsEmpty());
  EXPECT_THAT(messages(must("FilterLogEvents", {{"logGroupName", "/kept"}})), ElementsAre("y"));
}

TEST_F(LogsTest, TakesTheLinesOfWhatRuns) {
  EXPECT_EQ(room_->ensure_stream(kRegion, "/app", "a", false).error().code,
            "ResourceNotFoundException");
  ASSERT_TRUE(room_->ensure_stream(kRegion, "/app", "a", true));
  int durable = 0;
  const Time at = world_.clock.now();
  room_->append(kRegion, "/app", "a", {{at, "hello"}, {at, ""}, {at, std::string(1'500'000, 'x')}},
                [&] { ++durable; });
  world_.store->flush();
  EXPECT_EQ(durable, 1);
  const auto group = must("DescribeLogGroups", Object{}).at("logGroups").as_array()[0];
  EXPECT_EQ(group.at("storedBytes").as_int64(), 5 + 1'500'000 + 3 * 26);
  must("DeleteLogGroup", {{"logGroupName", "/app"}});
  room_->append(kRegion, "/app", "a", {{at, "late"}}, [&] { ++durable; });
  world_.store->flush();
  EXPECT_EQ(durable, 2);
  EXPECT_EQ(code("FilterLogEvents", {{"logGroupName", "/app"}}), "ResourceNotFoundException");
}

TEST_F(LogsTest, EverythingIsThereAfterARestart) {
  make("/app", {"a"});
  must("PutRetentionPolicy", {{"logGroupName", "/app"}, {"retentionInDays", 7}});
  must("PutLogEvents", batch("a", {{0, "x"}}));
  room_ = std::make_unique<Logs>(*world_.env, *engine_);
  world_.add(*room_);
  EXPECT_THAT(messages(search()), ElementsAre("x"));
  const auto group = must("DescribeLogGroups", Object{}).at("logGroups").as_array()[0];
  EXPECT_EQ(group.at("retentionInDays").as_int64(), 7);
}

}  // namespace
}  // namespace seatrial::services::logs
