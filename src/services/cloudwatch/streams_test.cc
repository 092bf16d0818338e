// Metric streams on a manual clock: put, sent each minute, stopped, made up for.
#include <gmock/gmock.h>

#include "room/testing.h"
#include "services/cloudwatch/service.h"

namespace seatrial::services::cloudwatch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kStreamTo = "arn:aws:firehose:ap-southeast-2:123456789012:deliverystream/d";

class FakeFirehose final : public MetricStreamTarget {
 public:
  bool has_stream(const std::string& arn) const override { return arn == kStreamTo; }
  bool may_assume(const std::string& role) const override { return role.ends_with("/r"); }
  room::Outcome<void> put_record(const std::string&, std::string data) override {
    if (full) return model::fail("ServiceUnavailableException", "full");
    lines += data;
    return {};
  }
  // What came since the last asking: "m[3.0,...]" by metric and minute.
  std::vector<std::string> taken() {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < lines.size();) {
      const auto end = lines.find('\n', at);
      const auto line = *parse_json(std::string_view(lines).substr(at, end - at));
      out.push_back(fmt::format("{} {} {} {}", text_member(line, "metric_stream_name"),
                                text_member(line, "metric_name"), to_json(line.at("dimensions")),
                                to_json(line.at("value"))));
      at = end + 1;
    }
    lines.clear();
    return out;
  }
  std::string lines;
  bool full = false;
};

class StreamsTest : public testing::Test {
 protected:
  StreamsTest() : engine_(std::move(*metrics::Engine::open(world_.folder / "metrics"))) {
    world_.store->add(*engine_);
    world_.control.advance(Millis{60'000 - to_ms(world_.clock.now()) % 60'000});
    open();
  }
  ~StreamsTest() override { world_.store->flush(); }
  void open() {
    if (room_) {  // its timers are still there; what it sends is nobody's
      room_->stream_metrics_to(nowhere_);
      retired_ = std::move(room_);
    }
    room_ = std::make_unique<CloudWatch>(*world_.env, *engine_);
    room_->stream_metrics_to(firehose_);
    world_.add(*room_);
    room_->start();
  }
  Value call(const char* operation, std::string_view input) {
    auto reply = world_.call("cloudwatch", operation, *parse_json(input));
    EXPECT_TRUE(reply) << operation << ": " << (reply ? "" : reply.error().message);
    world_.store->flush();
    return reply.value_or(Value{});
  }
  std::string error(const char* operation, std::string_view input) {
    const auto reply = world_.call("cloudwatch", operation, *parse_json(input));
    return reply ? "" : reply.error().code + ": " + reply.error().message;
  }
  static std::string stream(const std::string& name, const std::string& more = "") {
    return R"({"Name":")" + name + R"(","OutputFormat":"json","FirehoseArn":")" + kStreamTo +
           R"(","RoleArn":"arn:aws:iam::123456789012:role/r")" + (more.empty() ? "" : "," + more) +
           "}";
  }
  void datum(const std::string& metric, double value, int minutes_ago = 0) {
    call("PutMetricData",
         fmt::format(R"({{"Namespace":"App","MetricData":[{{"MetricName":"{}","Value":{},)"
                     R"("Timestamp":{}}}]}})",
                     metric, value, to_ms(world_.clock.now()) - minutes_ago * 60'000));
  }
  void minute() {
    world_.control.advance(std::chrono::minutes(1));
    world_.store->flush();
  }

  room::TestWorld world_;
  std::unique_ptr<metrics::Engine> engine_;
  FakeFirehose firehose_, nowhere_;
  std::unique_ptr<CloudWatch> room_, retired_;
};

TEST_F(StreamsTest, SendsEachMinuteOnce) {
  call("PutMetricStream", stream("s"));
  datum("m", 3);
  datum("m", 5);
  EXPECT_THAT(firehose_.taken(), IsEmpty());
  minute();
  EXPECT_THAT(firehose_.taken(),
              ElementsAre(R"(s m {} {"count":2E0,"sum":8E0,"max":5E0,"min":3E0})"));
  minute();
  EXPECT_THAT(firehose_.taken(), IsEmpty());
  datum("m", 2, 2);  // late: the minute is sent again, with all it has
  minute();
  EXPECT_THAT(firehose_.taken(),
              ElementsAre(R"(s m {} {"count":3E0,"sum":1E1,"max":5E0,"min":2E0})"));
  datum("m", 2, 180);
  minute();
  EXPECT_THAT(firehose_.taken(), IsEmpty());
}

TEST_F(StreamsTest, FiltersAndAdditionalStatistics) {
  call("PutMetricStream",
       stream("in", R"("IncludeFilters":[{"Namespace":"App","MetricNames":["a"]}],)"
                    R"("StatisticsConfigurations":[{"IncludeMetrics":[{"Namespace":"App",)"
                    R"("MetricName":"a"}],"AdditionalStatistics":["p50"]}])"));
  call("PutMetricStream",
       stream("out", R"("ExcludeFilters":[{"Namespace":"App","MetricNames":["a"]}])"));
  datum("a", 1);
  datum("a", 2);
  datum("a", 9);
  datum("b", 4);
  minute();
  EXPECT_THAT(firehose_.taken(),
              ElementsAre(R"(in a {} {"count":3E0,"sum":1.2E1,"max":9E0,"min":1E0,"p50":2E0})",
                          R"(out b {} {"count":1E0,"sum":4E0,"max":4E0,"min":4E0})"));
}

TEST_F(StreamsTest, MakesUpForAFullDeliveryStreamAndARestart) {
  call("PutMetricStream", stream("s"));
  firehose_.full = true;
  datum("m", 1);
  minute();
  datum("m", 2);
  minute();
  firehose_.full = false;
  minute();
  EXPECT_EQ(firehose_.taken().size(), 2u);
  datum("m", 3);
  open();  // what was not sent yet is known from the engine
  minute();
  EXPECT_THAT(firehose_.taken(),
              ElementsAre(R"(s m {} {"count":1E0,"sum":3E0,"max":3E0,"min":3E0})"));
}

TEST_F(StreamsTest, StartsAndStops) {
  call("PutMetricStream", stream("s", R"("Tags":[{"Key":"k","Value":"v"}])"));
  call("StopMetricStreams", R"({"Names":["s"]})");
  datum("m", 1);
  minute();
  EXPECT_THAT(firehose_.taken(), IsEmpty());
  const auto got = call("GetMetricStream", R"({"Name":"s"})");
  EXPECT_EQ(text_member(got, "State"), "stopped");
  EXPECT_EQ(text_member(got, "Arn"),
            "arn:aws:cloudwatch:ap-southeast-2:123456789012:metric-stream/s");
  EXPECT_EQ(
      to_json(call("ListTagsForResource", R"({"ResourceARN":"arn:aws:cloudwatch:)"
                                          R"(ap-southeast-2:123456789012:metric-stream/s"})")),
      R"({"Tags":[{"Key":"k","Value":"v"}]})");
  call("StartMetricStreams", R"({"Names":["s"]})");
  datum("m", 2);
  minute();
  EXPECT_EQ(firehose_.taken().size(), 1u);
  EXPECT_EQ(call("ListMetricStreams", "{}").at("Entries").as_array().size(), 1u);
  call("DeleteMetricStream", R"({"Name":"s"})");
  call("DeleteMetricStream", R"({"Name":"s"})");
  datum("m", 2);
  minute();
  EXPECT_THAT(firehose_.taken(), IsEmpty());
  EXPECT_THAT(error("GetMetricStream", R"({"Name":"s"})"), HasSubstr("ResourceNotFoundException"));
}

TEST_F(StreamsTest, Pages) {
  for (const auto* name : {"a", "b", "c"}) call("PutMetricStream", stream(name));
  const auto first = call("ListMetricStreams", R"({"MaxResults":2})");
  EXPECT_EQ(first.at("Entries").as_array().size(), 2u);
  const auto next = fmt::format(R"({{"NextToken":"{}"}})", text_member(first, "NextToken"));
  EXPECT_EQ(text_member(call("ListMetricStreams", next).at("Entries").at(0), "Name"), "c");
  EXPECT_THAT(error("ListMetricStreams", R"({"NextToken":"x"})"), HasSubstr("InvalidNextToken"));
}

TEST_F(StreamsTest, RefusalsAreNamedAndNothingIsStored) {
  const auto refused = [&](const std::string& input) { return error("PutMetricStream", input); };
  EXPECT_THAT(refused(stream("a b")), HasSubstr("Name"));
  EXPECT_THAT(refused(stream("s", R"("IncludeFilters":[{"Namespace":"A"}],)"
                                  R"("ExcludeFilters":[{"Namespace":"B"}])")),
              HasSubstr("InvalidParameterCombination"));
  EXPECT_THAT(refused(stream("s", R"("IncludeFilters":[{"MetricNames":["m"]}])")),
              HasSubstr("MissingParameter"));
  EXPECT_THAT(refused(stream("s", R"("IncludeLinkedAccountsMetrics":true)")), HasSubstr("linked"));
  EXPECT_THAT(refused(stream("s", R"("StatisticsConfigurations":[{"IncludeMetrics":[],)"
                                  R"("AdditionalStatistics":["p101"]}])")),
              HasSubstr("p101"));
  auto other = stream("s", R"("StatisticsConfigurations":[{"IncludeMetrics":[],)"
                           R"("AdditionalStatistics":["tm90"]}])");
  other.replace(other.find("\"json\""), 6, "\"opentelemetry1.0\"");
  EXPECT_THAT(refused(other), HasSubstr("tm90 is no percentile"));
  other = stream("s");
  other.replace(other.find("deliverystream/d"), 16, "deliverystream/x");
  EXPECT_THAT(refused(other), HasSubstr("does not exist"));
  other = stream("s");
  other.replace(other.find("role/r"), 6, "user/r");
  EXPECT_THAT(refused(other), HasSubstr("RoleArn"));
  other = stream("s");
  other.replace(other.find("role/r"), 6, "role/gone");
  EXPECT_THAT(refused(other), HasSubstr("role/gone does not exist"));
  EXPECT_THAT(error("StartMetricStreams", R"({"Names":["gone"]})"), HasSubstr("gone"));
  EXPECT_EQ(call("ListMetricStreams", "{}").at("Entries").as_array().size(), 0u);
}

}  // namespace
}  // namespace seatrial::services::cloudwatch
