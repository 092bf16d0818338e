// Whole runs with a real bash and a stand-in `aws` behind the world's wrapper.
#include "runbook/run.h"
#include "runbook/waiters.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "runbook/commands.h"
#include "runbook/environment.h"
#include "runbook/report.h"

namespace seatrial::runbook {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string slurp(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class RunTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "runbook test'XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
    fs::create_directories(root_ / "world/run");
    fs::create_directories(root_ / "tools");
    write("tools/aws",
          "#!/bin/sh\nprintf '[%s]' \"$@\"; echo\ncase \"$*\" in *fail*) exit 254;; esac\n");
    fs::permissions(root_ / "tools/aws", fs::perms::owner_all);
    write(
        "world/run/endpoint.json",
        fmt::format(
            R"({{"endpoint":"http://127.0.0.1:9","access_key_id":"AKIAWORLD","secret_access_key":"worldsecretkey",)"
            R"("region":"us-east-1","account":"123456789012","ca_bundle":"","pid":{}}})",
            ::getpid()));
    old_path_ = std::getenv("PATH");
    ::setenv("PATH", ((root_ / "tools").string() + ":" + old_path_).c_str(), 1);
  }
  void TearDown() override {
    ::setenv("PATH", old_path_.c_str(), 1);
    fs::remove_all(root_);
  }
  void write(const std::string& name, std::string_view text) {
    std::ofstream(root_ / name) << text;
  }

  int run(const std::string& markdown, std::vector<std::string> more = {}) {
    write("book.md", markdown);
    std::vector<std::string> words = {"run",      (root_ / "book.md").string(),
                                      "--world",  (root_ / "world").string(),
                                      "--output", "json"};
    words.insert(words.end(), more.begin(), more.end());
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    ::testing::internal::CaptureStdout();
    const int code = run_command(static_cast<int>(argv.size()), argv.data());
    report_ = ::testing::internal::GetCapturedStdout();
    if (auto value = parse_json(report_)) from_value(*value, record_);
    return code;
  }
  std::vector<std::string> statuses() const {
    std::vector<std::string> out;
    for (auto& step : record_.steps) out.push_back(step.status);
    return out;
  }

  fs::path root_;
  std::string old_path_, report_;
  RunRecord record_;
};

TEST_F(RunTest, StepsShareOneShellAndReachTheWorldOnly) {
  EXPECT_EQ(run("# a\n```bash\nX=1\naws ecs list-tasks \"a b\" $X\n```\n"), 0);
  EXPECT_EQ(record_.steps[1].out,
            "[--endpoint-url][http://127.0.0.1:9][ecs][list-tasks][a b][1]\n");
  EXPECT_EQ(run("```bash\necho $AWS_SECRET_ACCESS_KEY $AWS_ENDPOINT_URL $AWS_PROFILE\n```\n"), 0);
  EXPECT_EQ(record_.steps[0].out, "**** http://127.0.0.1:9\n");
}

TEST_F(RunTest, AnotherEndpointIsRefused) {
  EXPECT_EQ(run("```bash\naws --endpoint-url https://ecs.amazonaws.com ecs list-tasks\n```\n"), 1);
  EXPECT_EQ(record_.steps[0].exit_code, 252);
  EXPECT_THAT(record_.steps[0].err, HasSubstr("refused to call https://ecs.amazonaws.com"));
  EXPECT_EQ(run("```bash\naws ecs list-tasks --endpoint-url=http://127.0.0.1:9/\n```\n"), 0);
  EXPECT_EQ(run("```bash\naws ecs x --endpoint-url http://o:1\n```\n",
                {"--allow-endpoint", "http://o:1"}),
            0);
  EXPECT_EQ(run("```bash\naws ecs x --endpoint-u http://o:1\n```\n"), 1);
}

TEST_F(RunTest, StopsAtTheFirstFailureUnlessToldOtherwise) {
  const auto book = "# a\n```bash\ntrue\nfalse\necho on\n```\n";
  EXPECT_EQ(run(book), 1);
  EXPECT_THAT(statuses(), ElementsAre("ok", "failed", "not_run"));
  EXPECT_EQ(run(book, {"--keep-going"}), 1);
  EXPECT_THAT(statuses(), ElementsAre("ok", "failed", "ok"));
}

TEST_F(RunTest, ExpectationsAreCompared) {
  EXPECT_EQ(run("# a\n```bash\necho '{\"n\": 2, \"id\": \"i-0123456789\"}'\n```\nExpected "
                "Output:\n```json\n{\"n\": 3, \"id\": \"i-0abcdef0123\"}\n```\n"),
            4);
  EXPECT_THAT(record_.steps[0].differences, ElementsAre("n: expected 3, got 2"));
  EXPECT_EQ(run("# a\n```bash\necho '\"stopped\"'\necho Done > /dev/null\n```\n**Expected:** "
                "`\"stopping\"` or `\"stopped\"`\n"),
            0);
  EXPECT_EQ(run("# a\n```bash\nprintf 'HTTP/1.1 503 No\\r\\n'\n# Expected: HTTP 200 OK\n```\n"), 4);
}

TEST_F(RunTest, HiddenFailuresCount) {
  EXPECT_EQ(run("```bash\nexport X=$(aws sts fail)\n```\n"), 1);
  EXPECT_THAT(record_.steps[0].diagnosis.reason, HasSubstr("aws --endpoint-url"));
  EXPECT_EQ(run("```bash\naws sts fail | cat\n```\n"), 1);
  EXPECT_EQ(run("```bash\necho x | grep -q y | cat\nyes | head -1\naws x fail || echo no\n```\n"),
            0);
}

TEST_F(RunTest, DestructiveStepsWaitForApproval) {
  const auto book = "```bash\naws ecs delete-service --service x\n```\n";
  EXPECT_EQ(run(book, {"--no-input"}), 3);
  EXPECT_THAT(statuses(), ElementsAre("waiting"));
  EXPECT_EQ(run(book, {"--yes"}), 0);
}

TEST_F(RunTest, VariablesOfFailedStepsAreNamed) {
  EXPECT_EQ(run("```bash\nB=x\ncat /no/$A/$B/such\n```\n"), 1);
  EXPECT_EQ(record_.steps[1].diagnosis.cause, "document");
  EXPECT_THAT(record_.steps[1].diagnosis.reason, HasSubstr("$A is not set"));
  EXPECT_EQ(run("```bash\nA=$(aws sts fail >/dev/null)\ncat /no/$A/such\n```\n", {"--keep-going"}),
            1);
  EXPECT_THAT(record_.steps[1].diagnosis.reason,
              HasSubstr("$A has no value because line 2 failed"));
}

TEST_F(RunTest, StandInsAreTheDocumentsFault) {
  EXPECT_EQ(run("```bash\nREVISION=\"x:123\"  # Replace with actual\naws ecs fail "
                "--task-definition $REVISION\n```\n"),
            1);
  EXPECT_EQ(record_.steps[1].diagnosis.cause, "document");
  EXPECT_THAT(record_.steps[1].diagnosis.reason,
              HasSubstr("$REVISION has a value that line 2 says to replace"));
}

TEST_F(RunTest, FollowersAreFollowedForAWhile) {
  write("log", "one\n");
  EXPECT_EQ(run(fmt::format("```bash\ntail -f \"{}\"\necho after\n```\n", (root_ / "log").string()),
                {"--follow", "0.3"}),
            0);
  EXPECT_THAT(statuses(), ElementsAre("followed", "ok"));
  EXPECT_EQ(record_.steps[0].out, "one\n");
}

TEST_F(RunTest, TheRecordIsKept) {
  run("# Some part\n```bash\necho kept\n```\n", {});
  int found = 0;
  for (const auto& entry : fs::directory_iterator(root_ / "world/runs")) {
    ++found;
    EXPECT_THAT(slurp(entry.path() / "record.json"), HasSubstr("\"stdout\": \"kept\\n\""));
    EXPECT_THAT(entry.path().filename().string(), HasSubstr("-book"));
  }
  EXPECT_EQ(found, 1);
}

TEST_F(RunTest, UsageErrorsAndAbsentWorlds) {
  EXPECT_EQ(run("# a\nno steps\n"), 2);
  EXPECT_EQ(run("```bash\ntrue\n```\n", {"--output", "yaml"}), 2);
  write("world/run/endpoint.json", R"({"endpoint":"http://x","access_key_id":"a","pid":0})");
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(run("```bash\ntrue\n```\n"), 2);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("seatrial up"));
}

TEST_F(RunTest, EnvironmentLinesSurviveAnyShell) {
  const auto endpoint = read_endpoint((root_ / "world").string());
  ASSERT_TRUE(endpoint) << endpoint.error();
  ASSERT_EQ(write_environment_files(*endpoint), "");
  const auto script = env_exports(*endpoint) +
                      "\nprintf '%s' \"$AWS_CONFIG_FILE|$AWS_SECRET_ACCESS_KEY|\"; command -v aws";
  std::string pipe_text = "sh -c " + shell_quote(script);
  FILE* pipe = ::popen(pipe_text.c_str(), "r");
  char buffer[4096] = {};
  const auto size = std::fread(buffer, 1, sizeof buffer - 1, pipe);
  ::pclose(pipe);
  const auto world = (root_ / "world").string();
  EXPECT_EQ(std::string(buffer, size),
            world + "/run/aws/config|worldsecretkey|" + world + "/run/bin/aws\n");
  struct stat info{};
  ::stat((world + "/run/aws/credentials").c_str(), &info);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST(Waiters, LookAsOftenInWorldTime) {
  const auto ecs = model::find_service("ecs").value();
  const Serves serves = [](const model::Operation& o) { return o.name() == "DescribeServices"; };
  const auto at = [&](double speed) {
    const auto text = parse_json(waiters_model(ecs, speed, serves)).value();
    return text.at("waiters").at("ServicesStable");
  };
  const auto waiter = at(5);
  EXPECT_EQ(waiter.at("delay").as_double(), 3.0);
  EXPECT_EQ(at(40).at("delay").as_double(), 0.375);
  EXPECT_EQ(waiter.at("maxAttempts").as_int64(), 40);
  EXPECT_EQ(waiter.at("operation").as_string(), "DescribeServices");
  EXPECT_FALSE(waiter.at("acceptors").as_array().empty());
  EXPECT_EQ(waiters_model(model::find_service("sts").value(), 5, serves), "");
  const auto none = waiters_model(ecs, 5, [](const auto&) { return false; });
  EXPECT_EQ(none, "");
}

TEST_F(RunTest, OnlyAFasterWorldBringsWaitersOfItsOwn) {
  auto endpoint = read_endpoint((root_ / "world").string()).value();
  const auto file = root_ / "world/run/aws/models/ecs/2014-11-13/waiters-2.json";
  endpoint.speed = 5;
  const Serves all = [](const model::Operation&) { return true; };
  ASSERT_EQ(write_waiters(endpoint, all), "");
  EXPECT_TRUE(fs::exists(file));
  EXPECT_THAT(env_exports(endpoint), HasSubstr("export AWS_DATA_PATH="));
  endpoint.speed = 1;
  ASSERT_EQ(write_waiters(endpoint, all), "");
  EXPECT_FALSE(fs::exists(file));
  EXPECT_THAT(env_exports(endpoint), Not(HasSubstr("AWS_DATA_PATH")));
}

TEST(Report, JunitEscapesAndCounts) {
  RunRecord record;
  record.file = "a&b.md";
  record.steps.push_back(
      {.line = 3, .section = "S", .title = "x < y", .status = "failed", .out = "\x01<"});
  record.steps.push_back({.line = 4, .section = "S", .title = "z"});
  const auto text = junit_report(record);
  EXPECT_THAT(text, HasSubstr("tests=\"2\" failures=\"1\" skipped=\"1\""));
  EXPECT_THAT(text, HasSubstr("line 3: x &lt; y"));
  EXPECT_THAT(text, HasSubstr("<system-out>?&lt;</system-out>"));
}

TEST(Report, TextNamesWhatFailed) {
  StepRecord step{.line = 7,
                  .title = "t",
                  .status = "not_met",
                  .out = "2",
                  .expected = "3",
                  .differences = {"n: expected 3, got 2"}};
  EXPECT_THAT(text_expectation(step, {}), HasSubstr("differs:  n: expected 3, got 2"));
  EXPECT_THAT(text_expectation(step, {}), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace seatrial::runbook
