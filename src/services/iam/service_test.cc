#include "services/iam/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "room/testing.h"
#include "services/iam/managed_policies.h"
#include "services/iam/policy_document.h"

namespace seatrial::services::iam {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr const char* kTrust =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow",)"
    R"("Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]})";
constexpr const char* kAllow =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]})";
constexpr const char* kExecution =
    "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";

class IamTest : public testing::Test {
 protected:
  IamTest() { world.add(*iam); }
  Value ok(std::string_view operation, Value input) {
    auto reply = world.call("iam", operation, std::move(input));
    EXPECT_TRUE(reply) << operation << ": " << (reply ? "" : reply.error().message);
    return reply.value_or(Value(Object{}));
  }
  model::AwsError refused(std::string_view operation, Value input) {
    auto reply = world.call("iam", operation, std::move(input));
    EXPECT_FALSE(reply) << operation << " was not refused";
    return reply ? model::AwsError{} : reply.error();
  }
  void reopen() {
    iam.reset();
    world.store->flush();
    credentials.replace({});
    iam = std::make_unique<Iam>(*world.env, credentials);
    world.add(*iam);
  }

  room::TestWorld world;
  room::Credentials credentials;
  std::unique_ptr<Iam> iam = std::make_unique<Iam>(*world.env, credentials);
};

TEST_F(IamTest, RootKeyIsMadeOnceAndWorks) {
  const auto key = iam->ensure_root_key();
  EXPECT_THAT(key.access_key_id, SizeIs(20));
  EXPECT_TRUE(key.access_key_id.starts_with("AKIA"));
  EXPECT_THAT(key.secret_access_key, SizeIs(40));
  const auto known = credentials.snapshot()->at(key.access_key_id);
  EXPECT_EQ(known.secret, key.secret_access_key);
  EXPECT_EQ(known.arn, "arn:aws:iam::123456789012:root");
  EXPECT_EQ(known.user_id, "123456789012");
  EXPECT_EQ(iam->ensure_root_key().access_key_id, key.access_key_id);
  EXPECT_EQ(refused("DeleteAccessKey", {{"AccessKeyId", key.access_key_id}}).code, "AccessDenied");
}

TEST_F(IamTest, KeysAreSealedAtRest) {
  const auto root = iam->ensure_root_key();
  for (const auto& [id, body] : world.store->load("iam.access_key")) {
    EXPECT_EQ(body.find(root.secret_access_key), std::string::npos);
  }
}

TEST_F(IamTest, AccessKeysComeAndGo) {
  ok("CreateUser", {{"UserName", "alice"}});
  const Value key = ok("CreateAccessKey", {{"UserName", "alice"}}).at("AccessKey");
  const std::string id(text_member(key, "AccessKeyId"));
  EXPECT_EQ(credentials.snapshot()->at(id).secret, text_member(key, "SecretAccessKey"));
  EXPECT_EQ(credentials.snapshot()->at(id).arn, "arn:aws:iam::123456789012:user/alice");
  ok("UpdateAccessKey", {{"UserName", "alice"}, {"AccessKeyId", id}, {"Status", "Inactive"}});
  EXPECT_FALSE(credentials.snapshot()->at(id).active);
  EXPECT_EQ(refused("DeleteUser", {{"UserName", "alice"}}).code, "DeleteConflict");
  ok("CreateAccessKey", {{"UserName", "alice"}});
  const auto third = refused("CreateAccessKey", {{"UserName", "alice"}});
  EXPECT_EQ(third.code, "LimitExceeded");
  EXPECT_EQ(third.message, "Cannot exceed quota for AccessKeysPerUser: 2");
  EXPECT_EQ(credentials.snapshot()->size(), 2U);
  ok("DeleteAccessKey", {{"UserName", "alice"}, {"AccessKeyId", id}});
  EXPECT_FALSE(credentials.snapshot()->contains(id));
  EXPECT_EQ(refused("DeleteAccessKey", {{"UserName", "alice"}, {"AccessKeyId", id}}).code,
            "NoSuchEntity");
}

TEST_F(IamTest, KeysSurviveARestart) {
  const auto root = iam->ensure_root_key();
  ok("CreateUser", {{"UserName", "alice"}});
  const Value key = ok("CreateAccessKey", {{"UserName", "alice"}}).at("AccessKey");
  const std::string id(text_member(key, "AccessKeyId"));
  reopen();
  EXPECT_EQ(iam->ensure_root_key().secret_access_key, root.secret_access_key);
  EXPECT_EQ(credentials.snapshot()->at(id).secret, text_member(key, "SecretAccessKey"));
}

TEST_F(IamTest, AUserActsForItselfWithoutAName) {
  ok("CreateUser", {{"UserName", "alice"}, {"Path", "/ops/"}});
  auto as = world.context();
  as.identity.arn = "arn:aws:iam::123456789012:user/ops/alice";
  const auto self = world.call(as, "iam", "GetUser", Object{});
  ASSERT_TRUE(self);
  EXPECT_EQ(text_member(self->at("User"), "UserName"), "alice");
  const auto root = ok("GetUser", Object{});
  EXPECT_EQ(text_member(root.at("User"), "Arn"), "arn:aws:iam::123456789012:root");
}

TEST_F(IamTest, RolesKeepTheirPolicies) {
  const Value made = ok("CreateRole", {{"RoleName", "task"},
                                       {"Path", "/app/"},
                                       {"AssumeRolePolicyDocument", kTrust},
                                       {"Tags", Array{Object{{"Key", "a"}, {"Value", "1"}}}}});
  const Value& role = made.at("Role");
  EXPECT_EQ(text_member(role, "Arn"), "arn:aws:iam::123456789012:role/app/task");
  EXPECT_THAT(std::string(text_member(role, "RoleId")), SizeIs(21));
  EXPECT_EQ(percent_decode(text_member(role, "AssumeRolePolicyDocument")), kTrust);
  EXPECT_EQ(text_member(role, "AssumeRolePolicyDocument").find('{'), std::string::npos);
  ok("AttachRolePolicy", {{"RoleName", "task"}, {"PolicyArn", kExecution}});
  ok("AttachRolePolicy", {{"RoleName", "task"}, {"PolicyArn", kExecution}});
  ok("PutRolePolicy", {{"RoleName", "task"}, {"PolicyName", "p"}, {"PolicyDocument", kAllow}});
  reopen();
  const Value attached = ok("ListAttachedRolePolicies", {{"RoleName", "task"}});
  EXPECT_THAT(attached.at("AttachedPolicies").get_array(), SizeIs(1));
  const Value inline_policy = ok("GetRolePolicy", {{"RoleName", "task"}, {"PolicyName", "p"}});
  EXPECT_EQ(percent_decode(text_member(inline_policy, "PolicyDocument")), kAllow);
  EXPECT_EQ(ok("GetPolicy", {{"PolicyArn", kExecution}}).at("Policy").at("AttachmentCount"), 1);
  EXPECT_EQ(refused("DeleteRole", {{"RoleName", "task"}}).message,
            "Cannot delete entity, must detach all policies first.");
  ok("DetachRolePolicy", {{"RoleName", "task"}, {"PolicyArn", kExecution}});
  EXPECT_EQ(refused("DetachRolePolicy", {{"RoleName", "task"}, {"PolicyArn", kExecution}}).code,
            "NoSuchEntity");
  EXPECT_EQ(refused("DeleteRole", {{"RoleName", "task"}}).message,
            "Cannot delete entity, must delete policies first.");
  ok("DeleteRolePolicy", {{"RoleName", "task"}, {"PolicyName", "p"}});
  ok("DeleteRole", {{"RoleName", "task"}});
  EXPECT_EQ(refused("GetRole", {{"RoleName", "task"}}).message,
            "The role with name task cannot be found.");
}

TEST_F(IamTest, UnknownAndDuplicateThingsAreRefused) {
  ok("CreateRole", {{"RoleName", "Task"}, {"AssumeRolePolicyDocument", kTrust}});
  const auto again =
      refused("CreateRole", {{"RoleName", "task"}, {"AssumeRolePolicyDocument", kTrust}});
  EXPECT_EQ(again.code, "EntityAlreadyExists");
  EXPECT_EQ(again.status, 409);
  const std::string arn = "arn:aws:iam::aws:policy/NoSuchThing";
  EXPECT_EQ(refused("AttachRolePolicy", {{"RoleName", "Task"}, {"PolicyArn", arn}}).message,
            "Policy " + arn + " does not exist or is not attachable.");
  const auto missing = refused("GetPolicy", {{"PolicyArn", arn}});
  EXPECT_EQ(missing.code, "NoSuchEntity");
  EXPECT_EQ(missing.status, 404);
}

TEST_F(IamTest, RoleTagsAreReplacedByKeyWithoutCase) {
  ok("CreateRole", {{"RoleName", "r"}, {"AssumeRolePolicyDocument", kTrust}});
  ok("TagRole", {{"RoleName", "r"}, {"Tags", Array{Object{{"Key", "Env"}, {"Value", "a"}}}}});
  ok("TagRole", {{"RoleName", "r"}, {"Tags", Array{Object{{"Key", "env"}, {"Value", "b"}}}}});
  const Value tags = ok("ListRoleTags", {{"RoleName", "r"}});
  ASSERT_THAT(tags.at("Tags").get_array(), SizeIs(1));
  EXPECT_EQ(text_member(tags.at("Tags").at(0), "Value"), "b");
  ok("UntagRole", {{"RoleName", "r"}, {"TagKeys", Array{"env"}}});
  EXPECT_THAT(ok("ListRoleTags", {{"RoleName", "r"}}).at("Tags").get_array(), SizeIs(0));
}

TEST_F(IamTest, PolicyVersions) {
  const Value made = ok("CreatePolicy", {{"PolicyName", "p"}, {"PolicyDocument", kAllow}});
  const std::string arn(text_member(made.at("Policy"), "Arn"));
  EXPECT_EQ(arn, "arn:aws:iam::123456789012:policy/p");
  const std::string deny =
      R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*"}})";
  ok("CreatePolicyVersion", {{"PolicyArn", arn}, {"PolicyDocument", deny}, {"SetAsDefault", true}});
  EXPECT_EQ(text_member(ok("GetPolicy", {{"PolicyArn", arn}}).at("Policy"), "DefaultVersionId"),
            "v2");
  const Value version = ok("GetPolicyVersion", {{"PolicyArn", arn}, {"VersionId", "v2"}});
  EXPECT_EQ(percent_decode(text_member(version.at("PolicyVersion"), "Document")), deny);
  const Value versions = ok("ListPolicyVersions", {{"PolicyArn", arn}});
  ASSERT_THAT(versions.at("Versions").get_array(), SizeIs(2));
  EXPECT_EQ(text_member(versions.at("Versions").at(0), "VersionId"), "v2");
  EXPECT_EQ(refused("DeletePolicy", {{"PolicyArn", arn}}).code, "DeleteConflict");
  for (int i = 3; i <= 5; ++i) {
    ok("CreatePolicyVersion", {{"PolicyArn", arn}, {"PolicyDocument", deny}});
  }
  EXPECT_EQ(refused("CreatePolicyVersion", {{"PolicyArn", arn}, {"PolicyDocument", deny}}).code,
            "LimitExceeded");
}

TEST_F(IamTest, ListsComeInPages) {
  for (int i = 0; i < 5; ++i) {
    ok("CreateRole", {{"RoleName", "r" + std::to_string(i)}, {"AssumeRolePolicyDocument", kTrust}});
  }
  std::vector<std::string> names;
  Object request{{"MaxItems", 2}};
  for (int pages = 0; pages < 4; ++pages) {
    const Value reply = ok("ListRoles", request);
    for (const auto& role : reply.at("Roles").get_array()) {
      names.emplace_back(text_member(role, "RoleName"));
    }
    if (!reply.at("IsTruncated").get_bool()) break;
    request["Marker"] = reply.at("Marker");
  }
  EXPECT_THAT(names, testing::ElementsAre("r0", "r1", "r2", "r3", "r4"));
  EXPECT_EQ(refused("ListRoles", {{"Marker", "~"}}).code, "ValidationError");
}

TEST_F(IamTest, ListPoliciesByScope) {
  ok("CreatePolicy", {{"PolicyName", "p"}, {"PolicyDocument", kAllow}});
  EXPECT_THAT(ok("ListPolicies", {{"Scope", "Local"}}).at("Policies").get_array(), SizeIs(1));
  const Value aws = ok("ListPolicies", {{"Scope", "AWS"}, {"MaxItems", 1000}});
  EXPECT_EQ(aws.at("Policies").get_array().size(), managed_policies().size());
  EXPECT_THAT(ok("ListPolicies", {{"OnlyAttached", true}}).at("Policies").get_array(), SizeIs(0));
}

TEST(IamPolicyDocument, RefusesWhatIsNoPolicy) {
  const auto message = [](std::string_view text, PolicyKind kind = PolicyKind::kManaged) {
    const auto checked = check_policy_document(text, kind);
    return checked ? std::string("accepted") : checked.error().message;
  };
  EXPECT_EQ(message(kAllow), "accepted");
  EXPECT_EQ(message(kTrust, PolicyKind::kTrust), "accepted");
  EXPECT_EQ(message("{"), "Syntax errors in policy.");
  EXPECT_EQ(message("{", PolicyKind::kTrust), "This policy contains invalid Json");
  EXPECT_THAT(message(kTrust), HasSubstr("should not specify a principal"));
}

TEST(IamPolicyDocument, NamesWhatIsMissing) {
  const auto message = [](const std::string& statement, PolicyKind kind) {
    const auto checked =
        check_policy_document(R"({"Version":"2012-10-17","Statement":[)" + statement + "]}", kind);
    return checked ? std::string("accepted") : checked.error().message;
  };
  constexpr auto kInline = PolicyKind::kIdentityInline;
  EXPECT_EQ(message(R"({"Effect":"Allow","Resource":"*"})", kInline),
            "Policy statement must contain actions.");
  EXPECT_EQ(message(R"({"Effect":"Allow","Action":"s3:Get"})", kInline),
            "Policy statement must contain resources.");
  EXPECT_THAT(message(R"({"Effect":"Allow","Action":"get","Resource":"*"})", kInline),
              HasSubstr("prefaced by a vendor"));
  EXPECT_EQ(message(R"({"Effect":"Allow","Action":"s3:*","Resource":"bucket"})", kInline),
            "Resource bucket must be in ARN format or \"*\".");
  EXPECT_EQ(message(R"({"Effect":"Maybe","Action":"s3:*","Resource":"*"})", kInline),
            "Syntax errors in policy.");
  EXPECT_EQ(message(R"({"Effect":"Allow","Action":"sts:AssumeRole"})", PolicyKind::kTrust),
            "Missing required field Principal");
  EXPECT_EQ(message(R"({"Effect":"Allow","Principal":"*","Action":"s3:Get"})", PolicyKind::kTrust),
            "AssumeRole policy may only specify STS AssumeRole actions.");
}

}  // namespace
}  // namespace seatrial::services::iam
