#include <gmock/gmock.h>

#include "runbook/check/rules/testing.h"

namespace seatrial::runbook::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using testing::check;
using testing::places;

std::vector<std::string> secret_printed_in(std::string_view shell) {
  return places(check("secret-printed", "# a\n```bash\n" + std::string(shell) + "```\n"));
}

TEST(SecretPrinted, ByAws) {
  EXPECT_THAT(secret_printed_in("aws secretsmanager get-secret-value --secret-id s\n"),
              ElementsAre("3:20 secret-printed warning"));
  EXPECT_THAT(
      secret_printed_in(
          "aws secretsmanager get-secret-value --secret-id s --query SecretString | jq .\n"),
      ElementsAre("3:20 secret-printed warning"));
  EXPECT_THAT(secret_printed_in(
                  "aws secretsmanager get-secret-value --secret-id s --query SecretString \\\n"
                  "  --output text | jq -r .password\n"),
              ElementsAre("3:20 secret-printed warning"));
  EXPECT_THAT(secret_printed_in(
                  "aws ssm get-parameter --name /p --with-decryption --query Parameter.Value\n"),
              ElementsAre("3:9 secret-printed warning"));
}

TEST(SecretPrinted, KeptOrNarrowedIsSilent) {
  EXPECT_THAT(
      secret_printed_in("P=$(aws secretsmanager get-secret-value --secret-id s | jq -r .password)\n"
                        "aws secretsmanager get-secret-value --secret-id s --query ARN\n"
                        "aws secretsmanager get-secret-value --secret-id s > /dev/null\n"
                        "aws secretsmanager get-secret-value --secret-id s --query SecretString "
                        "--output text | jq .POSTGRES_SERVER\n"
                        "aws secretsmanager get-secret-value --secret-id s --query SecretString "
                        "--output text | docker login --password-stdin -u AWS r\n"
                        "aws ssm get-parameter --name /p\n"
                        "aws ssm get-parameters-by-path --path /p --with-decryption --query "
                        "'Parameters[*].Name'\n"),
      IsEmpty());
}

TEST(SecretPrinted, ByOtherPrograms) {
  EXPECT_THAT(secret_printed_in("kubectl get secret db -o yaml\n"),
              ElementsAre("3:9 secret-printed warning"));
  EXPECT_THAT(secret_printed_in("kubectl get secret db -o jsonpath='{.data.p}' | base64 -d\n"),
              ElementsAre("3:9 secret-printed warning"));
  EXPECT_THAT(secret_printed_in("cat .env\n"), ElementsAre("3:1 secret-printed warning"));
  EXPECT_THAT(secret_printed_in("terraform output -raw db_password\n"),
              ElementsAre("3:11 secret-printed warning"));
  EXPECT_THAT(secret_printed_in(
                  "kubectl get secrets\nkubectl get secret db -o yaml > db.yaml\ncat .env.example\n"
                  "terraform output -raw secret_arn\n"),
              IsEmpty());
}

TEST(SecretPrinted, Echoed) {
  EXPECT_THAT(secret_printed_in("echo \"Password: $DB_PASSWORD\"\n"),
              ElementsAre("3:17 secret-printed warning"));
  EXPECT_THAT(secret_printed_in("printf '%s' \"${API_TOKEN}\"\n"),
              ElementsAre("3:14 secret-printed warning"));
  EXPECT_THAT(secret_printed_in(
                  "echo \"$DB_PASSWORD\" | docker login --password-stdin\n"
                  "echo ${DB_PASSWORD:+set} ${#DB_PASSWORD}\necho $SECRET_ARN $NEXT_TOKEN $PASS\n"
                  "echo $DB_PASSWORD > file\n"),
              IsEmpty());
}

TEST(SecretPrinted, OnTheCommandLine) {
  EXPECT_THAT(secret_printed_in("psql postgresql://app:s3cr3tpw9@db/app\n"),
              ElementsAre("3:6 secret-printed warning"));
  EXPECT_THAT(secret_printed_in("psql \"postgresql://app:$DB_PASSWORD@db/app\"\n"),
              ElementsAre("3:6 secret-printed info"));
  EXPECT_THAT(secret_printed_in("mysql -u root -pHunter22x\n"),
              ElementsAre("3:15 secret-printed warning"));
  EXPECT_THAT(secret_printed_in("redis-cli -a $REDIS_AUTH ping\n"),
              ElementsAre("3:14 secret-printed info"));
  EXPECT_THAT(
      secret_printed_in("psql postgresql://app@db/app\nmysql -u root -p\npsql -h h -p 5432\n"
                        "psql postgresql://app:password@db/app\nredis-cli -h h ping\n"),
      IsEmpty());
}

TEST(SecretPrinted, WrittenInTheDocument) {
  EXPECT_THAT(secret_printed_in("export DB_PASSWORD=\"Sup3rS3cure!\"\n"),
              ElementsAre("3:20 secret-printed warning"));
  EXPECT_THAT(secret_printed_in("PGPASSWORD=hunter22 psql -h db\n"),
              ElementsAre("3:12 secret-printed warning"));
  EXPECT_THAT(
      secret_printed_in("export DB_PASSWORD=\"<password>\"\nexport DB_PASSWORD=changeme123\n"
                        "export TOKEN=\"$T\"\nexport SECRET_NAME=prod1/db1\n"
                        "export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
                        "export SECRET_KEY=prod/db1/key\nexport TOKEN_TTL=300000\n"),
      IsEmpty());
}

}  // namespace
}  // namespace seatrial::runbook::check
