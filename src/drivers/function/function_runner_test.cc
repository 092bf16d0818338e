// Real processes through the real Runtime API.
#include "drivers/function/function_runner.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <condition_variable>
#include <fstream>

#include "base/temp_folder.h"
#include "base/value.h"
#include "drivers/function/output_lines.h"
#include "drivers/function/runtime_api.h"

namespace seatrial::drivers {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class Recorder final : public FunctionEvents {
 public:
  void instance_ready(const std::string&, double init_ms) override {
    note([&] { inits.push_back(init_ms); });
  }
  void instance_init_failed(const std::string&, const std::string& type,
                            const std::string& payload) override {
    note([&] { init_error = {type, payload}; });
  }
  void instance_answered(const std::string&, FunctionAnswer answer) override {
    note([&] { answers.push_back(std::move(answer)); });
  }
  void instance_output(const std::string&, std::vector<OutputLine> lines) override {
    note([&] {
      for (auto& line : lines) output.push_back(line.text);
    });
  }
  void instance_ended(FunctionEnd end) override {
    note([&] { ends.push_back(std::move(end)); });
  }
  bool await(const std::function<bool()>& done) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(60), done);
  }

  std::vector<double> inits;
  std::pair<std::string, std::string> init_error;
  std::vector<FunctionAnswer> answers;
  std::vector<std::string> output;
  std::vector<FunctionEnd> ends;

 private:
  template <class F>
  void note(F&& change) {
    const std::lock_guard lock(mutex_);
    change();
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
};

class Functions : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_ / "code");
    FunctionRunnerOptions options;
    options.folder = folder_ / "run";
    options.child_command = {FUNCTION_CHILD};
    options.python = PYTHON;
    options.cgroup_parent = "seatrial-test-" + folder_.path().filename().string();
    runner_ = std::make_unique<FunctionRunner>(options, clock_);
    runner_->attach(events_);
  }
  void TearDown() override {
    runner_.reset();
    Cgroup::remove_parent("seatrial-test-" + folder_.path().filename().string());
  }

  void write(const char* name, const std::string& text) {
    std::ofstream(folder_ / "code" / name) << text;
    fs::permissions(folder_ / "code" / name, fs::perms::owner_all);
  }
  FunctionSpec spec(const std::string& handler) {
    FunctionSpec out;
    out.id = "one";
    out.code_folder = (folder_ / "code").string();
    out.memory_limit_bytes = 256 << 20;
    out.environment = {{"_HANDLER", handler},
                       {"LAMBDA_TASK_ROOT", out.code_folder},
                       {"AWS_LAMBDA_FUNCTION_NAME", "f"},
                       {"AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"},
                       {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"},
                       {"AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/f"},
                       {"AWS_LAMBDA_LOG_STREAM_NAME", "s"},
                       {"PATH", "/usr/local/bin:/usr/bin:/bin"}};
    return out;
  }
  void start_python(const std::string& source) {
    write("app.py", source);
    runner_->start(spec("app.handler"));
  }
  const FunctionAnswer& invoke(const std::string& payload) {
    FunctionInvocation invocation;
    invocation.request_id = "r" + std::to_string(++calls_);
    invocation.payload = payload;
    invocation.function_arn = "arn:f";
    invocation.timeout_ms = 60'000;
    runner_->invoke("one", invocation);
    EXPECT_TRUE(events_.await([&] { return events_.answers.size() >= calls_; }));
    return events_.answers.at(calls_ - 1);
  }
  bool await_ready() {
    return events_.await([&] { return !events_.inits.empty(); });
  }
  bool await_end() {
    return events_.await([&] { return !events_.ends.empty(); });
  }

  SystemClock clock_;
  TempFolder folder_{"functions"};
  Recorder events_;
  std::unique_ptr<FunctionRunner> runner_;
  std::size_t calls_ = 0;
};

TEST_F(Functions, AHandlerIsCalledAndItsProcessUsedAgain) {
  start_python(
      "import os\ncount = 0\n"
      "def handler(event, context):\n"
      "    global count\n    count += 1\n"
      "    print('got', event['x'])\n"
      "    return {'count': count, 'twice': 2 * event['x'], 'id': context.aws_request_id,\n"
      "            'left': context.get_remaining_time_in_millis() > 50000}\n");
  ASSERT_TRUE(await_ready());
  const auto& first = invoke(R"({"x": 2})");
  EXPECT_EQ(first.payload, R"({"count": 1, "twice": 4, "id": "r1", "left": true})");
  EXPECT_FALSE(first.is_error);
  EXPECT_GT(first.peak_memory_bytes, 1 << 20);
  EXPECT_EQ(invoke(R"({"x": 5})").payload,
            R"({"count": 2, "twice": 10, "id": "r2", "left": true})");
  ASSERT_TRUE(events_.await([&] { return events_.inits.size() >= 2; }));
  EXPECT_GT(events_.inits[0], 0);
  EXPECT_EQ(events_.inits[1], 0);
  EXPECT_THAT(events_.output.front(), testing::StartsWith("INIT_START Runtime Version: python:3."));
  EXPECT_THAT(events_.output, testing::IsSupersetOf({"got 2", "got 5"}));
}

TEST_F(Functions, AnExceptionIsAnErrorWithItsTrace) {
  start_python("def handler(event, context):\n    raise ValueError('no\\nway')\n");
  ASSERT_TRUE(await_ready());
  const auto& answer = invoke("{}");
  EXPECT_TRUE(answer.is_error);
  EXPECT_EQ(answer.error_type, "ValueError");
  const auto body = parse_json(answer.payload).value_or(Value());
  EXPECT_EQ(text_member(body, "errorMessage"), "no\nway");
  EXPECT_EQ(text_member(body, "errorType"), "ValueError");
  EXPECT_EQ(text_member(body, "requestId"), "r1");
  EXPECT_THAT(answer.payload, HasSubstr("in handler\\n    raise ValueError"));
  // One event, though it has lines.
  EXPECT_THAT(events_.output.back(), testing::StartsWith("[ERROR] ValueError: no\nway\nTraceback "
                                                         "(most recent call last):\n"));
}

TEST_F(Functions, WhatCannotBeMarshalledIsAnError) {
  start_python("def handler(event, context):\n    return {1, 2}\n");
  ASSERT_TRUE(await_ready());
  const auto& answer = invoke("{}");
  EXPECT_EQ(answer.error_type, "Runtime.MarshalError");
  EXPECT_THAT(answer.payload, HasSubstr("Object of type set is not JSON serializable"));
}

TEST_F(Functions, AModuleThatDoesNotImportFailsTheInit) {
  start_python("import nothing_of_the_kind\n");
  ASSERT_TRUE(await_end());
  EXPECT_EQ(events_.init_error.first, "Runtime.ImportModuleError");
  EXPECT_THAT(events_.init_error.second, HasSubstr("Unable to import module 'app': No module named "
                                                   "'nothing_of_the_kind'"));
}

TEST_F(Functions, AMissingHandlerFailsTheInit) {
  write("app.py", "x = 1\n");
  runner_->start(spec("app.handler"));
  ASSERT_TRUE(await_end());
  EXPECT_EQ(events_.init_error.first, "Runtime.HandlerNotFound");
  EXPECT_THAT(events_.init_error.second, HasSubstr("Handler 'handler' missing on module 'app'"));
}

TEST_F(Functions, WhatRunsOverItsTimeIsKilledWithWhatItStarted) {
  start_python(
      "import subprocess, time\n"
      "def handler(event, context):\n"
      "    child = subprocess.Popen(['sleep', '1000'])\n"
      "    print(child.pid)\n    time.sleep(1000)\n");
  ASSERT_TRUE(await_ready());
  FunctionInvocation invocation;
  invocation.request_id = "slow";
  invocation.timeout_ms = 500;
  runner_->invoke("one", invocation);
  ASSERT_TRUE(await_end());
  EXPECT_TRUE(events_.ends[0].timed_out);
  EXPECT_EQ(events_.ends[0].signal, SIGKILL);
  EXPECT_GE(events_.ends[0].duration_ms, 500);
  EXPECT_TRUE(events_.answers.empty());
  const int child = std::atoi(events_.output.back().c_str());
  ASSERT_GT(child, 0);
  // Killed, which takes a moment; whoever inherited it may not have reaped it then.
  const auto lives = [&] {
    std::ifstream stat("/proc/" + std::to_string(child) + "/stat");
    std::string line;
    return std::getline(stat, line) && line[line.rfind(')') + 2] != 'Z';
  };
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (lives() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_FALSE(lives());
}

TEST_F(Functions, AnExitOfItsOwnIsReported) {
  start_python("import sys\ndef handler(event, context):\n    print('bye')\n    sys.exit(3)\n");
  ASSERT_TRUE(await_ready());
  FunctionInvocation invocation;
  invocation.request_id = "r";
  invocation.payload = "{}";
  runner_->invoke("one", invocation);
  ASSERT_TRUE(await_end());
  EXPECT_EQ(events_.ends[0].exit_code, 3);
  EXPECT_EQ(events_.ends[0].signal, 0);
  EXPECT_EQ(events_.output.back(), "bye");
}

TEST_F(Functions, TheMemoryLimitHolds) {
  write("app.py", "def handler(event, context):\n    return len(bytearray(200 << 20) * 2)\n");
  auto small = spec("app.handler");
  small.memory_limit_bytes = 128 << 20;
  runner_->start(small);
  ASSERT_TRUE(await_ready());
  FunctionInvocation invocation;
  invocation.request_id = "r";
  invocation.payload = "{}";
  invocation.timeout_ms = 60'000;
  runner_->invoke("one", invocation);
  ASSERT_TRUE(await_end());
  EXPECT_TRUE(events_.ends[0].out_of_memory);
}

TEST_F(Functions, WithoutANetworkOfItsOwnLoopbackIsAllItReaches) {
  start_python(
      "import socket\n"
      "def handler(event, context):\n"
      "    try:\n        socket.create_connection(('192.0.2.1', 443), 1)\n"
      "    except ConnectionRefusedError as error:\n        return str(error)\n");
  ASSERT_TRUE(await_ready());
  EXPECT_THAT(invoke("{}").payload, HasSubstr("loopback only, not 192.0.2.1"));
}

// A custom runtime in a few lines of Python, with nothing of ours.
constexpr const char* kBootstrap = R"(#!/usr/bin/env python3
import http.client, os
api = os.environ["AWS_LAMBDA_RUNTIME_API"]
while True:
    connection = http.client.HTTPConnection(api)
    connection.request("GET", "/2018-06-01/runtime/invocation/next")
    reply = connection.getresponse()
    body, request = reply.read(), reply.headers["Lambda-Runtime-Aws-Request-Id"]
    for path in ("nobody/response", request + "/response", request + "/response"):
        connection = http.client.HTTPConnection(api)
        connection.request("POST", f"/2018-06-01/runtime/invocation/{path}", body.upper())
        print(connection.getresponse().status, flush=True)
)";

TEST_F(Functions, ACustomRuntimeIsItsBootstrap) {
  write("bootstrap", kBootstrap);
  auto custom = spec("anything");
  custom.runtime = FunctionRuntime::kProvided;
  custom.runtime_name = "provided.al2023";
  runner_->start(custom);
  ASSERT_TRUE(await_ready());
  EXPECT_EQ(invoke(R"("abc")").payload, R"("ABC")");
  ASSERT_TRUE(events_.await([&] { return events_.output.size() >= 4; }));
  EXPECT_THAT(events_.output,
              ElementsAre("INIT_START Runtime Version: provided.al2023", "400", "202", "400"));
}

TEST_F(Functions, WithoutABootstrapItDoesNotStart) {
  auto custom = spec("anything");
  custom.runtime = FunctionRuntime::kProvided;
  runner_->start(custom);
  ASSERT_TRUE(await_end());
  EXPECT_THAT(events_.ends[0].start_error, HasSubstr("Couldn't find valid bootstrap"));
}

TEST_F(Functions, ABootstrapThatIsNoProgramDoesNotStart) {
  std::ofstream(folder_ / "code/bootstrap") << "x";
  auto custom = spec("anything");
  custom.runtime = FunctionRuntime::kProvided;
  runner_->start(custom);
  ASSERT_TRUE(await_end());
  EXPECT_THAT(events_.ends[0].start_error, HasSubstr("exec"));
}

TEST_F(Functions, WhatAKilledDaemonLeftIsRemoved) {
  const std::string parent = "seatrial-test-left-" + folder_.path().filename().string();
  Cgroup left(parent, "fn-old");
  left.make(1 << 20);  // where the machine has cgroups
  std::ofstream(folder_ / "old.spec") << "secret";
  FunctionRunnerOptions options;
  options.folder = folder_;
  options.cgroup_parent = parent;
  const FunctionRunner next(options, clock_);
  EXPECT_FALSE(left.exists());
  EXPECT_FALSE(fs::exists(folder_ / "old.spec"));
}

TEST(OutputLines, AreCutAtLineEndsAndAtTheLimit) {
  OutputLines lines;
  std::vector<OutputLine> out;
  lines.add("one\ntw", {}, out);
  lines.add(std::string("o\r\nthree\0four\n", 14), {}, out);
  lines.add(std::string(kMaxOutputLine + 5, 'x'), {}, out);
  lines.finish({}, out);
  lines.finish({}, out);
  ASSERT_EQ(out.size(), 5U);
  EXPECT_EQ(out[0].text, "one");
  EXPECT_EQ(out[1].text, "two");
  EXPECT_EQ(out[2].text, "three\nfour");
  EXPECT_EQ(out[3].text.size(), kMaxOutputLine);
  EXPECT_EQ(out[4].text, "xxxxx");
}

TEST(RuntimeApi, RequestsAreToldApart) {
  using Kind = RuntimeCall::Kind;
  const auto kind = [](const char* method, const char* path) {
    wire::HttpRequest request;
    request.method = method;
    request.target = path;
    return runtime_call(request).kind;
  };
  EXPECT_EQ(kind("GET", "/2018-06-01/runtime/invocation/next"), Kind::kNext);
  EXPECT_EQ(kind("POST", "/2018-06-01/runtime/invocation/a/response"), Kind::kResponse);
  EXPECT_EQ(kind("POST", "/2018-06-01/runtime/invocation/a/error"), Kind::kError);
  EXPECT_EQ(kind("POST", "/2018-06-01/runtime/init/error"), Kind::kInitError);
  for (const auto& [method, path] : std::vector<std::pair<const char*, const char*>>{
           {"POST", "/2018-06-01/runtime/invocation/next"},
           {"GET", "/2018-06-01/runtime/invocation/a/response"},
           {"POST", "/2018-06-01/runtime/invocation/a"},
           {"POST", "/2018-06-01/runtime/invocation/"},
           {"GET", "/2020-01-01/extension/register"},
           {"GET", "/"}})
    EXPECT_EQ(kind(method, path), Kind::kUnknown) << path;
}

}  // namespace
}  // namespace seatrial::drivers
