#include "runbook/warm_cli.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace seatrial::runbook {
namespace {

class Scripts : public ::testing::Test {
 protected:
  Scripts() {
    std::string pattern = (std::filesystem::temp_directory_path() / "warm-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~Scripts() override { std::filesystem::remove_all(folder_); }

  std::string write(const std::string& text) {
    const auto path = folder_ + "/aws";
    std::ofstream(path) << text;
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }
  std::string folder_;
};

TEST_F(Scripts, TheInterpreterOfTheCli) {
  const std::string body = "import awscli.clidriver\n";
  EXPECT_EQ(cli_interpreter(write("#!/usr/bin/python3\n" + body)), "/usr/bin/python3");
  EXPECT_EQ(cli_interpreter(write("#!/usr/bin/python3\nimport sys\n")), "");
  EXPECT_EQ(cli_interpreter(write("#!/usr/bin/env python3\n" + body)), "");
  EXPECT_EQ(cli_interpreter(write("#!/bin/sh\n# awscli.clidriver\n")), "");
  EXPECT_EQ(cli_interpreter(write("#!/none/python3\n" + body)), "");
  EXPECT_EQ(cli_interpreter(write("\x7f"
                                  "ELF awscli.clidriver")),
            "");
  EXPECT_EQ(cli_interpreter(folder_ + "/none"), "");
}

TEST_F(Scripts, NothingIsStartedForOthers) {
  const auto path = write("#!/bin/sh\nexit 0\n");
  EXPECT_EQ(WarmCli::start({"PATH=" + folder_}, "/none"), nullptr);
  EXPECT_EQ(WarmCli::start({"PATH=/none"}, "/none"), nullptr);
  EXPECT_EQ(WarmCli::start({}, "/none"), nullptr);
  write("#!/usr/bin/python3\nimport awscli.clidriver\n");
  EXPECT_EQ(WarmCli::start({"PATH=" + folder_}, folder_), nullptr);
}

// Where nobody listens any more, the script itself is run.
TEST_F(Scripts, ACallWithoutAParentRunsTheScript) {
  const auto path = write("#!/bin/sh\nexit 7\n");
  std::vector<std::string> words = {"__aws", folder_ + "/gone", path, "sts"};
  EXPECT_EXIT(
      {
        std::vector<char*> argv;
        for (auto& word : words) argv.push_back(word.data());
        argv.push_back(nullptr);
        ::_exit(warm_call(4, argv.data()));
      },
      ::testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace seatrial::runbook
