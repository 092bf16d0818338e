// Invocations: which process carries out what, how they end, what is told of them.
#include "services/lambda/testing.h"

namespace seatrial::services::lambda {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

std::string first_id(const drivers::FakeFunctions& driver) {
  return driver.instances.begin()->first;
}

TEST_F(LambdaTest, AnInvocationIsAnsweredLoggedAndCounted) {
  ASSERT_TRUE(create("f"));
  driver.behave = [](const auto&, const auto&) {
    return drivers::FakeFunctions::Reply{R"("done")", false, {"hello"}};
  };
  const auto call = invoke("f", "{}", {{"LogType", "Tail"}});
  ASSERT_TRUE(call->reply && *call->reply);
  const auto& reply = **call->reply;
  const std::string id = call->context.request_id;
  EXPECT_EQ(text_member(reply, "Payload"), R"("done")");
  EXPECT_EQ(find_member(reply, "FunctionError"), nullptr);
  const std::vector<std::string> lines = {
      "START RequestId: " + id + " Version: $LATEST\n", "hello\n", "END RequestId: " + id + "\n",
      "REPORT RequestId: " + id +
          "\tDuration: 7.25 ms\tBilled Duration: 20 ms\tMemory Size: 128 MB\tMax Memory Used: 20 "
          "MB\tInit Duration: 12.50 ms\t\n"};
  EXPECT_EQ(logs.lines, lines);
  EXPECT_EQ(base64_decode(text_member(reply, "LogResult")),
            lines[0] + lines[1] + lines[2] + lines[3]);
  ASSERT_EQ(logs.streams.size(), 1U);
  EXPECT_EQ(logs.streams.begin()->first, "/aws/lambda/f");
  EXPECT_THAT(logs.streams.begin()->second, StartsWith("2026/01/01/[$LATEST]"));
  EXPECT_EQ(metrics.sums["Invocations"], 1);
  EXPECT_EQ(metrics.sums["Errors"], 0);
  EXPECT_EQ(metrics.sums["Duration"], 7.25);
  EXPECT_EQ(metrics.sums["ConcurrentExecutions"], 1);
}

TEST_F(LambdaTest, AWarmProcessIsUsedAgainAndAnIdleOneEnds) {
  ASSERT_TRUE(create("f"));
  invoke("f");
  invoke("f");
  EXPECT_EQ(driver.started, 1);
  EXPECT_EQ(roles.open, 1);
  world.control.advance(Environments::kIdleLife + Environments::kSweep);
  EXPECT_TRUE(driver.instances.empty());
  EXPECT_EQ(roles.open, 0);
  invoke("f");
  EXPECT_EQ(driver.started, 2);
}

TEST_F(LambdaTest, ConcurrentInvocationsHaveProcessesOfTheirOwn) {
  ASSERT_TRUE(create("f"));
  driver.answers = false;
  const auto one = invoke("f"), two = invoke("f");
  EXPECT_EQ(driver.started, 2);
  EXPECT_FALSE(one->reply);
  driver.answer_all();
  settle();
  EXPECT_TRUE(one->reply && *one->reply);
  EXPECT_TRUE(two->reply && *two->reply);
}

TEST_F(LambdaTest, TooManyAtOnceAreThrottled) {
  ASSERT_TRUE(create("f"));
  driver.answers = false;
  for (std::size_t i = 0; i < Environments::kMaxConcurrent; ++i) invoke("f");
  const auto refused = invoke("f");
  ASSERT_TRUE(refused->reply);
  EXPECT_EQ(code_of(*refused->reply), "TooManyRequestsException");
  EXPECT_EQ(refused->reply->error().status, 429);
  EXPECT_EQ(metrics.sums["Throttles"], 1);
}

TEST_F(LambdaTest, IdleProcessesOfOthersMakeRoom) {
  ASSERT_TRUE(create("f"));
  ASSERT_TRUE(create("g"));
  driver.answers = false;
  for (std::size_t i = 0; i < Environments::kMaxConcurrent; ++i) invoke("f");
  driver.answer_all();
  settle();
  driver.answers = true;
  const auto call = invoke("g");
  EXPECT_TRUE(call->reply && *call->reply);
  EXPECT_LE(driver.instances.size(), Environments::kMaxConcurrent);
}

TEST_F(LambdaTest, AChangedFunctionRunsInNewProcesses) {
  ASSERT_TRUE(create("f"));
  invoke("f");
  ASSERT_TRUE(call("UpdateFunctionConfiguration", {{"FunctionName", "f"}, {"Timeout", 9}}));
  EXPECT_TRUE(driver.instances.empty());
  driver.answers = false;
  const auto running = invoke("f");
  ASSERT_TRUE(call("UpdateFunctionConfiguration", {{"FunctionName", "f"}, {"Timeout", 10}}));
  EXPECT_EQ(driver.instances.size(), 1U);
  driver.answer_all();
  settle();
  EXPECT_TRUE(running->reply && *running->reply);
  EXPECT_TRUE(driver.instances.empty());
}

TEST_F(LambdaTest, AnErrorOfTheFunctionIsNoErrorOfTheCall) {
  ASSERT_TRUE(create("f"));
  driver.behave = [](const auto&, const auto&) {
    return drivers::FakeFunctions::Reply{R"({"errorType":"E"})", true, {}};
  };
  const auto call = invoke("f");
  ASSERT_TRUE(call->reply && *call->reply);
  EXPECT_EQ(text_member(**call->reply, "FunctionError"), "Unhandled");
  EXPECT_EQ(text_member(**call->reply, "Payload"), R"({"errorType":"E"})");
  EXPECT_EQ(metrics.sums["Errors"], 1);
}

struct EndCase {
  drivers::FunctionEnd end;
  const char *type, *message, *report;
};

TEST_F(LambdaTest, AProcessThatEndsFailsItsInvocation) {
  ASSERT_TRUE(create("f"));
  std::vector<EndCase> cases(5);
  cases[0] = {{}, "Sandbox.Timedout", "Task timed out after 3.00 seconds", "Status: timeout\n"};
  cases[0].end.timed_out = true;
  cases[1] = {{},
              "Runtime.ExitError",
              "Runtime exited with error: exit status 3",
              "Status: error\tError Type: Runtime.ExitError\n"};
  cases[1].end.exit_code = 3;
  cases[2] = {{},
              "Runtime.ExitError",
              "Runtime exited without providing a reason",
              "Error Type: Runtime.ExitError\n"};
  cases[3] = {{},
              "Runtime.ExitError",
              "Runtime exited with error: signal: killed",
              "Error Type: Runtime.OutOfMemory\n"};
  cases[3].end.signal = 9;
  cases[3].end.out_of_memory = true;
  cases[4] = {
      {}, "Runtime.InvalidEntrypoint", "no bootstrap", "Error Type: Runtime.InvalidEntrypoint\n"};
  cases[4].end.start_error = "no bootstrap";
  driver.answers = false;
  for (const auto& one : cases) {
    const auto call = invoke("f");
    driver.end(first_id(driver), one.end);
    settle();
    ASSERT_TRUE(call->reply && *call->reply) << one.message;
    const auto body = parse_json(text_member(**call->reply, "Payload")).value_or(Value());
    EXPECT_EQ(text_member(body, "errorType"), one.type);
    EXPECT_EQ(text_member(body, "errorMessage"),
              "RequestId: " + call->context.request_id + " Error: " + one.message);
    EXPECT_THAT(logs.lines.back(), HasSubstr(one.report));
    EXPECT_EQ(text_member(**call->reply, "FunctionError"), "Unhandled");
  }
}

TEST_F(LambdaTest, PayloadsAreChecked) {
  ASSERT_TRUE(create("f"));
  EXPECT_EQ(code_of(*invoke("f", "{")->reply), "InvalidRequestContentException");
  EXPECT_EQ(code_of(*invoke("f", std::string(kMaxSyncPayload + 1, ' '))->reply),
            "RequestTooLargeException");
  EXPECT_EQ(code_of(*invoke("f", "\"" + std::string(kMaxAsyncPayload, 'x') + "\"",
                            {{"InvocationType", "Event"}})
                         ->reply),
            "RequestTooLargeException");
  EXPECT_EQ(code_of(*invoke("f", "{}", {{"ClientContext", "!"}})->reply),
            "InvalidRequestContentException");
  EXPECT_EQ(code_of(*invoke("f", "{}", {{"TenantId", "t"}})->reply),
            "InvalidParameterValueException");
  EXPECT_EQ(driver.started, 0);
}

TEST_F(LambdaTest, ADryRunRunsNothing) {
  ASSERT_TRUE(create("f"));
  const auto call = invoke("f", "{}", {{"InvocationType", "DryRun"}});
  ASSERT_TRUE(call->reply && *call->reply);
  EXPECT_EQ(call->context.status, 204);
  EXPECT_EQ(driver.started, 0);
}

TEST_F(LambdaTest, AnEventIsTriedThreeTimes) {
  ASSERT_TRUE(create("f"));
  std::vector<std::pair<std::string, Time>> seen;
  driver.behave = [&](const auto&, const auto& invocation) {
    seen.emplace_back(invocation.request_id, world.clock.now());
    return drivers::FakeFunctions::Reply{"{}", true, {}};
  };
  const auto call = invoke("f", "{}", {{"InvocationType", "Event"}});
  EXPECT_EQ(call->context.status, 202);
  ASSERT_EQ(seen.size(), 1U);
  world.control.advance(Millis{59'000});
  EXPECT_EQ(seen.size(), 1U);
  world.control.advance(Millis{1'001});
  EXPECT_EQ(seen.size(), 2U);
  world.control.advance(Millis{600'000});
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(seen[0].first, seen[2].first);
  EXPECT_GE(seen[2].second - seen[1].second, Millis{120'000});
  EXPECT_EQ(metrics.sums["Errors"], 3);
  EXPECT_EQ(metrics.sums["AsyncEventsDropped"], 1);
}

TEST_F(LambdaTest, AnEventSurvivesARestart) {
  ASSERT_TRUE(create("f"));
  driver.answers = false;
  invoke("f", R"({"n":1})", {{"InvocationType", "Event"}});
  EXPECT_EQ(driver.started, 1);
  driver.answers = true;
  std::vector<std::string> seen;
  driver.behave = [&](const auto&, const auto& invocation) {
    seen.push_back(invocation.payload);
    return drivers::FakeFunctions::Reply{"{}", false, {}};
  };
  restart();
  settle();
  EXPECT_THAT(seen, ElementsAre(R"({"n":1})"));
  restart();
  settle();
  EXPECT_EQ(seen.size(), 1U);
}

TEST_F(LambdaTest, EventsWaitForRoomAndAreNotLost) {
  ASSERT_TRUE(create("f"));
  driver.answers = false;
  for (std::size_t i = 0; i < Environments::kMaxConcurrent + 5; ++i)
    invoke("f", "{}", {{"InvocationType", "Event"}});
  EXPECT_EQ(driver.instances.size(), Environments::kMaxConcurrent);
  driver.answers = true;
  driver.answer_all();
  settle();
  EXPECT_EQ(metrics.sums["Invocations"], Environments::kMaxConcurrent + 5);
  EXPECT_EQ(metrics.sums["Throttles"], 0);
}

TEST_F(LambdaTest, EventsOfADeletedFunctionAreDropped) {
  ASSERT_TRUE(create("f"));
  driver.behave = [](const auto&, const auto&) {
    return drivers::FakeFunctions::Reply{"{}", true, {}};
  };
  invoke("f", "{}", {{"InvocationType", "Event"}});
  ASSERT_TRUE(call("DeleteFunction", {{"FunctionName", "f"}}));
  ASSERT_TRUE(create("f"));
  world.control.advance(Millis{600'000});
  EXPECT_EQ(metrics.sums["Invocations"], 1);
  EXPECT_EQ(metrics.sums["AsyncEventsDropped"], 1);
}

TEST_F(LambdaTest, AProcessKnowsItsFunctionAndItsWorld) {
  ASSERT_TRUE(
      create("f", {{"Environment", Object{{"Variables", Object{{"PATH", "/mine"}, {"K", "v"}}}}}}));
  invoke("f");
  const auto& environment = driver.instances.begin()->second.spec.environment;
  EXPECT_EQ(environment.at("K"), "v");
  EXPECT_EQ(environment.at("_HANDLER"), "app.handler");
  EXPECT_EQ(environment.at("AWS_ENDPOINT_URL"), "http://127.0.0.1:4566");
  EXPECT_EQ(environment.at("AWS_ACCESS_KEY_ID"), "ASIA1");
  EXPECT_EQ(environment.at("AWS_LAMBDA_FUNCTION_NAME"), "f");
  EXPECT_EQ(environment.at("AWS_EXECUTION_ENV"), "AWS_Lambda_python3.12");
  EXPECT_EQ(environment.at("PATH"), (world.folder / "run/bin").string() + ":/mine");
}

}  // namespace
}  // namespace seatrial::services::lambda
