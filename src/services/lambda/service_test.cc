// Functions and their policies: what is kept, what is refused.
#include "services/lambda/settings.h"
#include "services/lambda/testing.h"

namespace seatrial::services::lambda {
namespace {

using testing::HasSubstr;

TEST_F(LambdaTest, AFunctionIsShownAsItWasMade) {
  const auto made = create("f", {{"Timeout", 7},
                                 {"MemorySize", 256},
                                 {"Environment", Object{{"Variables", Object{{"K", "v"}}}}},
                                 {"Tags", Object{{"team", "a"}}}});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(text(made, "FunctionArn"), "arn:aws:lambda:ap-southeast-2:123456789012:function:f");
  EXPECT_EQ(text(made, "CodeSha256"), base64_encode(sha256(package())));
  EXPECT_EQ(text(made, "State"), "Active");
  EXPECT_EQ(text(made, "LastModified"), "2026-01-01T00:00:00.000+0000");
  const auto got = call("GetFunction", {{"FunctionName", "f"}});
  ASSERT_TRUE(got);
  EXPECT_EQ(*find_member(*got, "Configuration"), *made);
  EXPECT_THAT(to_json(*got), HasSubstr(R"("Variables":{"K":"v"})"));
  EXPECT_THAT(to_json(*got), HasSubstr(R"("Tags":{"team":"a"})"));
  const auto listed = call("ListFunctions", {});
  ASSERT_TRUE(listed);
  EXPECT_EQ(find_member(*listed, "Functions")->get_array().size(), 1U);
}

TEST_F(LambdaTest, NamesComeInEveryForm) {
  ASSERT_TRUE(create("f"));
  for (const char* name :
       {"f", "f:$LATEST", "123456789012:function:f", "123456789012:function:f:$LATEST",
        "arn:aws:lambda:ap-southeast-2:123456789012:function:f",
        "arn:aws:lambda:ap-southeast-2:123456789012:function:f:$LATEST"})
    EXPECT_TRUE(call("GetFunctionConfiguration", {{"FunctionName", name}})) << name;
  for (const char* name : {"g", "f:prod", "999999999999:function:f",
                           "arn:aws:lambda:eu-west-1:123456789012:function:f"})
    EXPECT_EQ(code_of(call("GetFunctionConfiguration", {{"FunctionName", name}})),
              "ResourceNotFoundException")
        << name;
  EXPECT_EQ(code_of(call("GetFunctionConfiguration",
                         {{"FunctionName", "f:$LATEST"}, {"Qualifier", "1"}})),
            "InvalidParameterValueException");
}

TEST_F(LambdaTest, WhatIsNotServedIsRefusedByName) {
  const std::vector<std::pair<Object, const char*>> cases = {
      {{{"Runtime", "nodejs22.x"}}, "the runtime nodejs22.x"},
      {{{"Runtime", "python2.7"}}, "the runtime python2.7"},
      {{{"PackageType", "Image"}}, "PackageType Image"},
      {{{"VpcConfig", Object{{"SubnetIds", Array{"subnet-1"}}}}}, "VpcConfig"},
      {{{"DeadLetterConfig", Object{{"TargetArn", "arn:aws:sqs:a:b:c"}}}}, "DeadLetterConfig"},
      {{{"KMSKeyArn", "arn:aws:kms:a"}}, "KMSKeyArn"},
      {{{"TracingConfig", Object{{"Mode", "Active"}}}}, "TracingConfig"},
      {{{"Layers", Array{"arn"}}}, "Layers"},
      {{{"EphemeralStorage", Object{{"Size", 1024}}}}, "EphemeralStorage"},
      {{{"SnapStart", Object{{"ApplyOn", "PublishedVersions"}}}}, "SnapStart"},
      {{{"LoggingConfig", Object{{"LogFormat", "JSON"}}}}, "LogFormat JSON"},
      {{{"CodeSigningConfigArn", "arn"}}, "CodeSigningConfigArn"},
      {{{"Architectures", Array{machine_architecture() == "arm64" ? "x86_64" : "arm64"}}},
       "the architecture"},
      {{{"ImageConfig", Object{}}}, "ImageConfig"}};
  for (const auto& [more, name] : cases) {
    const auto reply = create("f", more);
    ASSERT_FALSE(reply) << name;
    EXPECT_EQ(reply.error().code, "InvalidParameterValueException");
    EXPECT_THAT(reply.error().message, HasSubstr(name));
  }
  EXPECT_EQ(code_of(call("GetFunction", {{"FunctionName", "f"}})), "ResourceNotFoundException");
}

TEST_F(LambdaTest, BadInputIsRefusedInAwssWords) {
  const auto message = [&](Object more) {
    const auto reply = create("f", std::move(more));
    return reply ? "accepted" : reply.error().message;
  };
  EXPECT_THAT(message({{"Role", "arn:aws:iam::123456789012:role/nobody"}}),
              HasSubstr("cannot be assumed by Lambda"));
  EXPECT_THAT(message({{"Code", Object{{"ZipFile", "no zip"}}}}), HasSubstr("Could not unzip"));
  EXPECT_THAT(message({{"Code", Object{}}}), HasSubstr("Please provide a source"));
  EXPECT_THAT(message({{"Code", Object{{"S3Bucket", "b"}, {"S3Key", "none"}}}}),
              HasSubstr("S3 Error Code: NoSuchKey"));
  EXPECT_THAT(message({{"Timeout", 901}}), HasSubstr("less than or equal to 900"));
  EXPECT_THAT(message({{"MemorySize", 20'000}}), HasSubstr("less than or equal to 10240"));
  EXPECT_THAT(message({{"Environment",
                        Object{{"Variables", Object{{"AWS_REGION", "x"}, {"_HANDLER", "y"}}}}}}),
              HasSubstr("Reserved keys used in this request: AWS_REGION, _HANDLER"));
  EXPECT_THAT(
      message({{"Environment", Object{{"Variables", Object{{"K", std::string(4096, 'x')}}}}}}),
      HasSubstr("exceeded the 4KB limit"));
  ASSERT_TRUE(create("f"));
  EXPECT_EQ(message({}), "Function already exist: f");
}

TEST_F(LambdaTest, CodeComesFromS3) {
  objects.objects["f.zip"] = package("x = 1\n");
  const auto made = create("f", {{"Code", Object{{"S3Bucket", "b"}, {"S3Key", "f.zip"}}}});
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(text(made, "CodeSha256"), base64_encode(sha256(package("x = 1\n"))));
  EXPECT_EQ(room->package(hex_encode(sha256(package("x = 1\n")))), package("x = 1\n"));
  EXPECT_EQ(room->package("../../etc/passwd"), "");
}

TEST_F(LambdaTest, UpdatesChangeWhatTheyNameAndMindTheRevision) {
  const auto made = create("f", {{"Environment", Object{{"Variables", Object{{"K", "v"}}}}}});
  const std::string revision = text(made, "RevisionId");
  const auto changed = call("UpdateFunctionConfiguration", {{"FunctionName", "f"}, {"Timeout", 9}});
  ASSERT_TRUE(changed);
  EXPECT_EQ(find_member(*changed, "Timeout")->get_int64(), 9);
  EXPECT_THAT(to_json(*changed), HasSubstr(R"("Variables":{"K":"v"})"));
  EXPECT_NE(text(changed, "RevisionId"), revision);
  EXPECT_EQ(code_of(call("UpdateFunctionConfiguration",
                         {{"FunctionName", "f"}, {"Timeout", 1}, {"RevisionId", revision}})),
            "PreconditionFailedException");
  const auto dry = call("UpdateFunctionCode",
                        {{"FunctionName", "f"}, {"ZipFile", package("y = 2\n")}, {"DryRun", true}});
  EXPECT_EQ(text(dry, "CodeSha256"), base64_encode(sha256(package("y = 2\n"))));
  const auto got = call("GetFunctionConfiguration", {{"FunctionName", "f"}});
  EXPECT_EQ(text(got, "CodeSha256"), base64_encode(sha256(package())));
  ASSERT_TRUE(call("UpdateFunctionCode", {{"FunctionName", "f"}, {"ZipFile", package("y = 2\n")}}));
}

TEST_F(LambdaTest, ListsInPages) {
  for (const char* name : {"c", "a", "b"}) ASSERT_TRUE(create(name));
  const auto first = call("ListFunctions", {{"MaxItems", 2}});
  const auto rest = call("ListFunctions", {{"Marker", text(first, "NextMarker")}});
  const auto names = [](const room::Outcome<Value>& reply) {
    std::string out;
    for (const auto& one : find_member(*reply, "Functions")->get_array())
      out += text_member(one, "FunctionName");
    return out;
  };
  EXPECT_EQ(names(first) + names(rest), "abc");
  EXPECT_EQ(find_member(*rest, "NextMarker"), nullptr);
  EXPECT_EQ(code_of(call("ListFunctions", {{"Marker", "x"}})), "InvalidParameterValueException");
}

TEST_F(LambdaTest, PermissionsMakeThePolicy) {
  ASSERT_TRUE(create("f"));
  EXPECT_EQ(code_of(call("GetPolicy", {{"FunctionName", "f"}})), "ResourceNotFoundException");
  const Object permission{{"FunctionName", "f"},
                          {"StatementId", "s"},
                          {"Action", "lambda:InvokeFunction"},
                          {"Principal", "sns.amazonaws.com"},
                          {"SourceArn", "arn:aws:sns:ap-southeast-2:123456789012:t"}};
  const auto added = call("AddPermission", permission);
  EXPECT_EQ(
      text(added, "Statement"),
      R"({"Sid":"s","Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},)"
      R"("Action":"lambda:InvokeFunction",)"
      R"("Resource":"arn:aws:lambda:ap-southeast-2:123456789012:function:f",)"
      R"("Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:sns:ap-southeast-2:123456789012:t"}}})");
  EXPECT_EQ(code_of(call("AddPermission", permission)), "ResourceConflictException");
  EXPECT_THAT(text(call("GetPolicy", {{"FunctionName", "f"}}), "Policy"),
              HasSubstr(R"("Id":"default")"));
  EXPECT_EQ(code_of(call("RemovePermission", {{"FunctionName", "f"}, {"StatementId", "t"}})),
            "ResourceNotFoundException");
  EXPECT_TRUE(call("RemovePermission", {{"FunctionName", "f"}, {"StatementId", "s"}}));
  EXPECT_EQ(code_of(call("GetPolicy", {{"FunctionName", "f"}})), "ResourceNotFoundException");
}

TEST_F(LambdaTest, ServicesNeedAPermission) {
  ASSERT_TRUE(create("f"));
  const std::string arn = "arn:aws:lambda:ap-southeast-2:123456789012:function:f";
  const auto may = [&](const char* principal, const char* source) {
    const auto sent = room->invoke_async(arn, "{}", {principal, source});
    world.store->rollback();
    return sent ? "" : sent.error().code;
  };
  EXPECT_EQ(may("sns.amazonaws.com", "arn:t"), "AccessDeniedException");
  EXPECT_EQ(may("", ""), "");
  ASSERT_TRUE(call("AddPermission", {{"FunctionName", "f"},
                                     {"StatementId", "s"},
                                     {"Action", "lambda:InvokeFunction"},
                                     {"Principal", "sns.amazonaws.com"},
                                     {"SourceArn", "arn:t*"}}));
  EXPECT_EQ(may("sns.amazonaws.com", "arn:t1"), "");
  EXPECT_EQ(may("sns.amazonaws.com", "arn:u"), "AccessDeniedException");
  EXPECT_EQ(may("events.amazonaws.com", "arn:t1"), "AccessDeniedException");
  ASSERT_TRUE(call("AddPermission", {{"FunctionName", "f"},
                                     {"StatementId", "logs"},
                                     {"Action", "lambda:InvokeFunction"},
                                     {"Principal", "logs.ap-southeast-2.amazonaws.com"}}));
  EXPECT_EQ(may("logs.amazonaws.com", "arn:g"), "");
  EXPECT_TRUE(room->has_function(arn));
  EXPECT_TRUE(room->has_function(arn + ":$LATEST"));
  EXPECT_FALSE(room->has_function(arn + ":1"));
  EXPECT_FALSE(room->has_function(arn + "x"));
}

TEST_F(LambdaTest, TagsAreByArn) {
  ASSERT_TRUE(create("f", {{"Tags", Object{{"a", "1"}}}}));
  const std::string arn = "arn:aws:lambda:ap-southeast-2:123456789012:function:f";
  ASSERT_TRUE(call("TagResource", {{"Resource", arn}, {"Tags", Object{{"b", "2"}}}}));
  ASSERT_TRUE(call("UntagResource", {{"Resource", arn}, {"TagKeys", Array{"a"}}}));
  EXPECT_EQ(to_json(*call("ListTags", {{"Resource", arn}})), R"({"Tags":{"b":"2"}})");
}

TEST_F(LambdaTest, FunctionsAreThereAfterARestart) {
  ASSERT_TRUE(create("f", {{"Environment", Object{{"Variables", Object{{"K", "v"}}}}}}));
  restart();
  EXPECT_THAT(to_json(*call("GetFunction", {{"FunctionName", "f"}})), HasSubstr(R"("K":"v")"));
  EXPECT_EQ(text(*invoke("f", "5")->reply, "Payload"), "5");
}

}  // namespace
}  // namespace seatrial::services::lambda
