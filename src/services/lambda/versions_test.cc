// Versions and aliases: what is kept of a function, and which of it an invocation runs.
#include "services/lambda/testing.h"

namespace seatrial::services::lambda {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kArn = "arn:aws:lambda:ap-southeast-2:123456789012:function:f";

class VersionsTest : public LambdaTest {
 protected:
  VersionsTest() {
    EXPECT_TRUE(create("f"));
    driver.behave = [](const drivers::FunctionSpec& spec, const auto& invocation) {
      return drivers::FakeFunctions::Reply{
          fmt::format(R"("{} {}")", spec.environment.at("AWS_LAMBDA_FUNCTION_VERSION"),
                      invocation.function_arn.substr(kArn.size())),
          false,
          {}};
    };
  }
  std::string publish(Object more = {}) {
    Object input{{"FunctionName", "f"}};
    for (auto& member : more) input[member.key()] = member.value();
    return text(call("PublishVersion", std::move(input)), "Version");
  }
  void describe(const char* as) {
    ASSERT_TRUE(call("UpdateFunctionConfiguration",
                     {{"FunctionName", "f"}, {"Timeout", 3 + ++changes_}, {"Description", as}}));
  }
  std::string ran(const std::string& name, Object more = {}) {
    const auto made = invoke(name, "{}", std::move(more));
    return made->reply ? text(*made->reply, "Payload") : "no reply";
  }
  std::vector<std::string> listed(const char* operation, const char* member, const char* what) {
    std::vector<std::string> found;
    const auto reply = call(operation, {{"FunctionName", "f"}});
    for (const Value& one : reply->at(member).as_array())
      found.emplace_back(text_member(one, what));
    return found;
  }

 private:
  int changes_ = 0;
};

TEST_F(VersionsTest, AVersionStaysWhatItWasAndNothingNewIsNotPublished) {
  EXPECT_EQ(publish({{"Description", "first"}}), "1");
  EXPECT_EQ(publish(), "1");
  describe("now");
  EXPECT_EQ(publish(), "2");
  EXPECT_THAT(listed("ListVersionsByFunction", "Versions", "Version"),
              ElementsAre("$LATEST", "1", "2"));
  EXPECT_THAT(listed("ListVersionsByFunction", "Versions", "FunctionArn"),
              ElementsAre(kArn + ":$LATEST", kArn + ":1", kArn + ":2"));
  const auto first = call("GetFunctionConfiguration", {{"FunctionName", "f"}, {"Qualifier", "1"}});
  EXPECT_EQ(text(first, "Description"), "first");
  EXPECT_EQ(first->at("Timeout"), 3);
  EXPECT_EQ(text(first, "FunctionArn"), kArn + ":1");
  EXPECT_EQ(code_of(call("PublishVersion", {{"FunctionName", "f"}, {"CodeSha256", "x"}})),
            "InvalidParameterValueException");
  EXPECT_EQ(code_of(call("PublishVersion", {{"FunctionName", "f"}, {"RevisionId", "x"}})),
            "PreconditionFailedException");
  EXPECT_EQ(text(create("g", {{"Publish", true}}), "Version"), "1");
}

TEST_F(VersionsTest, AnInvocationRunsTheVersionThatItNames) {
  publish();
  describe("now");
  EXPECT_EQ(ran("f"), R"("$LATEST ")");
  EXPECT_EQ(ran("f:1"), R"("1 :1")");
  EXPECT_EQ(ran("f", {{"Qualifier", "1"}}), R"("1 :1")");
  EXPECT_EQ(text(*invoke("f:1")->reply, "ExecutedVersion"), "1");
  EXPECT_EQ(ran("f:7"), "ResourceNotFoundException");
  EXPECT_EQ(driver.started, 2);
  EXPECT_THAT(logs.lines.back(), StartsWith("REPORT"));
  EXPECT_THAT(logs.lines, testing::Contains(HasSubstr("Version: 1\n")));
  restart();
  EXPECT_EQ(ran(kArn + ":1"), R"("1 :1")");
}

TEST_F(VersionsTest, AnAliasLeadsToItsVersionAndMovesOn) {
  publish();
  ASSERT_TRUE(
      call("CreateAlias", {{"FunctionName", "f"}, {"Name", "live"}, {"FunctionVersion", "1"}}));
  EXPECT_EQ(code_of(call("CreateAlias",
                         {{"FunctionName", "f"}, {"Name", "live"}, {"FunctionVersion", "1"}})),
            "ResourceConflictException");
  EXPECT_EQ(code_of(call("CreateAlias",
                         {{"FunctionName", "f"}, {"Name", "next"}, {"FunctionVersion", "2"}})),
            "ResourceNotFoundException");
  EXPECT_EQ(ran("f:live"), R"("1 :live")");
  EXPECT_EQ(text(call("GetFunctionConfiguration", {{"FunctionName", "f:live"}}), "FunctionArn"),
            kArn + ":live");
  describe("now");
  publish();
  const auto changed =
      call("UpdateAlias", {{"FunctionName", "f"}, {"Name", "live"}, {"FunctionVersion", "2"}});
  EXPECT_EQ(text(changed, "AliasArn"), kArn + ":live");
  EXPECT_EQ(ran("f:live"), R"("2 :live")");
  EXPECT_EQ(
      code_of(call("UpdateAlias", {{"FunctionName", "f"}, {"Name", "live"}, {"RevisionId", "x"}})),
      "PreconditionFailedException");
  EXPECT_THAT(listed("ListAliases", "Aliases", "Name"), ElementsAre("live"));
  EXPECT_EQ(code_of(call("DeleteFunction", {{"FunctionName", "f"}, {"Qualifier", "2"}})),
            "ResourceConflictException");
  EXPECT_TRUE(call("DeleteFunction", {{"FunctionName", "f"}, {"Qualifier", "1"}}));
  EXPECT_TRUE(call("DeleteAlias", {{"FunctionName", "f"}, {"Name", "live"}}));
  EXPECT_EQ(code_of(call("GetAlias", {{"FunctionName", "f"}, {"Name", "live"}})),
            "ResourceNotFoundException");
  EXPECT_TRUE(call("DeleteFunction", {{"FunctionName", "f"}}));
  EXPECT_EQ(ran("f:2"), "ResourceNotFoundException");
}

TEST_F(VersionsTest, WeightsShareWhatComes) {
  publish();
  describe("now");
  publish();
  const auto route = [&](const char* version, double weight) {
    return Object{{"AdditionalVersionWeights", Object{{version, weight}}}};
  };
  EXPECT_EQ(code_of(call("CreateAlias", {{"FunctionName", "f"},
                                         {"Name", "live"},
                                         {"FunctionVersion", "$LATEST"},
                                         {"RoutingConfig", route("2", 0.5)}})),
            "InvalidParameterValueException");
  ASSERT_TRUE(call("CreateAlias", {{"FunctionName", "f"},
                                   {"Name", "live"},
                                   {"FunctionVersion", "1"},
                                   {"RoutingConfig", route("2", 0.25)}}));
  int second = 0;
  for (int i = 0; i < 200; ++i) second += ran("f:live") == R"("2 :live")";
  EXPECT_NEAR(second, 50, 25);
  ASSERT_TRUE(
      call("UpdateAlias", {{"FunctionName", "f"},
                           {"Name", "live"},
                           {"RoutingConfig", Object{{"AdditionalVersionWeights", Object{}}}}}));
  const auto shown = call("GetAlias", {{"FunctionName", "f"}, {"Name", "live"}});
  EXPECT_EQ(find_member(*shown, "RoutingConfig"), nullptr);
}

TEST_F(VersionsTest, EachHasItsOwnPolicy) {
  publish();
  ASSERT_TRUE(
      call("CreateAlias", {{"FunctionName", "f"}, {"Name", "live"}, {"FunctionVersion", "1"}}));
  const auto added = call("AddPermission", {{"FunctionName", "f"},
                                            {"Qualifier", "live"},
                                            {"StatementId", "s"},
                                            {"Action", "lambda:InvokeFunction"},
                                            {"Principal", "sns.amazonaws.com"}});
  EXPECT_THAT(text(added, "Statement"), HasSubstr(kArn + ":live"));
  const auto may = [&](const std::string& arn) {
    return room->may_invoke(arn, {"sns.amazonaws.com", "arn:t"}).has_value();
  };
  EXPECT_TRUE(may(kArn + ":live"));
  EXPECT_FALSE(may(kArn + ":1"));
  EXPECT_FALSE(may(kArn));
  EXPECT_TRUE(room->has_function(kArn + ":live"));
  EXPECT_EQ(code_of(call("GetPolicy", {{"FunctionName", "f"}})), "ResourceNotFoundException");
  EXPECT_THAT(text(call("GetPolicy", {{"FunctionName", "f"}, {"Qualifier", "live"}}), "Policy"),
              HasSubstr("sns.amazonaws.com"));
  ASSERT_TRUE(room->invoke_async(kArn + ":live", "{}", {"sns.amazonaws.com", "arn:t"}));
  world.store->commit(nullptr);
  settle();
  EXPECT_THAT(logs.lines, testing::Contains(HasSubstr("Version: 1\n")));
}

}  // namespace
}  // namespace seatrial::services::lambda
