// The parts of the process driver that read what others wrote: frames, specs, states, roots.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "base/clock.h"
#include "base/temp_folder.h"
#include "drivers/process/container_files.h"
#include "drivers/process/frame.h"
#include "drivers/process/line_recorder.h"
#include "drivers/process/output_tail.h"
#include "drivers/process/process_driver.h"
#include "drivers/process/rootfs.h"
#include "drivers/process/shim_spec.h"

#include <fcntl.h>
#include <unistd.h>

namespace seatrial::drivers {
namespace {

namespace fs = std::filesystem;

class PartsTest : public testing::Test {
 protected:
  void put(const std::string& name, const std::string& text) {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << text;
  }
  Fd append(const fs::path& path) {
    return Fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  }
  TempFolder root_{"seatrial-parts"};
  ManualClock clock_;
};

TEST_F(PartsTest, AFrameCutByACrashIsNotThere) {
  std::string whole;
  append_frame(whole, kStreamOut, 5, "first");
  const std::size_t first = whole.size();
  append_frame(whole, kStreamError, 6, "second");
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    const ContainerFiles files(root_);
    std::ofstream(files.output(), std::ios::trunc) << whole.substr(0, cut);
    OutputTail tail(files, 0);
    const auto lines = tail.next(clock_, kMaxOutputBatchBytes);
    const std::size_t expected = cut == whole.size() ? 2 : cut >= first ? 1 : 0;
    ASSERT_EQ(lines.size(), expected) << cut;
    ASSERT_EQ(tail.position(), expected == 2 ? whole.size() : expected == 1 ? first : 0);
  }
}

TEST_F(PartsTest, ATreeTakesItsBlocksOnce) {
  EXPECT_FALSE(tree_bytes(root_ / "absent"));
  fs::create_directories(root_ / "tree");
  const auto empty = tree_bytes(root_ / "tree");
  ASSERT_TRUE(empty);
  put("tree/deep/file", std::string(100'000, 'x'));
  const auto one = tree_bytes(root_ / "tree");
  ASSERT_TRUE(one);
  EXPECT_GE(*one - *empty, 100'000);
  fs::create_hard_link(root_ / "tree/deep/file", root_ / "tree/again");
  fs::create_symlink("/", root_ / "tree/host");
  EXPECT_LT(*tree_bytes(root_ / "tree") - *one, 100'000);
}

TEST_F(PartsTest, WhatAProcessWritesIsCountedWhereTheKernelTells) {
  const auto before = process_io(::getpid());
  if (!before) return;  // not told here
  const Fd file = append(root_ / "written");
  ASSERT_TRUE(write_all(file.get(), std::string(1 << 20, 'x')));
  ::fsync(file.get());
  EXPECT_GE(process_io(::getpid())->written_bytes, before->written_bytes);
  EXPECT_FALSE(process_io(0));
}

TEST_F(PartsTest, DamagedOutputStopsThereAndOnlyThere) {
  std::string bytes;
  append_frame(bytes, kStreamOut, 5, "good");
  bytes += std::string(64, 'x');
  const ContainerFiles files(root_);
  std::ofstream(files.output()) << bytes;
  OutputTail tail(files, 0);
  EXPECT_EQ(tail.next(clock_, kMaxOutputBatchBytes).size(), 1u);
  EXPECT_TRUE(tail.next(clock_, kMaxOutputBatchBytes).empty());
}

TEST_F(PartsTest, OutputOverTheLimitIsDroppedAndSaid) {
  const ContainerFiles files(root_);
  LineRecorder recorder(append(files.output()), 300);
  recorder.add(kStreamOut, "kept\n");
  recorder.add(kStreamOut, std::string(400, 'x') + "\nalso dropped\n");
  recorder.add(kStreamOut, "kept again\n");
  const auto lines = OutputTail(files, 0).next(clock_, kMaxOutputBatchBytes);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].text, "kept");
  EXPECT_EQ(lines[1].text, "seatrial: 2 lines of output could not be kept");
  EXPECT_TRUE(lines[1].is_error);
  EXPECT_EQ(lines[2].text, "kept again");
}

TEST_F(PartsTest, LinesAreCutWhereverTheReadsFell) {
  const std::string text = "a\n\nbc\nlonger line\nend";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    const ContainerFiles files(root_);
    fs::remove(files.output());
    LineRecorder recorder(append(files.output()), 1 << 20);
    for (std::size_t at = 0; at < text.size(); at += step)
      recorder.add(kStreamOut, text.substr(at, step));
    recorder.finish();
    std::vector<std::string> lines;
    for (const OutputLine& line : OutputTail(files, 0).next(clock_, 1 << 20))
      lines.push_back(line.text);
    ASSERT_EQ(lines, (std::vector<std::string>{"a", "", "bc", "longer line", "end"})) << step;
  }
}

TEST_F(PartsTest, SpecsComeBackAndTruncatedOnesDoNot) {
  ShimSpec spec;
  spec.id = "a";
  spec.program = "/bin/x";
  spec.arguments = {"x", "", std::string("\0b", 2)};
  spec.environment = {"A=1"};
  spec.memory_limit_bytes = 7;
  spec.uid = 3;
  const std::string bytes = encode_shim_spec(spec);
  const auto back = decode_shim_spec(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->arguments, spec.arguments);
  EXPECT_EQ(back->memory_limit_bytes, 7);
  EXPECT_EQ(encode_shim_spec(*back), bytes);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut)
    EXPECT_FALSE(decode_shim_spec(bytes.substr(0, cut)));
  EXPECT_FALSE(decode_shim_spec(bytes + "x"));
}

TEST_F(PartsTest, StatesAndExitsComeBack) {
  const ContainerFiles files(root_);
  EXPECT_FALSE(read_state(files));
  ShimState state{ShimState::Kind::kFailed, {4, 5}, {6, 7}, "Code", "a\nb"};
  ASSERT_TRUE(write_state(files, state));
  const auto back = read_state(files);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->kind, ShimState::Kind::kFailed);
  EXPECT_EQ(back->shim.start_ticks, 5);
  EXPECT_EQ(back->main.pid, 6);
  EXPECT_EQ(back->code, "Code");
  EXPECT_EQ(back->message, "a\nb");
  ASSERT_TRUE(write_exit(files, {137, true, 1'700'000'000'123}));
  const auto exit = read_exit(files);
  ASSERT_TRUE(exit);
  EXPECT_EQ(exit->exit_code, 137);
  EXPECT_TRUE(exit->out_of_memory);
  EXPECT_EQ(exit->at_ms, 1'700'000'000'123);
  put("exit.json", "{\"exit_code\":");
  EXPECT_FALSE(read_exit(files));
}

TEST_F(PartsTest, AReusedPidIsNotTheProcessItWas) {
  ProcessId self = process_id(::getpid());
  EXPECT_TRUE(is_alive(self));
  self.start_ticks += 1;
  EXPECT_FALSE(is_alive(self));
}

TEST_F(PartsTest, LinksOfAnImageStayInIt) {
  put("root/etc/passwd", "inside");
  fs::create_directory_symlink("/etc", root_ / "root/absolute");
  fs::create_directory_symlink("../../../../../../etc", root_ / "root/climbing");
  fs::create_symlink("loop", root_ / "root/loop");
  const fs::path root = root_ / "root";
  for (const char* path :
       {"/etc/passwd", "/absolute/passwd", "climbing/passwd", "/../../etc/passwd"}) {
    EXPECT_EQ(resolve_in_root(root, path), root / "etc/passwd") << path;
  }
  EXPECT_FALSE(resolve_in_root(root, "/loop"));
  EXPECT_FALSE(resolve_in_root(root, "/etc/shadow"));
}

TEST_F(PartsTest, OnlySelfContainedProgramsGetARootOfTheirOwn) {
  put("root/app/script", "#!/bin/sh\n");
  fs::permissions(root_ / "root/app/script", fs::perms(0755));
  fs::create_directories(root_ / "root/bin");
  fs::copy_file(CONTAINER_PROBE, root_ / "root/bin/probe");
  const fs::path root = root_ / "root";
  const auto probe = plan_launch(root, "probe", "/usr/bin:/bin", "/app", true);
  ASSERT_TRUE(probe);
  EXPECT_TRUE(probe->contained);
  EXPECT_EQ(probe->program, "/bin/probe");
  EXPECT_EQ(probe->working_directory, "/app");
  const auto script = plan_launch(root, "./script", "/bin", "/app", true);
  ASSERT_TRUE(script);
  EXPECT_FALSE(script->contained);  // no /bin/sh in there
  EXPECT_EQ(script->program, (root / "app/script").string());
  EXPECT_FALSE(plan_launch(root, "probe", "/bin", "/", false)->contained);
  const auto host = plan_launch(root, "sh", "/bin", "/", true);
  EXPECT_EQ(host->program, "/bin/sh");
  EXPECT_FALSE(host->contained);
}

TEST_F(PartsTest, UsersAreTheImages) {
  put("root/etc/passwd", "root:x:0:0::/:\napp:x:1000:2000::/app:/bin/sh\n");
  put("root/etc/group", "staff:x:50:\n");
  const fs::path root = root_ / "root";
  EXPECT_EQ(resolve_user(root, "app")->uid, 1000);
  EXPECT_EQ(resolve_user(root, "app")->gid, 2000);
  EXPECT_EQ(resolve_user(root, "app:staff")->gid, 50);
  EXPECT_EQ(resolve_user(root, "7:8")->gid, 8);
  EXPECT_EQ(resolve_user(root, "")->uid, -1);
  EXPECT_FALSE(resolve_user(root, "nobody"));
  EXPECT_FALSE(resolve_user(root, "app:nogroup"));
}

TEST_F(PartsTest, WorldTimeRunsAtTheWorldsSpeed) {
  const SystemClock fast(60.0);
  const Time now = fast.now();
  const Time second_ago = world_time(fast, wall_ms() - 1000);
  EXPECT_NEAR(static_cast<double>((now - second_ago).count()), 60'000.0, 3'000.0);
  EXPECT_LE(world_time(fast, wall_ms() + 5000), fast.now());
}

}  // namespace
}  // namespace seatrial::drivers
