#include "services/secretsmanager/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "room/testing.h"

namespace seatrial::services::secretsmanager {
namespace {

using testing::ElementsAre;
using testing::MatchesRegex;
using testing::SizeIs;

class SecretsTest : public testing::Test {
 protected:
  SecretsTest() { world.add(*room); }
  Value ok(std::string_view operation, Value input) {
    auto reply = world.call("secretsmanager", operation, std::move(input));
    EXPECT_TRUE(reply) << operation << ": " << (reply ? "" : reply.error().message);
    return reply.value_or(Value(Object{}));
  }
  model::AwsError refused(std::string_view operation, Value input) {
    auto reply = world.call("secretsmanager", operation, std::move(input));
    EXPECT_FALSE(reply) << operation << " was not refused";
    return reply ? model::AwsError{} : reply.error();
  }
  std::string create(const std::string& name, const std::string& value) {
    return std::string(
        text_member(ok("CreateSecret", {{"Name", name}, {"SecretString", value}}), "ARN"));
  }
  std::string get(const std::string& id, Object more = {}) {
    more["SecretId"] = id;
    return std::string(text_member(ok("GetSecretValue", more), "SecretString"));
  }
  std::vector<std::string> list(Object request) {
    std::vector<std::string> names;
    const Value reply = ok("ListSecrets", std::move(request));
    for (const auto& entry : reply.at("SecretList").get_array()) {
      names.emplace_back(text_member(entry, "Name"));
    }
    return names;
  }
  void reopen() {
    world.store->flush();
    room = std::make_unique<SecretsManager>(*world.env);
    world.add(*room);
    room->start();
  }

  room::TestWorld world;
  std::unique_ptr<SecretsManager> room = std::make_unique<SecretsManager>(*world.env);
};

TEST_F(SecretsTest, FoundByNameArnAndPartialArn) {
  const std::string arn = create("prod/db", "s3cret");
  EXPECT_THAT(arn,
              MatchesRegex("arn:aws:secretsmanager:ap-southeast-2:123456789012:secret:prod/db-"
                           "[A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9][A-Za-z0-9]"));
  EXPECT_EQ(get("prod/db"), "s3cret");
  EXPECT_EQ(get(arn), "s3cret");
  EXPECT_EQ(get(arn.substr(0, arn.size() - 7)), "s3cret");
  const auto none = refused("GetSecretValue", {{"SecretId", "nope"}});
  EXPECT_EQ(none.code, "ResourceNotFoundException");
  EXPECT_EQ(none.message, "Secrets Manager can't find the specified secret.");
  EXPECT_EQ(refused("CreateSecret", {{"Name", "prod/db"}, {"SecretString", "x"}}).code,
            "ResourceExistsException");
}

TEST_F(SecretsTest, SealedAtRestAndKeptOverRestarts) {
  create("s", "hunter2");
  const std::string bytes("\x00\xff\x01", 3);
  ok("CreateSecret", {{"Name", "b"}, {"SecretBinary", bytes}});
  for (const auto& [key, body] : world.store->load("secretsmanager.secret")) {
    EXPECT_EQ(body.find("hunter2"), std::string::npos);
  }
  reopen();
  EXPECT_EQ(get("s"), "hunter2");
  const Value binary = ok("GetSecretValue", {{"SecretId", "b"}});
  EXPECT_EQ(text_member(binary, "SecretBinary"), bytes);
  EXPECT_EQ(find_member(binary, "SecretString"), nullptr);
}

TEST_F(SecretsTest, StagesMove) {
  create("s", "one");
  ok("PutSecretValue", {{"SecretId", "s"}, {"SecretString", "two"}});
  EXPECT_EQ(get("s"), "two");
  EXPECT_EQ(get("s", {{"VersionStage", "AWSPREVIOUS"}}), "one");
  const auto pending =
      refused("GetSecretValue", {{"SecretId", "s"}, {"VersionStage", "AWSPENDING"}});
  EXPECT_EQ(pending.message,
            "Secrets Manager can't find the specified secret value for staging label: AWSPENDING");
  const Value put =
      ok("PutSecretValue",
         {{"SecretId", "s"}, {"SecretString", "three"}, {"VersionStages", Array{"AWSPENDING"}}});
  EXPECT_EQ(get("s"), "two");
  const std::string current(text_member(ok("GetSecretValue", {{"SecretId", "s"}}), "VersionId"));
  Object move{
      {"SecretId", "s"}, {"VersionStage", "AWSCURRENT"}, {"MoveToVersionId", put.at("VersionId")}};
  EXPECT_EQ(refused("UpdateSecretVersionStage", move).code, "InvalidParameterException");
  move["RemoveFromVersionId"] = current;
  ok("UpdateSecretVersionStage", move);
  EXPECT_EQ(get("s"), "three");
  EXPECT_EQ(get("s", {{"VersionStage", "AWSPREVIOUS"}}), "two");
  EXPECT_THAT(ok("ListSecretVersionIds", {{"SecretId", "s"}}).at("Versions").get_array(),
              SizeIs(2));
  EXPECT_THAT(ok("ListSecretVersionIds", {{"SecretId", "s"}, {"IncludeDeprecated", true}})
                  .at("Versions")
                  .get_array(),
              SizeIs(3));
}

TEST_F(SecretsTest, TokensMakeRetriesHarmless) {
  const std::string token = "11111111-1111-4111-8111-111111111111";
  const Object create_request{{"Name", "s"}, {"SecretString", "v"}, {"ClientRequestToken", token}};
  const Value first = ok("CreateSecret", create_request);
  EXPECT_EQ(ok("CreateSecret", create_request), first);
  ok("PutSecretValue", {{"SecretId", "s"}, {"SecretString", "v"}, {"ClientRequestToken", token}});
  EXPECT_EQ(refused("PutSecretValue",
                    {{"SecretId", "s"}, {"SecretString", "w"}, {"ClientRequestToken", token}})
                .code,
            "ResourceExistsException");
  EXPECT_EQ(get("s"), "v");
}

TEST_F(SecretsTest, DeletionWaitsAndPurges) {
  create("s", "v");
  EXPECT_EQ(refused("DeleteSecret", {{"SecretId", "s"}, {"RecoveryWindowInDays", 6}}).code,
            "InvalidParameterException");
  ok("DeleteSecret", {{"SecretId", "s"}, {"RecoveryWindowInDays", 7}});
  const auto marked = refused("GetSecretValue", {{"SecretId", "s"}});
  EXPECT_EQ(marked.code, "InvalidRequestException");
  EXPECT_EQ(marked.message,
            "You can't perform this operation on the secret because it was marked for deletion.");
  EXPECT_THAT(list({}), SizeIs(0));
  EXPECT_THAT(list({{"IncludePlannedDeletion", true}}), ElementsAre("s"));
  EXPECT_EQ(refused("CreateSecret", {{"Name", "s"}}).code, "InvalidRequestException");
  ok("RestoreSecret", {{"SecretId", "s"}});
  EXPECT_EQ(get("s"), "v");
  world.control.advance(std::chrono::days(8));
  EXPECT_EQ(get("s"), "v");  // restored: the old timer finds nothing due
  ok("DeleteSecret", {{"SecretId", "s"}, {"RecoveryWindowInDays", 7}});
  reopen();
  world.control.advance(std::chrono::days(6));
  ok("DescribeSecret", {{"SecretId", "s"}});
  world.control.advance(std::chrono::days(1));
  EXPECT_EQ(refused("DescribeSecret", {{"SecretId", "s"}}).code, "ResourceNotFoundException");
}

TEST_F(SecretsTest, ForcedDeletionIsAtOnce) {
  const std::string before = create("s", "v");
  EXPECT_EQ(refused("DeleteSecret", {{"SecretId", "s"},
                                     {"RecoveryWindowInDays", 7},
                                     {"ForceDeleteWithoutRecovery", true}})
                .code,
            "InvalidParameterException");
  ok("DeleteSecret", {{"SecretId", "s"}, {"ForceDeleteWithoutRecovery", true}});
  EXPECT_NE(create("s", "w"), before);
}

TEST_F(SecretsTest, ListFiltersAndPages) {
  for (const char* name : {"app/a", "app/b", "other"}) {
    world.clock.advance(Millis(1000));
    ok("CreateSecret", {{"Name", name},
                        {"SecretString", "v"},
                        {"Description", "Database login"},
                        {"Tags", Array{Object{{"Key", "team"}, {"Value", name}}}}});
  }
  const auto filter = [](const char* key, const char* value) {
    return Object{{"Filters", Array{Object{{"Key", key}, {"Values", Array{value}}}}}};
  };
  EXPECT_THAT(list({}), ElementsAre("other", "app/b", "app/a"));
  EXPECT_THAT(list({{"SortBy", "name"}, {"SortOrder", "asc"}}),
              ElementsAre("app/a", "app/b", "other"));
  EXPECT_THAT(list(filter("name", "app/")), ElementsAre("app/b", "app/a"));
  EXPECT_THAT(list(filter("name", "!app/")), ElementsAre("other"));
  EXPECT_THAT(list(filter("tag-value", "oth")), ElementsAre("other"));
  EXPECT_THAT(list(filter("all", "database other")), ElementsAre("other"));
  EXPECT_THAT(list(filter("description", "DATA")), SizeIs(3));
  EXPECT_EQ(refused("ListSecrets", filter("colour", "red")).code, "InvalidParameterException");
  const Value first = ok("ListSecrets", {{"MaxResults", 2}});
  EXPECT_THAT(list({{"MaxResults", 2}, {"NextToken", first.at("NextToken")}}),
              ElementsAre("app/a"));
}

TEST_F(SecretsTest, OtherRoomsReadValues) {
  const std::string arn = create("s", R"({"user":"u","port":5432})");
  EXPECT_EQ(room->value("ap-southeast-2", "s", "user", "", "").value(), "u");
  EXPECT_EQ(room->value("us-east-1", arn, "port", "", "").value(), "5432");
  EXPECT_EQ(room->value("ap-southeast-2", arn, "none", "", "").error().code,
            "ResourceNotFoundException");
  EXPECT_EQ(room->value("ap-southeast-2", "s", "", "AWSPREVIOUS", "").error().code,
            "ResourceNotFoundException");
}

TEST_F(SecretsTest, UnservedIsRefused) {
  EXPECT_EQ(refused("CreateSecret", {{"Name", "r"},
                                     {"SecretString", "v"},
                                     {"AddReplicaRegions", Array{Object{{"Region", "us-east-1"}}}}})
                .code,
            "InvalidParameterException");
  EXPECT_EQ(refused("CreateSecret", {{"Name", "r"}, {"KmsKeyId", "alias/mine"}}).code,
            "EncryptionFailure");
  EXPECT_EQ(
      refused("CreateSecret", {{"Name", "r"}, {"SecretString", "v"}, {"SecretBinary", "v"}}).code,
      "InvalidParameterException");
}

TEST_F(SecretsTest, RandomPasswords) {
  const auto make = [&](Object request) {
    return std::string(text_member(ok("GetRandomPassword", std::move(request)), "RandomPassword"));
  };
  EXPECT_THAT(make({}), SizeIs(32));
  const std::string digits = make({{"PasswordLength", 50},
                                   {"ExcludeUppercase", true},
                                   {"ExcludeLowercase", true},
                                   {"ExcludePunctuation", true},
                                   {"ExcludeCharacters", "0123"}});
  EXPECT_THAT(digits, SizeIs(50));
  EXPECT_EQ(digits.find_first_not_of("456789"), std::string::npos);
  const std::string four = make({{"PasswordLength", 4}});
  EXPECT_NE(four.find_first_of("0123456789"), std::string::npos);
  EXPECT_EQ(refused("GetRandomPassword", {{"PasswordLength", 3}}).code,
            "InvalidParameterException");
}

TEST_F(SecretsTest, TagsMerge) {
  create("s", "v");
  ok("TagResource", {{"SecretId", "s"}, {"Tags", Array{Object{{"Key", "a"}, {"Value", "1"}}}}});
  ok("TagResource",
     {{"SecretId", "s"},
      {"Tags", Array{Object{{"Key", "a"}, {"Value", "2"}}, Object{{"Key", "b"}, {"Value", "3"}}}}});
  ok("UntagResource", {{"SecretId", "s"}, {"TagKeys", Array{"b"}}});
  EXPECT_EQ(ok("DescribeSecret", {{"SecretId", "s"}}).at("Tags"),
            (Array{Object{{"Key", "a"}, {"Value", "2"}}}));
}

}  // namespace
}  // namespace seatrial::services::secretsmanager
