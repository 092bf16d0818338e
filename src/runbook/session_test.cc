// The session against a real bash.
#include "runbook/session.h"

#include <gmock/gmock.h>

#include <fstream>
#include <thread>

namespace seatrial::runbook {
namespace {

using std::chrono::milliseconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class SessionTest : public ::testing::Test {
 protected:
  SessionTest() : shell_({{"PATH=/usr/local/bin:/usr/bin:/bin"}, "/tmp", &interrupt_}, rng_) {
    EXPECT_EQ(shell_.start(), "");
  }
  StepOutput run(const std::string& text, StepLimits limits = {}) {
    return shell_.run(text, limits);
  }

  SystemRng rng_;
  std::atomic<bool> interrupt_ = false;
  ShellSession shell_;
};

TEST_F(SessionTest, StateIsCarriedAlong) {
  run("x=1; f() { echo \"f$1\"; }; export Y=\"a b\"; cd /usr");
  EXPECT_EQ(run("f $x; echo \"$Y\"; pwd").out, "f1\na b\n/usr\n");
  EXPECT_EQ(shell_.directory(), "/usr");
  EXPECT_THAT(shell_.set_variables(), Contains("x"));
  EXPECT_THAT(shell_.set_variables(), Not(Contains("NOT_SET")));
}

TEST_F(SessionTest, CodesAndStreamsAreApart) {
  const auto step = run("echo out; echo err >&2; (exit 7)");
  EXPECT_EQ(step.out, "out\n");
  EXPECT_EQ(step.err, "err\n");
  EXPECT_EQ(step.exit_code, 7);
  EXPECT_EQ(run("echo $?").out, "7\n");
  EXPECT_EQ(run("true").exit_code, 0);
}

TEST_F(SessionTest, MembersOfAPipelineAreReported) {
  EXPECT_THAT(run("(exit 3) | cat | true").pipe_status, ElementsAre(3, 0, 0));
  EXPECT_EQ(run("cat <<EOF | tr a b\naaa\nEOF").out, "bbb\n");
}

TEST_F(SessionTest, StandardInputIsEmpty) {
  EXPECT_EQ(run("cat; read x || echo none").out, "none\n");
}

TEST_F(SessionTest, SetEAndSyntaxErrorsLeaveTheShellAlive) {
  run("keep=me; set -e");
  EXPECT_EQ(run("false").exit_code, 1);
  const auto broken = run("aws x --arn <the-arn>");
  EXPECT_NE(broken.exit_code, 0);
  EXPECT_THAT(broken.err, HasSubstr("syntax error"));
  EXPECT_EQ(run("echo $keep").out, "me\n");
}

TEST_F(SessionTest, ExitEndsTheStepAndKeepsTheState) {
  run("a='x y'; g() { echo g; }; cd /usr");
  const auto step = run("echo bye; exit 5");
  EXPECT_EQ(step.exit_code, 5);
  EXPECT_TRUE(step.shell_died);
  EXPECT_EQ(step.out, "bye\n");
  EXPECT_EQ(run("echo $a; g; pwd").out, "x y\ng\n/usr\n");
}

TEST_F(SessionTest, AStepOverItsTimeIsStopped) {
  run("v=kept");
  const auto step = run("echo start; sleep 60", {.timeout = milliseconds(300)});
  EXPECT_TRUE(step.timed_out);
  EXPECT_EQ(step.out, "start\n");
  EXPECT_LT(step.seconds, 10);
  EXPECT_EQ(run("echo $v").out, "kept\n");
}

TEST_F(SessionTest, OneThatIgnoresTheSignalIsKilled) {
  run("v=kept");
  const auto step =
      run("trap '' INT TERM; while :; do sleep 0.05; done", {.timeout = milliseconds(200)});
  EXPECT_TRUE(step.timed_out);
  EXPECT_TRUE(step.shell_died);
  EXPECT_EQ(run("echo $v").out, "kept\n");
}

TEST_F(SessionTest, AFollowedCommandIsStoppedPolitely) {
  const auto step = run("echo line; tail -f /dev/null", {.follow = milliseconds(300)});
  EXPECT_TRUE(step.followed);
  EXPECT_FALSE(step.shell_died);
  EXPECT_EQ(step.out, "line\n");
  EXPECT_FALSE(run("false", {.follow = milliseconds(5000)}).followed);
}

TEST_F(SessionTest, AnInterruptStopsTheStep) {
  std::thread later([&] {
    std::this_thread::sleep_for(milliseconds(150));
    interrupt_ = true;
  });
  const auto step = run("sleep 60");
  later.join();
  EXPECT_TRUE(step.interrupted);
  EXPECT_LT(step.seconds, 10);
}

TEST_F(SessionTest, EndlessOutputIsCutAndStillStopped) {
  const auto step = run("yes", {.timeout = milliseconds(500)});
  EXPECT_TRUE(step.truncated);
  EXPECT_TRUE(step.timed_out);
  EXPECT_EQ(step.out.size(), kMaxStepOutput);
}

TEST_F(SessionTest, LargeStepsAndOutputsPass) {
  std::string text = "cat <<'EOF'\n";
  for (int i = 0; i < 20000; ++i) text += "line " + std::to_string(i) + "\n";
  EXPECT_EQ(run(text + "EOF").out.size(), text.size() - 12);
}

TEST(Session, AbsentBashIsTold) {
  SystemRng rng;
  ShellSession shell({{"PATH=/nowhere"}, "/no/such/directory", nullptr}, rng);
  EXPECT_THAT(shell.start(), HasSubstr("bash does not start"));
}

TEST(Session, WhatAStepLeavesRunningEndsWithIt) {
  SystemRng rng;
  std::string directory;
  {
    ShellSession shell({{"PATH=/usr/bin:/bin"}, "/tmp", nullptr}, rng);
    ASSERT_EQ(shell.start(), "");
    const auto pid = shell.run("sleep 1000 & echo $!", {}).out;
    directory = "/proc/" + pid.substr(0, pid.size() - 1);
    ASSERT_TRUE(std::filesystem::exists(directory));
  }
  const auto ended = [&] {  // gone, or waiting for whoever adopted it
    std::ifstream stat(directory + "/stat");
    std::string text((std::istreambuf_iterator<char>(stat)), {});
    return text.empty() || text.find(") Z") != std::string::npos;
  };
  for (int i = 0; i < 500 && !ended(); ++i) std::this_thread::sleep_for(milliseconds(10));
  EXPECT_TRUE(ended());
}

}  // namespace
}  // namespace seatrial::runbook
