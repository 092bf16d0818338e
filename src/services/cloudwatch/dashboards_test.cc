// Dashboards as clients see them; what a body may hold is tested in decide/dashboard.
#include <gmock/gmock.h>

#include "room/testing.h"
#include "services/cloudwatch/service.h"

namespace seatrial::services::cloudwatch {
namespace {

using ::testing::HasSubstr;

class DashboardsTest : public testing::Test {
 protected:
  DashboardsTest()
      : engine_(std::move(*metrics::Engine::open(world_.folder / "metrics.db"))),
        room_(*world_.env, *engine_) {
    world_.store->add(*engine_);
    world_.add(room_);
  }
  ~DashboardsTest() override { world_.store->flush(); }

  room::Outcome<Value> call(const char* operation, Object input) {
    return world_.call("cloudwatch", operation, std::move(input));
  }
  room::Outcome<Value> put(const std::string& name, const std::string& body) {
    return call("PutDashboard", {{"DashboardName", name}, {"DashboardBody", body}});
  }
  std::string error(room::Outcome<Value> reply) { return reply ? "" : reply.error().code; }

  room::TestWorld world_;
  std::unique_ptr<metrics::Engine> engine_;
  CloudWatch room_;
};

TEST_F(DashboardsTest, IsKeptAsItWasPutInEveryRegion) {
  const std::string body = R"({ "widgets" : [ ] })";
  const auto reply = put("SoleMate-Production-Overview", body);
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->at("DashboardValidationMessages").as_array().empty());
  const auto got = world_.call(world_.context("us-east-1"), "cloudwatch", "GetDashboard",
                               Object{{"DashboardName", "SoleMate-Production-Overview"}});
  ASSERT_TRUE(got);
  EXPECT_EQ(text_member(*got, "DashboardBody"), body);
  EXPECT_EQ(text_member(*got, "DashboardArn"),
            "arn:aws:cloudwatch::123456789012:dashboard/SoleMate-Production-Overview");
}

TEST_F(DashboardsTest, ARefusedBodyIsNamedInAMemberAndStoresNothing) {
  const auto reply = put("d", R"({"widgets":[{"type":"text","properties":{}}]})");
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, "InvalidParameterInput");
  EXPECT_THAT(reply.error().message, HasSubstr("there are 1 validation errors:\n["));
  const auto& messages = reply.error().details.at("dashboardValidationMessages").as_array();
  ASSERT_EQ(messages.size(), 1u);
  EXPECT_EQ(text_member(messages[0], "DataPath"), "/widgets/0/properties");
  EXPECT_EQ(text_member(messages[0], "Message"), "Should have required property 'markdown'");
  EXPECT_EQ(put("d", "{").error().message, "The field DashboardBody must be a valid JSON object");
  EXPECT_EQ(put("d", "[]").error().message, "The field DashboardBody must be a valid JSON object");
  EXPECT_EQ(error(put("d e", R"({"widgets":[]})")), "InvalidParameterValue");
  EXPECT_EQ(error(call("GetDashboard", {{"DashboardName", "d"}})), "ResourceNotFound");
}

TEST_F(DashboardsTest, AWarningIsToldAndTheDashboardKept) {
  const auto reply = put("d", R"({"widgets":[],"theme":"dark"})");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->at("DashboardValidationMessages").as_array().size(), 1u);
  EXPECT_EQ(error(call("GetDashboard", {{"DashboardName", "d"}})), "");
}

TEST_F(DashboardsTest, ListsByPrefixAndPage) {
  for (int i = 0; i < 1001; ++i) {
    ASSERT_TRUE(put(fmt::format("PerfectMatch-{:04}", i), R"({"widgets":[]})"));
  }
  ASSERT_TRUE(put("Other", R"({"widgets":[]})"));
  const auto first = call("ListDashboards", {{"DashboardNamePrefix", "PerfectMatch"}});
  const auto& entries = first->at("DashboardEntries").as_array();
  ASSERT_EQ(entries.size(), 1000u);
  EXPECT_EQ(entries[0].at("Size").as_int64(), 14);
  EXPECT_EQ(entries[0].at("LastModified").as_int64(), to_ms(world_.clock.now()));
  const auto second = call("ListDashboards", {{"DashboardNamePrefix", "PerfectMatch"},
                                              {"NextToken", first->at("NextToken")}});
  EXPECT_EQ(second->at("DashboardEntries").as_array().size(), 1u);
  EXPECT_EQ(find_member(*second, "NextToken"), nullptr);
  EXPECT_EQ(error(call("ListDashboards", {{"NextToken", "x"}})), "InvalidParameterValue");
}

TEST_F(DashboardsTest, DeletesAllOrNone) {
  ASSERT_TRUE(put("a", R"({"widgets":[]})"));
  const auto reply = call("DeleteDashboards", {{"DashboardNames", Array{"a", "b"}}});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, "ResourceNotFound");
  EXPECT_EQ(reply.error().status, 404);
  EXPECT_EQ(error(call("GetDashboard", {{"DashboardName", "a"}})), "");
  EXPECT_EQ(error(call("DeleteDashboards", {{"DashboardNames", Array{"a"}}})), "");
  EXPECT_EQ(error(call("GetDashboard", {{"DashboardName", "a"}})), "ResourceNotFound");
}

TEST_F(DashboardsTest, TagsAreThoseOfItsMaking) {
  const auto tagged = [&](const char* value) {
    return call("PutDashboard", {{"DashboardName", "d"},
                                 {"DashboardBody", R"({"widgets":[]})"},
                                 {"Tags", Array{Object{{"Key", "Team"}, {"Value", value}}}}});
  };
  ASSERT_TRUE(tagged("a"));
  ASSERT_TRUE(tagged("b"));
  EXPECT_EQ(room_.dashboard_tags("d").at("Team"), "a");
}

}  // namespace
}  // namespace seatrial::services::cloudwatch
