#include "services/ssm/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "room/testing.h"

namespace seatrial::services::ssm {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

class SsmTest : public testing::Test {
 protected:
  SsmTest() { world.add(*ssm); }
  Value ok(std::string_view operation, Value input) {
    auto reply = world.call("ssm", operation, std::move(input));
    EXPECT_TRUE(reply) << operation << ": " << (reply ? "" : reply.error().message);
    return reply.value_or(Value(Object{}));
  }
  std::string refused(std::string_view operation, Value input) {
    auto reply = world.call("ssm", operation, std::move(input));
    return reply ? "accepted" : reply.error().code;
  }
  void put(const std::string& name, const std::string& value, const std::string& type = "String") {
    ok("PutParameter", {{"Name", name}, {"Value", value}, {"Type", type}, {"Overwrite", true}});
  }
  std::string get(const std::string& name, bool decrypt = false) {
    const Value reply = ok("GetParameter", {{"Name", name}, {"WithDecryption", decrypt}});
    return std::string(text_member(reply.at("Parameter"), "Value"));
  }
  static std::vector<std::string> names(const Value& reply) {
    std::vector<std::string> all;
    for (const auto& item : reply.at("Parameters").get_array()) {
      all.emplace_back(text_member(item, "Name"));
    }
    return all;
  }

  room::TestWorld world;
  std::unique_ptr<Ssm> ssm = std::make_unique<Ssm>(*world.env);
};

TEST_F(SsmTest, PutGetAndVersions) {
  put("/app/url", "one");
  put("/app/url", "two");
  EXPECT_EQ(get("/app/url"), "two");
  EXPECT_EQ(get("/app/url:1"), "one");
  EXPECT_EQ(get("arn:aws:ssm:ap-southeast-2:123456789012:parameter/app/url"), "two");
  EXPECT_EQ(get("arn:aws:ssm:ap-southeast-2:123456789012:parameter/app/url:1"), "one");
  const Value reply = ok("GetParameter", {{"Name", "/app/url:1"}});
  EXPECT_EQ(text_member(reply.at("Parameter"), "Selector"), ":1");
  EXPECT_EQ(text_member(reply.at("Parameter"), "ARN"),
            "arn:aws:ssm:ap-southeast-2:123456789012:parameter/app/url");
  EXPECT_EQ(refused("GetParameter", {{"Name", "/app/url:9"}}), "ParameterVersionNotFound");
  EXPECT_EQ(refused("GetParameter", {{"Name", "/app/none"}}), "ParameterNotFound");
  EXPECT_EQ(refused("PutParameter", {{"Name", "/app/url"}, {"Value", "3"}, {"Type", "String"}}),
            "ParameterAlreadyExists");
}

TEST_F(SsmTest, SecureStringsAreSealed) {
  put("/db/password", "hunter2", "SecureString");
  const std::string sealed = get("/db/password");
  EXPECT_NE(sealed, "hunter2");
  EXPECT_TRUE(base64_decode(sealed).has_value());
  EXPECT_EQ(get("/db/password", true), "hunter2");
  for (const auto& [key, body] : world.store->load("ssm.parameter")) {
    EXPECT_EQ(body.find("hunter2"), std::string::npos);
  }
  world.store->flush();
  ssm = std::make_unique<Ssm>(*world.env);
  world.add(*ssm);
  EXPECT_EQ(get("/db/password", true), "hunter2");
  EXPECT_EQ(ssm->value("ap-southeast-2", "/db/password").value(), "hunter2");
  EXPECT_EQ(ssm->value("us-east-1", "arn:aws:ssm:ap-southeast-2:123456789012:parameter/db/password")
                .value(),
            "hunter2");
  EXPECT_EQ(ssm->value("us-east-1", "/db/password").error().code, "ParameterNotFound");
}

TEST_F(SsmTest, PlainNamesByArn) {
  put("plain", "x");
  put("/rooted", "y");
  EXPECT_EQ(get("arn:aws:ssm:ap-southeast-2:123456789012:parameter/plain"), "x");
  EXPECT_EQ(get("arn:aws:ssm:ap-southeast-2:123456789012:parameter/rooted"), "y");
}

TEST_F(SsmTest, NamesAreChecked) {
  const auto code = [&](const std::string& name) {
    return refused("PutParameter", {{"Name", name}, {"Value", "v"}, {"Type", "String"}});
  };
  EXPECT_EQ(code("/aws/x"), "AccessDeniedException");
  EXPECT_EQ(code("ssm-x"), "ValidationException");
  EXPECT_EQ(code("a/b"), "ValidationException");
  EXPECT_EQ(code("/a b"), "ValidationException");
  EXPECT_EQ(code("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15"), "accepted");
  EXPECT_EQ(code("/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16"),
            "HierarchyLevelLimitExceededException");
}

TEST_F(SsmTest, ValuesAreChecked) {
  const auto code = [&](Object more) {
    more["Name"] = "p";
    if (!more.contains("Value")) more["Value"] = "v";
    if (!more.contains("Type")) more["Type"] = "String";
    more["Overwrite"] = true;
    return refused("PutParameter", more);
  };
  EXPECT_EQ(code({{"Value", std::string(4097, 'x')}}), "ValidationException");
  EXPECT_EQ(code({{"AllowedPattern", "^\\d+$"}}), "ParameterPatternMismatchException");
  EXPECT_EQ(code({{"AllowedPattern", "("}}), "InvalidAllowedPatternException");
  EXPECT_EQ(code({{"DataType", "aws:ec2:image"}}), "ValidationException");
  EXPECT_EQ(code({{"Policies", R"([{"Type":"Expiration"}])"}}), "InvalidPolicyTypeException");
  EXPECT_EQ(code({{"Type", "SecureString"}, {"KeyId", "alias/mine"}}), "InvalidKeyId");
  EXPECT_EQ(code({{"Value", std::string(4097, 'x')}, {"Tier", "Advanced"}}), "accepted");
  EXPECT_EQ(code({{"Tier", "Standard"}}), "ValidationException");
  EXPECT_EQ(code({{"Type", "SecureString"}}), "HierarchyTypeMismatchException");
}

TEST_F(SsmTest, HistoryKeepsTheNewestHundred) {
  for (int i = 1; i <= 103; ++i) put("h", std::to_string(i));
  Object request{{"Name", "h"}};
  std::vector<std::int64_t> versions;
  while (true) {
    const Value reply = ok("GetParameterHistory", request);
    for (const auto& item : reply.at("Parameters").get_array()) {
      versions.push_back(item.at("Version").get_int64());
    }
    if (find_member(reply, "NextToken") == nullptr) break;
    request["NextToken"] = reply.at("NextToken");
  }
  ASSERT_THAT(versions, SizeIs(100));
  EXPECT_EQ(versions.front(), 4);
  EXPECT_EQ(versions.back(), 103);
}

TEST_F(SsmTest, ByPathWithPages) {
  for (int i = 0; i < 12; ++i) put("/app/k" + std::to_string(10 + i), "v");
  put("/app/deep/x", "v");
  put("/apple", "v");
  const Value first = ok("GetParametersByPath", {{"Path", "/app"}});
  EXPECT_THAT(names(first), SizeIs(10));
  const Value second =
      ok("GetParametersByPath", {{"Path", "/app"}, {"NextToken", first.at("NextToken")}});
  EXPECT_THAT(names(second), ElementsAre("/app/k20", "/app/k21"));
  const Value deep = ok("GetParametersByPath", {{"Path", "/app/"}, {"Recursive", true}});
  EXPECT_THAT(names(deep), testing::Contains("/app/deep/x"));
  EXPECT_EQ(refused("GetParametersByPath", {{"Path", "app"}}), "ValidationException");
  EXPECT_EQ(refused("GetParametersByPath", {{"Path", "/"}, {"NextToken", "~"}}),
            "InvalidNextToken");
}

TEST_F(SsmTest, DescribeFilters) {
  put("/a/one", "v");
  put("/a/two", "v", "SecureString");
  put("/b/one", "v");
  const auto found = [&](const char* key, const char* option, const char* value) {
    Object filter{{"Key", key}, {"Values", Array{value}}};
    if (option != nullptr) filter["Option"] = option;
    return names(ok("DescribeParameters", {{"ParameterFilters", Array{filter}}}));
  };
  EXPECT_THAT(found("Name", nullptr, "/a/one"), ElementsAre("/a/one"));
  EXPECT_THAT(found("Name", "Contains", "one"), ElementsAre("/a/one", "/b/one"));
  EXPECT_THAT(found("Name", "BeginsWith", "/a"), ElementsAre("/a/one", "/a/two"));
  EXPECT_THAT(found("Type", nullptr, "SecureString"), ElementsAre("/a/two"));
  EXPECT_THAT(found("KeyId", nullptr, "alias/aws/ssm"), ElementsAre("/a/two"));
  EXPECT_THAT(found("Path", nullptr, "/b"), ElementsAre("/b/one"));
  const Array bad{Object{{"Key", "Colour"}, {"Values", Array{"red"}}}};
  EXPECT_EQ(refused("DescribeParameters", {{"ParameterFilters", bad}}), "InvalidFilterKey");
  const Array worse{Object{{"Key", "Path"}, {"Option", "Near"}, {"Values", Array{"/a"}}}};
  EXPECT_EQ(refused("DescribeParameters", {{"ParameterFilters", worse}}), "InvalidFilterOption");
}

TEST_F(SsmTest, SeveralAtOnce) {
  put("a", "1");
  const Value got = ok("GetParameters", {{"Names", Array{"a", "b"}}});
  EXPECT_THAT(names(got), ElementsAre("a"));
  EXPECT_EQ(got.at("InvalidParameters"), (Array{"b"}));
  const Value gone = ok("DeleteParameters", {{"Names", Array{"a", "b"}}});
  EXPECT_EQ(gone.at("DeletedParameters"), (Array{"a"}));
  EXPECT_EQ(refused("DeleteParameter", {{"Name", "a"}}), "ParameterNotFound");
}

TEST_F(SsmTest, Tags) {
  ok("PutParameter", {{"Name", "t"},
                      {"Value", "v"},
                      {"Type", "String"},
                      {"Tags", Array{Object{{"Key", "env"}, {"Value", "a"}}}}});
  const Object of{{"ResourceType", "Parameter"}, {"ResourceId", "t"}};
  Object add = of;
  add["Tags"] = Array{Object{{"Key", "env"}, {"Value", "b"}}, Object{{"Key", "x"}, {"Value", "y"}}};
  ok("AddTagsToResource", add);
  Object remove = of;
  remove["TagKeys"] = Array{"x"};
  ok("RemoveTagsFromResource", remove);
  const Value tags = ok("ListTagsForResource", of);
  EXPECT_EQ(tags.at("TagList"), (Array{Object{{"Key", "env"}, {"Value", "b"}}}));
  EXPECT_EQ(refused("ListTagsForResource", {{"ResourceType", "Document"}, {"ResourceId", "t"}}),
            "InvalidResourceType");
  EXPECT_EQ(refused("PutParameter", {{"Name", "t"},
                                     {"Value", "v"},
                                     {"Overwrite", true},
                                     {"Tags", Array{Object{{"Key", "k"}, {"Value", "v"}}}}}),
            "ValidationException");
}

TEST_F(SsmTest, RegionsAreApart) {
  put("r", "here");
  const auto there =
      world.call(world.context("us-east-1"), "ssm", "GetParameter", Object{{"Name", "r"}});
  ASSERT_FALSE(there);
  EXPECT_EQ(there.error().code, "ParameterNotFound");
}

}  // namespace
}  // namespace seatrial::services::ssm
