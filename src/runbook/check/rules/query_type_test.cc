#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::check;
using testing::marked;

// "LINE:COLUMN part" of each finding; the shell text begins on line 2.
std::vector<std::string> query_type_in(std::string_view shell,
                                       const testing::Setting& setting = {}) {
  const std::string markdown = "```bash\n" + std::string(shell) + "\n```\n";
  std::vector<std::string> out;
  for (const auto& finding : check("query-type", markdown, setting)) {
    out.push_back(fmt::format("{}:{} {}", finding.line, finding.column, marked(finding, markdown)));
    if (!finding.suggestion.empty()) out.back() += " -> " + finding.suggestion;
  }
  return out;
}

TEST(QueryType, AccessThatIsAlwaysNull) {
  EXPECT_THAT(query_type_in("aws ecs describe-services --query 'services.status'"),
              ElementsAre("2:45 status"));
  EXPECT_THAT(query_type_in("aws ec2 describe-vpcs --query 'Vpcs[].Tags.Name'"),
              ElementsAre("2:44 Name"));
  EXPECT_THAT(query_type_in("aws ec2 describe-instances \\\n"
                            "  --query 'Reservations[].Instances[].InstanceId[0]' --output text"),
              ElementsAre("3:49 [0] ->  | [0]"));
}

TEST(QueryType, ComparisonsThatNeverHold) {
  EXPECT_THAT(
      query_type_in(
          "aws ec2 describe-volumes --query \"Volumes[?Size=='100' || Encrypted=='true']\""),
      ElementsAre("2:50 '100' -> `100`", "2:70 'true' -> `true`"));
  EXPECT_THAT(query_type_in("aws ec2 describe-volumes --query 'Volumes[?CreateTime<`5`]'"),
              ElementsAre("2:55 `5` -> '5'"));
  testing::Setting v1;
  v1.cli = awscli::Cli::kV1;  // prints timestamps as they came
  EXPECT_THAT(query_type_in("aws ec2 describe-volumes --query 'Volumes[?CreateTime<`5`]'", v1),
              IsEmpty());
}

TEST(QueryType, FunctionsThatRefuse) {
  EXPECT_THAT(
      query_type_in("aws ecs list-tasks --query 'length(taskArns[0]) > `1` && keys(taskArns)'"),
      ElementsAre("2:63 taskArns"));
  EXPECT_THAT(query_type_in("aws ecs describe-services --query 'sort_by(services, serviceName)'"),
              ElementsAre("2:54 serviceName -> &serviceName"));
}

TEST(QueryType, TablesThatCannotBeDrawn) {
  const std::string query =
      "aws rds describe-db-clusters --query 'DBClusters[].[Status,Endpoint,"
      "ServerlessV2ScalingConfiguration]'";
  EXPECT_THAT(query_type_in(query + " --output table"),
              ElementsAre("2:69 ServerlessV2ScalingConfiguration"));
  EXPECT_THAT(query_type_in(query + " --output $FORM"), IsEmpty());
  EXPECT_THAT(query_type_in(query), IsEmpty());
}

TEST(QueryType, RightQueriesAreSilent) {
  EXPECT_THAT(query_type_in("aws ec2 describe-volumes \\\n"
                            "  --query \"Volumes[?CreateTime<='$(date +%Y-%m-%d)'].VolumeId\""),
              IsEmpty());
  EXPECT_THAT(
      query_type_in("aws ec2 describe-instances --query "
                    "'Reservations[].Instances[].[InstanceId,Tags[?Key==`Name`]|[0].Value]'"),
      IsEmpty());
  EXPECT_THAT(query_type_in("aws cloudwatch get-metric-statistics \\\n"
                            "  --query 'Datapoints | sort_by(@, &Timestamp)[-5:]'"),
              IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check
