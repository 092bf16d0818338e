// ResourceCount and SERVICE_QUOTA, through the API.
#include "services/cloudwatch/alarms_testing.h"

namespace seatrial::services::cloudwatch {
namespace {

using ::testing::HasSubstr;

class TwoKinds final : public ResourceCounter {
 public:
  std::vector<CountedResource> count_resources() const override {
    return {{"Firehose", "DeliveryStreams", "None", 5000, {{"ap-southeast-2", streams}}},
            {"Fargate", "vCPU", "Standard/OnDemand", std::nullopt, {{"ap-southeast-2", 2.5}}}};
  }
  double streams = 100;
};

class ResourceUsageTest : public AlarmsTest {
 protected:
  ResourceUsageTest() { room_->add_resources(kinds_); }

  static std::string metric(const char* service, const char* resource, const char* of) {
    return fmt::format(
        R"({{"Id":"m1","ReturnData":false,"MetricStat":{{"Metric":{{"Namespace":"AWS/Usage",)"
        R"("MetricName":"ResourceCount","Dimensions":[{{"Name":"Service","Value":"{}"}},)"
        R"({{"Name":"Type","Value":"Resource"}},{{"Name":"Resource","Value":"{}"}},)"
        R"({{"Name":"Class","Value":"{}"}}]}},"Period":60,"Stat":"Maximum"}}}})",
        service, resource, of);
  }
  std::string asked(const std::string& metric, const std::string& expression) {
    return fmt::format(R"({{"StartTime":{},"EndTime":{},"MetricDataQueries":[{},{{"Id":"e1",)"
                       R"("Expression":"{}"}}]}})",
                       to_ms(world_.clock.now()) - 600'000, to_ms(world_.clock.now()) + 60'000,
                       metric, expression);
  }
  const std::string streams_ = metric("Firehose", "DeliveryStreams", "None");
  const std::string cpus_ = metric("Fargate", "vCPU", "Standard/OnDemand");
  TwoKinds kinds_;
};

TEST_F(ResourceUsageTest, UsageIsHeldAgainstTheQuota) {
  minutes(1);
  auto reply = call("GetMetricData", asked(streams_, "m1 / SERVICE_QUOTA(m1) * 100"));
  EXPECT_EQ(to_json(reply.at("MetricDataResults").at(0).at("Values")), "[2E0]");
  reply = call("GetMetricData", asked(cpus_, "m1 * 1"));
  EXPECT_EQ(to_json(reply.at("MetricDataResults").at(0).at("Values")), "[2.5E0]");
}

TEST_F(ResourceUsageTest, AQuotaThatNobodyHoldsIsRefusedByName) {
  EXPECT_THAT(error("GetMetricData", asked(cpus_, "SERVICE_QUOTA(m1)")),
              HasSubstr("Seatrial holds nothing to a quota that AWS/Usage ResourceCount"));
  EXPECT_THAT(error("GetMetricData", asked(cpus_, "SERVICE_QUOTA(m1 * 2)")),
              HasSubstr("SERVICE_QUOTA"));
  EXPECT_THAT(error("GetMetricData", asked(cpus_, "SERVICE_QUOTA()")), HasSubstr("1 argument"));
}

TEST_F(ResourceUsageTest, AnAlarmOnTheShareOfTheQuota) {
  const auto input = [&](const std::string& of) {
    return R"({"AlarmName":"share","EvaluationPeriods":1,"Threshold":80,"Metrics":[)" + of +
           R"x(,{"Id":"e1","Expression":"m1/SERVICE_QUOTA(m1)*100"}],)x"
           R"("ComparisonOperator":"GreaterThanThreshold"})";
  };
  EXPECT_THAT(error("PutMetricAlarm", input(cpus_)), HasSubstr("quota"));
  call("PutMetricAlarm", input(streams_));
  for (int i = 0; i < 3; ++i) minutes(1);
  EXPECT_EQ(state("share"), "OK");
  kinds_.streams = 4500;
  for (int i = 0; i < 3; ++i) minutes(1);
  EXPECT_EQ(state("share"), "ALARM");
}

}  // namespace
}  // namespace seatrial::services::cloudwatch
