// The hosts file: own block only, others untouched, blocks of lost worlds swept.
#include "drivers/network/hosts_file.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

namespace seatrial::drivers {
namespace {

using testing::HasSubstr;
using testing::Not;

class Hosts : public testing::Test {
 protected:
  void SetUp() override {
    char folder[] = "/tmp/seatrial-hosts-XXXXXX";
    ASSERT_NE(::mkdtemp(folder), nullptr);
    folder_ = folder;
    path_ = folder_ + "/hosts";
    write("127.0.0.1 localhost\n# mine\n10.1.1.1 db");  // without a last line end
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& text) { std::ofstream(path_) << text; }
  std::string read() const {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  HostsFile world(const std::string& name) {
    std::filesystem::create_directories(folder_ + "/" + name);
    return HostsFile(folder_ + "/" + name, path_);
  }
  std::string folder_, path_;
};

TEST_F(Hosts, SetsReplacesAndRemovesItsBlockOnly) {
  auto file = world("w");
  ASSERT_TRUE(file.set({{"web.elb.amazonaws.com", "127.80.1.1"}}));
  EXPECT_THAT(read(), HasSubstr("10.1.1.1 db\n"));
  EXPECT_THAT(read(), HasSubstr("\n127.80.1.1 web.elb.amazonaws.com\n"));
  ASSERT_TRUE(file.set({{"api.elb.amazonaws.com", "127.80.1.2"}}));
  EXPECT_THAT(read(), Not(HasSubstr("web.elb")));
  EXPECT_THAT(read(), HasSubstr("\n127.80.1.2 api.elb.amazonaws.com\n"));
  ASSERT_TRUE(file.set({}));
  EXPECT_EQ(read(), "127.0.0.1 localhost\n# mine\n10.1.1.1 db\n");
}

TEST_F(Hosts, WorldsDoNotTouchEachOtherUnlessOneIsGone) {
  auto one = world("one"), two = world("two");
  ASSERT_TRUE(one.set({{"a", "127.1.1.1"}}));
  ASSERT_TRUE(two.set({{"b", "127.1.1.2"}}));
  EXPECT_THAT(read(), testing::AllOf(HasSubstr("127.1.1.1 a"), HasSubstr("127.1.1.2 b")));
  std::filesystem::remove(folder_ + "/one");
  ASSERT_TRUE(two.set({{"c", "127.1.1.3"}}));
  EXPECT_THAT(read(), testing::AllOf(Not(HasSubstr("127.1.1.1 a")), HasSubstr("127.1.1.3 c")));
}

TEST_F(Hosts, AnUnfinishedBlockLosesNothingOfOthers) {
  auto file = world("w");
  write("# seatrial begin " + folder_ + "/w\n127.1.1.1 old\n10.0.0.1 important\n");
  ASSERT_TRUE(file.set({{"new", "127.1.1.2"}}));
  EXPECT_THAT(read(), testing::AllOf(HasSubstr("10.0.0.1 important"), HasSubstr("127.1.1.2 new")));
}

TEST_F(Hosts, KeepsTheInodeAndHoldsUnderConcurrentWriters) {
  const auto inode = [&] {
    struct stat about{};
    ::stat(path_.c_str(), &about);
    return about.st_ino;
  };
  const auto before = inode();
  std::vector<std::thread> writers;
  for (int i = 0; i < 4; ++i) {
    writers.emplace_back([this, i, file = world(std::to_string(i))]() mutable {
      for (int n = 0; n < 25; ++n) {
        EXPECT_TRUE(file.set({{fmt::format("host-{}-{}", i, n), "127.1.1.1"}}));
      }
    });
  }
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(inode(), before);
  for (int i = 0; i < 4; ++i)
    EXPECT_THAT(read(), HasSubstr(fmt::format("127.1.1.1 host-{}-24\n", i)));
  EXPECT_THAT(read(), Not(HasSubstr("-23")));
  EXPECT_THAT(read(), HasSubstr("localhost"));
}

TEST_F(Hosts, AMissingFileIsSaid) {
  HostsFile file(folder_, folder_ + "/none");
  EXPECT_FALSE(file.writable());
  ASSERT_FALSE(file.set({{"a", "127.1.1.1"}}));
  EXPECT_THAT(file.set({{"a", "127.1.1.1"}}).error(), HasSubstr("/none"));
}

}  // namespace
}  // namespace seatrial::drivers
