// Bodies that CloudWatch documents, and bodies it refused, with its words.
#include "decide/dashboard/dashboard.h"

#include <gmock/gmock.h>

namespace seatrial::decide::dashboard {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Verdict check(std::string_view body) { return check_dashboard(parse_json(body).value()); }

std::vector<std::string> lines(const std::vector<Message>& messages) {
  std::vector<std::string> out;
  for (const auto& [path, text] : messages) out.push_back(path + " " + text);
  return out;
}
std::vector<std::string> errors(std::string_view body) { return lines(check(body).errors); }

std::string widget(std::string_view type, std::string_view properties) {
  return R"({"widgets":[{"type":")" + std::string(type) + R"(","properties":)" +
         std::string(properties) + "}]}";
}
std::string metrics(std::string_view rows) {
  return widget("metric", R"({"region":"us-east-1","metrics":)" + std::string(rows) + "}");
}

TEST(Dashboard, AnEmptyOneIsADashboard) {
  EXPECT_THAT(errors(R"({"widgets":[]})"), IsEmpty());
  EXPECT_THAT(errors("{}"), ElementsAre(" Should have required property 'widgets'"));
  EXPECT_THAT(errors("[]"), ElementsAre(" Should be object"));
  EXPECT_THAT(errors(R"({"widgets":{}})"), ElementsAre("/widgets Should be array"));
}

// The example at the top of "Dashboard Body Structure and Syntax".
TEST(Dashboard, TheDocumentedExample) {
  const auto verdict = check(R"({"start":"-PT6H","periodOverride":"inherit","widgets":[
    {"type":"metric","x":0,"y":0,"width":12,"height":6,"properties":{
       "metrics":[["AWS/EC2","CPUUtilization","InstanceId","i-012345"]],"period":300,
       "stat":"Average","region":"us-east-1","title":"EC2 Instance CPU","liveData":false,
       "legend":{"position":"right"}}},
    {"type":"text","x":0,"y":7,"width":3,"height":3,"properties":{"markdown":"Hello world"}}]})");
  EXPECT_THAT(lines(verdict.errors), IsEmpty());
  EXPECT_THAT(lines(verdict.warnings), IsEmpty());
}

TEST(Dashboard, TheGrid) {
  const auto at = [](std::string_view frame) {
    return errors(R"({"widgets":[{"type":"text","properties":{"markdown":""},)" +
                  std::string(frame) + "}]}");
  };
  EXPECT_THAT(at(R"("x":23,"y":0,"width":24,"height":1000)"), IsEmpty());
  EXPECT_THAT(at(R"("x":24)"), ElementsAre("/widgets/0/x Should be <= 23"));
  EXPECT_THAT(at(R"("y":-1)"), ElementsAre("/widgets/0/y Should be >= 0"));
  EXPECT_THAT(
      at(R"("width":25,"height":1001)"),
      ElementsAre("/widgets/0/width Should be <= 24", "/widgets/0/height Should be <= 1000"));
  EXPECT_THAT(at(R"("width":"6")"), ElementsAre("/widgets/0/width Should be integer"));
}

TEST(Dashboard, AWidgetNeedsTypeAndProperties) {
  EXPECT_THAT(errors(R"({"widgets":[{"x":0}]})"),
              ElementsAre("/widgets/0 Should have required property 'type'",
                          "/widgets/0 Should have required property 'properties'"));
  EXPECT_THAT(errors(widget("metricc", "{}")),
              ElementsAre("/widgets/0/type Should be equal to one of the allowed values"));
  EXPECT_THAT(errors(widget("text", "{}")),
              ElementsAre("/widgets/0/properties Should have required property 'markdown'"));
}

// aws-eda-slurm-cluster issue 116.
TEST(Dashboard, AMetricWidgetNeedsASource) {
  EXPECT_THAT(errors(widget("metric", R"({"region":"us-east-1"})")),
              ElementsAre("/widgets/0/properties Should have required property 'metrics'",
                          "/widgets/0/properties The metric widget should have specified a region "
                          "and a data source or an alarm annotation",
                          "/widgets/0/properties Should have required property 'annotations'"));
  EXPECT_THAT(errors(widget("metric", R"({"annotations":{"alarms":["arn:aws:cloudwatch:a:b"]}})")),
              IsEmpty());
}

// aws-cdk issues 5026 (a colour by name), 31066; public notes on odd rows and wrong fields.
TEST(Dashboard, RowsThatCloudWatchRefused) {
  EXPECT_THAT(errors(metrics(R"([["ECSLogs","Errors",{"color":"red"}]])")),
              ElementsAre("/widgets/0/properties/metrics/0 Should NOT have more than 2 items"));
  EXPECT_THAT(errors(metrics(
                  R"([["AWS/RDS","DatabaseConnections",{"stat":"Sum","dimensions":{"a":"b"}}]])")),
              ElementsAre("/widgets/0/properties/metrics/0 Should NOT have more than 2 items"));
  EXPECT_THAT(errors(metrics(R"([["AWS/Billing","EstimatedCharges","Currency","USD"],
                                 [".",".",".","Service","AmazonS3"]])")),
              ElementsAre("/widgets/0/properties/metrics/1 Should NOT have more than 4 items"));
  EXPECT_THAT(errors(metrics(R"([["AWS/Lambda","Invocations",{"stat":"Sum"},{"stat":"Sum"}]])")),
              ElementsAre("/widgets/0/properties/metrics/0/2 Invalid metric field type, only "
                          "\"String\" type is allowed"));
  EXPECT_THAT(errors(metrics(R"([["AWS/ApplicationELB","RequestCount","LoadBalancer",""]])")),
              ElementsAre("/widgets/0/properties/metrics/0/3 Invalid metric field type, only "
                          "\"String\" type is allowed"));
  EXPECT_THAT(
      errors(metrics(R"(["AWS/EC2"])")),
      ElementsAre("/widgets/0/properties/metrics/0 Should be array",
                  "/widgets/0/properties/metrics/0 Field \"metrics\" has to be an array of "
                  "array of strings, with an optional metricRenderer object as last element"));
}

TEST(Dashboard, StatisticsAndPeriods) {
  const auto with = [](std::string_view property) {
    return errors(
        widget("metric", R"({"region":"r","metrics":[["A","b"]],)" + std::string(property) + "}"));
  };
  for (const char* stat : {"p99", "p99.9", "TM(10%:90%)", "PR(:300)", "IQM", "tm99", "Sum"}) {
    EXPECT_THAT(with(std::string(R"("stat":")") + stat + '"'), IsEmpty()) << stat;
  }
  EXPECT_THAT(with(R"("stat":"Avg")"), ElementsAre(HasSubstr("Should match pattern")));
  EXPECT_THAT(with(R"("stat":"p101")"), ElementsAre(HasSubstr("Should match pattern")));
  EXPECT_THAT(with(R"("period":45)"),
              ElementsAre("/widgets/0/properties/period Should be multiple of 60"));
  EXPECT_THAT(with(R"("period":30)"), IsEmpty());
  EXPECT_THAT(with(R"("view":"gauge")"),
              ElementsAre("/widgets/0/properties/yAxis/left Should have required property 'min'",
                          "/widgets/0/properties/yAxis/left Should have required property 'max'"));
}

TEST(Dashboard, OtherWidgets) {
  EXPECT_THAT(errors(widget("log", R"({"region":"r","query":"SOURCE 'g' | fields @message"})")),
              IsEmpty());
  EXPECT_THAT(errors(widget("log", R"({"region":"r"})")),
              ElementsAre("/widgets/0/properties Should have required property 'query'"));
  // guidance-for-automating-network-monitoring issue 7
  EXPECT_THAT(errors(widget("alarm", R"({"alarms":[]})")),
              ElementsAre("/widgets/0/properties/alarms Should NOT have less than 1 items"));
  EXPECT_THAT(errors(widget("explorer", R"({"labels":[{"key":"k"}],"metrics":[
      {"metricName":"CPUUtilization","resourceType":"AWS::EC2::Instance","stat":"Average"}]})")),
              IsEmpty());
  EXPECT_THAT(errors(widget("custom", "{}")),
              ElementsAre("/widgets/0/properties Should have required property 'endpoint'"));
}

TEST(Dashboard, TimesAndVariables) {
  EXPECT_THAT(errors(R"({"widgets":[],"start":"yesterday"})"), ElementsAre(HasSubstr("/start ")));
  EXPECT_THAT(errors(R"({"widgets":[],"periodOverride":"never"})"),
              ElementsAre("/periodOverride Should be equal to one of the allowed values"));
  EXPECT_THAT(lines(check(R"({"widgets":[],"end":"2026-01-01T00:00:00Z"})").warnings),
              ElementsAre(HasSubstr("/end ")));
  EXPECT_THAT(
      errors(R"({"widgets":[],"variables":[{"type":"property","id":"f","inputType":"select"}]})"),
      ElementsAre("/variables/0 Should have required property 'property'",
                  "/variables/0 Should have required property 'values'"));
}

TEST(Dashboard, WhatIsNotKnownIsAWarning) {
  const auto verdict = check(R"({"widgets":[],"theme":"dark"})");
  EXPECT_THAT(verdict.errors, IsEmpty());
  EXPECT_THAT(lines(verdict.warnings),
              ElementsAre(" The \"theme\" property is not expected, will be ignored"));
}

TEST(Dashboard, Limits) {
  const auto rows = [](int count) {
    std::string out = R"([["A","b"])";
    for (int i = 1; i < count; ++i) out += R"(,[".","."])";
    return out + "]";
  };
  EXPECT_THAT(errors(metrics(rows(500))), IsEmpty());
  EXPECT_THAT(errors(metrics(rows(501))),
              ElementsAre("/widgets/0/properties/metrics Should NOT have more than 500 items"));
  std::string six = R"({"widgets":[)";
  for (int i = 0; i < 6; ++i) {
    if (i > 0) six += ",";
    six += R"({"type":"metric","properties":{"region":"r","metrics":)" + rows(420) + "}}";
  }
  EXPECT_THAT(errors(six + "]}"), ElementsAre(HasSubstr("2500")));
}

TEST(Dashboard, TheRefusalListsErrorsAsJson) {
  EXPECT_EQ(refusal(check("{}")),
            "The dashboard body is invalid, there are 1 validation errors:\n[\n  {\n    "
            "\"dataPath\": \"\",\n    \"message\": \"Should have required property 'widgets'\"\n  "
            "}\n]");
}

TEST(MetricRows, ShorthandIsWrittenOut) {
  const auto rows = expand_rows(parse_json(R"([
      ["AWS/EC2","CPUUtilization","InstanceId","i-1",{"stat":"p99","yAxis":"right","period":60}],
      [".","NetworkIn",".","."],
      ["...","i-2",{"id":"m2","visible":false,"color":"#1f77b4","label":"two"}],
      [{"expression":"m2*2","id":"e1"}],
      ["...","i-3"],
      ["..."]])")
                                    ->get_array());
  ASSERT_EQ(rows.size(), 6u);
  EXPECT_EQ(rows[0].stat, "p99");
  EXPECT_TRUE(rows[0].right_axis);
  EXPECT_EQ(rows[0].period_s, 60);
  EXPECT_EQ(rows[1].name_space, "AWS/EC2");
  EXPECT_EQ(rows[1].name, "NetworkIn");
  EXPECT_THAT(rows[1].dimensions, ElementsAre(std::pair{"InstanceId", "i-1"}));
  EXPECT_EQ(rows[1].stat, "");  // rendering properties are not repeated
  EXPECT_EQ(rows[2].name, "NetworkIn");
  EXPECT_THAT(rows[2].dimensions, ElementsAre(std::pair{"InstanceId", "i-2"}));
  EXPECT_FALSE(rows[2].visible);
  EXPECT_EQ(rows[3].expression, "m2*2");
  EXPECT_THAT(rows[4].dimensions, ElementsAre(std::pair{"InstanceId", "i-3"}));
  EXPECT_THAT(rows[5].dimensions, ElementsAre(std::pair{"InstanceId", "i-3"}));
}

TEST(MetricRows, NothingAboveToRepeat) {
  for (const char* row : {R"([".","a"])", R"(["...","a"])", R"(["A","b"],[".",".",".","."])"}) {
    EXPECT_THAT(errors(metrics("[" + std::string(row) + "]")),
                ElementsAre(HasSubstr("no metric above")))
        << row;
  }
}

}  // namespace
}  // namespace seatrial::decide::dashboard
