#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::check;
using testing::places;

std::vector<std::string> missing_section_in(std::string_view markdown) {
  return places(check("missing-section", markdown));
}

TEST(MissingSection, InComments) {
  EXPECT_THAT(missing_section_in("# One\n```bash\nls\n# See \"Manual Deployment\" for more\n```\n"),
              ElementsAre("4:7 missing-section warning"));
}

TEST(MissingSection, InProse) {
  EXPECT_THAT(missing_section_in("# One\nProceed to \"Health Checks\" section below\n"),
              ElementsAre("2:12 missing-section warning"));
  EXPECT_THAT(missing_section_in("# One\n\n- Follow the **\"Restore Steps\" above**\n"),
              ElementsAre("3:16 missing-section warning"));
  EXPECT_THAT(missing_section_in("# One\n(see the Emergency Contacts section)\n"),
              ElementsAre("2:10 missing-section warning"));
  EXPECT_THAT(missing_section_in("# One\n\n| a | b |\n|---|---|\n| x | see \"Two\" section |\n"),
              ElementsAre("5:11 missing-section warning"));
}

TEST(MissingSection, ListedInTheDecisionTree) {
  const std::string book =
      "# Rollback - Method 1: Image\n# Rollback - Method 2: Revision\n# Tree\n```\nFailed?\n"
      "├─ YES → Rollback Method 1 (Image)\n└─ NO → Rollback Method 3\n```\n";
  EXPECT_THAT(missing_section_in(book), ElementsAre("7:15 missing-section warning"));
}

TEST(MissingSection, NamesAreLoose) {
  EXPECT_THAT(
      missing_section_in("# Rollback Procedures\n## Health Check Validation\n# Emergency Contacts\n"
                         "Review logs and proceed to \"Rollback Procedure\" below.\n"
                         "Follow \"Health Check Validation\" steps above.\n"
                         "See \"emergency contacts\" section.\n(see Emergency Contacts section)\n"),
      IsEmpty());
}

TEST(MissingSection, OtherQuotedNamesAreNoSections) {
  EXPECT_THAT(missing_section_in(
                  "# One\nYou will see \"Deployment failed\" above.\nClick \"Run workflow\".\n"
                  "Go to \"Settings\" and select \"Deploy\".\nStatus is \"ACTIVE\"\n"
                  "See \"Restoring\" in the AWS documentation.\nsee the Two section of AWS\n"
                  "Download it from the \"Assets\" section.\nIn this section nothing is "
                  "named.\nyou should see \"x\" for each\n"),
              IsEmpty());
}

TEST(MissingSection, BranchesThatAreActionsAreNoSections) {
  EXPECT_THAT(missing_section_in(
                  "# Rollback - Method 1: Image\n```\n├─ YES → Scale up or rollback\n"
                  "├─ NO → Continue monitoring for Step 2 minutes\n└─ → Plan Method 3\n```\n"),
              IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check
