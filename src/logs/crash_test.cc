// What a crash, a full disk and a damaged disk leave: every acknowledged event once, or FATAL.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/temp_folder.h"
#include "logs/engine.h"
#include "logs/testing.h"

namespace seatrial::logs {
namespace {

namespace fs = std::filesystem;

constexpr Engine::Limits kSmall{.wal_bytes = 4u << 10, .block_bytes = 1u << 10};

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_file(const fs::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

class LogsCrashTest : public testing::Test {
 protected:
  void open(const Engine::Limits& limits = {}) {
    engine_.reset();
    auto opened = Engine::open(folder_ / "logs", limits);
    ASSERT_TRUE(opened) << opened.error();
    engine_ = std::move(*opened);
  }
  bool put(int number) {
    engine_->append("r/g", "s" + std::to_string(number % 3),
                    {{from_ms(number), std::to_string(number) + std::string(100, '.')}},
                    from_ms(number));
    return engine_->commit().has_value();
  }
  std::vector<int> numbers() {
    std::vector<int> out;
    engine_->scan({.groups = {"r/g"}, .order = ScanRequest::Order::kOldestFirst},
                  [&](std::span<const EventView> events) {
                    for (const auto& e : events) out.push_back(std::stoi(std::string(e.message)));
                    return true;
                  });
    return out;
  }
  static std::vector<int> first(int count) {
    std::vector<int> out;
    for (int i = 0; i < count; ++i) out.push_back(i);
    return out;
  }
  fs::path only(const std::string& prefix) {
    for (const auto& entry : fs::directory_iterator(folder_ / "logs")) {
      if (entry.path().filename().string().starts_with(prefix)) return entry.path();
    }
    return {};
  }

  TempFolder folder_{"logs", scratch()};
  std::unique_ptr<Engine> engine_;
};

// How many events the frames of these bytes hold, or the error.
std::expected<int, std::string> events_in(std::string_view bytes) {
  int events = 0;
  std::uint64_t next = 0;
  const auto end = read_frames(bytes, next, [&](std::string_view payload) {
    return decode_changes(payload, [&](Change change) { events += int(change.events.size()); });
  });
  if (!end) return std::unexpected(end.error());
  return events;
}

TEST_F(LogsCrashTest, ALogCutAnywhereHasItsWholeFrames) {
  open();
  std::vector<std::size_t> ends{0};
  for (int i = 0; i < 6; ++i) {
    ASSERT_TRUE(put(i));
    ends.push_back(fs::file_size(only("wal-")));
  }
  const std::string whole = read_file(only("wal-"));
  ASSERT_EQ(whole.size(), ends.back());
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    const auto kept = std::upper_bound(ends.begin(), ends.end(), size) - ends.begin() - 1;
    EXPECT_EQ(events_in(std::string_view(whole).substr(0, size)).value(), kept) << size;
  }
  // A file that grew before its bytes came ends in zeros.
  EXPECT_EQ(events_in(whole.substr(0, ends[5] + 40) + std::string(500, '\0')).value(), 5);
}

TEST_F(LogsCrashTest, ADamagedFrameIsAnErrorUnlessItIsTheLast) {
  open();
  std::size_t last = 0;
  for (int i = 0; i < 4; ++i) {
    last = fs::file_size(only("wal-"));
    ASSERT_TRUE(put(i));
  }
  const std::string whole = read_file(only("wal-"));
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x40);
    const auto events = events_in(damaged);
    if (at < last) {
      EXPECT_FALSE(events) << at;
    } else {
      EXPECT_EQ(events.value(), 3) << at;
    }
  }
}

TEST_F(LogsCrashTest, GoesOnBehindATornTail) {
  open();
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(put(i));
  engine_.reset();
  const fs::path wal = only("wal-");
  fs::resize_file(wal, fs::file_size(wal) - 7);
  open();
  EXPECT_EQ(numbers(), first(4));
  ASSERT_TRUE(put(4));
  open();
  EXPECT_EQ(numbers(), first(5));
}

TEST_F(LogsCrashTest, DamagedSegmentsAndManifestsAreFatal) {
  open(kSmall);
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(put(i));
  engine_->settle();
  ASSERT_EQ(numbers(), first(200));
  engine_.reset();
  const fs::path segment = only("segment-"), manifest = only("manifest");
  const std::string blocks = read_file(segment), root = read_file(manifest);
  const auto damage = [](std::string bytes, std::size_t at) {
    bytes[at] = static_cast<char>(bytes[at] ^ 1);
    return bytes;
  };
  const auto read = [&] {
    open(kSmall);
    (void)numbers();
  };
  write_file(segment, damage(blocks, 9));
  EXPECT_DEATH(read(), "FATAL: .*segment-");
  write_file(segment, blocks.substr(0, blocks.size() / 2));
  EXPECT_DEATH(read(), "FATAL: .*segment-");
  write_file(segment, blocks);
  write_file(manifest, damage(root, root.size() / 2));
  EXPECT_DEATH(read(), "FATAL: .*manifest");
  write_file(manifest, root);
  open(kSmall);
  EXPECT_EQ(numbers(), first(200));
}

// The child tells the number of each event once it is acknowledged, and is killed while it goes on.
TEST_F(LogsCrashTest, AKilledWriterLosesNothingAcknowledgedAndHasNothingTwice) {
  int begin = 0;
  for (int round = 0; round < 6; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t child = fork();
    if (child == 0) {
      open(kSmall);
      for (int i = begin;; ++i) {
        if (!put(i) || write(pipe_ends[1], &i, sizeof i) != sizeof i) _exit(1);
      }
    }
    close(pipe_ends[1]);
    int acknowledged = begin - 1;
    const int enough = begin + 20 + 37 * round;
    while (acknowledged < enough && read(pipe_ends[0], &acknowledged, sizeof acknowledged) > 0) {
    }
    kill(child, SIGKILL);
    while (read(pipe_ends[0], &acknowledged, sizeof acknowledged) > 0) {
    }
    close(pipe_ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    open(kSmall);
    const auto there = numbers();
    ASSERT_GE(there.size(), static_cast<std::size_t>(acknowledged + 1));
    EXPECT_LE(there.size(), static_cast<std::size_t>(acknowledged + 2));
    EXPECT_EQ(there, first(static_cast<int>(there.size())));
    begin = static_cast<int>(there.size());
    engine_.reset();
  }
}

// A limit on the size of files stands for a full disk.
TEST_F(LogsCrashTest, AFullDiskRefusesAndLosesNothing) {
  const auto old = signal(SIGXFSZ, SIG_IGN);
  open(kSmall);
  int count = 0;
  while (count < 10) ASSERT_TRUE(put(count++));
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit full{fs::file_size(only("wal-")) + 50, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &full);
  EXPECT_FALSE(put(1000));
  EXPECT_TRUE(engine_->dirty());
  EXPECT_FALSE(put(1001));
  EXPECT_EQ(numbers(), first(10));
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, old);
  while (count < 100) ASSERT_TRUE(put(count++));
  EXPECT_EQ(numbers(), first(100));
  open(kSmall);
  EXPECT_EQ(numbers(), first(100));
}

}  // namespace
}  // namespace seatrial::logs
