#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::check;
using testing::places;

std::vector<std::string> plan_not_applied_in(std::string_view shell) {
  return places(check("plan-not-applied", "# a\n```bash\n" + std::string(shell) + "```\n"));
}

TEST(PlanNotApplied, ANewPlanIsMade) {
  EXPECT_THAT(plan_not_applied_in(
                  "terraform plan -var-file=p.tfvars\nterraform apply -var-file=p.tfvars\n"),
              ElementsAre("4:11 plan-not-applied warning"));
  EXPECT_THAT(
      plan_not_applied_in("terraform plan | grep group\nterraform apply -target=module.a\n"),
      ElementsAre("4:11 plan-not-applied warning"));
}

TEST(PlanNotApplied, SaysWhatDiffers) {
  const auto message = [](std::string_view shell) {
    return check("plan-not-applied", "```bash\n" + std::string(shell) + "```\n").at(0).message;
  };
  EXPECT_THAT(message("terraform plan -destroy\nterraform apply\n"),
              ::testing::HasSubstr("destruction"));
  EXPECT_THAT(message("terraform plan -target a.b\nterraform apply -target=a.c\n"),
              ::testing::HasSubstr("other targets"));
  EXPECT_THAT(message("terraform plan\nterraform apply\n"), ::testing::HasSubstr("not saved"));
}

TEST(PlanNotApplied, TheSavedPlanIsTheOneApplied) {
  EXPECT_THAT(plan_not_applied_in("terraform plan -out=a.tfplan\nterraform show a.tfplan\n"
                                  "terraform apply a.tfplan\n"),
              IsEmpty());
  EXPECT_THAT(plan_not_applied_in("terraform plan -out \"$F\"\nterraform apply \"$F\"\n"),
              IsEmpty());
  EXPECT_THAT(plan_not_applied_in("terraform plan -out=a.tfplan\nterraform apply b.tfplan\n"),
              ElementsAre("4:17 plan-not-applied warning"));
  EXPECT_THAT(plan_not_applied_in("terraform plan -out=a.tfplan\nterraform apply\n"),
              ElementsAre("4:11 plan-not-applied warning"));
}

TEST(PlanNotApplied, WithoutAPlanNothingIsSaid) {
  EXPECT_THAT(plan_not_applied_in("terraform apply -target=module.ecs\n"), IsEmpty());
  EXPECT_THAT(plan_not_applied_in("terraform apply\nterraform plan\n"), IsEmpty());
  const auto apart = check("plan-not-applied",
                           "# a\n```bash\nterraform plan\n```\n# b\n```bash\nterraform "
                           "apply\n```\n");
  EXPECT_THAT(places(apart), IsEmpty());
}

TEST(PlanNotApplied, ChangeSets) {
  EXPECT_THAT(plan_not_applied_in(
                  "aws cloudformation create-change-set --stack-name s --change-set-name one\n"
                  "aws cloudformation execute-change-set --stack-name s --change-set-name two\n"),
              ElementsAre("4:72 plan-not-applied warning"));
  EXPECT_THAT(plan_not_applied_in(
                  "aws cloudformation create-change-set --stack-name s --change-set-name one\n"
                  "aws cloudformation execute-change-set --stack-name s --change-set-name one\n"
                  "aws cloudformation execute-change-set --stack-name s --change-set-name $C\n"),
              IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check
