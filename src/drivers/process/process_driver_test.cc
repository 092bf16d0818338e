// Real processes under the contract of all container drivers, and what only real ones can show.
#include "drivers/process/process_driver.h"

#include <sys/mount.h>
#include <sys/stat.h>

#include "drivers/process/process_rig.h"

namespace seatrial::drivers {

INSTANTIATE_TYPED_TEST_SUITE_P(Process, ContainerContract, ProcessRig);
INSTANTIATE_TYPED_TEST_SUITE_P(ProcessWithoutCgroups, ContainerContract, ProcessRigWithoutCgroups);

namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

class ProcessDriverTest : public testing::Test {
 protected:
  void SetUp() override { rig_.driver().attach(log_); }

  // Runs the probe with these words to its end; its lines.
  std::vector<std::string> run(std::vector<std::string> words, ContainerSpec spec = {}) {
    spec.id = "c-" + std::to_string(++serial_);
    spec.image = "hello:latest";
    spec.command = std::move(words);
    spec.entry_point = {"/bin/probe"};
    rig_.driver().start(spec);
    EXPECT_TRUE(await("exited " + spec.id));
    return log_.texts(spec.id);
  }
  std::string id() const { return "c-" + std::to_string(serial_); }
  bool await(const std::string& event) {
    return rig_.await([&] { return log_.count(event) > 0; });
  }
  void start(const std::string& id, const std::string& image) {
    rig_.driver().start({.id = id, .image = image + ":latest"});
  }
  bool await_line(const std::string& id, const std::string& text) {
    return rig_.await([&] {
      const auto texts = log_.texts(id);
      return std::find(texts.begin(), texts.end(), text) != texts.end();
    });
  }
  StartError failure(ContainerSpec spec) {
    spec.id = "c-" + std::to_string(++serial_);
    rig_.driver().start(spec);
    EXPECT_TRUE(await("failed " + spec.id));
    return log_.error(spec.id).value_or(StartError{});
  }

  EventLog log_;
  ProcessRig rig_;
  int serial_ = 0;
};

TEST_F(ProcessDriverTest, TheEnvironmentIsExactlyWhatWasAsked) {
  ::setenv("SEATRIAL_TEST_LEAK", "1", 1);
  ContainerSpec spec;
  spec.environment = {{"A", "x=y"}, {"HOSTNAME", "web"}};
  EXPECT_THAT(run({"env"}, spec),
              testing::UnorderedElementsAre(
                  "env A=x=y", "env HOSTNAME=web",
                  "env PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"));
}

TEST_F(ProcessDriverTest, NoDescriptorIsInherited) {
  const int leak = ::dup(0);  // deliberately not close-on-exec
  EXPECT_EQ(run({"fds"}), (std::vector<std::string>{"fd 0", "fd 1", "fd 2"}));
  ::close(leak);
}

TEST_F(ProcessDriverTest, WritesStayInTheContainersOwnCopy) {
  BuildOptions options;
  options.entry_point = {"/bin/probe"};
  options.working_directory = "/data/new";
  rig_.add_image("writer", options, rig_.root() / "files");
  rig_.driver().start(
      {.id = "w", .image = "writer:latest", .command = {"orphan", "mark", "cwd", "wait"}});
  ASSERT_TRUE(await_line("w", ::geteuid() == 0
                                  ? "cwd /data/new"
                                  : "cwd " + (rig_.files("w").rootfs() / "data/new").string()));
  ASSERT_TRUE(rig_.await([&] { return fs::exists(rig_.files("w").rootfs() / "data/new/mark"); }));
  for (const auto& entry : fs::recursive_directory_iterator(rig_.root() / "images/unpacked")) {
    EXPECT_NE(entry.path().filename(), "mark");
  }
}

TEST_F(ProcessDriverTest, NothingOfAContainerOutlivesItsMainProcess) {
  rig_.driver().start({.id = "p",
                       .image = "hello:latest",
                       .entry_point = {"/bin/probe"},
                       .command = {"orphan", "/mark", "out", "up", "wait"}});
  ASSERT_TRUE(await_line("p", "up"));
  const fs::path mark = rig_.files("p").rootfs() / "mark";
  ASSERT_TRUE(rig_.await([&] { return fs::exists(mark); }));
  pid_t orphan = 0;
  std::ifstream(mark) >> orphan;
  const ProcessId id = process_id(orphan);
  ASSERT_TRUE(is_alive(id));
  rig_.driver().stop("p", std::chrono::minutes(1));
  ASSERT_TRUE(await("exited p"));
  EXPECT_FALSE(is_alive(id));
}

TEST_F(ProcessDriverTest, AKilledShimIsAnExit137AndNothingIsLeft) {
  rig_.driver().start({.id = "p",
                       .image = "hello:latest",
                       .entry_point = {"/bin/probe"},
                       .command = {"orphan", "/mark", "out", "up", "forever"}});
  ASSERT_TRUE(await_line("p", "up"));
  ASSERT_TRUE(rig_.await([&] { return fs::exists(rig_.files("p").rootfs() / "mark"); }));
  pid_t orphan = 0;
  std::ifstream(rig_.files("p").rootfs() / "mark") >> orphan;
  const ProcessId orphan_id = process_id(orphan);
  const auto state = read_state(rig_.files("p"));
  ASSERT_TRUE(state && is_alive(state->main));
  ::kill(state->shim.pid, SIGKILL);
  ASSERT_TRUE(await("exited p"));
  EXPECT_EQ(log_.exit("p")->exit_code, 137);
  EXPECT_FALSE(log_.exit("p")->out_of_memory);
  EXPECT_TRUE(rig_.await([&] { return !is_alive(state->main) && !is_alive(orphan_id); }));
}

TEST_F(ProcessDriverTest, AShimKilledWhileNoDaemonWasThereIsAnExitToo) {
  start("p", "plain");
  ASSERT_TRUE(await_line("p", "ready"));
  const auto state = read_state(rig_.files("p"));
  rig_.recreate();
  ::kill(state->shim.pid, SIGKILL);
  ASSERT_TRUE(rig_.await([&] { return !is_alive(state->shim) && !is_alive(state->main); }));
  const auto listed = rig_.driver().list();
  ASSERT_EQ(listed.size(), 1u);
  ASSERT_TRUE(listed[0].exit);
  EXPECT_EQ(listed[0].exit->exit_code, 137);
}

TEST_F(ProcessDriverTest, SecretsAreNowhereOnDiskOnceItRuns) {
  ContainerSpec spec{
      .id = "s", .image = "server:latest", .environment = {{"TOKEN", "s3cr3t-value"}}};
  rig_.driver().start(spec);
  ASSERT_TRUE(await_line("s", "ready"));
  for (const auto& entry : fs::recursive_directory_iterator(rig_.files("s").directory)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path());
    const std::string text(std::istreambuf_iterator<char>(in), {});
    EXPECT_THAT(text, Not(HasSubstr("s3cr3t-value"))) << entry.path();
  }
  EXPECT_FALSE(fs::exists(rig_.files("s").spec()));
}

TEST_F(ProcessDriverTest, LongLinesAreCutAndTheLastNeedsNoEnd) {
  const std::string quarter(60'000, 'x');
  std::vector<std::string> words;
  for (int i = 0; i < 5; ++i) words.insert(words.end(), {"part", quarter});
  words.insert(words.end(), {"out", "!", "part", "tail"});
  const auto texts = run(words);
  ASSERT_EQ(texts.size(), 3u);
  EXPECT_EQ(texts[0].size(), kMaxOutputLine);
  EXPECT_EQ(texts[0].size() + texts[1].size(), 5 * quarter.size() + 1);
  EXPECT_EQ(texts[2], "tail");
}

// From the shim's reading of a line to its report.
class LatencyLog final : public ContainerEvents {
 public:
  void container_started(const std::string&) override {}
  void container_start_failed(const std::string&, const StartError&) override {}
  void container_exited(const ContainerExit&) override {}
  void container_output(const std::string&, std::vector<OutputLine> lines, std::uint64_t) override {
    latencies_ms.push_back((clock.now() - lines[0].at).count());
    ++batches;
  }
  SystemClock clock;
  std::vector<std::int64_t> latencies_ms;  // read once all batches are in
  std::atomic<int> batches = 0;
};

TEST(ProcessDriver, OutputIsReportedWithinATenthOfASecond) {
  constexpr int kContainers = 9;
  LatencyLog log;
  ProcessRig rig;
  rig.driver().attach(log);
  for (int i = 0; i < kContainers; ++i) {
    rig.driver().start({.id = "l-" + std::to_string(i), .image = "plain:latest"});
  }
  ASSERT_TRUE(rig.await([&] { return log.batches >= kContainers; }));
  std::sort(log.latencies_ms.begin(), log.latencies_ms.end());
  EXPECT_LT(log.latencies_ms[kContainers / 2], 100);
}

TEST_F(ProcessDriverTest, ProgramsThatCannotRunSayWhy) {
  std::ofstream(rig_.root() / "files/bin/data") << "no program";
  fs::permissions(rig_.root() / "files/bin/data", fs::perms(0644));
  rig_.add_image("broken", {"forever"});
  const auto with = [](std::vector<std::string> entry_point) {
    return ContainerSpec{.image = "broken:latest", .entry_point = std::move(entry_point)};
  };
  for (const auto& [word, why] : std::map<std::string, std::string>{
           {"/bin/data", "permission denied"},
           {"/bin/absent", "no such file or directory"},
           {"absent-program", "executable file not found in $path"}}) {
    const StartError error = failure(with({word}));
    EXPECT_EQ(error.code, "CannotStartContainerError");
    std::string message = error.message;
    std::transform(message.begin(), message.end(), message.begin(), ::tolower);
    EXPECT_THAT(message, HasSubstr("exec: \"" + word + "\""));
    EXPECT_THAT(message, HasSubstr(why));
  }
  EXPECT_EQ(rig_.driver().usage(id()), std::nullopt);
  EXPECT_FALSE(fs::exists(rig_.files(id()).directory));
}

TEST_F(ProcessDriverTest, IdsNeverBecomePaths) {
  ContainerSpec spec{.id = "../evil", .image = "hello:latest"};
  rig_.driver().start(spec);
  ASSERT_TRUE(await("failed ../evil"));
  EXPECT_THAT(log_.error("../evil")->message, HasSubstr("is no container id"));
}

TEST_F(ProcessDriverTest, RemovedContainersLeaveNothingOnTheMachine) {
  run({"out", "x"}, {.memory_limit_bytes = 64 << 20});
  const fs::path directory = rig_.files(id()).directory;
  ASSERT_TRUE(fs::exists(directory));
  rig_.driver().remove(id());
  EXPECT_TRUE(rig_.await([&] { return fs::is_empty(directory.parent_path()); }));
  EXPECT_FALSE(fs::exists("/sys/fs/cgroup/memory/" + rig_.cgroup_parent() + "/" + id()));
  EXPECT_FALSE(fs::exists("/sys/fs/cgroup/cpuacct/" + rig_.cgroup_parent() + "/" + id()));
}

TEST_F(ProcessDriverTest, AProgramOfTheHostRunsInPlaceWithTheImagesFiles) {
  fs::create_directories(rig_.root() / "script/app");
  std::ofstream(rig_.root() / "script/app/run.sh")
      << "#!/bin/sh\necho \"here $1\"\ncat local.txt\nexit 7\n";
  fs::permissions(rig_.root() / "script/app/run.sh", fs::perms(0755));
  std::ofstream(rig_.root() / "script/app/local.txt") << "from the image\n";
  BuildOptions options;
  options.entry_point = {"/app/run.sh"};
  options.command = {"we are"};
  options.working_directory = "/app";
  rig_.add_image("script", options, rig_.root() / "script");
  start("s", "script");
  ASSERT_TRUE(await("exited s"));
  EXPECT_EQ(log_.exit("s")->exit_code, 7);
  EXPECT_EQ(log_.texts("s"), (std::vector<std::string>{"here we are", "from the image"}));
}

// As root only, as the product says; the run that sets the project up is root.
class ProcessDriverAsRoot : public ProcessDriverTest {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root: namespaces and another user";
    ProcessDriverTest::SetUp();
  }
};

TEST_F(ProcessDriverAsRoot, AStaticProgramSeesOnlyItsOwnFiles) {
  ContainerSpec spec;
  spec.environment["HOSTNAME"] = "ip-10-0-1-17";
  const auto texts = run({"cat", "/etc/hosts", "cat", "/etc/passwd", "cat", "/proc/self/comm",
                          "cat", "/dev/null", "cat", "/proc/sys/kernel/hostname"},
                         spec);
  EXPECT_THAT(texts, Contains(HasSubstr("ip-10-0-1-17")));
  EXPECT_THAT(texts, Contains("no /etc/passwd"));
  EXPECT_THAT(texts, Contains("probe"));
  EXPECT_THAT(texts, Contains("ip-10-0-1-17"));
}

TEST_F(ProcessDriverAsRoot, TheNetworkIsTheTasks) {
  const std::string name = "seatrial-test-" + std::to_string(::getpid());
  ASSERT_EQ(::system(("ip netns add " + name).c_str()), 0);
  ContainerSpec spec;
  spec.network_namespace = name;
  const auto texts = run({"cat", "/proc/net/dev"}, spec);
  EXPECT_EQ(::system(("ip netns del " + name).c_str()), 0);
  EXPECT_EQ(texts.size(), 3u);  // two lines of heading, and lo
  spec.network_namespace = "seatrial-absent";
  spec.image = "hello:latest";
  const StartError error = failure(spec);
  EXPECT_EQ(error.code, "ResourceInitializationError");
  EXPECT_THAT(error.message, HasSubstr("network namespace seatrial-absent"));
}

TEST_F(ProcessDriverAsRoot, AFullDiskIsAStartErrorAndLeavesNothing) {
  const fs::path containers = rig_.files("x").directory.parent_path();
  ASSERT_EQ(::mount("tmpfs", containers.c_str(), "tmpfs", 0, "size=128k"), 0);
  const StartError error = failure({.image = "hello:latest"});
  EXPECT_EQ(error.code, "CannotPullContainerError");
  EXPECT_THAT(error.message, HasSubstr("No space left on device"));
  EXPECT_TRUE(rig_.await([&] { return fs::is_empty(containers); }));
  EXPECT_EQ(::umount2(containers.c_str(), MNT_DETACH), 0);
}

TEST_F(ProcessDriverAsRoot, TheImagesUserRuns) {
  BuildOptions options;
  options.entry_point = {"/bin/probe"};
  options.command = {"cat", "/proc/self/status"};
  options.user = "1234:567";
  rig_.add_image("user", options, rig_.root() / "files");
  start("u", "user");
  ASSERT_TRUE(await("exited u"));
  EXPECT_THAT(log_.texts("u"), Contains("Uid:\t1234\t1234\t1234\t1234"));
  EXPECT_THAT(log_.texts("u"), Contains("Gid:\t567\t567\t567\t567"));
}

}  // namespace
}  // namespace seatrial::drivers
