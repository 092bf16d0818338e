// Targets, policies and what alarms make of them, over doubles of ECS and CloudWatch.
#include "services/application_autoscaling/service.h"

#include <gmock/gmock.h>

#include "room/testing.h"

namespace seatrial::services::application_autoscaling {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

class FakeServices final : public ecs::ServiceScaler {
 public:
  std::optional<ecs::ServiceCounts> counts(const std::string&, const std::string& cluster,
                                           const std::string& service) const override {
    if (cluster != "c" || service != "s") return std::nullopt;
    return now;
  }
  bool set_desired(const std::string&, const std::string&, const std::string&, int n) override {
    now.desired = n;
    if (follows) now.running = n;
    set.push_back(n);
    return true;
  }
  ecs::ServiceCounts now{2, 2, false};
  std::vector<int> set;
  bool follows = true;
};

class FakeAlarms final : public cloudwatch::ManagedAlarms {
 public:
  room::Outcome<void> put_alarm(room::Context&, const Value& input) override {
    alarms[std::string(text_member(input, "AlarmName"))] = input;
    return {};
  }
  void delete_alarms(room::Context&, const std::vector<std::string>& names) override {
    for (const auto& name : names) alarms.erase(name);
  }
  std::vector<std::string> alarms_acting(const std::string&, const std::string&) const override {
    return {"by-hand"};
  }
  std::optional<cloudwatch::AlarmReading> reading(const std::string&,
                                                  const std::string& alarm) override {
    const auto found = readings.find(alarm);
    if (found == readings.end()) return std::nullopt;
    return found->second;
  }
  std::map<std::string, Value> alarms;
  std::map<std::string, cloudwatch::AlarmReading> readings;
};

class ScalingTest : public testing::Test {
 protected:
  ScalingTest() { open(); }
  void open() {
    room = std::make_unique<ApplicationAutoscaling>(*world.env, Parts{services, alarms});
    world.add(*room);
    room->start();
  }
  static Object of_service(Object more = {}) {
    Object input{{"ServiceNamespace", "ecs"},
                 {"ResourceId", "service/c/s"},
                 {"ScalableDimension", "ecs:service:DesiredCount"}};
    for (auto& member : more) input[member.key()] = member.value();
    return input;
  }
  room::Outcome<Value> call(const char* operation, Object input) {
    return world.call("application-autoscaling", operation, std::move(input));
  }
  Value ok(const char* operation, Object input) {
    auto reply = call(operation, std::move(input));
    EXPECT_TRUE(reply) << operation << ": " << (reply ? "" : reply.error().message);
    return reply.value_or(Value(Object{}));
  }
  model::AwsError refused(const char* operation, Object input) {
    auto reply = call(operation, std::move(input));
    return reply ? model::AwsError{"accepted", to_json(*reply)} : reply.error();
  }
  void target(int min = 1, int max = 10) {
    ok("RegisterScalableTarget", of_service({{"MinCapacity", min}, {"MaxCapacity", max}}));
  }
  // Its ARN; its alarms, high then low, if it tracks.
  struct Policy {
    std::string arn;
    std::vector<std::string> alarms;
  };
  Policy put(const char* name, Object more) {
    Object input = of_service({{"PolicyName", name}});
    for (auto& member : more) input[member.key()] = member.value();
    const Value reply = ok("PutScalingPolicy", std::move(input));
    Policy out{std::string(text_member(reply, "PolicyARN")), {}};
    for (const Value& alarm : reply.at("Alarms").as_array())
      out.alarms.emplace_back(text_member(alarm, "AlarmName"));
    return out;
  }
  Policy track(const char* name = "cpu", double value = 70, Object more = {}) {
    Object configuration{{"TargetValue", value},
                         {"PredefinedMetricSpecification",
                          Object{{"PredefinedMetricType", "ECSServiceAverageCPUUtilization"}}}};
    for (auto& member : more) configuration[member.key()] = member.value();
    return put(name, {{"PolicyType", "TargetTrackingScaling"},
                      {"TargetTrackingScalingPolicyConfiguration", std::move(configuration)}});
  }
  Policy step(Array steps, const char* type = "ChangeInCapacity") {
    return put("step",
               {{"PolicyType", "StepScaling"},
                {"StepScalingPolicyConfiguration",
                 Object{{"AdjustmentType", type}, {"Cooldown", 60}, {"StepAdjustments", steps}}}});
  }
  void alarm(const std::string& policy, const std::string& name, double value, double threshold = 0,
             const char* state = "ALARM") {
    alarms.readings[name] = {threshold, value, std::string_view(state) == "ALARM"};
    cloudwatch::AlarmActionRequest request;
    request.region = "ap-southeast-2";
    request.action = policy;
    request.alarm_name = name;
    request.state = state;
    const auto done = room->alarm_action().execute(request);
    EXPECT_TRUE(done) << (done ? "" : done.error().message);
    world.store->commit(nullptr);
  }
  Array activities() {
    const Value reply = ok("DescribeScalingActivities", {{"ServiceNamespace", "ecs"}});
    return reply.at("ScalingActivities").as_array();
  }

  room::TestWorld world;
  FakeServices services;
  FakeAlarms alarms;
  std::unique_ptr<ApplicationAutoscaling> room;
};

TEST_F(ScalingTest, ATargetIsShownAndBringsTheServiceIntoItsBounds) {
  target(3, 5);
  EXPECT_THAT(services.set, ElementsAre(3));
  const Value reply = ok("DescribeScalableTargets", {{"ServiceNamespace", "ecs"}});
  const Value& shown = reply.at("ScalableTargets").at(0);
  EXPECT_EQ(shown.at("MinCapacity"), Value(3));
  EXPECT_THAT(
      std::string(text_member(shown, "ScalableTargetARN")),
      StartsWith("arn:aws:application-autoscaling:ap-southeast-2:123456789012:scalable-target/"));
  EXPECT_THAT(std::string(text_member(shown, "RoleARN")),
              HasSubstr("AWSServiceRoleForApplicationAutoScaling_ECSService"));
  ASSERT_THAT(activities(), SizeIs(1));
  EXPECT_EQ(text_member(activities()[0], "Cause"), "minimum capacity was set to 3");
  ok("RegisterScalableTarget", of_service({{"MaxCapacity", 3}, {"MinCapacity", 1}}));
  EXPECT_THAT(services.set, ElementsAre(3));
}

TEST_F(ScalingTest, TrackingMakesThePairOfAlarms) {
  target();
  const auto policy = track();
  EXPECT_THAT(policy.arn, HasSubstr(":resource/ecs/service/c/s:policyName/cpu"));
  ASSERT_THAT(policy.alarms, SizeIs(2));
  EXPECT_THAT(policy.alarms[0], StartsWith("TargetTracking-service/c/s-AlarmHigh-"));
  EXPECT_THAT(policy.alarms[1], StartsWith("TargetTracking-service/c/s-AlarmLow-"));
  const Value& high = alarms.alarms.at(policy.alarms[0]);
  EXPECT_EQ(high.at("Threshold"), Value(70.0));
  EXPECT_EQ(high.at("EvaluationPeriods"), Value(3));
  EXPECT_EQ(text_member(high, "ComparisonOperator"), "GreaterThanThreshold");
  EXPECT_EQ(text_member(high, "AlarmDescription"),
            "DO NOT EDIT OR DELETE. For TargetTrackingScaling policy " + policy.arn + ".");
  const Value& low = alarms.alarms.at(policy.alarms[1]);
  EXPECT_EQ(low.at("Threshold"), Value(63.0));
  EXPECT_EQ(low.at("EvaluationPeriods"), Value(15));
  EXPECT_EQ(text_member(low, "Namespace"), "AWS/ECS");
  // Changed in place, then gone with the policy.
  EXPECT_EQ(track("cpu", 80).alarms, policy.alarms);
  EXPECT_EQ(alarms.alarms.at(policy.alarms[1]).at("Threshold"), Value(72.0));
  EXPECT_THAT(track("cpu", 80, {{"DisableScaleIn", true}}).alarms, ElementsAre(policy.alarms[0]));
  EXPECT_THAT(alarms.alarms, SizeIs(1));
  ok("DeleteScalingPolicy", of_service({{"PolicyName", "cpu"}}));
  EXPECT_THAT(alarms.alarms, IsEmpty());
}

TEST_F(ScalingTest, TrackingScalesOutAndIn) {
  target();
  const auto policy = track();
  alarm(policy.arn, policy.alarms[0], 105);
  EXPECT_THAT(services.set, ElementsAre(3));
  alarm(policy.arn, policy.alarms[0], 105);  // again, a minute later: it was made
  EXPECT_THAT(services.set, ElementsAre(3));
  world.control.advance(Millis{301'000});
  alarm(policy.arn, policy.alarms[1], 20);
  EXPECT_THAT(services.set, ElementsAre(3, 1));
  const auto all = activities();
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(text_member(all[1], "Description"), "Setting desired count to 3.");
  EXPECT_EQ(text_member(all[1], "Cause"),
            "monitor alarm " + policy.alarms[0] + " in state ALARM triggered policy cpu");
  EXPECT_EQ(text_member(all[1], "StatusCode"), "Successful");
  EXPECT_EQ(text_member(all[1], "StatusMessage"),
            "Successfully set desired count to 3. Change successfully fulfilled by ecs.");
}

TEST_F(ScalingTest, InNeedsEveryTrackingPolicy) {
  target();
  services.now = {4, 4, false};
  const auto cpu = track("cpu");
  const auto memory = track("memory", 50);
  alarm(cpu.arn, cpu.alarms[1], 17.5);  // one would do
  EXPECT_THAT(services.set, IsEmpty());
  alarms.readings[memory.alarms[1]] = {45, 30, true};  // three
  alarm(cpu.arn, cpu.alarms[1], 17.5);
  EXPECT_THAT(services.set, ElementsAre(3));
}

TEST_F(ScalingTest, NothingGoesInWhileADeploymentRuns) {
  target();
  services.now = {4, 4, true};
  const auto policy = track();
  alarm(policy.arn, policy.alarms[1], 10);
  EXPECT_THAT(services.set, IsEmpty());
  alarm(policy.arn, policy.alarms[0], 140);
  EXPECT_THAT(services.set, ElementsAre(8));
}

TEST_F(ScalingTest, StepsFollowTheBreach) {
  target(1, 6);
  const auto policy = step({Object{{"MetricIntervalLowerBound", 0},
                                   {"MetricIntervalUpperBound", 20},
                                   {"ScalingAdjustment", 1}},
                            Object{{"MetricIntervalLowerBound", 20}, {"ScalingAdjustment", 3}}});
  alarm(policy.arn, "by-hand", 75, 70);
  alarm(policy.arn, "by-hand", 95, 70);  // a larger one, by the difference
  EXPECT_THAT(services.set, ElementsAre(3, 5));
  world.control.advance(Millis{61'000});
  alarm(policy.arn, "by-hand", 95, 70);
  EXPECT_THAT(services.set, ElementsAre(3, 5, 6));
  alarm(policy.arn, "by-hand", 60, 70, "INSUFFICIENT_DATA");
  alarm(policy.arn, "by-hand", 60, 70);  // below the threshold there is no step
  EXPECT_THAT(services.set, SizeIs(3));
  const Value shown = ok("DescribeScalingPolicies", {{"ServiceNamespace", "ecs"}});
  EXPECT_EQ(text_member(shown.at("ScalingPolicies").at(0).at("Alarms").at(0), "AlarmName"),
            "by-hand");
}

TEST_F(ScalingTest, SuspendedTargetsStay) {
  target();
  ok("RegisterScalableTarget",
     of_service({{"SuspendedState", Object{{"DynamicScalingOutSuspended", true}}}}));
  const auto policy = track();
  alarm(policy.arn, policy.alarms[0], 140);
  EXPECT_THAT(services.set, IsEmpty());
}

TEST_F(ScalingTest, AnActivityIsOverriddenByTheNextAndFollowedToItsEnd) {
  target();
  services.follows = false;
  const auto policy = step({Object{{"MetricIntervalLowerBound", 0}, {"ScalingAdjustment", 1}}});
  alarm(policy.arn, "by-hand", 75, 70);
  EXPECT_EQ(text_member(activities()[0], "StatusCode"), "InProgress");
  world.control.advance(Millis{61'000});
  alarm(policy.arn, "by-hand", 75, 70);
  EXPECT_EQ(text_member(activities()[1], "StatusCode"), "Overridden");
  services.now.running = 4;
  world.control.advance(Scaler::kFollow);
  EXPECT_EQ(text_member(activities()[0], "StatusCode"), "Successful");
}

TEST_F(ScalingTest, WhatIsNotServedIsRefusedByName) {
  const auto message = [&](const char* operation, Object input) {
    return refused(operation, std::move(input)).message;
  };
  EXPECT_THAT(message("RegisterScalableTarget", {{"ServiceNamespace", "dynamodb"},
                                                 {"ResourceId", "table/t"},
                                                 {"ScalableDimension", "x"}}),
              HasSubstr("the service namespace dynamodb"));
  EXPECT_THAT(
      message(
          "RegisterScalableTarget",
          of_service({{"ResourceId", "service/c/none"}, {"MinCapacity", 1}, {"MaxCapacity", 2}})),
      HasSubstr("ECS service doesn't exist: service/c/none"));
  EXPECT_THAT(message("RegisterScalableTarget", of_service({{"MinCapacity", 1}})),
              HasSubstr("MaxCapacity are required"));
  EXPECT_THAT(
      message("RegisterScalableTarget", of_service({{"MinCapacity", 3}, {"MaxCapacity", 2}})),
      HasSubstr("less than minimum"));
  EXPECT_EQ(refused("PutScalingPolicy", of_service({{"PolicyName", "p"}})).code,
            "ObjectNotFoundException");
  target();
  const auto policy = [&](Object more) {
    more["PolicyName"] = "p";
    return message("PutScalingPolicy", of_service(std::move(more)));
  };
  EXPECT_THAT(policy({{"PolicyType", "PredictiveScaling"}}), HasSubstr("PredictiveScaling"));
  EXPECT_THAT(policy({{"PolicyType", "StepScaling"}}), HasSubstr("is required"));
  const auto tracking = [&](Object configuration) {
    return policy({{"PolicyType", "TargetTrackingScaling"},
                   {"TargetTrackingScalingPolicyConfiguration", std::move(configuration)}});
  };
  EXPECT_THAT(tracking({{"TargetValue", 1},
                        {"PredefinedMetricSpecification",
                         Object{{"PredefinedMetricType", "ALBRequestCountPerTarget"}}}}),
              HasSubstr("ALBRequestCountPerTarget"));
  EXPECT_THAT(tracking({{"TargetValue", 1}}), HasSubstr("exactly one of"));
  EXPECT_THAT(tracking({{"TargetValue", 0}}), HasSubstr("TargetValue"));
  EXPECT_THAT(message("DescribeScalingActivities",
                      {{"ServiceNamespace", "ecs"}, {"IncludeNotScaledActivities", true}}),
              HasSubstr("IncludeNotScaledActivities"));
  EXPECT_EQ(refused("DeleteScalingPolicy", of_service({{"PolicyName", "none"}})).code,
            "ObjectNotFoundException");
  EXPECT_TRUE(world.store->load("autoscaling.policy").empty());
}

TEST_F(ScalingTest, DeregisteringTakesPoliciesAndAlarmsAlong) {
  target();
  track();
  ok("DeregisterScalableTarget", of_service());
  EXPECT_THAT(alarms.alarms, IsEmpty());
  EXPECT_EQ(refused("DeregisterScalableTarget", of_service()).code, "ObjectNotFoundException");
}

// ---- scheduled actions ----

class ScheduleTest : public ScalingTest {
 protected:
  ScheduleTest() { target(1, 10); }
  static Object action(Object more) {
    Object input = of_service({{"ScheduledActionName", "a"}});
    for (auto& member : more) input[member.key()] = member.value();
    return input;
  }
  std::string time_in(std::chrono::minutes ahead) {
    return format_iso8601_seconds(world.clock.now() + ahead).substr(0, 19);
  }
  void advance(std::chrono::minutes by) { world.control.advance(by); }
  Array actions() {
    return ok("DescribeScheduledActions", {{"ServiceNamespace", "ecs"}})
        .at("ScheduledActions")
        .as_array();
  }
  std::vector<std::string> causes() {
    std::vector<std::string> found;
    for (const Value& activity : activities())
      found.insert(found.begin(), std::string(text_member(activity, "Cause")));
    return found;
  }
};

TEST_F(ScheduleTest, AnActionSetsTheBoundsAtItsTimeOnce) {
  ok("PutScheduledAction",
     action({{"Schedule", "at(" + time_in(std::chrono::minutes(10)) + ")"},
             {"ScalableTargetAction", Object{{"MinCapacity", 4}, {"MaxCapacity", 8}}}}));
  advance(std::chrono::minutes(9));
  EXPECT_THAT(services.set, IsEmpty());
  advance(std::chrono::minutes(2));
  EXPECT_THAT(services.set, ElementsAre(4));
  const Value shown = ok("DescribeScalableTargets", {{"ServiceNamespace", "ecs"}});
  EXPECT_EQ(shown.at("ScalableTargets").at(0).at("MinCapacity"), 4);
  EXPECT_EQ(shown.at("ScalableTargets").at(0).at("MaxCapacity"), 8);
  EXPECT_THAT(causes(), ElementsAre("scheduled action name a was triggered",
                                    "minimum capacity was set to 4"));
  EXPECT_EQ(text_member(activities().at(1), "Description"),
            "Setting min capacity to 4 and max capacity to 8");
  advance(std::chrono::minutes(60));
  EXPECT_THAT(services.set, ElementsAre(4));
  EXPECT_THAT(actions(), SizeIs(1));
}

TEST_F(ScheduleTest, ARateRepeatsWithinItsTimes) {
  ok("PutScheduledAction", action({{"Schedule", "rate(5 minutes)"},
                                   {"EndTime", to_ms(world.clock.now() + std::chrono::minutes(12))},
                                   {"ScalableTargetAction", Object{{"MaxCapacity", 1}}}}));
  advance(std::chrono::minutes(30));
  EXPECT_THAT(causes(),
              ElementsAre("scheduled action name a was triggered", "maximum capacity was set to 1",
                          "scheduled action name a was triggered"));
}

TEST_F(ScheduleTest, SuspendedNothingHappens) {
  ok("RegisterScalableTarget",
     of_service({{"SuspendedState", Object{{"ScheduledScalingSuspended", true}}}}));
  ok("PutScheduledAction", action({{"Schedule", "rate(5 minutes)"},
                                   {"ScalableTargetAction", Object{{"MinCapacity", 4}}}}));
  advance(std::chrono::minutes(11));
  EXPECT_THAT(services.set, IsEmpty());
  EXPECT_THAT(activities(), IsEmpty());
}

TEST_F(ScheduleTest, WhatWasDueWhileNobodyRanIsDoneOnce) {
  ok("PutScheduledAction", action({{"Schedule", "rate(5 minutes)"},
                                   {"ScalableTargetAction", Object{{"MinCapacity", 4}}}}));
  room->stop();
  advance(std::chrono::minutes(62));
  EXPECT_THAT(services.set, IsEmpty());
  world.store->flush();
  room.reset();
  open();
  advance(std::chrono::minutes(1));
  EXPECT_THAT(services.set, ElementsAre(4));
  EXPECT_THAT(activities(), SizeIs(2));
}

TEST_F(ScheduleTest, PuttingAgainChangesWhatIsGivenAndForgetsTheTimes) {
  ok("PutScheduledAction",
     action({{"Schedule", "cron(0 9 * * ? *)"},
             {"Timezone", "Australia/Sydney"},
             {"StartTime", to_ms(world.clock.now() + std::chrono::hours(1))},
             {"ScalableTargetAction", Object{{"MinCapacity", 2}, {"MaxCapacity", 3}}}}));
  const Value first = actions().at(0);
  EXPECT_THAT(std::string(text_member(first, "ScheduledActionARN")),
              HasSubstr(":resource/ecs/service/c/s:scheduledActionName/a"));
  EXPECT_NE(find_member(first, "StartTime"), nullptr);
  ok("PutScheduledAction", action({{"Schedule", "cron(0 8 * * ? *)"}}));
  const Value second = actions().at(0);
  EXPECT_EQ(text_member(second, "Schedule"), "cron(0 8 * * ? *)");
  EXPECT_EQ(text_member(second, "Timezone"), "Australia/Sydney");
  EXPECT_EQ(second.at("ScalableTargetAction").at("MaxCapacity"), 3);
  EXPECT_EQ(find_member(second, "StartTime"), nullptr);
  EXPECT_EQ(text_member(second, "ScheduledActionARN"), text_member(first, "ScheduledActionARN"));
  ok("DeleteScheduledAction", action({}));
  EXPECT_THAT(actions(), IsEmpty());
  EXPECT_EQ(refused("DeleteScheduledAction", action({})).code, "ObjectNotFoundException");
}

TEST_F(ScheduleTest, RefusalsStoreNothingAndDeregisteringTakesTheActionsAlong) {
  const Object bounds{{"MinCapacity", 2}};
  const auto code = [&](Object more) { return refused("PutScheduledAction", action(more)).code; };
  EXPECT_EQ(code({{"ScalableTargetAction", bounds}}), "ValidationException");
  EXPECT_EQ(code({{"Schedule", "rate(1 day)"}}), "ValidationException");
  EXPECT_EQ(code({{"Schedule", "daily"}, {"ScalableTargetAction", bounds}}), "ValidationException");
  EXPECT_EQ(code({{"Schedule", "at(2001-01-01T00:00:00)"}, {"ScalableTargetAction", bounds}}),
            "ValidationException");
  EXPECT_EQ(code({{"Schedule", "cron(0 9 * * ? *)"},
                  {"Timezone", "Mars/Olympus"},
                  {"ScalableTargetAction", bounds}}),
            "ValidationException");
  EXPECT_EQ(code({{"Schedule", "rate(1 day)"},
                  {"ScalableTargetAction", Object{{"MinCapacity", 3}, {"MaxCapacity", 2}}}}),
            "ValidationException");
  EXPECT_THAT(actions(), IsEmpty());
  ok("PutScheduledAction", action({{"Schedule", "rate(1 day)"}, {"ScalableTargetAction", bounds}}));
  ok("DeregisterScalableTarget", of_service());
  EXPECT_THAT(actions(), IsEmpty());
  EXPECT_EQ(code({{"Schedule", "rate(1 day)"}, {"ScalableTargetAction", bounds}}),
            "ObjectNotFoundException");
}

TEST_F(ScalingTest, RequestsOfATargetAreTrackedByTheirLabel) {
  target();
  const auto configuration = [](const char* label) {
    Object metric{{"PredefinedMetricType", "ALBRequestCountPerTarget"}};
    if (*label != 0) metric["ResourceLabel"] = label;
    return Object{{"PolicyType", "TargetTrackingScaling"},
                  {"TargetTrackingScalingPolicyConfiguration",
                   Object{{"TargetValue", 100}, {"PredefinedMetricSpecification", metric}}}};
  };
  for (const char* label : {"", "app/web/1", "net/web/1/targetgroup/t/2",
                            "app/web/1/targetgroup/t/", "app/web/targetgroup/t/2"}) {
    Object input = of_service({{"PolicyName", "p"}});
    for (auto& member : configuration(label)) input[member.key()] = member.value();
    EXPECT_EQ(refused("PutScalingPolicy", input).code, "ValidationException") << label;
  }
  const auto policy = put("p", configuration("app/web/1/targetgroup/t/2"));
  const Value& high = alarms.alarms.at(policy.alarms[0]);
  EXPECT_EQ(text_member(high, "MetricName"), "RequestCountPerTarget");
  EXPECT_EQ(text_member(high, "Statistic"), "Sum");
  EXPECT_EQ(high.at("Dimensions").at(0).at("Value"), "targetgroup/t/2");
  EXPECT_EQ(high.at("Dimensions").at(1).at("Value"), "app/web/1");
  alarm(policy.arn, policy.alarms[0], 180, 100);  // each of two
  EXPECT_THAT(services.set, ElementsAre(4));
}

}  // namespace
}  // namespace seatrial::services::application_autoscaling
