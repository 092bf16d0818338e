#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::check;
using testing::places;
using testing::Setting;

// A repository with these files.
std::vector<Finding> missing_files(std::string_view script, std::set<std::string> files = {}) {
  Setting setting;
  setting.surroundings.has_file = [files](std::string_view path) {
    return files.contains(std::string(path));
  };
  return check("missing-file", fmt::format("```bash\n{}\n```\n", script), setting);
}

TEST(MissingFile, ScriptsAndFilesThatAreNotThere) {
  EXPECT_THAT(places(missing_files("./x.sh a\nbash scripts/y.sh\nsource env.sh")),
              ElementsAre("2:1 missing-file warning", "3:6 missing-file warning",
                          "4:8 missing-file warning"));
  EXPECT_THAT(places(missing_files("aws pi x --metric-queries file://q.json")), IsEmpty());
  EXPECT_THAT(
      places(missing_files("aws ecs register-task-definition --cli-input-json file://t.json")),
      ElementsAre("2:51 missing-file warning"));
  EXPECT_THAT(places(missing_files("kubectl apply -f a.yaml\nterraform plan -var-file=b.tfvars")),
              ElementsAre("2:18 missing-file warning", "3:16 missing-file warning"));
  EXPECT_THAT(missing_files("./x.sh\nbash scripts/y.sh", {"x.sh", "scripts/y.sh"}), IsEmpty());
}

TEST(MissingFile, AReaderMayStandInAnyFolderEntered) {
  const std::set<std::string> files = {"a", "a/b", "a/b/x.sh", "y.sh"};
  EXPECT_THAT(missing_files("cd a\ncd b\n./x.sh\n../../y.sh\n./y.sh", files), IsEmpty());
  EXPECT_THAT(places(missing_files("cd a\n./x.sh", files)),
              ElementsAre("3:1 missing-file warning"));
  EXPECT_THAT(places(missing_files("cd c\n./x.sh", files)),
              ElementsAre("2:4 missing-file warning"));
  for (auto script : {"cd /opt/app\n./x.sh", "cd $D\n./x.sh", "cd\n./x.sh", "git clone u\n./x.sh",
                      "tar xf t.tgz\n./x.sh"})
    EXPECT_THAT(missing_files(script, files), IsEmpty()) << script;
}

TEST(MissingFile, WhatTheDocumentMakesOrSpeaksOfIsThere) {
  for (auto script :
       {"cat > x.sh <<E\nE\nbash x.sh", "a | tee x.sh\nbash x.sh", "curl -o x.sh u\nbash x.sh",
        "cp y x.sh\nbash ./x.sh", "mkdir out\nbash out/x.sh", "# write x.sh\nbash x.sh",
        "terraform plan -out=x.sh\nbash x.sh", "aws s3 cp s3://b/x.sh x.sh\nbash x.sh",
        "ssh h ./x.sh", "/opt/x.sh", "./$X", "kubectl apply -f https://u/x.yaml",
        "cat y | bash -s"})
    EXPECT_THAT(missing_files(script), IsEmpty()) << script;
}

TEST(MissingFile, OnePersonsHomeIsNowhereElse) {
  EXPECT_THAT(places(check("missing-file", "```sh\ncd /home/mark/omc/x\n/Users/eva/y.sh\n```\n")),
              ElementsAre("2:4 missing-file warning", "3:1 missing-file warning"));
  EXPECT_THAT(check("missing-file", "```sh\ncd /home/ec2-user/app\ncd /home\n```\n"), IsEmpty());
}

TEST(MissingFile, WithoutARepositoryNothingElseIsSaid) {
  EXPECT_THAT(check("missing-file", "```sh\n./x.sh\ncd a\n```\n"), IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check
