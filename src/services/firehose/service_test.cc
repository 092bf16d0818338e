// Firehose through its operations: what a stream may be, buffering by size and time, what is
// written where, what an endpoint refuses, and that a restart goes on with what was acknowledged.
#include "services/firehose/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "room/testing.h"
#include "services/firehose/prefix.h"
#include "wire/body.h"

namespace seatrial::services::firehose {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::SizeIs;
using testing::StartsWith;

constexpr const char* kRole = "arn:aws:iam::123456789012:role/firehose";

class FakeObjects final : public s3::ObjectSink {
 public:
  struct Put {
    std::string bucket, key, bytes, encoding;
  };
  std::optional<std::string> region_of_bucket(const std::string& bucket) const override {
    if (buckets.contains(bucket)) return "ap-southeast-2";
    return std::nullopt;
  }
  void put_object(const std::string& bucket, const std::string& key, std::string bytes,
                  const std::string&, const std::string& encoding, Done done) override {
    puts.push_back({bucket, key, std::move(bytes), encoding});
    done(error);
  }
  std::set<std::string> buckets{"data", "copies"};
  std::vector<Put> puts;
  std::string error;
};

class FakeEndpoint final : public drivers::DeliveryDriver {
 public:
  void deliver(drivers::DeliveryRequest request,
               std::function<void(drivers::DeliveryResult)> done) override {
    sent.push_back(std::move(request));
    done({drivers::DeliveryResult::Kind::kAnswered, status, confirms ? confirmation() : answer, "",
          1});
  }
  // As AWS asks for it of HTTP endpoints.
  std::string confirmation() const {
    for (const auto& [name, value] : sent.back().headers)
      if (name == "X-Amz-Firehose-Request-Id")
        return to_json(Object{{"requestId", value}, {"timestamp", 1}});
    return "";
  }
  bool confirms = false;
  std::vector<drivers::DeliveryRequest> sent;
  int status = 200;
  std::string answer = R"({"took":1,"errors":false,"items":[]})";
};

class FakeLines final : public logs::LogSink {
 public:
  room::Outcome<void> ensure_stream(const std::string&, const std::string&, const std::string&,
                                    bool) override {
    return {};
  }
  void append(const std::string&, const std::string& group, const std::string&,
              std::vector<logs::LogLine> lines, std::function<void()>) override {
    for (auto& line : lines) written.push_back(group + " " + line.message);
  }
  std::vector<std::string> written;
};

class FirehoseTest : public testing::Test {
 protected:
  FirehoseTest() { open(); }  // on 1 January 2026
  ~FirehoseTest() override { world.store->flush(); }
  void open() {
    room = std::make_unique<Firehose>(*world.env, Parts{objects, lines, endpoint});
    world.add(*room);
    room->start();
  }
  void restart() {
    settle();
    room->stop();
    room.reset();
    open();
  }
  // All that is due now, and what its commits post.
  void settle() {
    do world.store->flush();
    while (world.control.run_due());
  }
  void pass_time(Millis by) {
    settle();
    world.control.advance(by);
    settle();
  }
  Value ok(std::string_view operation, Value input) {
    auto reply = world.call("firehose", operation, std::move(input));
    EXPECT_TRUE(reply) << operation << ": " << (reply ? "" : reply.error().message);
    return reply.value_or(Value(Object{}));
  }
  std::string refused(std::string_view operation, Value input) {
    auto reply = world.call("firehose", operation, std::move(input));
    return reply ? "accepted" : reply.error().code + ": " + reply.error().message;
  }
  static Object s3(Object more = {}) {
    more["RoleARN"] = kRole;
    if (!more.contains("BucketARN")) more["BucketARN"] = "arn:aws:s3:::data";
    return more;
  }
  static Value stream(Object destination, const char* kind = "ExtendedS3") {
    return Object{{"DeliveryStreamName", "logs"},
                  {std::string(kind) + "DestinationConfiguration", std::move(destination)}};
  }
  void make(Object destination, const char* kind = "ExtendedS3") {
    ok("CreateDeliveryStream", stream(std::move(destination), kind));
  }
  std::string cannot(Object destination, const char* kind = "ExtendedS3") {
    return refused("CreateDeliveryStream", stream(std::move(destination), kind));
  }
  void put(const std::string& data) {
    ok("PutRecord", {{"DeliveryStreamName", "logs"}, {"Record", {{"Data", data}}}});
  }
  static Object open_search(Object more = {}) {
    more["RoleARN"] = kRole;
    more["ClusterEndpoint"] = "https://search.test:9200";
    more["IndexName"] = "app";
    more["S3Configuration"] = s3();
    more["BufferingHints"] = Object{{"SizeInMBs", 1}, {"IntervalInSeconds", 60}};
    return more;
  }

  static Object http(Object more = {}) {
    more["EndpointConfiguration"] = Object{
        {"Url", "https://collect.test/in?a=b"}, {"Name", "collector"}, {"AccessKey", "secret"}};
    more["RoleARN"] = kRole;
    more["S3Configuration"] = s3();
    more["BufferingHints"] = Object{{"SizeInMBs", 1}, {"IntervalInSeconds", 60}};
    return more;
  }

  room::TestWorld world;
  FakeObjects objects;
  FakeEndpoint endpoint;
  FakeLines lines;
  std::unique_ptr<Firehose> room;
};

TEST_F(FirehoseTest, DescribesWhatWasAskedForWithAwsPresets) {
  make(s3({{"Prefix", "logs/"}}));
  const auto reply = ok("DescribeDeliveryStream", {{"DeliveryStreamName", "logs"}});
  const Value& d = reply.at("DeliveryStreamDescription");
  EXPECT_EQ(text_member(d, "DeliveryStreamARN"),
            "arn:aws:firehose:ap-southeast-2:123456789012:deliverystream/logs");
  EXPECT_EQ(text_member(d, "DeliveryStreamStatus"), "ACTIVE");
  const Value& s3 = d.at("Destinations").at(0).at("ExtendedS3DestinationDescription");
  EXPECT_EQ(to_json(s3.at("BufferingHints")), R"({"SizeInMBs":5,"IntervalInSeconds":300})");
  EXPECT_EQ(text_member(s3, "CompressionFormat"), "UNCOMPRESSED");
  EXPECT_EQ(text_member(s3, "S3BackupMode"), "Disabled");
  EXPECT_EQ(text_member(d.at("Destinations").at(0).at("S3DestinationDescription"), "Prefix"),
            "logs/");
  EXPECT_EQ(to_json(ok("ListDeliveryStreams", Object{}).at("DeliveryStreamNames")), R"(["logs"])");
  EXPECT_THAT(cannot(s3.as_object()), StartsWith("ResourceInUseException"));
  ok("DeleteDeliveryStream", {{"DeliveryStreamName", "logs"}});
  EXPECT_THAT(refused("PutRecord", {{"DeliveryStreamName", "logs"}, {"Record", {{"Data", "x"}}}}),
              "ResourceNotFoundException: Firehose logs under account 123456789012 not found.");
}

TEST_F(FirehoseTest, RefusesByNameWhatItDoesNotDo) {
  const auto nothing = [&](Object more, const char* name) {
    EXPECT_THAT(cannot(s3(std::move(more))), HasSubstr(name));
  };
  nothing({{"CompressionFormat", "ZIP"}}, "ZIP");
  nothing({{"EncryptionConfiguration", {{"KMSEncryptionConfig", {{"AWSKMSKeyARN", "k"}}}}}}, "KMS");
  nothing({{"DynamicPartitioningConfiguration", {{"Enabled", true}}}}, "DynamicPartitioning");
  nothing({{"DataFormatConversionConfiguration", {{"Enabled", true}}}}, "DataFormatConversion");
  nothing({{"CustomTimeZone", "Asia/Tokyo"}}, "Asia/Tokyo");
  nothing({{"BufferingHints", {{"SizeInMBs", 1}}}}, "BufferingHints");
  nothing({{"Prefix", "!{timestamp:yyyy}/"}}, "ErrorOutputPrefix");
  nothing({{"Prefix", "!{partitionKeyFromQuery:x}/"}, {"ErrorOutputPrefix", "e/"}},
          "partitionKeyFromQuery");
  nothing({{"ProcessingConfiguration",
            {{"Enabled", true}, {"Processors", {Object{{"Type", "Lambda"}}}}}}},
          "the processor Lambda");
  EXPECT_THAT(cannot({{"HECEndpoint", "x"}}, "Splunk"), HasSubstr("SplunkDestination"));
  EXPECT_THAT(cannot({{"RoleARN", kRole}, {"DomainARN", "d"}}, "Amazonopensearchservice"),
              HasSubstr("DomainARN"));
  EXPECT_THAT(refused("CreateDeliveryStream", {{"DeliveryStreamName", "x"}}),
              HasSubstr("Exactly one destination"));
  EXPECT_THAT(refused("CreateDeliveryStream", {{"DeliveryStreamName", "x"},
                                               {"DeliveryStreamType", "KinesisStreamAsSource"}}),
              HasSubstr("KinesisStreamAsSource"));
}

TEST_F(FirehoseTest, ABatchGoesOutWhenItsTimeHasCome) {
  make(s3({{"BufferingHints", {{"SizeInMBs", 1}, {"IntervalInSeconds", 60}}},
           {"CompressionFormat", "GZIP"}}));
  put("one\n");
  put("two\n");
  pass_time(std::chrono::seconds{59});
  EXPECT_THAT(objects.puts, IsEmpty());
  pass_time(std::chrono::seconds{1});
  ASSERT_THAT(objects.puts, SizeIs(1));
  const auto& object = objects.puts[0];
  EXPECT_EQ(object.bucket, "data");
  EXPECT_EQ(object.encoding, "gzip");
  EXPECT_EQ(wire::gunzip(object.bytes).value(), "one\ntwo\n");
  EXPECT_THAT(object.key, MatchesRegex("2026/01/01/00/logs-1-2026-01-01-00-00-00-[0-9a-f-]+\\.gz"));
  restart();
  pass_time(std::chrono::minutes{10});
  EXPECT_THAT(objects.puts, SizeIs(1));
}

TEST_F(FirehoseTest, ABatchGoesOutWhenItIsFullAndOthersWaitTheirTurn) {
  make(s3({{"BufferingHints", {{"SizeInMBs", 1}, {"IntervalInSeconds", 900}}}}));
  for (int i = 0; i < 3; ++i) put(std::string(400'000, static_cast<char>('a' + i)));
  settle();
  ASSERT_THAT(objects.puts, SizeIs(1));
  EXPECT_EQ(objects.puts[0].bytes.size(), 800'000u);
  pass_time(std::chrono::seconds{900});
  ASSERT_THAT(objects.puts, SizeIs(2));
  EXPECT_EQ(objects.puts[1].bytes[0], 'c');
}

TEST_F(FirehoseTest, WhatWasAcknowledgedSurvivesARestartAndABucketThatIsGone) {
  make(s3({{"BufferingHints", {{"SizeInMBs", 1}, {"IntervalInSeconds", 60}}},
           {"CloudWatchLoggingOptions",
            {{"Enabled", true}, {"LogGroupName", "/errors"}, {"LogStreamName", "s"}}}}));
  objects.buckets.clear();
  put("kept");
  pass_time(std::chrono::seconds{61});
  EXPECT_THAT(objects.puts, IsEmpty());
  ASSERT_FALSE(lines.written.empty());
  EXPECT_THAT(lines.written[0], HasSubstr("/errors {\"deliveryStreamARN\""));
  EXPECT_THAT(lines.written[0], HasSubstr("The bucket data does not exist."));
  restart();
  objects.buckets = {"data"};
  pass_time(std::chrono::minutes{6});
  ASSERT_THAT(objects.puts, SizeIs(1));
  EXPECT_EQ(objects.puts[0].bytes, "kept");
}

TEST_F(FirehoseTest, RecordsOfCloudWatchLogsAreTakenApart) {
  const Array processors{
      Object{{"Type", "Decompression"},
             {"Parameters",
              Array{Object{{"ParameterName", "CompressionFormat"}, {"ParameterValue", "GZIP"}}}}},
      Object{{"Type", "CloudWatchLogProcessing"},
             {"Parameters", Array{Object{{"ParameterName", "DataMessageExtraction"},
                                         {"ParameterValue", "true"}}}}}};
  make(s3({{"BufferingHints", {{"SizeInMBs", 1}, {"IntervalInSeconds", 0}}},
           {"ErrorOutputPrefix", "bad/!{firehose:error-output-type}/"},
           {"S3BackupMode", "Enabled"},
           {"S3BackupConfiguration", s3({{"BucketARN", "arn:aws:s3:::copies"}})},
           {"ProcessingConfiguration", {{"Enabled", true}, {"Processors", processors}}}}));
  const std::string good =
      wire::gzip(R"({"messageType":"DATA_MESSAGE","logEvents":[{"message":"a"},{"message":"b"}]})");
  const std::string control = wire::gzip(R"({"messageType":"CONTROL_MESSAGE","logEvents":[]})");
  ok("PutRecordBatch",
     {{"DeliveryStreamName", "logs"},
      {"Records", {Object{{"Data", good}}, Object{{"Data", control}}, Object{{"Data", "plain"}}}}});
  settle();
  std::map<std::string, std::string> by_start;
  for (const auto& put : objects.puts)
    by_start[put.bucket + "/" + put.key.substr(0, put.key.find('/'))] = put.bytes;
  EXPECT_EQ(by_start["data/2026"], "a\nb\n");
  EXPECT_EQ(by_start["copies/2026"], good + control + "plain");
  EXPECT_THAT(by_start["data/bad"], HasSubstr("\"rawData\":\"" + base64_encode("plain") + "\""));
  EXPECT_THAT(by_start["data/bad"], HasSubstr("Decompression.Failed"));
}

TEST_F(FirehoseTest, DocumentsGoToTheEndpoint) {
  make(open_search({{"IndexRotationPeriod", "OneMonth"}}), "Amazonopensearchservice");
  put("{\"n\": 1}\n");
  put("{\"n\": 2}");
  pass_time(std::chrono::seconds{60});
  ASSERT_THAT(endpoint.sent, SizeIs(1));
  EXPECT_EQ(endpoint.sent[0].url, "https://search.test:9200/_bulk");
  EXPECT_EQ(
      endpoint.sent[0].body,
      "{\"index\":{\"_index\":\"app-2026-01\",\"_id\":\"1767225600000.0000000000000001.0\"}}\n"
      "{\"n\": 1}\n"
      "{\"index\":{\"_index\":\"app-2026-01\",\"_id\":\"1767225600000.0000000000000002.0\"}}\n"
      "{\"n\": 2}\n");
  EXPECT_THAT(objects.puts, IsEmpty());
}

TEST_F(FirehoseTest, WhatAnEndpointRefusesIsKeptInTheBucket) {
  make(open_search(), "Amazonopensearchservice");
  endpoint.answer =
      R"({"errors":true,"items":[{"index":{"status":201}},{"index":{"status":400,"error":{"type":"mapper"}}}]})";
  put("{}");
  put("{\"bad\": 1}");
  put("no json");
  pass_time(std::chrono::seconds{60});
  ASSERT_THAT(endpoint.sent, SizeIs(1));
  ASSERT_THAT(objects.puts, SizeIs(1));
  EXPECT_THAT(objects.puts[0].key, StartsWith("AmazonOpenSearchService-failed/2026/01/01/00/"));
  EXPECT_THAT(objects.puts[0].bytes, HasSubstr("mapper"));
  EXPECT_THAT(objects.puts[0].bytes, HasSubstr("OS.MalformedData"));
}

TEST_F(FirehoseTest, AnEndpointThatIsAwayIsTriedAgainForAWhile) {
  make(open_search({{"RetryOptions", {{"DurationInSeconds", 20}}}}), "Amazonopensearchservice");
  endpoint.status = 503;
  put("{}");
  pass_time(std::chrono::seconds{60});
  EXPECT_THAT(endpoint.sent, SizeIs(1));
  pass_time(std::chrono::seconds{60});
  EXPECT_THAT(endpoint.sent, SizeIs(3));  // after 5 and 15 seconds
  ASSERT_THAT(objects.puts, SizeIs(1));
  EXPECT_THAT(objects.puts[0].bytes, HasSubstr("OS.ServiceException"));
}

TEST_F(FirehoseTest, AnHttpEndpointGetsRequestsAsAwsSendsThem) {
  make(http({{"RequestConfiguration",
              {{"ContentEncoding", "GZIP"},
               {"CommonAttributes", {{{"AttributeName", "stage"}, {"AttributeValue", "test"}}}}}},
             {"S3BackupMode", "AllData"}}),
       "HttpEndpoint");
  endpoint.confirms = true;
  put("one");
  put("\x01two");
  pass_time(std::chrono::seconds{60});
  ASSERT_THAT(endpoint.sent, SizeIs(1));
  const auto& sent = endpoint.sent[0];
  EXPECT_EQ(sent.url, "https://collect.test/in?a=b");
  std::map<std::string, std::string> headers(sent.headers.begin(), sent.headers.end());
  const Value body = parse_json(wire::gunzip(sent.body).value()).value();
  EXPECT_EQ(headers["X-Amz-Firehose-Request-Id"], text_member(body, "requestId"));
  EXPECT_EQ(headers["X-Amz-Firehose-Protocol-Version"], "1.0");
  EXPECT_EQ(headers["X-Amz-Firehose-Access-Key"], "secret");
  EXPECT_EQ(headers["X-Amz-Firehose-Source-Arn"],
            "arn:aws:firehose:ap-southeast-2:123456789012:deliverystream/logs");
  EXPECT_EQ(headers["X-Amz-Firehose-Common-Attributes"],
            R"({"commonAttributes":{"stage":"test"}})");
  EXPECT_EQ(headers["Content-Encoding"], "gzip");
  EXPECT_EQ(body.at("timestamp").as_int64(), to_ms(world.clock.now()));
  EXPECT_EQ(to_json(body.at("records")), R"([{"data":")" + base64_encode("one") +
                                             R"("},{"data":")" + base64_encode("\x01two") +
                                             R"("}])");
  ASSERT_THAT(objects.puts, SizeIs(1));  // the copy
  EXPECT_EQ(objects.puts[0].bytes, "one\x01two");
  // The key is never shown.
  const auto shown = ok("DescribeDeliveryStream", {{"DeliveryStreamName", "logs"}});
  EXPECT_THAT(to_json(shown), testing::Not(HasSubstr("secret")));
  EXPECT_THAT(to_json(shown), HasSubstr("https://collect.test/in?a=b"));
}

TEST_F(FirehoseTest, AnHttpEndpointThatDoesNotConfirmIsTriedAgainThenGivenUp) {
  make(http({{"RetryOptions", {{"DurationInSeconds", 20}}}}), "HttpEndpoint");
  endpoint.answer = "{}";  // 200, but not the answer that is asked for
  put("one");
  pass_time(std::chrono::seconds{60});
  pass_time(std::chrono::seconds{60});
  ASSERT_THAT(endpoint.sent, SizeIs(3));
  EXPECT_EQ(endpoint.sent[0].headers, endpoint.sent[2].headers);  // one request id
  ASSERT_THAT(objects.puts, SizeIs(1));
  EXPECT_THAT(objects.puts[0].key, StartsWith("http-endpoint-failed/2026/01/01/00/"));
  EXPECT_THAT(objects.puts[0].bytes, HasSubstr("HttpEndpoint.InvalidResponseFromDestination"));
  EXPECT_THAT(objects.puts[0].bytes, HasSubstr("\"rawData\":\"" + base64_encode("one") + "\""));
  endpoint.status = 413;
  put("two");
  pass_time(std::chrono::seconds{60});
  EXPECT_THAT(endpoint.sent, SizeIs(4));  // too large once is too large for ever
  ASSERT_THAT(objects.puts, SizeIs(2));
}

TEST_F(FirehoseTest, RefusesEndpointsThatAwsRefuses) {
  const auto url = [&](const char* text) {
    auto config = http();
    config["EndpointConfiguration"] = Object{{"Url", text}};
    return cannot(std::move(config), "HttpEndpoint");
  };
  EXPECT_THAT(url("https://collect.test:8443/"), HasSubstr("Only port 443"));
  EXPECT_THAT(url("https:///x"), HasSubstr("names no host"));
  EXPECT_THAT(cannot(http({{"SecretsManagerConfiguration", {{"Enabled", true}}}}), "HttpEndpoint"),
              HasSubstr("SecretsManagerConfiguration"));
  EXPECT_EQ(url("https://[::1]:443/x"), "accepted");
}

TEST_F(FirehoseTest, AnUpdateIsLaidOverWhatThereIs) {
  make(s3({{"Prefix", "old/"}, {"BufferingHints", {{"SizeInMBs", 1}, {"IntervalInSeconds", 60}}}}));
  const auto update = [&](const char* version, Object more) {
    more["DeliveryStreamName"] = "logs";
    more["CurrentDeliveryStreamVersionId"] = version;
    more["DestinationId"] = "destinationId-000000000001";
    return more;
  };
  put("one");
  ok("UpdateDestination", update("1", {{"ExtendedS3DestinationUpdate",
                                        {{"Prefix", "new/"}, {"FileExtension", ".log"}}}}));
  pass_time(std::chrono::seconds{60});
  ASSERT_THAT(objects.puts, SizeIs(1));
  EXPECT_THAT(objects.puts[0].key, MatchesRegex("new/2026/.*\\.log"));
  const auto shown = ok("DescribeDeliveryStream", {{"DeliveryStreamName", "logs"}});
  EXPECT_EQ(text_member(shown.at("DeliveryStreamDescription"), "VersionId"), "2");
  EXPECT_THAT(to_json(shown), HasSubstr(R"("IntervalInSeconds":60)"));
  EXPECT_THAT(
      refused("UpdateDestination", update("1", {{"S3DestinationUpdate", {{"Prefix", "x/"}}}})),
      "ConcurrentModificationException: Cannot update firehose: logs since the current "
      "version id: 2 and specified version id: 1 do not match");
  const auto cannot_update = [&](Object more) {
    return refused("UpdateDestination", update("2", std::move(more)));
  };
  EXPECT_THAT(cannot_update({}), HasSubstr("Exactly one"));
  EXPECT_THAT(cannot_update({{"S3DestinationUpdate", {{"CompressionFormat", "ZIP"}}}}),
              HasSubstr("ZIP"));
  EXPECT_THAT(cannot_update({{"SplunkDestinationUpdate", Object{}}}),
              HasSubstr("SplunkDestination"));
  EXPECT_THAT(cannot_update({{"AmazonopensearchserviceDestinationUpdate", {{"IndexName", "i"}}}}),
              HasSubstr("Switching"));
  EXPECT_THAT(cannot_update({{"HttpEndpointDestinationUpdate",
                              {{"EndpointConfiguration", {{"Url", "https://collect.test/"}}}}}}),
              HasSubstr("of another type"));
  // What is under way goes to the new destination.
  put("two");
  ok("UpdateDestination",
     update("2", {{"HttpEndpointDestinationUpdate",
                   {{"EndpointConfiguration", {{"Url", "https://collect.test/"}}},
                    {"BufferingHints", {{"SizeInMBs", 1}, {"IntervalInSeconds", 0}}},
                    {"S3Update", s3()}}}}));
  endpoint.confirms = true;
  settle();
  EXPECT_THAT(endpoint.sent, SizeIs(1));
  EXPECT_THAT(objects.puts, SizeIs(1));
}

TEST_F(FirehoseTest, AStreamThatHoldsTooMuchTakesNoMore) {
  make(s3({{"BufferingHints", {{"SizeInMBs", 128}, {"IntervalInSeconds", 900}}}}));
  const std::string arn = "arn:aws:firehose:ap-southeast-2:123456789012:deliverystream/logs";
  std::size_t taken = 0;
  while (room->put_record(arn, std::string(1'000'000, 'x'))) ++taken;
  EXPECT_EQ(taken, Controller::kMaxHeldBytes / 1'000'000);
  world.store->rollback();
}

TEST(FirehosePrefixTest, AreEvaluated) {
  SeededRng rng(1);
  const Time at = *parse_time("2018-08-27T10:30:05.123Z");
  const auto text = [&](const char* prefix,
                        const char* error = "e/!{firehose:error-output-type}/") {
    return data_prefix({prefix, error}, at, rng);
  };
  EXPECT_EQ(text(""), "2018/08/27/10/");
  EXPECT_EQ(text("fitness/"), "fitness/2018/08/27/10/");
  EXPECT_EQ(text("dt=!{timestamp:yyyy'-'MM'-'dd}/h=!{timestamp:HH}/"), "dt=2018-08-27/h=10/");
  EXPECT_EQ(text("!{timestamp:u D MMM MMMM EEE EEEE h a m s SSS}"),
            "2018 239 Aug August Mon Monday 10 AM 30 5 123");
  EXPECT_THAT(text("r/!{firehose:random-string}/!{timestamp:yy}/"),
              MatchesRegex("r/[0-9A-Z]{11}/18/"));
  EXPECT_EQ(failure_prefix({"", ""}, "processing-failed", at, rng),
            "processing-failed/2018/08/27/10/");
  EXPECT_EQ(failure_prefix({"x/", "e/!{firehose:error-output-type}/!{timestamp:yyyy}/"},
                           "processing-failed", at, rng),
            "e/processing-failed/2018/");
  for (const char* bad : {"!{timestamp:yyyy", "!{x}", "!{timestamp:Q}", "!{timestamp:'}",
                          "!{firehose:error-output-type}", "!{other:x}"})
    EXPECT_FALSE((Prefixes{bad, "e/!{firehose:error-output-type}/"}.check())) << bad;
}

TEST(FirehoseBulkTest, IndexesRotate) {
  const Time at = *parse_time("2027-01-01T05:00:00Z");  // a Friday of 2026's last week
  EXPECT_EQ(index_name("i", "NoRotation", at), "i");
  EXPECT_EQ(index_name("i", "OneHour", at), "i-2027-01-01-05");
  EXPECT_EQ(index_name("i", "OneDay", at), "i-2027-01-01");
  EXPECT_EQ(index_name("i", "OneWeek", at), "i-2026-w53");
  EXPECT_EQ(index_name("i", "OneMonth", at), "i-2027-01");
}

TEST(FirehoseBulkTest, ReadsAnswers) {
  EXPECT_THAT(read_answer("<html>", 1), IsEmpty());
  EXPECT_THAT(read_answer(R"({"errors":true,"items":[]})", 1), IsEmpty());
  EXPECT_THAT(read_answer(R"({"took":3,"errors":false,"items":[{"index":{"_id")", 2), SizeIs(2));
  const auto verdicts = read_answer(
      R"({"errors":true,"items":[{"index":{"status":429}},{"create":{"status":200}}]})", 2);
  ASSERT_THAT(verdicts, SizeIs(2));
  EXPECT_EQ(verdicts[0].fate, Fate::kAgain);
  EXPECT_EQ(verdicts[1].fate, Fate::kTaken);
  EXPECT_EQ(json_line("{\"a\":\n1}\n"), "{\"a\":1}");
  EXPECT_EQ(json_line("[1]"), std::nullopt);
}

}  // namespace
}  // namespace seatrial::services::firehose
