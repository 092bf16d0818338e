#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> flow_many_in(std::string_view shell) {
  return testing::found_in_shell("flow-many", shell);
}

TEST(FlowMany, AFilterThatMayMatchSeveral) {
  const std::string query =
      "--query \"LoadBalancers[?contains(LoadBalancerName, 'w')].DNSName\" --output text)";
  EXPECT_THAT(
      flow_many_in("D=$(aws elbv2 describe-load-balancers " + query + "\ncurl https://$D/health"),
      ElementsAre("3:14 $D"));
  EXPECT_THAT(
      flow_many_in("aws elbv2 describe-tags --resource-arns $(aws elbv2 describe-load-balancers " +
                   query),
      IsEmpty());  // takes any number
  EXPECT_THAT(
      flow_many_in("for d in $(aws elbv2 describe-load-balancers " + query + "; do echo $d; done"),
      IsEmpty());
}

TEST(FlowMany, AWholeList) {
  EXPECT_THAT(
      flow_many_in("aws apigateway get-resources --rest-api-id \\\n"
                   "  $(aws apigateway get-rest-apis --query 'items[].id' --output text)"),
      ElementsAre("3:3 $(aws apigateway get-rest-apis --query 'items[].id' --output text)"));
  EXPECT_THAT(
      flow_many_in(
          "aws apigateway get-resources --rest-api-id \\\n"
          "  $(aws apigateway get-rest-apis --query \"items[?name=='a'].id\" --output text)"),
      IsEmpty());
  EXPECT_THAT(flow_many_in("A=$(aws elbv2 describe-load-balancers --names w "
                           "--query 'LoadBalancers[].DNSName' --output text)\ncurl https://$A/"),
              IsEmpty());
}

TEST(FlowMany, APageALine) {
  EXPECT_THAT(flow_many_in("E=$(aws logs filter-log-events --log-group-name g "
                           "--query 'length(events)' --output text)"),
              ElementsAre("2:59 'length(events)'"));
  EXPECT_THAT(
      flow_many_in("E=$(aws logs filter-log-events --log-group-name g --query 'length(events)')"),
      IsEmpty());
  EXPECT_THAT(
      flow_many_in("E=$(aws sts get-caller-identity --query 'length(Account)' --output text)"),
      IsEmpty());
  EXPECT_THAT(flow_many_in(
                  "E=$(aws ecs list-tasks --no-paginate --query 'length(taskArns)' --output text)"),
              IsEmpty());
}

TEST(FlowMany, NoneWhereThereIsNone) {
  const std::string set = "T=$(aws ecs list-tasks --query 'taskArns[0]' --output text)\n";
  const std::string use = "aws ecs stop-task --task $T";
  EXPECT_THAT(flow_many_in(set + use), ElementsAre("3:26 $T (info)"));
  EXPECT_THAT(flow_many_in(set + "[ \"$T\" = None ] && exit 1\n" + use), IsEmpty());
  EXPECT_THAT(flow_many_in(set + "[ -z \"$T\" ] && exit 1\n" + use), IsEmpty());
  EXPECT_THAT(flow_many_in(set + "echo $T"), IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check
