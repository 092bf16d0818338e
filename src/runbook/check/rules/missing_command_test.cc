#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::check;
using testing::places;
using testing::Setting;

std::vector<Finding> missing(std::string_view script, bool known = true) {
  Setting setting;
  if (known) setting.surroundings.programs = {"aws", "bash", "apt-get", "ssh", "docker"};
  return check("missing-command", fmt::format("```bash\n{}\n```\n", script), setting);
}

TEST(MissingCommand, StandsAtTheProgram) {
  EXPECT_THAT(places(missing("aws x | jq .\nX=$(yq y)")),
              ElementsAre("2:9 missing-command", "3:5 missing-command"));
  EXPECT_THAT(places(missing("bash -c 'jq .'")), ElementsAre("2:10 missing-command"));
}

TEST(MissingCommand, WhatIsThereOrBroughtIsSilent) {
  for (auto script :
       {"aws x", "cd a; export B=c; [ -f d ] && echo e", "apt-get install -y jq\njq .",
        "f() { aws x; }\nf", "alias k=kubectl\nk get", "command -v jq && jq .", "./jq",
        "/usr/bin/jq", "ssh h jq .", "docker exec c jq .", "$CMD x", "for i in 1; do aws x; done"})
    EXPECT_THAT(missing(script), IsEmpty()) << script;
}

TEST(MissingCommand, WithoutAnEnvironmentNothingIsSaid) {
  EXPECT_THAT(missing("jq .", false), IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check
