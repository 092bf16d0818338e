#include "runbook/placeholders.h"

#include <gmock/gmock.h>

namespace seatrial::runbook {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> found(std::string_view value) {
  std::vector<std::string> out;
  for (const auto& p : placeholders_in(value))
    out.push_back((p.sure ? "" : "?") + std::string(value.substr(p.begin, p.end - p.begin)));
  return out;
}

std::vector<std::string> angles(std::string_view script) {
  std::vector<std::string> out;
  for (const auto& p : angle_placeholders(script))
    out.emplace_back(script.substr(p.begin, p.end - p.begin));
  return out;
}

TEST(PlaceholdersIn, EachKind) {
  EXPECT_THAT(found("<db-endpoint>"), ElementsAre("<db-endpoint>"));
  EXPECT_THAT(found("s3://<bucket>/x"), ElementsAre("<bucket>"));
  EXPECT_THAT(found("subnet-XXXXXXXX,subnet-YYYYYYYY"),
              ElementsAre("subnet-XXXXXXXX", "subnet-YYYYYYYY"));
  EXPECT_THAT(found("Name=A,Value=app/lb/xxx"), ElementsAre("xxx"));
  EXPECT_THAT(found("i-0xxxxxxx"), ElementsAre("i-0xxxxxxx"));
  EXPECT_THAT(found("xxxxxxxx-xxxx-xxxx"), ElementsAre("xxxxxxxx-xxxx-xxxx"));
  EXPECT_THAT(found("ParameterValue=YOUR_WEBHOOK"), ElementsAre("YOUR_WEBHOOK"));
  EXPECT_THAT(found("your-cluster"), ElementsAre("your-cluster"));
  EXPECT_THAT(found("https://hooks/REPLACE_ME"), ElementsAre("REPLACE_ME"));
  EXPECT_THAT(found("INSERT_NAME_HERE"), ElementsAre("INSERT_NAME_HERE"));
  EXPECT_THAT(found("arn:aws:rds:us-east-1:ACCOUNT:cluster:x"), ElementsAre("ACCOUNT"));
  EXPECT_THAT(found("arn:aws:rds:us-east-1:123456789012:cluster:x"), ElementsAre("123456789012"));
  EXPECT_THAT(found("/path/to/backend"), ElementsAre("/path/to/backend"));
  EXPECT_THAT(found("file://path/to/x.json"), ElementsAre("path/to/x.json"));
  EXPECT_THAT(found("..."), ElementsAre("..."));
  EXPECT_THAT(found("arn:aws:..."), ElementsAre("..."));
  EXPECT_THAT(found("vpc-12345678"), ElementsAre("vpc-12345678"));
  EXPECT_THAT(found("family:PREVIOUS_REVISION"), ElementsAre("?PREVIOUS_REVISION"));
  EXPECT_THAT(found("TASK_ARN"), ElementsAre("?TASK_ARN"));
}

TEST(PlaceholdersIn, NamesThatMeanThemselves) {
  for (auto value : {"CAPABILITY_NAMED_IAM", "CREATE_COMPLETE", "hexxxe", "ON_DEMAND", "./...",
                     "a...b", "/a/path", "arn:aws:iam::aws:policy/X", "arn:aws:s3:::bucket",
                     "subnet-0a1b", "v1.2.3", "index.html", "my-vpc", "$TASK_ARN", "${TASK_ARN}",
                     "TASK_ARN=x", "Waiting ...", "a < b > c", "NON_COMPLIANT"})
    EXPECT_THAT(found(value), IsEmpty()) << value;
  EXPECT_THAT(found(std::string(1000, 'x')), IsEmpty());
}

TEST(AnglePlaceholders, AreWhatBashTakesForRedirections) {
  EXPECT_THAT(angles("aws x --arn <the-arn>\ngit revert <hash>\ngit checkout <good one>\n"),
              ElementsAre("<the-arn>", "<hash>", "<good one>"));
  EXPECT_THAT(angles("psql -h <rds-endpoint> -U me"), ElementsAre("<rds-endpoint>"));
  EXPECT_THAT(angles("x --task <task-id> \\\n --c d"), ElementsAre("<task-id>"));
  EXPECT_THAT(angles("x=$(aws y --id <the-id>)\nz <b>"), ElementsAre("<the-id>", "<b>"));
  EXPECT_THAT(angles("curl https://<host>/x"), ElementsAre("<host>"));
}

TEST(AnglePlaceholders, FilesAndQuotesAreNone) {
  for (auto script :
       {"sort <in.txt> out.txt", "cat <<EOF>x\n<b>\nEOF\n", "echo '<a>' \"<b>\"", "# <a>\nls",
        "a <b >c", "diff <(a) <(b)", "cat <<< <", "[[ a <b ]] && c >d", "x 2>&1 <&3"})
    EXPECT_THAT(angles(script), IsEmpty()) << script;
}

TEST(DescribesId, EndsWithTheKindOfAnId) {
  EXPECT_TRUE(describes_id("prod-database-resource-id"));
  EXPECT_TRUE(describes_id("my-role-arn"));
  EXPECT_FALSE(describes_id("valid"));
  EXPECT_FALSE(describes_id("prod-corporate-id"));
}

TEST(FindPlaceholder, TakesDoubtfulOnesToo) {
  EXPECT_EQ(find_placeholder("aws x --d Name=A,Value=app/lb/xxx \\"), "xxx");
  EXPECT_EQ(find_placeholder("aws x --t family:PREVIOUS_REVISION"), "PREVIOUS_REVISION");
  EXPECT_EQ(find_placeholder("--task TASK_ARN"), "TASK_ARN");
  EXPECT_EQ(find_placeholder("# use YOUR_X\naws --arn <the-arn>"), "<the-arn>");
  for (auto text : {"aws x --cluster $CLUSTER_NAME", "X=${TASK_ARN}", "TASK_ARN=$(f)",
                    "CREATE_COMPLETE", "--capabilities CAPABILITY_NAMED_IAM", "a < b", "hexxxe",
                    "\"$DB_HOST\"", "--role-arn arn:aws:iam::123456789012:role/x"})
    EXPECT_EQ(find_placeholder(text), "") << text;
}

TEST(SaysReplace, AtTheCommentsBeginning) {
  EXPECT_TRUE(says_replace(" Replace with actual"));
  EXPECT_TRUE(says_replace("your account"));
  EXPECT_FALSE(says_replace(" will replace the task"));
  EXPECT_FALSE(says_replace(""));
}

}  // namespace
}  // namespace seatrial::runbook
